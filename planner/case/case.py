"""The case: everything a plan needs to know, typed, complete, frozen."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from planner.case.accepted import Accepted, accept_warnings
from planner.case.files import SettingsText, TextTable, read_files
from planner.case.overrides import apply_overrides
from planner.case.periods import Calendar, absolute_period
from planner.case.problems import CaseError, Place, Problem, error, suggest
from planner.case.read import CAP, empty_table, read_table
from planner.case.settings import Settings, Slice, read_settings
from planner.case.tables import TABLE, TABLES
from planner.case.yaml_file import FILE, parse_yaml

__all__ = ["Case", "CaseError", "Settings", "Slice", "read_case"]


@dataclass(frozen=True, slots=True)
class Case:
    """A complete case: settings, calendar and every declared table with all of its columns,
    defaults resolved.

    Tables are in long form, sorted by key; ``_file`` and ``_row`` say where a row was read.
    Periods are integers relative to the start of the plan, instants positions in periods.
    """

    folder: Path
    settings: Settings
    calendar: Calendar
    tables: Mapping[str, pd.DataFrame]
    warnings: tuple[Problem, ...]
    accepted: tuple[Accepted, ...] = ()

    def __getitem__(self, table: str) -> pd.DataFrame:
        return self.tables[table]


def read_case(folder: str | Path, overrides: Sequence[str] = ()) -> Case:
    """Read and check a case.

    Args:
        folder: a case folder with case.yaml and CSV tables, or a workbook.
        overrides: changes for this run, such as ``supply.b200.2027Q2*=0.5``.

    Returns:
        The case; its ``warnings`` are the problems that do not stop a run.

    Raises:
        CaseError: with every problem found.
    """
    folder = Path(folder)
    texts, written, problems = read_files(folder)
    tree, lines, found = parse_yaml(written.text) if written.text else (None, {}, [])
    try:
        case = _read(folder, texts, written.text, tree, lines, [*problems, *found], overrides)
    except CaseError as reason:
        raise CaseError(place_problems(reason.problems, written, lines)) from None
    return place_warnings(case, written, lines)


def place_warnings(case: Case, written: SettingsText, lines: Mapping[str, int]) -> Case:
    """Return a case whose warnings stand in their files, those apart that case.yaml accepts."""
    placed = place_problems(case.warnings, written, lines)
    told, accepted = accept_warnings(placed, case.settings.accept)
    told = place_problems(told, written, lines)
    return dataclasses.replace(case, warnings=tuple(told), accepted=accepted)


def place_problems(
    problems: Sequence[Problem], written: SettingsText, lines: Mapping[str, int]
) -> list[Problem]:
    """Give every problem of a setting the row it stands in, and that of a workbook its sheet."""
    placed = []
    for problem in problems:
        if problem.file == FILE and not written.rows:
            row = problem.row if problem.row is not None else lines.get(problem.column)
            placed.append(dataclasses.replace(problem, row=row))
        elif problem.file == FILE and written.rows:
            key = problem.column if problem.column in written.rows else problem.column.split(".")[0]
            placed.append(
                dataclasses.replace(problem, file=written.file, row=written.rows.get(key))
            )
        else:
            placed.append(problem)
    return placed


def _read(
    folder: Path,
    texts: dict[str, TextTable],
    yaml_text: str,
    tree: Any,
    lines: Mapping[str, int],
    problems: list[Problem],
    overrides: Sequence[str],
) -> Case:
    """Make the case of what was read as text; raise ``CaseError`` with every problem, those of
    settings by the lines of case.yaml."""
    if not yaml_text and _errors(problems):
        raise CaseError(problems)  # nothing can be read without settings
    tree, texts, found = apply_overrides(tree, texts, overrides)
    problems += found
    return build_case(folder, tree, lines, texts, problems)


def _errors(problems: Sequence[Problem]) -> bool:
    """Return whether any of some problems is more than a warning."""
    return any(problem.severity == "error" for problem in problems)


def build_case(
    folder: Path,
    tree: Any,
    lines: Mapping[str, int],
    texts: Mapping[str, TextTable],
    problems: list[Problem],
) -> Case:
    """Return the case of settings and tables that were read as text.

    Args:
        folder: where they come from.
        tree: what case.yaml holds; None where it could not be read.
        lines: line of every key of it.
        texts: tables as text, by name.
        problems: what was wrong with them so far.

    Returns:
        The case.

    Raises:
        CaseError: with every problem found, those given included.
    """
    from planner.case.checks import check

    problems = list(problems)
    settings = None
    if tree is not None:
        settings, found = read_settings(tree, lines)
        problems += found
    elif not _errors(problems):
        problems += read_settings(None, lines)[1]
    if settings is None:
        raise CaseError(problems)
    start = absolute_period(settings.start, settings.frequency, settings.fiscal_year_start)
    calendar = Calendar(settings.frequency, start, settings.periods, settings.fiscal_year_start)  # type: ignore[arg-type]
    tables: dict[str, pd.DataFrame] = {}
    unread = {problem.file for problem in problems}
    for table in TABLES:
        if table.name not in texts:
            tables[table.name] = empty_table(table)
            sheet = f"[{table.name}]"
            if table.required and not any(f == table.path or f.endswith(sheet) for f in unread):
                problems.append(
                    error(
                        "missing-table",
                        Place(table.path),
                        "",
                        f"is needed: {table.help}",
                        "write it, or start from `planner init DIR`",
                    )
                )
            continue
        frame, found = read_table(texts[table.name], calendar)
        problems += found
        tables[table.name] = empty_table(table) if frame is None else frame
    if _errors(problems):
        # names are checked as far as the tables they refer to could be read
        raise CaseError(
            [*problems, *_unknown_names(tables, {problem.file for problem in problems})]
        )
    problems += _unknown_names(tables, set())
    problems += _windows_as_text(tables, calendar)
    if _errors(problems):
        raise CaseError(problems)
    resolve(settings, calendar, tables)
    case = Case(folder, settings, calendar, tables, ())
    problems += check(case)
    if _errors(problems):
        raise CaseError(problems)
    return Case(folder, settings, calendar, tables, tuple(problems))


def _unknown_names(tables: Mapping[str, pd.DataFrame], unread: set[str]) -> list[Problem]:
    """Every name that refers to another table must be in its key; nothing is said of tables that
    could not be read."""
    problems = []
    for table in TABLES:
        frame = tables[table.name]
        for column in table.columns:
            if not column.refers or frame.empty:
                continue
            if tables[column.refers].empty and any(
                file == TABLE[column.refers].path or file.endswith(f"[{column.refers}]")
                for file in unread
            ):
                continue
            known = set(tables[column.refers][TABLE[column.refers].key[0]])
            cells, row = frame[column.name].to_numpy(dtype=object), np.arange(len(frame))
            if column.type == "names":
                row, cells = (
                    np.repeat(row, [len(names) for names in cells]),
                    np.array([name for names in cells for name in names], dtype=object),
                )
            code, distinct = pd.factorize(cells)
            allowed = known | ({"", "*"} if column.type == "names" else {""})
            for i in np.flatnonzero(
                np.array([name not in allowed for name in distinct], dtype=bool)[code]
            )[:CAP]:
                hint, at = suggest(str(cells[i]), known), row[i]
                problems.append(
                    error(
                        "unknown-name",
                        Place(
                            str(frame["_file"].iloc[at]), int(frame["_row"].iloc[at]), column.name
                        ),
                        str(cells[i]),
                        f"is not in {TABLE[column.refers].path}",
                        hint or "add it there, or correct the name",
                    )
                )
    return problems


def _windows_as_text(tables: dict[str, pd.DataFrame], calendar: Calendar) -> list[Problem]:
    """Write the windows of budgets and limits as a period's label, ``FY2027`` or nothing."""
    problems = []
    for name in ("budgets", "limits"):
        frame = tables[name]
        words = []
        for text, file, row in zip(frame["period"], frame["_file"], frame["_row"], strict=True):
            year = text.upper().removeprefix("FY")
            if text == "":
                words.append("")
            elif (calendar.frequency != "year" and year.isdigit() and len(year) == 4) or (
                text.upper().startswith("FY") and year.isdigit() and len(year) == 4
            ):
                words.append(f"FY{year}")
            else:
                try:
                    words.append(calendar.label(calendar.parse(text)))
                except ValueError as reason:
                    problems.append(
                        error(
                            "bad-period",
                            Place(file, int(row), "period"),
                            text,
                            f"{reason}; a fiscal year FY2027",
                            "correct the period",
                        )
                    )
                    words.append("")
        tables[name] = frame.assign(period=np.array(words, dtype=object))
        key = list(TABLE[name].key)
        twice = tables[name].duplicated(key)
        for i in np.flatnonzero(twice.to_numpy())[:CAP]:
            entry = tables[name].iloc[i]
            problems.append(
                error(
                    "duplicate-key",
                    Place(entry["_file"], int(entry["_row"]), "; ".join(key)),
                    " ".join(str(entry[k]) for k in key),
                    "is given twice",
                    "keep one of the rows",
                )
            )
        tables[name] = tables[name].sort_values(key, ignore_index=True)
    return problems


def _tuples(values: list[tuple[str, ...]]) -> np.ndarray:
    """Return tuples as an object array (numpy would make a table of them)."""
    result = np.empty(len(values), dtype=object)
    result[:] = values
    return result


def _filled(table: pd.DataFrame, column: str, otherwise: np.ndarray | pd.Series) -> np.ndarray:
    """A number column with its blanks filled, row by row."""
    stated = table[column].to_numpy(dtype=np.float64)
    return np.where(np.isnan(stated), np.asarray(otherwise, dtype=np.float64), stated)


def _periods_of(years: np.ndarray, ppy: int) -> np.ndarray:
    """Lives in whole periods, halves rounded up, at least one."""
    return np.asarray(np.maximum(np.floor(years * ppy + 0.5), 1), dtype=np.int64)


def resolve(settings: Settings, calendar: Calendar, tables: dict[str, pd.DataFrame]) -> None:
    """Fill every default that depends on other tables, in place, so that nothing after this repeats
    them.

    Args:
        settings: the settings.
        calendar: the calendar.
        tables: typed tables with known names; replaced by complete ones.
    """
    T, ppy = calendar.count, calendar.ppy
    chips, sites = tables["chips"], tables["sites"]
    tables["chips"] = chips = chips.assign(
        book_life_years=chips["book_life_years"].fillna(chips["economic_life_years"])
    )
    cloud = (sites["kind"] == "cloud").to_numpy()
    basis = sites["power_basis"].where(sites["power_basis"] != "", settings.power_basis or "")
    zero = {
        column: sites[column].where(~cloud, sites[column].fillna(0.0))
        for column in ("usd_per_mwh", "kg_co2_per_mwh")
    }
    tables["sites"] = sites = sites.assign(
        pue=sites["pue"].where(~cloud, 1.0),
        power_basis=basis.where((basis != "") | ~cloud, "it").astype(object),
        headroom=sites["headroom"].fillna(settings.headroom),
        **zero,
    )
    own, rented = (tuple(sites.loc[mask, "site"]) for mask in (~cloud, cloud))
    life = dict(
        zip(chips["chip"], _periods_of(chips["economic_life_years"].to_numpy(), ppy), strict=True)
    )
    loss = dict(zip(chips["chip"], chips["annual_attrition"], strict=True))
    curve = set(tables["survival"]["chip"])

    offers = tables["offers"]
    kind = offers["kind"].to_numpy(dtype=object)
    owned = np.isin(kind, ["purchase", "lease", "relocate"])
    placed = [
        tuple(s for s in (own if o else rented) if not (k == "relocate" and s == start))
        if names == ("*",)
        else names
        for names, o, k, start in zip(offers["site"], owned, kind, offers["from_site"], strict=True)
    ]
    term = offers["term_periods"].to_numpy(dtype=np.float64)
    known = np.select(
        [
            np.isin(kind, ["purchase", "lease"]),
            kind == "reserved_1y",
            kind == "reserved_3y",
            np.isin(kind, ["on_demand", "spot", "relocate"]),
        ],
        [
            np.array([life.get(c, 1) for c in offers["chip"]], dtype=np.float64),
            float(ppy),
            3.0 * ppy,
            1.0,
        ],
        np.nan,
    )
    term = np.where(np.isnan(term), known, term)
    natural = np.array([loss.get(c, 0.0) for c in offers["chip"]], dtype=np.float64)
    curved = offers["chip"].isin(curve).to_numpy() & np.isin(kind, ["purchase", "lease"])
    natural = np.where(np.isin(kind, ["purchase", "lease"]), np.where(curved, np.nan, natural), 0.0)
    attrition = offers["annual_attrition"].to_numpy(dtype=np.float64)
    first = np.clip(offers["first_order"].fillna(0).to_numpy(dtype=np.float64), 0, T).astype(
        np.int64
    )
    last = np.clip(offers["last_order"].fillna(T - 1).to_numpy(dtype=np.float64), -1, T - 1).astype(
        np.int64
    )
    # a contract without a term is reported by the checks; 0 keeps the column whole until then
    tables["offers"] = offers.assign(
        site=_tuples(placed),
        first_order=first,
        last_order=last,
        term_periods=np.nan_to_num(term).astype(np.int64),
        annual_attrition=np.where(np.isnan(attrition), natural, attrition),
    )

    fleet = tables["fleet"]
    at_cloud = fleet["site"].isin(rented).to_numpy()
    leaves = fleet["leaves_service"].to_numpy(dtype=np.float64)
    ends = fleet["in_service"].to_numpy(dtype=np.int64) + np.array(
        [life.get(c, 1) for c in fleet["chip"]], dtype=np.int64
    )
    fleet_loss = np.array(
        [np.nan if c in curve else loss.get(c, 0.0) for c in fleet["chip"]], dtype=np.float64
    )
    stated = fleet["annual_attrition"].to_numpy(dtype=np.float64)
    tables["fleet"] = fleet = fleet.assign(
        ordered=_filled(fleet, "ordered", fleet["in_service"]).astype(np.int64),
        leaves_service=np.where(np.isnan(leaves), ends, leaves).astype(np.int64),
        annual_attrition=np.where(np.isnan(stated), np.where(at_cloud, 0.0, fleet_loss), stated),
    )

    orders = tables["orders"]
    ends = orders["arrives"].to_numpy(dtype=np.int64) + np.array(
        [life.get(c, 1) for c in orders["chip"]], dtype=np.int64
    )
    order_loss = np.array(
        [np.nan if c in curve else loss.get(c, 0.0) for c in orders["chip"]], dtype=np.float64
    )
    tables["orders"] = orders.assign(
        leaves_service=_filled(orders, "leaves_service", ends).astype(np.int64),
        annual_attrition=_filled(orders, "annual_attrition", order_loss),
        ordered=_filled(orders, "ordered", orders["arrives"]).astype(np.int64),
    )

    for name in ("power_projects",):
        frame = tables[name]
        tables[name] = frame.assign(
            first_order=np.clip(
                frame["first_order"].fillna(0).to_numpy(dtype=np.float64), 0, T
            ).astype(np.int64),
            last_order=np.clip(
                frame["last_order"].fillna(T - 1).to_numpy(dtype=np.float64), -1, T - 1
            ).astype(np.int64),
        )
    rules = tables["rules"]
    tables["rules"] = rules.assign(
        **{
            "from": np.clip(rules["from"].fillna(0).to_numpy(dtype=np.float64), 0, T).astype(
                np.int64
            ),
            "to": np.clip(rules["to"].fillna(T - 1).to_numpy(dtype=np.float64), -1, T - 1).astype(
                np.int64
            ),
        }
    )

    workloads = tables["workloads"]
    region = dict(zip(sites["site"], sites["region"], strict=True))
    allowed = [
        tuple(
            s
            for s in sites["site"]
            if (at == ("*",) or s in at) and (regions == ("*",) or region[s] in regions)
        )
        for at, regions in zip(workloads["sites"], workloads["regions"], strict=True)
    ]
    tables["workloads"] = workloads.assign(sites=_tuples(allowed))

    milestones, training = tables["milestones"], tables["training"]
    trains = {str(name): tuple(sorted(part["chip"])) for name, part in training.groupby("class")}
    run_chips = [
        tuple(c for c in trains.get(cls, ()) if names == ("*",) or c in names)
        if names == ("*",)
        else names
        for names, cls in zip(milestones["chips"], milestones["class"], strict=True)
    ]
    by_tokens = 6.0 * milestones["params_b"] * 1e9 * milestones["tokens_t"] * 1e12
    tables["milestones"] = milestones.assign(
        flop=milestones["flop"].fillna(by_tokens),
        start=milestones["start"].fillna(0.0),
        chips=_tuples(run_chips),
        sites=_tuples(
            [tuple(sites["site"]) if names == ("*",) else names for names in milestones["sites"]]
        ),
    )
