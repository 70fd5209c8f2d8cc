"""The commands about scenarios: scenarios."""

from __future__ import annotations

from pathlib import Path

from planner.cli.group import case_argument, cli, json_option, set_option, stop_for_problems
from planner.exits import USAGE, Stop
from planner.report.streams import print_json, say, show
from planner.words import printable


@cli.command(name="scenarios")
@case_argument
@set_option
@json_option
def show_scenarios(case: Path, overrides: tuple[str, ...], as_json: bool) -> None:
    """Check the scenarios of CASE, and show what each changes: demand, prices and supply beside the
    others."""
    from planner.case.problems import CaseError
    from planner.futures.picture import picture
    from planner.futures.scenario import as_data, has_scenarios, read_futures
    from planner.report.terminal import print_table

    if not has_scenarios(case):
        raise Stop(
            USAGE,
            f"{printable(case)} has no scenarios. Write scenarios.csv and scenario_changes.csv: "
            "inputs/README.md says how",
        )
    try:
        futures = read_futures(case, overrides)
    except CaseError as error:
        raise stop_for_problems(error, case, as_json=as_json) from None
    if as_json:
        label = futures.base.case.calendar.label
        reveal = [label(period) for period in futures.reveal.periods]
        print_json({"reveal": reveal, "scenarios": as_data(futures)})
        return
    for section in picture(futures):
        show(print_table, section)
    say(f"Next: planner run {printable(case)}")
