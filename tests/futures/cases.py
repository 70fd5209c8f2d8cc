"""A case with scenarios that can be worked by hand: one chip, one site, work that may be short."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

CASE = """
name: chance
start: 2097
periods: 3
frequency: year
discount_rate: 0
residual: none
power_basis: it
reveal: 2098
"""
"""Years of 8,760 hours; a chip that serves 1,000 tokens/s does 31,536 Mtok in one."""
MTOK = 31_536
TABLES = {
    "chips": "chip,vendor,kw_peak,kw_idle,cooling,availability,economic_life_years\n"
    "x,v,1,0,air,1,9\n",
    "sites": "site,region,country,kind,pue,usd_per_mwh\nhall,r,US,owned,1,0\n",
    "power": "site,period,mw\nhall,2097,9\nhall,2098,9\nhall,2099,9\n",
    "offers": "offer,chip,site,kind,lead_periods,usd_per_chip\nbuy,x,hall,purchase,1,100\n",
    "workloads": "workload,kind,model,tier,short_usd_per_mtok\n"
    f"chat,online,m,t,{400 / MTOK:.15g}\n",
    "demand": "workload,period,output_mtok\n"
    f"chat,2097,0\nchat,2098,{10 * MTOK}\nchat,2099,{10 * MTOK}\n",
    "throughput": "model,tier,chip,output_tok_per_s\nm,t,x,1000\n",
}


def write(folder: Path, files: Mapping[str, str] = {}, case: str = "") -> Path:
    """Write the case with some of its files changed or added; return where it is."""
    folder.mkdir(parents=True, exist_ok=True)
    written = {f"{name}.csv": text for name, text in TABLES.items()}
    for name, text in {"case.yaml": case or CASE, **written, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")
    return folder


TWO = {
    "scenarios.csv": "scenario,probability\nsame,0.6\nmore,0.4\n",
    "scenario_changes.csv": "scenario,change\n"
    "more,demand.chat.2098.output_mtok*=2\nmore,demand.chat.2099.output_mtok*=2\n",
}
"""10 or 20 chips' work from 2098 on, known in 2098: too late for what arrives in 2098."""
