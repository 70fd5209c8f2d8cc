"""Rows of what was found wrong that no other file here holds, each with the right value, worked out
by hand."""

from __future__ import annotations

import datetime
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from planner import pipeline
from planner.case import CaseError, read_case
from planner.case.tables import TABLE, TABLES
from planner.cli import main
from planner.diagnosis.tables import DIAGNOSIS_TABLES, repair_table
from planner.lp.highs import solve
from planner.model import formulate
from planner.plan import stored
from planner.report.remake import verify_documents
from planner.reproduce import verify_figures
from planner.runs.cells import write_table
from planner.runs.inputs import read_overrides
from planner.runs.read import RunDamaged, read_stored
from planner.runs.verify import verify
from tests.findings.books import write_book
from tests.findings.seldom import EVERY, SELDOM
from tests.findings.test_bounds import SHARE, buys, case_of, work
from tests.helpers import GOOD, YAML, changed, write_case
from tests.model.small import HOURS, chip, offer, power, settings, site, solved, tables
from tests.runs import damage

ROOT = Path(__file__).parents[2]
QUICKSTART = ROOT / "inputs" / "quickstart"
CLOUD = site("cloud", "cloud")
SHORT = [{"workload": "w", "kind": "online", "model": "m", "tier": "f", "short_usd_per_mtok": 300}]


def cost(folder: Path, rows: dict[str, Any], own: dict[str, Any]) -> float:
    """The cost of a small case, proven."""
    return solved(folder, rows, own)[1].objective


def holds(run: Path) -> bool:
    """Whether ``planner verify`` finds nothing."""
    findings = (*verify(run), *verify_figures(run), *verify_documents(run))
    return all(finding.ok for finding in findings)


def said(folder: Path, rows: dict[str, Any]) -> list[tuple[str, str, int | None, str]]:
    """What is said of the good case with other rows: severity, file, row, column."""
    try:
        problems: Any = read_case(write_case(folder, rows)).warnings
    except CaseError as error:
        problems = error.problems
    return [(one.severity, one.file, one.row, one.column) for one in problems]


# 4: what a blank means, by what the plan costs; the model and the audit share the resolved case


def of_basis(own: str, whole: str, chips: int) -> tuple[dict[str, Any], dict[str, Any], float]:
    """8 kW at a PUE of 2: eight chips where the limit is of IT power, four where of the utility's;
    what is not done costs 300 in each of two years."""
    rows = tables(sites=[site(pue=2, power_basis=own)], power=power(mw=0.008), workloads=SHORT)
    return rows, settings(power_basis=whole), chips * 100 + 2 * (10 - chips) * 300


RESOLVED: dict[str, tuple[dict[str, Any], dict[str, Any], float]] = {
    # half of 10 kW may be used: five chips
    "headroom of the case": (
        tables(power=power(mw=0.01), workloads=SHORT),
        settings(headroom=0.5),
        500 + 2 * 5 * 300,
    ),
    # of ten chips five are left in the second year
    "leased chips fail": (
        tables(
            chips=[chip(annual_attrition=0.5)],
            offers=[offer("lease", kind="lease", term_periods=2, usd_per_chip=100)],
        ),
        settings(),
        1500,
    ),
    # 1.6 years are two, and ten chips are bought twice for three
    "a life is rounded": (tables(3, chips=[chip(economic_life_years=1.6)]), settings(3), 2000),
    "the basis of the site wins": of_basis("it", "utility", 8),
    "so it does the other way": of_basis("utility", "it", 4),
    "the basis of the case": of_basis("", "utility", 4),
    # 2025 to 2026 are two years of 100 USD
    "the end belongs to the plan": (
        tables(offers=[offer(kind="lease", term_periods=1, usd_per_chip=10)]),
        {key: value for key, value in settings().items() if key != "periods"} | {"end": "2026"},
        200,
    ),
}


@pytest.mark.parametrize("name", RESOLVED)
def test_what_a_blank_means(name: str, tmp_path: Path) -> None:
    rows, own, usd = RESOLVED[name]
    assert cost(tmp_path, rows, own) == pytest.approx(usd, abs=0.01)


@pytest.mark.parametrize(
    ("frequency", "start", "year"),
    [("year", "2025", 1), ("quarter", "2025Q1", 4), ("month", "2025-01", 12)],
)
def test_a_reservation_runs_its_years(
    frequency: str, start: str, year: int, tmp_path: Path
) -> None:
    """Of one year and of three, however long a period is."""
    offers = [
        offer(kind, site="cloud", kind=kind, usd_per_chip=100)
        for kind in ("reserved_1y", "reserved_3y")
    ]
    rows = tables(
        1,
        sites=[CLOUD],
        power=None,
        offers=offers,
        demand=[{"workload": "w", "period": start, "output_mtok": 1}],
    )
    own = settings(1, frequency=frequency, start=start)
    case = read_case(write_case(tmp_path, rows, own))
    assert list(case["offers"]["term_periods"]) == [year, 3 * year]


def test_three_years_of_a_reservation_are_paid_once(tmp_path: Path) -> None:
    """Ten chips for three years: three contracts of a year, or one of three."""
    for kind, contracts in (("reserved_1y", 3), ("reserved_3y", 1)):
        offers = [offer("r", site="cloud", kind=kind, usd_per_chip=100)]
        rows = tables(3, sites=[CLOUD], power=None, offers=offers)
        assert cost(tmp_path / kind, rows, settings(3)) == pytest.approx(contracts * 1000)


# 3: what spend and power count


def test_reserved_chips_are_spend_and_power(tmp_path: Path) -> None:
    """Ten chips of 1 kW reserved for two years, 0.01 USD an hour."""
    reserved = offer("r", site="cloud", kind="reserved", term_periods=2, usd_per_chip_hour=0.01)
    most = [
        {"limit": name, "scope": "all", "measure": name, "max": 1e6}
        for name in ("spend", "power", "chips")
    ]
    rows = tables(sites=[site(), CLOUD], offers=[reserved], limits=most)
    result = pipeline.run(write_case(tmp_path / "case", rows, settings()), out=tmp_path / "out")
    assert result.plan is not None
    value = result.plan["limits"].set_index("limit")["value"]
    assert value["spend"] == pytest.approx(2 * 10 * HOURS * 0.01)
    assert value["power"].tolist() == pytest.approx([0.01, 0.01])
    assert value["chips"].tolist() == pytest.approx([10, 10])


# 3: what the documents say

MODEL, INPUTS = "planner/model/README.md", "inputs/README.md"
SAID = {
    "a straddling period": (MODEL, "counts whole in the fiscal year in which it begins"),
    "rounding of lives": (MODEL, "rounded, halves up (4.5 quarters are 5), at least 1"),
    "survival and leases": (MODEL, "leased chips fail like bought ones"),
    "attrition at decommissioning": (MODEL, "after the losses of its last period"),
    "split efficiency": (MODEL, "also where such a chip can never be there"),
    "what spend counts": (MODEL, "not power projects, relocation, cancellation fees"),
    "contracts of the fleet": (MODEL, "and of contracts of the fleet"),
    "what power counts": (MODEL, "reserved chips in cloud regions included"),
    "rented chips": (MODEL, "have no power of ours and count in `chips` and `spend` only"),
    "rules and relocation": (MODEL, "it never forbids moving them away"),
    "contracts of moved lots": (MODEL, "runs on while the chips are on their way"),
    "two sides": (MODEL, "has an excess of its own for each of its sides"),
    "when a penalty falls": (MODEL, "`power` in the middle of every period of the window"),
    "interruptible runs": (MODEL, "with `min_chips` never stops wholly"),
    "a cloud fleet": (MODEL, "ends its contract: the hourly payments stop"),
    "a blank beside a row for all": (INPUTS, "blank = that of the row for every slice"),
    "carbon": (INPUTS, "need one or the other where a carbon price or a limit of carbon"),
    "active and idle": (INPUTS, "At least the chip's `kw_idle`, which it draws anyway"),
    "a peak": (INPUTS, "blank = not usable at this precision"),
    "frozen periods": (INPUTS, "Above 0 without a last plan is an error"),
    "work that no chip can do": (INPUTS, "is a warning and all of it is short"),
    "nothing to buy": (INPUTS, "a file that is not there is missing, not empty"),
    "lines of the fleet": ("outputs/README.md", "fleet:&lt;chip&gt;:&lt;in_service&gt;"),
}


@pytest.mark.parametrize("name", SAID)
def test_a_sentence_stands_in_the_documents(name: str) -> None:
    page, sentence = SAID[name]
    text = " ".join((ROOT / page).read_text(encoding="utf-8").split())
    assert sentence in text


# 2: error cells in a file that a spreadsheet has written

ERRORS = ("#N/A", "#REF!", "#DIV/0!", "#NAME?", "#NV", "Err:502")
FILLED = [
    (table.name, column.name)
    for table in TABLES
    for column in table.columns
    if table.name != "last_plan" and any(row.get(column.name) for row in EVERY[table.name])
]


@pytest.mark.sampled(5)
@pytest.mark.parametrize(("table", "column"), FILLED)
def test_an_error_of_a_spreadsheet_in_a_file(table: str, column: str, tmp_path: Path) -> None:
    """Also where a name or a text stands: a vendor that is one would be missed by every limit."""
    rows = changed(add=SELDOM)
    at = next(i for i, row in enumerate(rows[table]) if row.get(column))
    error = ERRORS[len(table + column) % len(ERRORS)]
    rows[table][at][column] = error
    assert ("error", TABLE[table].path, at + 2, column) in said(tmp_path, rows)


def test_a_name_that_only_looks_like_an_error(tmp_path: Path) -> None:
    rows = changed(*(("fabrics", 0, "fabric", name) for name in ("#1", "#n/a?", "Err", "N/A")))
    assert said(tmp_path, rows) == []


# 2: a month typed into a sheet


def test_a_deadline_of_june_takes_a_hundred_chips(tmp_path: Path) -> None:
    """Work for a hundred chips in the 91 days of April to June; in the 61 days to the end of May it
    would take 149.18."""
    training = {"class": "c", "chip": "a", "precision": "bf16", "mfu": 0.5, "goodput": 1}
    run = {"milestone": "m", "flop": 100 * 0.5e12 * 91 * 86400, "class": "c", "deadline": "x"}
    rows = tables(
        1,
        power=[{"site": "home", "period": f"2027-0{month}", "mw": 1} for month in (4, 5, 6)],
        workloads=None,
        demand=None,
        throughput=None,
        training=[training | {"source": "assumption"}],
        milestones=[run | {"sites": "home", "chips": "a"}],
    )
    own = {"start": "2027-04", "periods": 3, "frequency": "month", "discount_rate": 0}

    def edit(book: Any, sheets: Any) -> None:
        for at, key in enumerate((key for key in YAML if key != "slices"), start=1):
            if key in own:
                sheets["case"].write(at, 1, own[key])
        month = book.add_format({"num_format": "yyyy-mm"})
        column = list(rows["milestones"][0]).index("deadline")
        sheets["milestones"].write_datetime(1, column, datetime.date(2027, 6, 1), month)

    path = write_book(tmp_path / "x.xlsx", edit, **{name: rows.get(name) for name in GOOD | rows})
    solution = solve(formulate(read_case(path, ["case.residual=none"])).program)
    assert solution.objective == pytest.approx(100 * 100)


# 2: a share of a rounded total that may be exceeded


@pytest.mark.slow
@pytest.mark.parametrize("side", ["max_share", "min_share"])
def test_a_soft_share_of_seventy_trillions_is_proven_and_verified(
    side: str, tmp_path: Path
) -> None:
    """A third of a million x for 4,285.71 and a seventh of a million y for 6,666.67, times 3e4, of
    which x may be a third, or shall be nearly all; a dollar beyond costs 5 cents, in the middle of
    the second year."""
    times, price = 3e4, 0.05
    x, y = 1e6 / 3, 1e6 / 7
    spend = times * (x * 3e4 / 7 + y * 2e4 / 3)
    mine = times * x * 3e4 / 7
    share, beyond = (
        (1 / 3, mine - spend / 3) if side == "max_share" else (0.97, 0.97 * spend - mine)
    )
    rows = case_of(
        2,
        power=power(periods=2, mw=1e7),
        offers=buys(times * 3e4 / 7, times * 2e4 / 3),
        limits=[SHARE | {"max_share": "", "over_usd_per_unit": price, side: share}],
        **work(x, y, periods=2),
    )
    rows = {name: [{k: str(v) for k, v in row.items()} for row in t] for name, t in rows.items()}
    folder = write_case(tmp_path / "case", rows, settings(2, discount_rate=0.07))
    result = pipeline.run(folder, out=tmp_path / "out")
    assert result.status == "optimal", result.message
    assert result.plan is not None and result.folder is not None
    usd = spend + price * beyond * 1.07**-1.5
    assert usd > 7e13
    assert result.plan.summary["objective_usd"] == pytest.approx(usd, rel=1e-12)
    assert float(result.plan["limits"]["over"].iloc[0]) == pytest.approx(beyond, rel=1e-12)
    assert holds(result.folder)


# 6: periods outside the plan, blanks beside a quota, windows that end before they begin

OUTSIDE = {
    "power": {"site": "iowa", "mw": "10"},
    "energy": {"site": "ohio", "usd_per_mwh": "60"},
    "supply": {"supply_group": "market", "max_chips": "4000", "basis": "order"},
    "offer_prices": {"offer": "buy", "usd_per_chip": "24000"},
    "gains": GOOD["gains"][0],
    "demand": {"workload": "chat", "output_mtok": "100000", "input_mtok": "300000"},
    "budgets": {"category": "capex", "usd_max": "500000000"},
    "limits": GOOD["limits"][0] | {"limit": "more"},
}


@pytest.mark.parametrize("table", OUTSIDE)
def test_a_period_outside_the_plan_is_told(table: str, tmp_path: Path) -> None:
    row = OUTSIDE[table] | {"period": "2028Q1"}
    told = said(tmp_path, changed(add={table: [row]}))
    severity = "error" if table in ("demand", "budgets", "limits") else "warning"
    assert (severity, f"{table}.csv", len(GOOD[table]) + 2, "period") in told


def test_no_maximum_beside_a_minimum_is_told(tmp_path: Path) -> None:
    """A row that says only how many are to be taken: nothing would limit them."""
    rows = changed(("supply", 1, "min_chips", "10"), ("supply", 1, "max_chips", ""))
    told = said(tmp_path, rows)
    assert ("warning", "supply.csv", 3, "max_chips") in told


def test_a_rule_that_ends_before_it_begins_is_told(tmp_path: Path) -> None:
    rows = changed(("rules", 0, "from", "2027Q4"), ("rules", 0, "to", "2027Q1"))
    assert any(file == "rules.csv" and row == 2 for _, file, row, _ in said(tmp_path, rows))


# 4 and 6: runs


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run, and one of a case that has no plan."""
    out = tmp_path_factory.mktemp("rows") / "outputs"
    assert main(["run", str(QUICKSTART), "--out", str(out), "--quiet"]) == 0
    threefold = ["--set", "demand.chat.*.output_mtok*=3"]
    assert main(["run", str(QUICKSTART), *threefold, "--out", str(out), "--quiet"]) == 4
    return out


def run_of(out: Path, status: str) -> Path:
    return next(
        path.parent
        for path in out.glob("*/*/plan.json")
        if json.loads(path.read_text())["status"] == status
    )


def other(value: Any) -> Any:
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    return f"{value}x" if isinstance(value, str) else 1 if value is None else value * 1.01 + 1


def unseen(run: Path, *fields: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """The fields of diagnosis.json, all of them where none is given, whose change is not seen
    although the manifest fits."""
    path = run / "diagnosis.json"
    document, found = json.loads(path.read_bytes()), []
    for place in fields or damage.places(document):
        value = document
        for key in place:
            value = value[key]
        if isinstance(value, (dict, list)):
            continue
        path.write_text(json.dumps(damage.changed(document, place, other(value))))
        damage.refit(run)
        if all(one.ok for one in verify(run)) and all(one.ok for one in verify_documents(run)):
            found.append(place)
    return found


CHANGE = ("repairs", 0, "changes", 0)


@pytest.mark.slow
@pytest.mark.parametrize(
    "field", [("conflicts", 0, 0, "kind"), (*CHANGE, "figure"), ("proof", "margin"), ("case",)]
)
def test_a_field_that_the_page_does_not_show(
    field: tuple[Any, ...], out: Path, tmp_path: Path
) -> None:
    run = Path(shutil.copytree(run_of(out, "infeasible"), tmp_path / "run"))
    assert unseen(run, field) == []


@pytest.mark.full
def test_every_field_of_a_diagnosis(out: Path, tmp_path: Path) -> None:
    run = Path(shutil.copytree(run_of(out, "infeasible"), tmp_path / "run"))
    assert holds(run)
    assert unseen(run) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "column"),
    [("conflict", "limit"), ("conflict", "rows"), ("repairs", "new"), ("repairs", "given_usd")],
)
def test_a_table_of_a_diagnosis_that_was_changed_fails(
    name: str, column: str, out: Path, tmp_path: Path
) -> None:
    run = Path(shutil.copytree(run_of(out, "infeasible"), tmp_path / "run"))
    cells = pd.read_csv(run / f"{name}.csv", dtype=str, keep_default_na=False)
    cells.loc[0, column] = "1" + str(cells.loc[0, column])
    cells.to_csv(run / f"{name}.csv", index=False, lineterminator="\n")
    damage.refit(run)
    wrong = [one.detail for one in verify(run) if not one.ok]
    assert wrong == [f"{name}.csv is not what diagnosis.json holds"]


def test_a_cost_of_a_way_out_is_planned_anew(out: Path, tmp_path: Path) -> None:
    """Changed wherever it is read from."""
    run = Path(shutil.copytree(run_of(out, "infeasible"), tmp_path / "run"))
    document = json.loads((run / "diagnosis.json").read_text())
    document["repairs"][0]["cost_usd"] *= 0.99
    (run / "diagnosis.json").write_text(json.dumps(document))
    write_table(DIAGNOSIS_TABLES[1], repair_table(document), run / "repairs.csv")
    damage.refit(run)
    (wrong,) = (one for one in verify(run) if not one.ok)
    assert wrong.detail.startswith("way out 1: the plan costs 1,789,476.94 USD, 1771582.")


def test_ten_gigabytes_in_ten_megabytes_are_not_read(out: Path, tmp_path: Path) -> None:
    """What the archive says of an array is more than any run stores."""
    run = Path(shutil.copytree(run_of(out, "optimal"), tmp_path / "run"))
    path = run / "solution.npz"
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("more.npy", b"\0" * 1000)
    content = bytearray(path.read_bytes())
    at = content.rindex(b"PK\x01\x02") + 24  # the size of the last entry, unpacked
    content[at : at + 4] = np.uint32(stored.MOST_BYTES + 1).tobytes()
    path.write_bytes(content)
    damage.refit(run)
    with pytest.raises(RunDamaged, match="it unpacks to 1,0"):
        read_stored(run, "x")
    findings = (*verify(run), *verify_figures(run))
    wrong = [one for one in findings if not one.ok and not one.what.startswith("plan.json")]
    assert len(wrong) >= 3 and all("1,000,000,000" in one.detail for one in wrong[1:])


def test_overrides_without_end_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "overrides.txt").write_bytes(b"x=1\n" * 2_500_001)
    with pytest.raises(RunDamaged, match="larger than 10,000,000 bytes"):
        read_overrides(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["approve", "report"])
@pytest.mark.parametrize("how", ["as it is", "./", "whole", "name", "from elsewhere", "link"])
def test_the_list_of_runs_is_made_again_however_a_path_is_written(
    how: str, command: str, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(out, tmp_path / "outputs")
    monkeypatch.chdir(tmp_path)
    run = run_of(Path("outputs"), "optimal")
    (tmp_path / "link").symlink_to("outputs")
    words = {
        "as it is": [str(run)],
        "./": [f"./{run}"],
        "whole": [str(run.resolve())],
        "name": [run.name, "--out", "./outputs"],
        "from elsewhere": [str(run.resolve()), "--out", str(tmp_path / "nowhere")],
        "link": [str(Path("link", *run.parts[1:])), "--out", str(tmp_path / "outputs")],
    }[how]
    index = Path("outputs/index.html")
    index.write_text(index.read_text().replace("not approved yet", "long ago"))
    assert main([command, *words, *(["--by", "me"] if command == "approve" else [])]) == 0
    text = index.read_text()
    assert "long ago" not in text and ("me, 20" in text) == (command == "approve")
    assert not (tmp_path / "nowhere").exists()


def test_no_list_of_runs_is_put_where_none_was(out: Path, tmp_path: Path) -> None:
    """A run that was handed over alone."""
    run = shutil.copytree(run_of(out, "optimal"), tmp_path / "mail" / "case" / "run")
    assert main(["report", str(run), "--out", str(tmp_path / "outputs")]) == 0
    assert sorted(path.name for path in (tmp_path / "mail").iterdir()) == ["case"]
