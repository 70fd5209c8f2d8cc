"""What the inputs said before and say no more: a column or a table left out, where a default takes
over in silence, or a share of a limit that has changed sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from planner.case.cells import plain
from planner.case.checks.beside import meaning
from planner.case.declare import Column, Table
from planner.case.files import TextTable, read_files
from planner.case.overrides import apply_overrides
from planner.case.tables import TABLES
from planner.case.wide import widen
from planner.case.yaml_file import parse_yaml
from planner.runs.find import find_runs
from planner.runs.inputs import INPUTS, read_overrides
from planner.runs.read import RunError
from planner.study.groups import WORDS

SIDES = ("min_share", "max_share")


def left_out(before: Mapping[str, TextTable], now: Mapping[str, TextTable]) -> list[str]:
    """Return a remark on every table that is there no more, and on every column that is blank now
    where it said something else than a blank does.

    Args:
        before: tables as text, by name, of the earlier inputs.
        now: those of the later ones.
    """
    remarks = []
    for table in TABLES:
        if table.name not in before or table.name == "last_plan" or table.past:
            continue
        old = _long(before[table.name])
        if table.name not in now:
            if any(len(cells) for cells in old.columns.values()):
                remarks.append(f"{table.path} is not there any more: {table.absent}")
            continue
        new = _long(now[table.name])
        remarks += [
            f"{column.name} of {table.path} is not there any more: a blank means {meaning(column)}"
            for column in table.columns
            if _lost(table, column, old, new)
        ]
        if table.name == "limits":
            remarks += _turned(old, new)
    return remarks


def _long(text: TextTable) -> TextTable:
    """Return a table with its measures as columns, where its header can be read."""
    return widen(text)[0] or text


def _lost(table: Table, column: Column, old: TextTable, new: TextTable) -> bool:
    """Return whether a column said something and says nothing now, in a table that has rows."""
    if column.required or column.name in WORDS or column.name in table.key:
        return False
    default = "" if column.default is None else plain(column.default)
    said = {cell.strip() for cell in old.columns.get(column.name, ())} - {"", default}
    says = {cell.strip() for cell in new.columns.get(column.name, ())} - {""}
    return bool(said) and not says and len(new.row) > 0


def _turned(old: TextTable, new: TextTable) -> list[str]:
    """Return a remark on every limit whose share has gone to the other side: a cell has slipped, or
    it was meant, and both read alike."""
    before, now = _shares(old), _shares(new)
    return [
        f"{name} of limits.csv has {share} as {SIDES[side]} now, and had it as {SIDES[1 - side]}"
        for name, shares in now.items()
        if name in before
        for side, share in enumerate(shares)
        if share and share == before[name][1 - side] and share != before[name][side]
    ]


def _shares(limits: TextTable) -> dict[str, tuple[str, str]]:
    """Return name -> least and most share of the limits of a table, as they are written."""
    blank = [""] * len(limits.row)
    names, least, most = (limits.columns.get(name, blank) for name in ("limit", *SIDES))
    return {
        str(name): (str(low), str(high)) for name, low, high in zip(names, least, most, strict=True)
    }


def texts_of(folder: Path, overrides: Sequence[str]) -> dict[str, TextTable]:
    """Return the tables of a case folder or a workbook as text, with overrides."""
    texts, written, _ = read_files(folder)
    return apply_overrides(parse_yaml(written.text)[0], texts, overrides)[1]


def against_earlier(
    folder: Path, overrides: Sequence[str], name: str, out: Path
) -> tuple[Path | None, list[str]]:
    """Return the run that stands for what was said before - the last approved one of a case, else
    its newest plan - and what is not said any more; no run and nothing where there is none.

    Args:
        folder: the case folder or workbook.
        overrides: its ``--set``.
        name: name of the case.
        out: where runs are.
    """
    runs = [
        run
        for run in find_runs(out)
        if run.case == name and run.objective_usd is not None and run.what_if is None
    ]
    approved = [(run.approved_utc, run.folder) for run in runs if run.approved_utc]
    if not runs:
        return None, []
    earlier = max(approved)[1] if approved else runs[0].folder
    inputs = earlier / INPUTS
    try:
        before = texts_of(inputs, read_overrides(inputs))
    except RunError:
        return None, []
    return earlier, left_out(before, texts_of(folder, overrides))
