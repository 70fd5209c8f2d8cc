"""Variants: a file that names them with their overrides, read and checked as all inputs are."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from planner.case.case import Case
from planner.case.files import read_csv
from planner.case.problems import CaseError, Place, Problem, error, printable, shown
from planner.case.variants import Base, read_variant

COLUMNS: Final = ("variant", "set")


@dataclass(frozen=True, slots=True)
class Variant:
    """A named variant: its overrides in the order of the file, and the row in which each stands."""

    name: str
    overrides: tuple[str, ...]
    rows: tuple[int, ...]


def read_variants(path: Path) -> tuple[Variant, ...]:
    """Return the variants of a file in the order in which they are first named.

    Args:
        path: a CSV with the columns ``variant`` and ``set``; rows with the same variant are applied
            together.

    Raises:
        CaseError: with every problem found.
    """
    file = str(path)
    table, problems = read_csv(path, "variants", file)
    if table is None:
        raise CaseError(problems)
    fix = "write the columns variant and set, one override a row"
    problems += [
        error("missing-column", Place(file, 1, name), "", "is needed", fix)
        for name in COLUMNS
        if name not in table.columns
    ]
    problems += [
        error("unknown-column", Place(file, 1, name), "", "is no column of variants", fix)
        for name in table.columns
        if name not in COLUMNS
    ]
    if problems:
        raise CaseError(problems)
    names, sets = (table.columns[name] for name in COLUMNS)
    found: dict[str, list[tuple[str, int]]] = {}
    for name, override, row in zip(names, sets, table.row.tolist(), strict=True):
        problems += [
            error("missing-value", Place(file, row, column), "", "must be given", "fill the cell")
            for column, cell in ((COLUMNS[0], name), (COLUMNS[1], override))
            if not cell
        ]
        found.setdefault(str(name), []).append((str(override), row))
    if not found:
        problems.append(
            error("empty", Place(file), "", "names no variant", "write one override a row")
        )
    if problems:
        raise CaseError(problems)
    return tuple(
        Variant(name, tuple(text for text, _ in rows), tuple(row for _, row in rows))
        for name, rows in found.items()
    )


def read_cases(
    base: Base,
    variants: Sequence[Variant],
    wanted: Iterable[int],
    path: Path,
    invalid: dict[int, tuple[Problem, ...]],
) -> Iterator[tuple[int, Case]]:
    """Make the case of variants, one by one with its number; those that are none are left out.

    Args:
        base: the case they vary.
        variants: the variants.
        wanted: the numbers of those that are made.
        path: the file they stand in, to which problems are located.
        invalid: filled with the problems of those left out, by their number.
    """
    for number in wanted:
        variant = variants[number]
        try:
            case = read_variant(base, variant.overrides)
        except CaseError as reason:
            first = {
                (
                    problem.code,
                    problem.file,
                    problem.value if problem.code == "override" else "",
                ): problem
                for problem in reversed(reason.problems)
                if problem.severity == "error"
            }
            invalid[number] = tuple(
                _located(problem, variant, path) for problem in reversed(first.values())
            )  # the first of a kind: one override makes hundreds of cells wrong
        else:
            yield number, case


def _located(problem: Problem, variant: Variant, path: Path) -> Problem:
    """Place a problem in the row of the override that causes it; what shows only in the tables, in
    the variant's first row."""
    if problem.code == "override":
        row = (
            variant.rows[variant.overrides.index(problem.value)]
            if problem.value in variant.overrides
            else variant.rows[0]
        )
        return dataclasses.replace(problem, file=str(path), row=row, column="set")
    where = (
        f"{problem.file}{f' row {problem.row}' if problem.row is not None else ''} "
        f"{problem.column}".rstrip()
    )
    value = f" becomes {shown(problem.value)}, which" if problem.value else ""
    return error(
        problem.code,
        Place(str(path), variant.rows[0], "set"),
        variant.name,
        printable(f"{where}:{value} {problem.need}"),
        problem.fix,
    )
