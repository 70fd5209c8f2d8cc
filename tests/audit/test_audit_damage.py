"""Damaged files are failed checks that say what is wrong where; the audit never crashes on them."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from planner.audit import audit
from tests.audit.hand_made_run import HAND_MADE, audited, copy, edit, failures, seal

TABLES = sorted(path.name for path in HAND_MADE.glob("*.csv"))


@pytest.mark.slow
def test_figures_of_the_plan(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    plan = json.loads((folder / "plan.json").read_text())
    for change, fails in (
        ({"objective_usd": plan["objective_usd"] + 0.01}, {"plan.objective"}),
        ({"bound_usd": plan["objective_usd"] * 1.001}, {"plan.bound", "plan.gap"}),
        ({"gap": 0.0}, {"plan.gap"}),
        ({"totals": {**plan["totals"], "capex_usd": 1}}, {"plan.totals"}),
        ({"totals": {**plan["totals"], "discounted_usd_by_term": {"chips": 1}}}, {"plan.totals"}),
        ({"totals": None}, {"plan.totals"}),
        ({"objective_usd": None}, {"plan.figures"}),
        ({"bound_usd": "low"}, {"plan.figures"}),
        ({"gap": float("nan")}, {"plan.figures"}),
    ):
        (folder / "plan.json").write_text(json.dumps({**plan, **change}))
        seal(folder)
        assert failures(folder) == fails, change


@pytest.mark.slow
def test_a_file_changed_after_the_run_is_named(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    with (folder / "prices.csv").open("w") as stream:
        stream.write("offer\n")
    seal(folder)
    (folder / "prices.csv").write_text("offer \n")
    (check,) = audited(folder).failed
    assert check.name == "manifest.hashes"
    assert check.where.startswith("prices.csv: SHA-256 ")
    (folder / "prices.csv").unlink()
    (check,) = audited(folder).failed
    assert "prices.csv cannot be read" in check.where


@pytest.mark.slow
def test_a_manifest_may_not_point_outside(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    (tmp_path / "other.csv").write_text("x")
    (folder / "manifest.json").write_text(
        json.dumps({"files": {"../other.csv": {"sha256": hashlib.sha256(b"x").hexdigest()}}})
    )
    (check,) = audited(folder).failed
    assert check.where == "../other.csv lies outside the run folder"


@pytest.mark.slow
def test_a_run_still_being_written_needs_no_manifest(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    (folder / "manifest.json").unlink()
    assert failures(folder) == {"files.manifest.json"}
    assert audit(folder, finished=False).ok
    assert audit(folder.rename(tmp_path / ".partial-1-ab")).ok


@pytest.mark.slow
@pytest.mark.parametrize("table", TABLES)
def test_damaged_tables_are_failed_checks(table: str, tmp_path: Path) -> None:
    folder = copy(tmp_path)
    path = folder / table
    good = path.read_bytes()
    header, *rows = good.decode().splitlines()
    first = header.split(",")[0]
    damages = {
        "missing": None,
        "empty": b"",
        "binary": bytes(range(256)) * 8,
        "another encoding": good.replace(rows[0].encode(), b"\xff\xfe" + rows[0].encode()),
        "a column renamed": good.replace(first.encode(), b"other", 1),
        "a row twice": good + rows[0].encode() + b"\n",
        "too many cells": good + rows[0].encode() + b",1,2,3\n",
    }
    for damage, content in damages.items():
        path.unlink(missing_ok=True)
        if content is not None:
            path.write_bytes(content)
        seal(folder)
        report = audited(folder)
        failed = {check.name: check.where for check in report.failed}
        assert f"files.{table}" in failed, (damage, str(report))
        assert failed[f"files.{table}"].startswith(table), damage
        assert set(failed) <= {f"files.{table}", "plan"}, damage


def test_a_training_run_does_no_tokens(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    work = {"period": "2028", "slice": "day", "work": "m2"}
    edit(folder / "allocation.csv", work, {"mtok": "7"})
    seal(folder)
    assert failures(folder) == {"allocation.mtok"}


@pytest.mark.parametrize("rows", ["the first", "every"])
def test_a_surplus_cell_is_told(rows: str, tmp_path: Path) -> None:
    """Also where the reader of CSV files would drop it, or shift the row, without a word."""
    folder = copy(tmp_path)
    header, *lines = (folder / "fleet.csv").read_text(encoding="utf-8").splitlines()
    longer = [line + ",1" if i == 0 or rows == "every" else line for i, line in enumerate(lines)]
    (folder / "fleet.csv").write_text("\n".join([header, *longer]) + "\n", encoding="utf-8")
    seal(folder)
    failed = {check.name: check.where for check in audited(folder).failed}
    assert failed["files.fleet.csv"] == "fleet.csv: its rows have more cells than its header"
    assert set(failed) == {"files.fleet.csv", "plan"}


@pytest.mark.parametrize("cell", ["abc", "inf", "1e999", "1,000", "0x10", "--5"])
def test_a_garbled_number_is_named_with_its_row(cell: str, tmp_path: Path) -> None:
    folder = copy(tmp_path)
    edit(folder / "fleet.csv", {"chip": "a", "period": "2028"}, {"powered": cell})
    seal(folder)
    failed = {check.name: check.where for check in audited(folder).failed}
    assert (
        failed["files.fleet.csv"] == f"fleet.csv, row 3, column powered: {cell!r} is not a number"
    )
    assert set(failed) == {"files.fleet.csv", "plan"}


@pytest.mark.parametrize(
    ("table", "where", "change", "told"),
    [
        (
            "allocation",
            {"period": "2028", "slice": "day", "work": "m2"},
            {"chip": "z"},
            "column chip: 'z' is not in chips.csv",
        ),
        (
            "allocation",
            {"period": "2028", "slice": "day", "work": "m2"},
            {"slice": "noon"},
            "column slice: 'noon' is not a slice of case.yaml",
        ),
        (
            "allocation",
            {"period": "2028", "slice": "day", "work": "m2"},
            {"period": "soon"},
            "column period: 'soon' is not a period",
        ),
        (
            "buy_plan",
            {"line_id": "buy@home@2027"},
            {"action": "steal"},
            "column action: 'steal' is none of keep, buy",
        ),
    ],
)
def test_a_name_that_means_nothing_is_told(
    table: str, where: Mapping[str, str], change: Mapping[str, str], told: str, tmp_path: Path
) -> None:
    folder = copy(tmp_path)
    edit(folder / f"{table}.csv", where, change)
    seal(folder)
    failed = {check.name: check.where for check in audited(folder).failed}
    assert told in failed[f"files.{table}.csv"]


@pytest.mark.slow
@pytest.mark.parametrize("cell", ["", "nan"])
@pytest.mark.parametrize(
    ("table", "where", "column"),
    [
        ("buy_plan", {"line_id": "buy@home@2027"}, "chips"),
        ("vintages", {"line_id": "o1@home"}, "held"),
        ("allocation", {"period": "2027", "slice": "day", "work": "m1"}, "chips"),
        ("fleet", {"chip": "a", "period": "2027"}, "powered"),
        ("rentals", {"slice": "day"}, "chips"),
        ("site_loss", {"lost_site": "home", "period": "2027", "slice": "day"}, "chips"),
        ("costs", {"term": "late"}, "discounted_usd"),
        ("power", {"site": "home", "period": "2027"}, "used_mw"),
        ("milestones", {"milestone": "m1"}, "delivered_flop"),
        ("demand_coverage", {"workload": "chat", "period": "2027"}, "served"),
        ("budget", {"period": "2027", "category": "opex"}, "paid_usd"),
        ("limits", {"limit": "cloudy"}, "value"),
        ("supply", {"period": "2027"}, "used"),
    ],
)
def test_a_missing_number_is_never_taken_for_zero(
    table: str, where: Mapping[str, str], column: str, cell: str, tmp_path: Path
) -> None:
    folder = copy(tmp_path)
    edit(folder / f"{table}.csv", where, {column: cell})
    seal(folder)
    assert failures(folder)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["plan.json", "manifest.json"])
@pytest.mark.parametrize(
    "content",
    [None, b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000],
    ids=["missing", "empty", "cut", "a list", "not UTF-8", "deep"],
)
def test_damaged_documents_are_failed_checks(
    name: str, content: bytes | None, tmp_path: Path
) -> None:
    folder = copy(tmp_path)
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    if name != "manifest.json":
        seal(folder)
    assert failures(folder) == {f"files.{name}"}


def test_damaged_inputs_are_failed_checks(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    (folder / "inputs" / "chips.csv").write_text("chip,vendor\na,\n")
    seal(folder)
    assert failures(folder) == {"files.inputs"}
    shutil.rmtree(folder / "inputs")
    seal(folder)
    assert failures(folder) == {"files.inputs"}


def test_nothing_there_at_all(tmp_path: Path) -> None:
    assert failures(tmp_path / "nowhere") == {
        "files.manifest.json",
        "files.plan.json",
        "files.inputs",
    }


@pytest.mark.slow
def test_text_names_the_failure_with_both_figures(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    edit(folder / "power.csv", {"site": "home", "period": "2027"}, {"used_mw": "0.24"})
    seal(folder)
    text = str(audited(folder))
    assert text.startswith("audit FAILED: ")
    assert (
        "FAILED  power.used_mw: power.csv, home, 2027, used_mw: written 0.24, recomputed 0.25 MW"
        in text
    )
