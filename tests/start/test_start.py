"""A case written from the library: everything typed in and sourced but what only its owner knows,
and with that filled in a plan that is proven."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from planner import read_case, run
from planner.case.problems import CaseError, Problem
from planner.case.tables import TABLE
from planner.cli import main
from planner.start.tables import REQUIRED

Capture = pytest.CaptureFixture[str]

ASKED = [
    "--chips=h100,GB200 NVL72,mi355x,tpu-v7",
    "--models=llama-3.1-405b,openai/gpt-oss-120b",
    "--sites=texas,virginia,sweden",
    "--clouds=aws,gcp",
    "--start=2027Q1",
    "--periods=12",
]
FILLED = {"power.csv": "6", "throughput.csv": "800", "sites.csv": "80"}

SINCE = {"quarter": "2025Q3", "month": "2025-07", "year": "2025"}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def cells(folder: Path) -> int:
    """How many cells of the tables say REQUIRED."""
    return sum(
        cell == REQUIRED
        for path in folder.glob("*.csv")
        for row in csv.reader(path.read_text().splitlines())
        for cell in row
    )


def problems(folder: Path) -> list[Problem]:
    with pytest.raises(CaseError) as refused:
        read_case(folder)
    return list(refused.value.problems)


def fill(folder: Path, chips: str = "500", demand: float = 1.0) -> None:
    """Fill in only what says REQUIRED, as its owner would."""
    settings = (folder / "case.yaml").read_text()
    since = next(when for kind, when in SINCE.items() if f"frequency: {kind}" in settings)
    for path in folder.glob("*.csv"):
        lines = path.read_text().splitlines()
        for i, line in enumerate(lines):
            if path.name == "demand.csv":
                amount = demand * (20_000 if "405b" in line else 900_000)
                lines[i] = line.replace(REQUIRED, f"{amount:.0f}")
            elif path.name == "fleet.csv":
                lines[i] = line.replace(REQUIRED, since, 1).replace(REQUIRED, chips, 1)
            else:
                lines[i] = line.replace(REQUIRED, FILLED.get(path.name, ""))
        path.write_text("\n".join(lines) + "\n")


def test_a_case_is_written_and_check_lists_exactly_what_is_required(
    here: Path, capsys: Capture
) -> None:
    assert main(["init", "acme", *ASKED]) == 0
    out, err = capsys.readouterr()
    assert "acme/offers.csv" in out and "acme/README.md" in out
    assert err.splitlines()[0].startswith("62 cells marked REQUIRED")
    assert err.splitlines()[-1] == "Next: planner check acme"
    assert cells(here / "acme") == 62
    told = problems(here / "acme")
    assert {problem.code for problem in told} == {"to-fill"}
    assert sum(problem.rows for problem in told) == 62
    assert {problem.file for problem in told} == {"demand.csv", "fleet.csv", "power.csv"}
    assert main(["check", "acme"]) == 3
    said = capsys.readouterr().err
    assert (
        "power.csv:2 2027Q1: 'REQUIRED' - is yours to fill in: Power limit, on the site's power "
        "basis, in MW; write the 12 figures of this row, 2027Q1 to 2029Q4" in said
    )
    assert "7 errors in 3 files" in said


def test_every_row_has_its_source_and_its_date(here: Path) -> None:
    main(["init", "acme", *ASKED])
    for path in (here / "acme").glob("*.csv"):
        rows = list(csv.DictReader(path.read_text().splitlines()))
        assert rows, path.name
        if "as_of" in {column.name for column in TABLE[path.stem].columns}:
            assert all(row["source"] and row["as_of"] for row in rows), path.name


def test_a_cloud_asks_more_for_a_newer_chip_than_for_an_older_one(here: Path) -> None:
    """Also where the library has only what is assumed of any cloud."""
    main(["init", "acme", *ASKED, "--clouds=aws,gcp,nebius,oracle"])
    with (here / "acme" / "offers.csv").open() as file:
        price = {row["offer"]: float(row["usd_per_chip_hour"] or 0) for row in csv.DictReader(file)}
    for cloud in ("aws", "gcp", "nebius", "oracle"):
        assert price[f"{cloud}-h100-od"] < price[f"{cloud}-gb200-od"]
        for chip in ("h100", "gb200"):
            names = [f"{cloud}-{chip}-{contract}" for contract in ("3y", "1y", "od")]
            prices = [price[name] for name in names if name in price]
            assert prices == sorted(prices), names


def test_its_own_name_and_page(here: Path) -> None:
    main(["init", "acme", *ASKED])
    page = (here / "acme" / "README.md").read_text()
    assert page.startswith("# acme\n") and "planner check acme" in page
    assert "| `power.csv` | 36 |" in page and "| `demand.csv` | 24 |" in page
    assert "name: acme\n" in (here / "acme" / "case.yaml").read_text()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("chips", "demand"),
    [
        ("500", 1.0),
        pytest.param("0", 1.0, marks=pytest.mark.full),
        pytest.param("200", 100.0, marks=pytest.mark.full),
    ],
)
def test_with_only_the_required_cells_filled_a_plan_is_proven(
    here: Path, chips: str, demand: float
) -> None:
    """A fleet that is enough, none, and one for which there is far too much work."""
    main(["init", "acme", *ASKED])
    fill(here / "acme", chips, demand)
    assert cells(here / "acme") == 0
    result = run(here / "acme", out=here / "outputs")
    assert result.status == "optimal", result.message
    assert result.plan is not None
    codes = {warning.code for warning in result.warnings}
    assert codes <= {"stale"} | ({"figure-unlike"} if demand > 1 else set())


@pytest.mark.slow
@pytest.mark.parametrize(
    "asked",
    [
        ["--chips=tpu-v6e", "--models=llama-2-70b", "--clouds=gcp", "--start=2027Q1"],
        ["--chips=b200", "--models=our-own", "--sites=ashburn=va", "--start=2027-01"],
        ["--chips=gb300,trn3", "--models=glm-5", "--sites=ohio", "--clouds=aws", "--start=2027"],
    ],
    ids=["a cloud only", "a site only, by month", "by year"],
)
def test_other_cases_are_proven_too(here: Path, asked: list[str]) -> None:
    assert main(["init", "mine", *asked, "--periods=4"]) == 0
    fill(here / "mine")
    assert run(here / "mine", out=here / "outputs").status == "optimal"


def test_a_model_that_nobody_measured_has_rates_to_fill_in(here: Path, capsys: Capture) -> None:
    main(["init", "mine", "--chips=h100,h200", "--models=our-own", "--sites=texas", "--periods=2"])
    assert "our-own: nobody measured it" in capsys.readouterr().err
    main(["init", "near", "--chips=h100", "--models=meta/llama-3.1-405", "--sites=texas"])
    assert (
        "llama-3.1-405: nobody measured it on a chip of the library (did you mean llama-3.1-"
        in (capsys.readouterr().err)
    )
    told = [problem for problem in problems(here / "mine") if problem.file == "throughput.csv"]
    assert len(told) == 2 and told[0].need.endswith("Output tokens, in tokens/s/chip")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--chips=h10", "--models=m", "--sites=texas"], "did you mean h100"),
        (["--chips=h100", "--models=m", "--sites=texs"], "did you mean texas"),
        (["--chips=h100", "--models=m", "--clouds=amazn"], "did you mean aws"),
        (["--chips=h100", "--models=m"], "no sites and clouds: name at least one"),
        (["--chips=h100", "--sites=texas"], "no models: name at least one"),
        (["--chips=h100,H-100", "--models=m", "--sites=texas"], "h100 is named twice"),
        (["--chips=h100", "--models=m", "--sites=texas", "--start=soon"], "write 2027Q1"),
    ],
)
def test_what_is_not_known_is_told_and_nothing_is_written(
    here: Path, capsys: Capture, asked: list[str], said: str
) -> None:
    assert main(["init", "mine", *asked]) == 2
    assert said in capsys.readouterr().err
    assert not (here / "mine").exists()


def test_nothing_is_overwritten(here: Path, capsys: Capture) -> None:
    main(["init", "acme", *ASKED])
    before = (here / "acme" / "offers.csv").read_bytes()
    assert main(["init", "acme", *ASKED]) == 2
    assert "nothing was written" in capsys.readouterr().err
    assert (here / "acme" / "offers.csv").read_bytes() == before


def test_required_is_told_wherever_it_stands(here: Path) -> None:
    """A name or a choice, too; in a note it is a word like any other."""
    main(["init", "acme", *ASKED])
    fill(here / "acme")
    path = here / "acme" / "workloads.csv"
    path.write_text(re.sub(",online,", f",{REQUIRED},", path.read_text(), count=1))
    (problem,) = problems(here / "acme")
    assert (problem.code, problem.column, problem.rows) == ("to-fill", "kind", 1)
