"""A price list of a cloud catalogue and a hardware table, as they are downloaded, with a map of at
most ten lines each."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.intake.importing import read_import
from tests.intake.small import figures, write_case

# as they are downloaded, long lines and all
# ruff: noqa: E501
PRICES = """\
Name,API Name,Instance Memory,vCPUs,GPUs,GPU model,Network,On Demand,Linux Reserved cost,Spot
P5 48xlarge,p5.48xlarge,2048.0 GiB,192 vCPUs,8,NVIDIA H100,3200 Gigabit,$55.0400 hourly,$31.4640 hourly,unavailable
P6e GB200,p6e-gb200.36xlarge,960.0 GiB,144 vCPUs,4,NVIDIA GB200,1600 Gigabit,$76.1600 hourly,$44.2000 hourly,unavailable
G6 xlarge,g6.xlarge,16.0 GiB,4 vCPUs,1,NVIDIA L4,10 Gigabit,$0.8048 hourly,$0.5072 hourly,$0.32 hourly
M7i large,m7i.large,8.0 GiB,2 vCPUs,0,,12.5 Gigabit,$0.1008 hourly,$0.0667 hourly,$0.04 hourly
"""
PRICES_MAP = """\
tables:
  - to: offers
    columns: {On Demand: usd_per_chip_hour per GPUs, GPU model: chip}
    set: {offer: "{API Name}", site: cloud-east, kind: on_demand, lead_periods: 0}
    unknown: skip
names:
  chip: {NVIDIA H100: h100, NVIDIA GB200: gb200}
"""
HARDWARE = """\
Hardware name,Manufacturer,Type,Release date,Release price (USD),TDP (W),FP16/BF16 tensor performance (FLOP/s),FP8 performance (FLOP/s),Memory (bytes),Memory bandwidth (byte/s)
NVIDIA H100 SXM5 80GB,NVIDIA,GPU,2022-09-21,,700,9.895E+14,1.979E+15,8E+10,3.35E+12
NVIDIA GB200,NVIDIA,GPU,2024-11-01,,1200,2.5E+15,5E+15,1.86E+11,8E+12
AMD Instinct MI355X,AMD,GPU,2025-06-12,,1400,2.3E+15,4.6E+15,2.88E+11,8E+12
Huawei Ascend 910C,Huawei,Other,2024-10-01,,,7.8E+14,,1.28E+11,3.2E+12
"""
HARDWARE_MAP = """\
tables:
  - to: chips
    columns:
      Hardware name: chip
      FP16/BF16 tensor performance (FLOP/s): peak_tflops_bf16
      FP8 performance (FLOP/s): peak_tflops_fp8
    unknown: skip
names:
  chip: {NVIDIA H100 SXM5 80GB: h100, NVIDIA GB200: gb200, AMD Instinct MI355X: mi355x}
"""


def lists(text: str, told: str, folder: Path, name: str) -> dict[str, dict[str, float | str]]:
    """Return what a list gives with a map."""
    assert len(told.splitlines()) <= 10
    case = write_case(folder / "case")
    sites = (case / "sites.csv").read_text(encoding="utf-8")
    (case / "sites.csv").write_text(f"{sites}cloud-east,us,US,cloud,\n", encoding="utf-8")
    (folder / name).write_text(text, encoding="utf-8")
    (folder / "import.yaml").write_text(told, encoding="utf-8")
    result = read_import([str(folder / name)], case, folder / "import.yaml", str)
    assert [question.sentence for question in result.questions] == []
    assert result.edited is not None
    return figures(result)


def test_a_price_list_of_a_cloud(tmp_path: Path) -> None:
    found = lists(PRICES, PRICES_MAP, tmp_path, "instances.csv")
    assert found["offers p5.48xlarge usd_per_chip_hour"][""] == pytest.approx(55.04 / 8)
    assert found["offers p6e-gb200.36xlarge usd_per_chip_hour"][""] == pytest.approx(76.16 / 4)
    assert found["offers p5.48xlarge chip"][""] == "h100"
    assert found["offers p5.48xlarge site"][""] == "cloud-east"
    assert found["offers p5.48xlarge kind"][""] == "on_demand"
    assert not any("g6" in name or "m7i" in name for name in found)


def test_a_hardware_table(tmp_path: Path) -> None:
    found = lists(HARDWARE, HARDWARE_MAP, tmp_path, "ml_hardware.csv")
    assert found["chips h100 peak_tflops_bf16"][""] == pytest.approx(989.5)
    assert found["chips gb200 peak_tflops_fp8"][""] == pytest.approx(5000)
    assert found["chips h100 hbm_gb"][""] == pytest.approx(80)
    assert found["chips mi355x hbm_gb_per_s"][""] == pytest.approx(8000)
    assert found["chips mi355x vendor"][""] == "AMD"
    assert not any("kw_peak" in name for name in found)  # a TDP is no all-in draw
    assert not any("910" in name for name in found)
