"""The ways out of a run without a plan, once more: each is applied to the copied inputs as it is
told, and planned anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from planner.runs.finding import Documents, Finding
from planner.runs.inputs import INPUTS, planned_overrides, read_inputs
from planner.runs.read import read_diagnosis

CLOSE: Final = 2e-6
"""Two costs, each proven to 1e-6, may differ by this share."""


def check_ways_out(told: Documents) -> list[Finding]:
    """Return whether the plan with every change of a way out costs what is told of it; nothing of
    a run of another version, and of a way out that no ``--set`` can say."""
    from planner.case import read_case
    from planner.case.problems import CaseError
    from planner.diagnosis.replan import Replan
    from planner.lp.effort import Effort

    if told.other:
        return []
    inputs, faults, tried = told.folder / INPUTS, [], 0
    overrides, settings = planned_overrides(told.folder), read_inputs(told.folder).settings
    replan = Replan(Effort(), threads=settings.threads)
    ways = read_diagnosis(told.folder)["repairs"]
    for number, way in enumerate(ways, 1):
        changes = [change["override"] for change in way["changes"]]
        for change, text in zip(way["changes"], changes, strict=True):
            if text and text != _said(change):
                faults.append(f"way out {number}: {text} is not what changes")
        if not all(changes):
            continue
        tried += 1
        try:
            cost = replan.cost(read_case(inputs, (*overrides, *changes)))
        except CaseError as error:
            faults.append(f"way out {number} is no change of the inputs: {error.problems[0]}")
            continue
        stated = way["cost_usd"]
        if cost is None or stated is None or abs(cost - stated) > CLOSE * abs(cost) + 0.01:
            shown = "there is no plan" if cost is None else f"the plan costs {cost:,.2f} USD"
            faults.append(f"way out {number}: {shown}, {stated} is told")
    what = f"ways out: {tried} of {len(ways)} planned anew cost what is told"
    return [Finding(what, not faults, "; ".join(faults))]


def _said(change: Mapping[str, Any]) -> str:
    """Return a change as ``--set`` takes it; of a row that is taken out, which is told by what
    stands in it, whatever the override says where it does no more."""
    from planner.case.spelling import quote_name, split_override

    if not change["figure"]:
        taken = split_override(change["override"])
        only = taken is not None and [part.text for part in taken[0]] == [change["table"]]
        return str(change["override"]) if only and taken and taken[1] == "-=" else ""
    last = f"{change['figure']}={change['new']}"
    return ".".join([change["table"], *map(quote_name, change["key"]), last])
