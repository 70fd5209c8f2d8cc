"""The files of a case as rows of text: CSV and YAML read plainly, wide tables turned long, nothing
converted yet."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from planner.case.declare import Table
from planner.case.files import WORKBOOK, read_files
from planner.case.tables import TABLES

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PERIOD: Final = re.compile(
    r"(FY)?(\d{4}|\d{2})-?Q[1-4]|Q[1-4][ -](FY)?\d{4}|\d{4}-\d{2}|\d{4}M\d{1,2}|(FY)?\d{4}",
    re.IGNORECASE,
)
"""A header that stands for a period: a quarter, a month or a year in any of its spellings."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table as it was written: its cells by column, and where it stands."""

    file: str
    number: int
    cells: dict[str, str]


def read_text(folder: Path) -> tuple[dict[str, Any], dict[str, list[Row]]]:
    """Return what the files of a case say, as text.

    Args:
        folder: a case folder with case.yaml and CSV tables, or with a workbook.

    Returns:
        Settings as nested texts, and the rows of every table that is there, as they were written.

    Raises:
        OSError: where a file cannot be read.
        ValueError: where it is not readable as YAML or UTF-8.
    """
    settings: Any = {}
    tables: dict[str, list[Row]] = {}
    # what a cell of a sheet says depends on its type: sheets have one reader, and are shared
    if (folder / WORKBOOK).is_file():
        sheets, written, _ = read_files(folder)
        for name, sheet in sheets.items():
            columns = {column: list(cells) for column, cells in sheet.columns.items()}
            tables[name] = [
                Row(sheet.file, int(number), {column: columns[column][i] for column in columns})
                for i, number in enumerate(sheet.row)
            ]
        settings = _plain(yaml.compose(written.text, Loader=_LOADER)) if written.text else {}
    if (folder / "case.yaml").is_file():
        settings = _plain(
            yaml.compose((folder / "case.yaml").read_text(encoding="utf-8-sig"), Loader=_LOADER)
        )
    for table in TABLES:
        path = folder / table.path
        if path.is_file():
            tables[table.name] = _rows(path, table.path)
    return settings, tables


def _plain(node: yaml.Node | None) -> Any:
    """Return a YAML node as nested texts; None where nothing is said."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(value) for value in node.value]
    if node is None or node.tag == "tag:yaml.org,2002:null":
        return None
    return str(node.value).strip()


def _rows(path: Path, file: str) -> list[Row]:
    """Return the rows of a CSV file below its header; blank rows count and say nothing."""
    text = path.read_text(encoding="utf-8-sig")
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(",;\t", key=first.count)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        records = [
            [cell.strip() for cell in record] for record in csv.reader(stream, delimiter=separator)
        ]
    header: list[str] | None = None
    rows = []
    for number, record in enumerate(records, start=1):
        if not any(record):
            continue
        if header is None:
            header = record
            continue
        rows.append(
            Row(
                file,
                number,
                {name: cell for name, cell in zip(header, record, strict=False) if name},
            )
        )
    return rows


def lengthen(rows: list[Row], table: Table) -> list[Row]:
    """Return the rows of a table with one period each.

    Args:
        rows: rows as written; periods may stand as headers, with a column ``measure`` where a
            table has several figures.
        table: its declaration.

    Returns:
        The rows, one per key; a blank cell under a period is no row.
    """
    declared = {column.name for column in table.columns}
    headers = (
        [name for name in rows[0].cells if name not in declared and _PERIOD.fullmatch(name)]
        if rows
        else []
    )
    few = len(headers) < 2 and not (headers and "period" not in rows[0].cells)
    if "period" not in table.key or few:
        return rows
    figures = [
        column
        for column in table.columns
        if column.type == "number" and column.name not in table.key
    ]
    only = next((column.name for column in figures if column.required), figures[0].name)
    found: dict[tuple[str, ...], Row] = {}
    for row in rows:
        others = {
            name: cell
            for name, cell in row.cells.items()
            if name not in headers and name != "measure"
        }
        for header in headers:
            if row.cells[header] == "":
                continue
            cells = others | {"period": header, row.cells.get("measure", only): row.cells[header]}
            key = tuple(cells[name] for name in table.key if name in cells)
            before = found.get(key)
            found[key] = (
                Row(row.file, row.number, cells)
                if before is None
                else Row(before.file, before.number, cells | _filled(before.cells, cells))
            )
    return list(found.values())


def _filled(cells: dict[str, str], others: dict[str, str]) -> dict[str, str]:
    """Return the cells of a row that say something, or stand in for none."""
    return {name: cell for name, cell in cells.items() if cell or name not in others}
