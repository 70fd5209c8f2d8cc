"""Sweeps: variants of a run cost what runs of their own cost, whatever the number of threads, and
what is wrong with them is told with its place."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner import pipeline
from planner.case import read_case
from planner.case.problems import CaseError
from planner.case.variants import PRICED, read_base, read_variant
from planner.cli import main
from planner.lp.highs import solve
from planner.machines import processes
from planner.machines.executor import ask
from planner.machines.processes import Processes
from planner.machines.serial import Serial
from planner.machines.where import Where
from planner.model import formulate
from planner.model.rewrite import rewrite
from planner.runs.read import RunError
from planner.study import sweep as module
from planner.study.asking import difference, variants_of
from planner.study.live import open_case
from planner.study.sweep import Sweep, sweep
from planner.study.variants import Variant
from tests.benchmarks.generator import write_case as generate
from tests.benchmarks.sizes import Size
from tests.helpers import write_case
from tests.model.small import offer, power, settings, site, tables

TINY = Size(chips=4, sites=4, workloads=5, milestones=2, periods=6, slices=2)
VARIANTS = {
    "more demand": ["demand.*.*.output_mtok*=1.5"],
    "dear": ["offers.buy.usd_per_chip*=3"],
    "dear and half": ["offers.buy.usd_per_chip*=3", "demand.*.*.output_mtok*=0.5"],
    "power": ["power.home.*.mw=0.012"],
    "no power": ["power.home.*.mw=0.005"],
    "rate": ["case.discount_rate=0.1"],
    "falling": ["demand.w.2026.output_mtok=4"],
}


def write_file(path: Path, variants: dict[str, list[str]]) -> Path:
    path.write_text(
        "variant,set\n"
        + "".join(
            f"{name},{override}\n" for name, overrides in variants.items() for override in overrides
        ),
        encoding="utf-8",
    )
    return path


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten chips of 1 kW bought for 100 or leased by the year for 90; power for 15."""
    offers = [
        offer(usd_per_chip=100),
        offer("lease", kind="lease", usd_per_chip=90, term_periods=1),
    ]
    return write_case(
        tmp_path_factory.mktemp("sweep") / "case",
        tables(offers=offers, power=power(mw=0.015)),
        settings(),
    )


@pytest.fixture(scope="module")
def run(case: Path) -> Path:
    result = pipeline.run(case, out=case.parent / "outputs")
    assert result.folder is not None
    return result.folder


def plain(found: Sweep) -> list[tuple[Any, ...]]:
    return [
        (
            one.variant.name,
            one.status,
            one.objective if one.status == "optimal" else None,
            one.chips,
        )
        for one in found.swept
    ]


@pytest.mark.slow
def test_every_variant_costs_what_a_run_of_its_own_costs(
    case: Path, run: Path, tmp_path: Path
) -> None:
    found = sweep(run, write_file(tmp_path / "v.csv", VARIANTS))
    assert [one.variant.name for one in found.swept] == list(VARIANTS)
    for one in found.swept:
        alone = pipeline.run(case, overrides=one.variant.overrides, out=tmp_path / "outputs")
        assert one.status == alone.status
        if alone.status == "optimal" and alone.folder is not None:
            own = json.loads((alone.folder / "plan.json").read_text())["objective_usd"]
            assert one.objective == pytest.approx(
                own, rel=1e-9, abs=0.005
            )  # plan.json is rounded to the cent
            assert one.delta == pytest.approx(own - found.objective, abs=0.005)
    assert {one.variant.name for one in found.swept if one.status == "infeasible"} == {"no power"}


@pytest.mark.slow
def test_processes_where_there_is_much_to_do(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, told = write_file(tmp_path / "v.csv", VARIANTS), list[str]()
    one = sweep(run, file, Where(2))
    monkeypatch.setattr(module, "WORTHWHILE", 0)
    two = sweep(run, file, Where(2), told.append)
    assert (
        plain(one) == plain(two)
        and one.objective == two.objective
        and told[-1] == f"{len(VARIANTS)} of {len(VARIANTS)} variants"
    )


@pytest.mark.slow
def test_a_process_that_dies_is_told_of_and_none_is_left(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "WORTHWHILE", 0)
    monkeypatch.setattr(
        processes, "COMMAND", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    )
    file, begun = write_file(tmp_path / "v.csv", VARIANTS), list[Any]()
    popen = subprocess.Popen
    monkeypatch.setattr(
        processes.subprocess,
        "Popen",
        lambda *given, **named: begun.append(popen(*given, **named)) or begun[-1],
    )
    assert main(["sweep", str(run), str(file), "--threads", "2"]) == 1
    assert (
        "a process ended by signal 9, perhaps for want of memory, and so did the 2 that were "
        "started in its place\nNext: the same command with --threads 1" in capsys.readouterr().err
    )
    assert len(begun) == 3 and all(worker.poll() is not None for worker in begun)


def slowly(first: Sequence[Any], last: Sequence[Any]) -> Iterator[Any]:
    """Questions, and then others so slowly that other processes work on the first ones."""
    yield from first
    for question in last:
        time.sleep(0.3)
        yield question


@pytest.mark.slow
def test_what_a_process_cannot_do_is_raised_here(case: Path) -> None:
    base = read_base(case, ["power.home.*.mw=0.001"]).case
    with pytest.raises(RunError, match="has no optimal plan to ask about"), Processes(2) as here:
        ask(here, variants_of(base, None), slowly([None], [None] * 100))
    good = read_base(case).case
    bad = good["offers"].drop(columns="kind")
    wrong = dataclasses.replace(good, tables={**good.tables, "offers": bad})
    with pytest.raises(RuntimeError, match="KeyError"), Processes(2) as here:
        ask(here, variants_of(good, None), slowly([difference(wrong, good)], [None] * 100))


@pytest.mark.slow
def test_an_interrupted_sweep_leaves_no_process(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, popen = list[Any](), subprocess.Popen
    monkeypatch.setattr(module, "WORTHWHILE", 0)
    monkeypatch.setattr(
        processes.subprocess,
        "Popen",
        lambda *given, **named: begun.append(popen(*given, **named)) or begun[-1],
    )

    def interrupt(words: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(run, write_file(tmp_path / "v.csv", VARIANTS), Where(2), interrupt)
    assert len(begun) == 1 and all(worker.poll() is not None for worker in begun)


@pytest.mark.slow
def test_what_is_ordered_first(run: Path, tmp_path: Path) -> None:
    """15 chips for 15 Mtok a year; half of the demand needs 5."""
    found = {
        one.variant.name: one for one in sweep(run, write_file(tmp_path / "v.csv", VARIANTS)).swept
    }
    assert found["more demand"].chips == (("a", pytest.approx(15.0)),) and found[
        "dear and half"
    ].chips == (("a", pytest.approx(5.0)),)
    assert found["no power"].chips == () and np.isnan(found["no power"].objective)


def generated(folder: Path) -> list[tuple[str, list[str]]]:
    generate(TINY, 3, folder)
    frames = read_case(folder).tables
    groups, sites, offers = (
        sorted(set(frames[table][key]))[:2]
        for table, key in (("supply", "supply_group"), ("power", "site"), ("offers", "offer"))
    )
    demand = [
        [
            f"demand.{name}.*.{column}*={factor}"
            for column in ("output_mtok", "input_mtok", "cached_mtok", "flop")
            if (part[column] > 0).any()
        ]
        for factor in (0.8, 1.3)
        for name, part in frames["demand"].groupby("workload")
    ]
    sets = [
        *demand,
        *(
            [f"offers.{o}.{c}*=1.1"]
            for c in ("usd_per_chip", "usd_per_chip_hour")
            for o in offers
            if frames["offers"].set_index("offer")[c][o] > 0
        ),
        *([f"supply.{g}.*.max_chips*=0.9"] for g in groups),
        *([f"power.{s}.*.mw*=1.1"] for s in sites),
        *([f"offers.{o}.max_per_period=100"] for o in offers),
    ]
    return [(f"v{at}", overrides) for at, overrides in enumerate(sets)]


@pytest.mark.slow
def test_neither_processes_nor_order_change_an_answer(tmp_path: Path) -> None:
    variants = [
        Variant(name, tuple(overrides), (1,) * len(overrides))
        for name, overrides in generated(tmp_path / "case")
    ]
    base = read_base(tmp_path / "case")
    cases = [read_variant(base, variant.overrides) for variant in variants]
    basis = open_case(base.case, threads=1).basis

    job = variants_of(base.case, basis)

    def solved(order: Sequence[int], count: int) -> list[tuple[Any, ...]]:
        given = [difference(cases[at], base.case) for at in order]
        if count == 1:
            answers = ask(Serial(), job, given)
        else:
            with Processes(count) as here:
                answers = ask(here, job, slowly(given[:-8], given[-8:]))
                workers = list(here._workers)
            assert [worker.process.returncode for worker in workers] == [0] * (count - 1)
        return sorted(
            (variants[at].name, one.status, one.objective, one.chips)
            for at, one in zip(order, answers, strict=True)
        )

    once = solved(range(len(cases)), 1)
    assert once == solved(range(len(cases))[::-1], 1) == solved(range(len(cases))[::-1], 3)
    for (name, overrides), (_, status, objective, _) in zip(
        sorted(generated(tmp_path / "again")), once, strict=True
    ):
        alone = solve(formulate(read_case(tmp_path / "case", overrides)).program, threads=1)
        assert (status, objective) == (alone.status, pytest.approx(alone.objective, rel=1e-9)), name


@pytest.mark.slow
def test_a_variant_is_read_as_a_case_with_overrides_is(tmp_path: Path) -> None:
    variants = [*generated(tmp_path / "case"), ("rate", ["case.discount_rate=0.09"])]
    base = read_base(tmp_path / "case")
    for _, overrides in variants:
        mine, whole = read_variant(base, overrides), read_case(tmp_path / "case", overrides)
        assert mine.settings == whole.settings and mine.warnings == whole.warnings
        assert all(mine[name].equals(whole[name]) for name in whole.tables)


@pytest.mark.slow
@pytest.mark.parametrize(
    "override",
    [
        "offers.buy.usd_per_chip=-1",
        "offers.buy.usd_per_chip=",
        "offers.buy.usd_per_chip=NaN",
        "offers.buy.usd_per_chip=1e400",
        "offers.buy.usd_per_chip=x",
        "offers.buy.usd_per_chip=0",
        "offers.buy.usd_per_chip*=1.5",
        "offers.rent.usd_per_chip=3",
        "offers.rent.usd_per_chip_hour=",
        "offers.rent.usd_per_chip_hour=2",
        "offers.*.usd_per_chip_hour=2",
    ],
)
def test_prices_of_offers_are_read_quickly_and_as_ever(override: str, tmp_path: Path) -> None:
    """Only what looks at prices is checked again, and finds what reading everything finds."""
    offers = [
        offer(usd_per_chip=100),
        offer("rent", site="cloud", kind="on_demand", usd_per_chip_hour=1),
    ]
    folder = write_case(
        tmp_path / "case", tables(offers=offers, sites=[site(), site("cloud", "cloud")]), settings()
    )
    base = read_base(folder)
    found = []
    for read in (lambda: read_variant(base, [override]), lambda: read_case(folder, [override])):
        try:
            case = read()
            found.append((case["offers"].to_csv(), case.warnings))
        except CaseError as reason:
            found.append(("", reason.problems))
    assert found[0] == found[1]
    again = [rule for rule in base.rules if PRICED in rule.tables]
    assert 0 < len(again) < len(base.rules) / 4, "few rules look at prices"


@pytest.mark.slow
def test_rewritten_limits_are_those_of_a_program_of_its_own(tmp_path: Path) -> None:
    variants, done = generated(tmp_path / "case"), 0
    base = read_base(tmp_path / "case")
    first = formulate(base.case)
    for _, overrides in variants:
        case = read_variant(base, overrides)
        mine, own = rewrite(first, case), formulate(case).program
        if mine is None:
            continue
        done += 1
        p = mine.program
        assert p.data is first.program.data and p.num_rows == own.num_rows
        for a, b in (
            (p.row_lower * p.row_scale, own.row_lower * own.row_scale),
            (p.row_upper * p.row_scale, own.row_upper * own.row_scale),
        ):
            np.testing.assert_allclose(a, b, rtol=1e-9)
        mine_, its = (q.column_upper * q.column_scale for q in (p, own))
        np.testing.assert_allclose(mine_, its, rtol=1e-9)
    assert done == sum(not override.startswith("offers.") for _, (override, *_) in variants)


@pytest.mark.slow
@pytest.mark.parametrize(
    "overrides",
    [
        ["demand.w.2026.output_mtok=0"],
        ["supply.g.2025.max_chips="],
        ["supply.g.*.min_chips=1"],
    ],
)
def test_what_appears_or_disappears_is_formulated_anew(
    overrides: list[str], tmp_path: Path
) -> None:
    supply = [{"supply_group": "g", "period": 2025 + t, "max_chips": 1000} for t in range(2)]
    base = read_base(
        write_case(
            tmp_path / "case",
            tables(offers=[offer(usd_per_chip=100, supply_group="g")], supply=supply),
            settings(),
        )
    )
    assert rewrite(formulate(base.case), read_variant(base, overrides)) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "variant,set\n,demand.w.*.output_mtok*=2\nb,\n",
            [(2, "must be given"), (3, "must be given")],
        ),
        ("variant\na\n", [(1, "is needed")]),
        ("variant,set,note\na,case.discount_rate=0.1,x\n", [(1, "is no column of variants")]),
        ("variant,set\n", [(None, "names no variant")]),
        ("", [(None, "has no header row")]),
    ],
)
def test_everything_wrong_is_told_at_once_with_its_row(
    text: str, told: list[tuple[int | None, str]], run: Path, tmp_path: Path
) -> None:
    file = tmp_path / "v.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CaseError) as wrong:
        sweep(run, file)
    assert [(problem.row, problem.file) for problem in wrong.value.problems] == [
        (row, str(file)) for row, _ in told
    ]
    for problem, (_, words) in zip(wrong.value.problems, told, strict=True):
        assert words in str(problem)


@pytest.mark.slow
def test_an_invalid_variant_is_listed_and_the_others_are_solved(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = {
        "a": ["demand.nope.*.output_mtok*=2"],
        "b": ["power.home.*.mw=-1"],
        "good": ["case.discount_rate=0.1"],
        "c": ["foo"],
        "again": ["case.discount_rate=0.1"],
    }
    file = write_file(tmp_path / "v.csv", lines)
    table = tmp_path / "out.csv"
    assert main(["sweep", str(run), str(file), "--json", "--csv", str(table)]) == 3
    out, err = capsys.readouterr()
    found = json.loads(out)
    statuses = ["invalid", "invalid", "optimal", "invalid", "optimal"]
    assert found["exit_code"] == 3
    assert [one["variant"] for one in found["variants"]] == [*lines]
    assert [one["status"] for one in found["variants"]] == statuses
    problems = [one["problems"] for one in found["variants"]]
    told = ["nope is no workload", "must be at least 0", "", "must read table.key.column=value", ""]
    for number, (words, mine) in enumerate(zip(told, problems, strict=True), start=2):
        assert bool(words) == bool(mine)
        assert not mine or (mine[0]["row"], mine[0]["file"]) == (number, str(file))
        assert not mine or (words in mine[0]["need"] and words in err)
    good, again = (found["variants"][at]["objective_usd"] for at in (2, 4))
    assert good == pytest.approx(again, rel=1e-9) and good > 0
    assert "3 variants not valid" in err
    written = table.read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[1] for line in written[1:]] == statuses
    assert written[1].startswith("a,invalid,,,,,")


@pytest.mark.slow
def test_a_run_without_a_plan_cannot_be_swept(case: Path, tmp_path: Path) -> None:
    result = pipeline.run(case, overrides=["power.home.*.mw=0.001"], out=tmp_path / "outputs")
    assert result.folder is not None
    with pytest.raises(RunError):
        sweep(result.folder, write_file(tmp_path / "v.csv", {"a": ["case.discount_rate=0.1"]}))


@pytest.mark.slow
def test_the_command(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, table = write_file(tmp_path / "v.csv", VARIANTS), tmp_path / "out.csv"
    assert (
        main(["sweep", str(run), str(file), "--json", "--threads", "2", "--csv", str(table)]) == 0
    )
    found = json.loads(capsys.readouterr().out)
    by_name = {one["variant"]: one for one in found["variants"]}
    assert list(by_name) == list(VARIANTS) and found["first_period"] == "2025"
    assert (
        by_name["no power"]["status"] == "infeasible"
        and by_name["no power"]["objective_usd"] is None
        and by_name["no power"]["first_period_chips"] is None
    )
    assert by_name["dear and half"]["set"] == VARIANTS["dear and half"]
    lines = table.read_text(encoding="utf-8").splitlines()
    assert (
        lines[0]
        == "variant,status,cost_usd,difference_usd,difference_percent,first_period_chips,seconds"
        and len(lines) == 1 + len(VARIANTS)
    )
    assert lines[1 + list(VARIANTS).index("no power")].startswith("no power,infeasible,,,,,")
    assert main(["sweep", str(run), str(file)]) == 0
    shown = capsys.readouterr().out
    assert "dear and half" in shown and "infeasible" in shown and "orders in 2025" in shown
    file.write_text("variant,set\na,foo\n", encoding="utf-8")
    assert main(["sweep", str(run), str(file)]) == 3
    assert f"{file}:2 set" in capsys.readouterr().err
