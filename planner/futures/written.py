"""The run of a case with scenarios: the plan as its own tables say it, with the common orders, and
inside it a run of every scenario."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.case.folder import scenario_files
from planner.case.load import read_case
from planner.case.write import write_case
from planner.edit import edit_case
from planner.futures.decide import Decided, decide
from planner.futures.figures import common_table, figures, scenario_table
from planner.futures.kept import PATH, common_orders, last_plan_text
from planner.futures.scenario import DIVISIBLE, Futures, Scenario, read_futures
from planner.pipeline import RunResult, run
from planner.plan.tables import PLAN_TABLE
from planner.report.progress import Progress
from planner.report.write import plain
from planner.runs.cells import read_table, write_table
from planner.runs.folder import case_files, copy_inputs, input_hashes, safe_name, write_json
from planner.runs.futures import COMMON, FUTURES, ROOM, SCENARIOS, in_scenarios
from planner.runs.read import MANIFEST_FILE, RunError, read_manifest, read_plan
from planner.solving import Options

if TYPE_CHECKING:
    from planner.lp.basis import Basis


def run_futures(
    case: Path,
    *,
    overrides: Sequence[str] = (),
    out: Path = Path("outputs"),
    options: Options | None = None,
    progress: Progress | None = None,
) -> RunResult:
    """Make, prove and write the plan of a case with scenarios.

    Args:
        case: the case folder.
        overrides: changes for this run that hold in every scenario, as ``--set`` takes them.
        out: folder under which the run folder is made.
        options: how to solve; left out: as case.yaml says.
        progress: where phases are timed and printed; left out: nowhere.

    Returns:
        The result, as ``pipeline.run`` gives it.

    Raises:
        CaseError: with every problem of the case and its scenarios.
        OSError: where a run folder cannot be written.
    """
    options, progress = options or Options(), progress or Progress()
    given = input_hashes(case)
    with progress.phase("scenarios"):
        futures = read_futures(case, overrides)
    if len(futures.scenarios) == 1 and not futures.scenarios[0].changed.tables:
        # nothing is left to be known later: the plan is that of the one scenario
        mine = (*overrides, *futures.scenarios[0].changed.overrides)
        return run(case, overrides=mine, out=out, options=options, progress=progress)
    decided = decide(futures, options, progress)
    with TemporaryDirectory() as room:
        base = Path(room) / "case"
        copy_inputs(case, given, (), base)
        _keep(base, decided, 0, futures.reveal.periods[0])
        if read_case(case, overrides).whole:
            edited = edit_case(base, {}, {"whole": "no"})
            for name, content in edited.files.items():
                (base / name).write_bytes(content)
        found = run(
            base,
            overrides=overrides,
            out=out,
            options=dataclasses.replace(
                options, resolve=_within(decided, case, Path(room), options, progress, given)
            ),
            progress=progress,
        )
    if found.folder is not None:
        _belongs(found.folder, case)
    return found


def _within(
    decided: Decided,
    case: Path,
    room: Path,
    options: Options,
    progress: Progress,
    given: Mapping[str, str],
) -> Callable[[Path, Case, Basis | None, Callable[[str], None]], Mapping[str, Any] | None]:
    """Return what writes the scenarios into a run whose own tables are written."""

    def write(
        folder: Path, base: Case, basis: Basis | None, note: Callable[[str], None]
    ) -> Mapping[str, Any] | None:
        told = write_scenarios(folder, decided, case, room, options, note)
        write_json(folder / FUTURES, plain({**told, "given": dict(sorted(given.items()))}))
        return None if options.resolve is None else options.resolve(folder, base, basis, note)

    return write


def write_scenarios(
    folder: Path,
    decided: Decided,
    case: Path,
    room: Path,
    options: Options,
    note: Callable[[str], None],
) -> dict[str, Any]:
    """Write the run of every scenario, and the tables of them all, into a run folder; return what
    is to be told of them together."""
    scenarios = decided.futures.scenarios
    costs, folders = np.full(len(scenarios), np.nan), []
    for number, scenario in enumerate(scenarios):  # a loop over scenarios
        note(f"scenario {scenario.name} ({number + 1} of {len(scenarios)})")
        place = f"{ROOM}/{safe_name(scenario.name)}"
        if place in folders:
            place = f"{place}-{number + 1}"
        folders.append(place)
        _write_one(folder / place, decided, number, case, room, options)
        costs[number] = float(read_plan(folder / place)["objective_usd"])
    _csv(scenario_table(decided, costs, folders), folder / SCENARIOS)
    _csv(common_table(decided), folder / COMMON)
    buy = folder / PLAN_TABLE["buy_plan"].path
    table = read_table(PLAN_TABLE["buy_plan"], buy)
    table["in_scenarios"] = in_scenarios(folder, table)
    write_table(PLAN_TABLE["buy_plan"], table, buy)
    return figures(decided, costs)


def _write_one(
    target: Path, decided: Decided, number: int, case: Path, room: Path, options: Options
) -> None:
    """Write the run of one scenario, with the common orders as they were decided."""
    scenario = decided.futures.scenarios[number]
    source, out = room / f"scenario-{number}", room / f"out-{number}"
    overrides = _source(scenario, case, source, decided.futures)
    _keep(source, decided, number, None)
    quiet = dataclasses.replace(options, resolve=None)
    found = run(source, overrides=overrides, out=out, options=quiet, progress=Progress())
    if found.folder is None or found.plan is None:
        raise RunError(
            f"the plan of scenario {scenario.name} with the common orders could not be written: "
            f"{found.status} {found.message}"
        )
    _belongs(found.folder, case)
    target.parent.mkdir(exist_ok=True)
    shutil.move(found.folder, target)


def _source(scenario: Scenario, case: Path, source: Path, futures: Futures) -> tuple[str, ...]:
    """Write the case of a scenario; return the changes with which it is read."""
    if scenario.changed.tables:
        write_case(dataclasses.replace(scenario.case, folder=source), source)
        return (DIVISIBLE,)
    apart = set(scenario_files(case))
    for name, path in case_files(case).items():
        if name not in apart:
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, source / name)
    return (*futures.overrides, *scenario.changed.overrides, DIVISIBLE)


def _keep(folder: Path, decided: Decided, number: int, until: int | None) -> None:
    """Write the common orders of a scenario, those before a period alone, into a case as decided
    lines of its last plan."""
    orders = common_orders(decided, number, decided.joint.solution.x)
    if until is not None:
        orders = orders[orders["order_period"] < until]
    base = decided.futures.base
    text = last_plan_text(orders, base.texts.get("last_plan"), base.case.calendar)
    (folder / PATH).parent.mkdir(parents=True, exist_ok=True)
    (folder / PATH).write_text(text, encoding="utf-8", newline="\n")


def _belongs(folder: Path, case: Path) -> None:
    """Say in the manifest of a run, which no hash covers, which case it is of."""
    write_json(folder / MANIFEST_FILE, {**read_manifest(folder), "case_folder": str(case)})


def _csv(frame: pd.DataFrame, path: Path) -> None:
    money = {name: 2 for name in frame.columns if name.endswith("_usd")}
    text = frame.round(money).to_csv(index=False, lineterminator="\n", float_format="%.12g")
    path.write_text(text, encoding="utf-8", newline="\n")
