"""A tiny case that breaks no rule, and how to write it, or a changed copy of it, as a case
folder."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from planner.case import read_case
from planner.case.problems import CaseError, Problem
from planner.case.tables import TABLE

Row = Mapping[str, str]
Tables = Mapping[str, str | Sequence[Row]]

YAML: dict[str, Any] = {
    "name": "tiny",
    "start": "2027Q1",
    "periods": 4,
    "frequency": "quarter",
    "discount_rate": 0.1,
    "power_basis": "it",
    "slices": [{"name": "day", "hours_share": 0.5}, {"name": "night", "hours_share": 0.5}],
}

_TEXT = {
    "chips": """
        chip,vendor,kw_peak,kw_idle,peak_tflops_bf16,peak_tflops_fp8,cooling,availability,annual_attrition,economic_life_years,source,as_of
        h100,nvidia,1.4,0.5,989,1979,air,0.95,0.02,4,assumption,2026-11-01
        tpu,google,0.9,0.3,900,,liquid,0.97,,4,assumption,2026-11-01
    """,
    "sites": """
        site,region,country,kind,pue,power_basis,usd_per_mwh,kg_co2_per_mwh,source,as_of
        iowa,us-central,us,owned,1.2,,50,400,assumption,2026-11-01
        ohio,us-east,us,colo,1.3,utility,,,assumption,2026-11-01
        eu1,europe,nl,cloud,,,,,assumption,2026-11-01
    """,
    "power": """
        site,period,mw,liquid_mw
        iowa,2027Q1,10,4
        iowa,2027Q2,10,4
        iowa,2027Q3,10,4
        iowa,2027Q4,10,4
        ohio,2027Q1,5,
        ohio,2027Q2,5,
        ohio,2027Q3,5,
        ohio,2027Q4,5,
    """,
    "fabrics": """
        fabric,site,chips,max_chips
        spine,iowa,h100;tpu,5000
    """,
    "energy": """
        site,period,slice,usd_per_mwh,kg_co2_per_mwh,usd_per_kw_month_demand
        ohio,2027Q1,,60,350,8
        ohio,2027Q2,,60,350,8
        ohio,2027Q3,day,70,380,8
        ohio,2027Q3,night,50,320,8
        ohio,2027Q4,,60,350,8
    """,
    "offers": """
        offer,chip,site,kind,from_site,first_order,last_order,lead_periods,term_periods,usd_per_chip,usd_per_chip_hour,deposit_share,min_per_period,max_per_period,supply_group,retire_early,cancellable,source,as_of
        buy,h100,iowa;ohio,purchase,,2027Q1,2027Q3,1,,25000,,0.2,0,5000,market,yes,,assumption,2026-11-01
        hold,tpu,eu1,reserved,,,2027Q2,0,4,,1.5,,,500,,,yes,assumption,2026-11-01
        move,h100,ohio,relocate,iowa,,,1,,500,,,,,,,,assumption,2026-11-01
        rent,h100,eu1,on_demand,,,,0,,,3,,,1000,,,,assumption,2026-11-01
    """,
    "offer_prices": """
        offer,period,usd_per_chip,usd_per_chip_hour
        buy,2027Q2,24000,
        rent,2027Q4,,2.5
        buy,2027Q1,25000,
        buy,2027Q3,25000,
        rent,2027Q1,,3
        rent,2027Q2,,3
        rent,2027Q3,,3
    """,
    "supply": """
        supply_group,period,max_chips,basis
        market,2027Q1,4000,order
        market,2027Q2,4000,order
        market,2027Q3,4000,order
    """,
    "fleet": """
        chip,site,in_service,chips,owner,leaves_service,usd_per_chip,usd_per_chip_hour,retire_early
        h100,iowa,2025Q1,1000,,,30000,,no
        h100,eu1,2026Q3,100,,2027Q3,,2.2,no
    """,
    "orders": """
        order,chip,site,arrives,chips,usd_per_chip,paid_share,cancel_fee_share
        po1,h100,ohio,2027Q2,200,26000,0.5,0.3
    """,
    "power_projects": """
        project,site,mw_max,lot_mw,first_order,last_order,lead_periods,usd_per_mw,deposit_share,life_years,source,as_of
        hall2,iowa,5,1,2027Q1,2027Q2,1,10000000,0.3,15,assumption,2026-11-01
    """,
    "workloads": """
        workload,kind,model,tier,regions,sites,profile,utilisation_cap,window_periods,short_usd_per_mtok,short_usd_per_1e21_flop,share_of_fleet,multiple_of_milestones,survive_site_loss
        chat,online,small,fast,us-central;us-east;europe,,daily,0.6,,,,,,0.5
        embed,batch,encoder,bulk,,iowa,,,2,,,,,
        science,research,dense,,,iowa,,,,,,,,
    """,
    "demand": """
        workload,period,output_mtok,input_mtok,cached_mtok,flop
        chat,2027Q1,100000,300000,50000,
        chat,2027Q2,110000,330000,50000,
        chat,2027Q3,120000,360000,50000,
        chat,2027Q4,130000,390000,50000,
        embed,2027Q1,,200000,,
        embed,2027Q2,,200000,,
        embed,2027Q3,,200000,,
        embed,2027Q4,,200000,,
        science,2027Q1,,,,1e22
        science,2027Q2,,,,1e22
        science,2027Q3,,,,1e22
        science,2027Q4,,,,1e22
    """,
    "profiles": """
        profile,slice,load,source,as_of
        daily,day,1.2,assumption,2026-11-01
        daily,night,0.8,assumption,2026-11-01
    """,
    "throughput": """
        model,tier,chip,output_tok_per_s,input_tok_per_s,calibration,kw_active,source,as_of
        encoder,bulk,h100,,50000,1,,assumption,2026-11-01
        small,fast,h100,1000,20000,1,1.1,assumption,2026-11-01
        small,fast,tpu,800,15000,0.9,,assumption,2026-11-01
    """,
    "gains": """
        model,chip,period,gain,source,as_of
        small,*,2027Q3,1.2,assumption,2026-11-01
    """,
    "milestones": """
        milestone,flop,params_b,tokens_t,class,start,deadline,min_chips,max_chips,sites,chips,single_site,single_chip,split_efficiency,interruptible,late_usd_per_period,after
        base,1e24,,,dense,,2027Q2,100,2000,iowa,h100,yes,yes,,no,,
        tune,,70,1,dense,2027Q2,2027Q4,,,iowa;ohio,h100,no,yes,0.9,no,,base
    """,
    "training": """
        class,chip,precision,mfu,goodput,chips_at_full_efficiency,efficiency_beyond,kw_active,source,as_of
        dense,h100,bf16,0.4,0.9,4000,0.8,1.3,assumption,2026-11-01
        dense,tpu,bf16,0.45,0.9,,,,assumption,2026-11-01
    """,
    "rules": """
        chip,vendor,site,region,country,workload,milestone,from,to,reason
        tpu,google,,us-central,us,,,2027Q1,2027Q4,no tpu hall
        ,,,europe,,,base,,,weights stay at home
    """,
    "budgets": """
        period,category,usd_max,over_usd_per_usd
        2027,capex,500000000,
        2027Q1,all,300000000,2
    """,
    "limits": """
        limit,scope,member,measure,min_share,max,max_share,period,over_usd_per_unit
        carbon,all,,carbon,,100000,,2027,
        second,vendor,nvidia,chips,0.1,,0.99,,
    """,
    "resale": """
        chip,age_years,share_of_price,source,as_of
        h100,0,0.9,assumption,2026-11-01
        h100,2,0.4,assumption,2026-11-01
    """,
    "survival": """
        chip,age_years,share_alive,source,as_of
        tpu,0,1,assumption,2026-11-01
        tpu,3,0.9,assumption,2026-11-01
    """,
    "maintenance": """
        chip,age_years,usd_per_chip_year,source,as_of
        h100,0,100,assumption,2026-11-01
        h100,2,300,assumption,2026-11-01
    """,
    "last_plan": """
        line_id,offer,order_period,site,status,action,chips,mw
        fleet:2025Q1@iowa@,fleet:2025Q1,,iowa,existing,keep,1000,
        buy@iowa@2027Q1,buy,2027Q1,iowa,new,buy,300,
        hall2@iowa@2027Q2,hall2,2027Q2,iowa,new,build_power,,2
    """,
}

GOOD: dict[str, list[dict[str, str]]] = {
    name: list(
        csv.DictReader(io.StringIO("\n".join(line.strip() for line in text.strip().splitlines())))
    )
    for name, text in _TEXT.items()
}
"""Every table of a case that breaks no rule, row by row; as a file the first row is row 2."""


def write_case(
    folder: Path, tables: Tables | None = None, settings: Mapping[str, Any] | None = None
) -> Path:
    """Write a case folder.

    Args:
        folder: where; made if need be.
        tables: rows, or the text of the CSV file, by table; None = ``GOOD``.
        settings: what case.yaml says; None = ``YAML``.

    Returns:
        The folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.yaml").write_text(
        yaml.safe_dump(dict(YAML if settings is None else settings), sort_keys=False),
        encoding="utf-8",
    )
    for name, content in (GOOD if tables is None else tables).items():
        path = folder / TABLE[name].path
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            path.write_text(content, encoding="utf-8")
            continue
        with path.open("w", newline="", encoding="utf-8") as file:
            header = list(dict.fromkeys(column for row in content for column in row)) or [
                column.name for column in TABLE[name].columns
            ]
            writer = csv.DictWriter(file, header, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(content)
    return folder


def changed(
    *edits: tuple[str, int, str, str],
    drop: Sequence[tuple[str, int]] = (),
    add: Mapping[str, Sequence[Row]] | None = None,
) -> dict[str, list[dict[str, str]]]:
    """Return ``GOOD`` with some cells set, some rows dropped, then some added.

    Args:
        edits: (table, row counted from 0, column, cell).
        drop: (table, row counted from 0); row -1 drops the whole table.
        add: rows to append by table.

    Returns:
        The tables.
    """
    tables = {name: [dict(row) for row in rows] for name, rows in GOOD.items()}
    for table, row, column, cell in edits:
        assert (
            column in {declared.name for declared in TABLE[table].columns}
            or TABLE[table].other_columns
        ), column
        tables[table][row][column] = cell
    for table, row in sorted(drop, reverse=True):
        if row < 0:
            tables.pop(table)
        else:
            del tables[table][row]
    for table, rows in (add or {}).items():
        tables.setdefault(table, []).extend(dict(row) for row in rows)
    return tables


@dataclass(frozen=True, slots=True)
class Broken:
    """A way to break the good case: what ``changed`` takes, and settings that differ from ``YAML``
    (None = left out)."""

    edits: tuple[tuple[str, int, str, str], ...]
    drop: tuple[tuple[str, int], ...]
    add: Mapping[str, Sequence[Row]]
    settings: Mapping[str, Any]


def broken(
    *edits: tuple[str, int, str, str],
    drop: Sequence[tuple[str, int]] = (),
    add: Mapping[str, Sequence[Row]] | None = None,
    **settings: Any,
) -> Broken:
    """Return a way to break the good case; the arguments are those of ``changed``, then
    settings."""
    return Broken(edits, tuple(drop), add or {}, settings)


def told(folder: Path, way: Broken) -> list[str]:
    """Return everything that is said about the good case broken in one way, errors and warnings,
    one line each."""
    settings = {
        name: value for name, value in {**YAML, **way.settings}.items() if value is not None
    }
    write_case(folder, changed(*way.edits, drop=way.drop, add=way.add), settings)
    try:
        problems: Sequence[Problem] = read_case(folder).warnings
    except CaseError as error:
        problems = error.problems
    return [
        f"{p.severity} {p.code} {p.file}:{p.row or ''} {p.column}={p.value}: {p.need}. {p.fix}"
        for p in problems
    ]
