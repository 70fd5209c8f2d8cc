"""The review page: one self-contained HTML file, drawn from a run's files."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.report.design import style_sheet
from planner.report.diagnosis import INFEASIBLE, diagnosis_summary
from planner.report.page.books import books
from planner.report.page.changed import what_changed
from planner.report.page.decide import decide_now
from planner.report.page.details import allocation, buy_plan, not_bought
from planner.report.page.front import summary
from planner.report.page.limits import limits_that_bind
from planner.report.page.overview import what_it_is
from planner.report.page.past import past
from planner.report.page.run import Chapter, Details, Run, read_run
from planner.report.page.sheet import plain
from planner.report.page.sites import sites
from planner.report.page.spend import spend
from planner.report.page.supply import supply_and_demand
from planner.report.page.trust import doubts, proof, provenance, scenarios
from planner.report.page.wholeness import wholeness
from planner.runs.read import read_plan
from planner.runs.what_if import what_if_of
from planner.words import printable

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent


def chapters(
    run: Run,
    approval: str,
    compared: dict[str, Any] | None,
    explained: Mapping[str, tuple[Details, ...]],
) -> tuple[Chapter, ...]:
    """Return the page's chapters in order, each with what is explained of it; what there is nothing
    to say of is left out."""
    found = (
        summary(run),
        decide_now(run),
        *what_changed(run, compared),
        *past(run),
        supply_and_demand(run),
        *sites(run),
        spend(run),
        *books(run),
        limits_that_bind(run),
        buy_plan(run),
        *wholeness(run),
        allocation(run),
        *not_bought(run),
        *scenarios(run),
        doubts(run),
        proof(run),
        what_it_is(run, approval),
        provenance(run),
    )
    return tuple(
        dataclasses.replace(chapter, details=explained[chapter.id])
        if explained.get(chapter.id)
        else chapter
        for chapter in found
    )


def no_plan(folder: Path) -> tuple[Chapter, ...]:
    """Return the page's chapters for a case without a plan: what it is, what conflicts, the ways
    out."""
    told = diagnosis_summary(folder)
    ids = {
        "What conflicts": "conflict",
        "Ways out, cheapest first, each planned anew": "ways",
        "What each changes": "changes",
    }
    sheets = [plain(ids.get(part.title, "conflict"), part) for part in told.sections]
    conflicts, rest = (
        [part for part in sheets if part.name == "conflict"],
        [part for part in sheets if part.name != "conflict"],
    )
    way = dict(told.facts).get("cheapest way out", "")
    again = (
        (
            "to try a way out",
            "planner run CASE with its --set, or edit the cells named; planner run CASE --relax "
            "power lets one family of limits give",
        ),
    )
    return (
        Chapter(
            "what",
            "There is no plan",
            "No plan can meet every demand, milestone and limit of this case at once. Below: "
            "which of them conflict, and the cheapest ways out.",
            facts=told.facts,
        ),
        Chapter("conflict", "What conflicts", sheets=tuple(conflicts)),
        Chapter(
            "ways",
            "Ways out",
            says=f"The cheapest way out: {way}" if way else "",
            sheets=tuple(rest),
            facts=again,
        ),
    )


def render(
    folder: Path,
    *,
    approval: str = "not approved yet",
    compared: dict[str, Any] | None = None,
    explained: Mapping[str, tuple[Details, ...]] | None = None,
    run: Run | None = None,
) -> str:
    """Return the page of a run.

    Args:
        folder: the run folder.
        approval: who approved it, in words.
        compared: a comparison with another run (``planner.study``): headline, bridge, tables; None
            for none.
        explained: answers to show in chapters, by chapter id (``planner.study.explained``).
        run: the run where it has been read already.

    Returns:
        One HTML document that needs nothing else: no script, style, font or picture is fetched, and
        its Content-Security-Policy allows none but its own, by hash.

    Raises:
        RunError: where a file of the run is missing or unreadable.
    """
    if run is None:
        plan = read_plan(folder)
        if plan["status"] == INFEASIBLE:
            return render_template(
                "page.html.j2",
                title=printable(plan["case"]),
                what_if=_what_if(plan),
                status=INFEASIBLE,
                sections=no_plan(folder),
            )
        run = read_run(folder)
    return render_template(
        "page.html.j2",
        title=printable(run.plan["case"]),
        what_if=_what_if(run.plan),
        status=run.plan["status"],
        sections=chapters(run, approval, compared, explained or {}),
    )


def _what_if(plan: Mapping[str, Any]) -> str:
    """Return what a what-if changes, in words; nothing of a plan."""
    mark = what_if_of(plan)
    return "" if mark is None else mark.words


def render_template(template: str, **content: Any) -> str:
    """Return a template of the page filled in, with its style, its script and the policy that
    allows no other."""
    style, script = ((HERE / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    style = style_sheet() + style
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        _environment()
        .get_template(template)
        .render(style=style, script=script, policy=policy, **content)
    )


@cache
def _environment() -> Environment:
    """Return what reads the templates, each of them compiled once."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode()}"


def write_page(
    folder: Path,
    path: Path | None = None,
    *,
    approval: str = "not approved yet",
    compared: dict[str, Any] | None = None,
    explained: Mapping[str, tuple[Details, ...]] | None = None,
    run: Run | None = None,
) -> Path:
    """Write the page of a run; returns where.

    Args:
        folder: the run folder.
        path: where to write; left out: ``report.html`` in the run folder.
        approval: who approved it, in words.
        compared: a comparison with another run.
        explained: answers to show in chapters.
        run: the run where it has been read already.

    Raises:
        RunError: where a file of the run is missing; OSError where the page cannot be written.
    """
    path = path if path is not None else folder / "report.html"
    path.write_text(
        render(folder, approval=approval, compared=compared, explained=explained, run=run),
        encoding="utf-8",
        newline="\n",
    )
    return path
