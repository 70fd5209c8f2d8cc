"""What a case folder may hold: every entry is a file of the case, a note, or an error that names
what it may be, so that no table is lost by its name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from planner.case.problems import Place, Problem, error, suggest
from planner.case.tables import ACTUALS, FUTURES, TABLE, TABLES
from planner.case.yaml_file import FILE

WORKBOOK: Final = "case.xlsx"
WRITTEN: Final = ("case.effective.yaml", "overrides.txt", "case.schema.json", "import.yaml")
"""Files beside those of a case that the planner itself writes."""
RUNS: Final = "outputs"
"""Folder of runs, where the planner was started in the case folder."""
LAST_PLAN: Final = "last_plan"
HISTORY: Final = "history"
PAST: Final = ("actuals", HISTORY)
"""Folders of what really happened and of the plans before this one, which are no tables of it."""
_START: Final = re.compile(r"[0-9]{4}(Q[1-4]|-[0-9]{2})?")
"""First period of an earlier plan, whose files stand in a folder named by it."""
SCENARIOS: Final = "scenarios"
"""Folder of scenarios, a folder each, with tables that hold only what is different in it."""
JOURNAL: Final = ".planner-edit"
"""Folder of new files that are put into the place of old ones, all of them or none."""
_NOTES: Final = ("notes", "readme")
_PROSE: Final = (".md", ".rst", ".pdf", ".docx", ".png", ".svg", ".jpg", ".jpeg")
_LEGAL: Final = ("license", "licence", "copying", "notice")
_SPREADSHEETS: Final = (".xlsm", ".xlsb", ".xls", ".xltx", ".ods", ".fods", ".numbers", ".gsheet")
_PACKED: Final = (".gz", ".zip", ".bz2", ".xz", ".7z", ".zst", ".tar", ".tgz", ".rar")
_TEXTS: Final = (".txt", ".tsv", ".tab", ".dat", ".psv", ".json", ".parquet", ".feather")
_KEPT: Final = re.compile(
    r"(\.(bak|old|orig|tmp|swp|backup|save|off|disabled|csv|yaml|yml|rej|[0-9]{1,3})|~)+$"
)
_COPY: Final = re.compile(
    r"([ _-]*(\([0-9]+\)|copy( of)?|kopie|old|new|backup|bak|final|v[0-9]+|[0-9]{1,2}))+$"
)
_AS_NOTES: Final = "or begin its name with `notes`, where it is no part of the case"


def strays(entries: list[Path]) -> list[Problem]:
    """Return a problem for every entry of a case folder that is neither of the case nor a note.

    A file that looks like a table and is none would be forgotten silently.

    Args:
        entries: what stands in the folder.
    """
    problems = []
    for entry in entries:
        name = entry.name
        if name == LAST_PLAN:
            problems += _last_plan(entry)
        elif name in PAST and entry.is_dir():
            problems += _past(entry)
        elif name == SCENARIOS and entry.is_dir():
            problems += _scenarios(entry)
        elif name == JOURNAL:
            need = "holds new tables of the case, of which some may be in their place already"
            fix = "finish it with `planner apply --finish CASE`"
            problems.append(error("unfinished", Place(name), "", need, fix))
        elif not _known(entry):
            need, fix = _likely(entry)
            problems.append(error("unknown-table", Place(name), "", need, fix))
    return problems


def _known(entry: Path) -> bool:
    """Return whether an entry is a file of the case, one that the planner wrote, or a note."""
    name = entry.name
    low = name.lower()
    tables = (*TABLES, *FUTURES.values())
    if name in (FILE, WORKBOOK, *WRITTEN, *(table.path for table in tables)):
        return True
    if name.startswith("."):
        return low.strip(".") not in {f"{table}.csv" for table in TABLE} | {FILE, WORKBOOK}
    if low.startswith((*_NOTES, "~$")):
        return True
    if entry.is_dir():
        return (name == RUNS or _holds_runs(entry)) and table_of(low) is None
    if low.endswith(_PROSE) or low in _LEGAL:
        return table_of(low) is None
    return False


def _holds_runs(folder: Path) -> bool:
    """Return whether a folder is one of runs: by the manifest of the first of them."""
    try:
        return next(folder.glob("*/*/manifest.json"), None) is not None
    except OSError:
        return False


def table_of(name: str) -> str | None:
    """Return the table (or ``case``) that a name of a file, in lower case, could be meant for; None
    where it is like none.

    Endings, marks of copies and the difference of a letter or two are looked through.
    """
    stem = name
    for ending in (*_PACKED, *_SPREADSHEETS, *_TEXTS, *_PROSE, ".xlsx"):
        stem = stem.removesuffix(ending)
    stem = _KEPT.sub("", stem).strip(" .#~_-")
    for ending in (*_SPREADSHEETS, *_TEXTS, ".xlsx", ".csv", ".yaml", ".yml"):
        stem = stem.removesuffix(ending)
    stem = re.sub(r"^(copy of|kopie von|old|new|backup)[ _-]+", "", _COPY.sub("", stem))
    stem = re.sub(r"[ -]+", "_", stem.strip(" ._-"))
    for known in (*TABLE, *FUTURES, "case"):
        if stem in (known, known.removesuffix("s"), f"{known}s"):
            return known
    return None


def _likely(entry: Path) -> tuple[str, str]:
    """Return what an unknown entry is likely to be, and what to do with it."""
    name, low = entry.name, entry.name.lower()
    table = table_of(low)
    ending = next((e for e in (*_SPREADSHEETS, *_PACKED, *_TEXTS) if low.endswith(e)), "")
    if entry.is_dir():
        need = "is a folder, and nothing in it is read"
        return need, f"move its tables up, move it elsewhere, {_AS_NOTES}"
    if table == "case":
        if ending in _SPREADSHEETS or low.endswith(".xlsx"):
            return f"is not read: the workbook of a case is {WORKBOOK}", f"save it as {WORKBOOK}"
        return f"is not read: the settings stand in {FILE}", f"rename it {FILE}, or remove it"
    path = {**TABLE, **FUTURES}[table].path if table is not None else ""
    if ending in _PACKED:
        return "is packed, and not read", f"unpack it, move it elsewhere, {_AS_NOTES}"
    if ending in _SPREADSHEETS or low.endswith(".xlsx"):
        what = f"looks like {path}" if table is not None else "is a workbook"
        fix = f"save it as {path}, or as" if table is not None else "make it"
        return (
            f"{what}, and is not read: tables are CSV files or sheets of {WORKBOOK}",
            f"{fix} a sheet `{table or 'TABLE'}` of {WORKBOOK}, {_AS_NOTES}",
        )
    if table is not None:
        return (
            f"looks like {path} and is not read, because of its name",
            f"rename it {path}, remove it, {_AS_NOTES}",
        )
    hint = suggest(name, [*(table.path for table in TABLES), FILE, WORKBOOK])
    if low.endswith((".csv", ".tsv", ".xlsx", ".yml", ".yaml")) or hint:
        return "is not a table", hint or "rename it, or begin its name with `notes`"
    return "is not a file of a case, and not read", f"move it elsewhere, {_AS_NOTES}"


def _past(folder: Path) -> list[Problem]:
    """Return a problem for everything in a folder of the past that is no table of it: a table of
    the case would be forgotten there."""
    tables = {table.path for table in (*TABLES, *ACTUALS.values())}
    problems = []
    try:
        entries = sorted(folder.iterdir())
        for entry in entries:
            path, low = f"{folder.name}/{entry.name}", entry.name.lower()
            kept = folder.name == HISTORY and entry.is_dir() and _START.fullmatch(entry.name)
            if path in tables or kept or low.startswith((*_NOTES, ".", "~$")):
                continue
            known = sorted(
                name.rpartition("/")[2] for name in tables if name.startswith(f"{folder.name}/")
            )
            need = f"is no table of {folder.name}: {', '.join(known)}"
            fix = "move it into the case folder, or elsewhere"
            problems.append(error("unknown-table", Place(path), "", need, fix))
    except OSError as reason:
        need = f"cannot be read: {reason.strerror or reason}"
        fix = "check the folder and its permissions"
        problems.append(error("unreadable", Place(folder.name), "", need, fix))
    return problems


def _scenarios(folder: Path) -> list[Problem]:
    """Return a problem for everything in the folder of scenarios that is no table of one."""
    problems = []
    tables = sorted(table.path for table in TABLES if "/" not in table.path)
    try:
        for entry in sorted(folder.iterdir()):
            if entry.name.lower().startswith((*_NOTES, ".", "~$")):
                continue
            if not entry.is_dir():
                need, fix = "is no folder of a scenario", "move it into the scenario's folder"
                place = Place(f"{SCENARIOS}/{entry.name}")
                problems.append(error("unknown-table", place, "", need, fix))
                continue
            for file in sorted(entry.iterdir()):
                if file.name in tables or file.name.lower().startswith((*_NOTES, ".", "~$")):
                    continue
                need = "is no table that a scenario can change"
                fix = suggest(file.name, tables) or f"the tables are {', '.join(tables)}"
                place = Place(f"{SCENARIOS}/{entry.name}/{file.name}")
                problems.append(error("unknown-table", place, "", need, fix))
    except OSError as reason:
        need = f"cannot be read: {reason.strerror or reason}"
        fix = "check the folder and its permissions"
        problems.append(error("unreadable", Place(folder.name), "", need, fix))
    return problems


def has_scenarios(case: Path) -> bool:
    """Return whether a case folder says something of scenarios."""
    names = [*(table.path for table in FUTURES.values()), SCENARIOS]
    return case.is_dir() and any((case / name).exists() for name in names)


def scenario_files(case: Path) -> list[str]:
    """Return the files of a case folder that say of its scenarios, by their names in it."""
    tables = {table.path for table in TABLES}
    sparse = sorted(path for path in (case / SCENARIOS).glob("*/*.csv") if path.name in tables)
    listed = [table.path for table in FUTURES.values()]
    return [*listed, *(path.relative_to(case).as_posix() for path in sparse)]


def _last_plan(folder: Path) -> list[Problem]:
    """Return a problem where a folder ``last_plan`` holds no plan: it would be planned without."""
    path = TABLE["last_plan"].path
    try:
        if not folder.is_dir():
            need, fix = "is not a folder", f"make it one, with the last plan as {path}"
            return [error("unreadable", Place(LAST_PLAN), "", need, fix)]
        names = sorted(entry.name for entry in folder.iterdir() if entry.name[:1] != ".")
    except OSError as reason:
        need = f"cannot be read: {reason.strerror or reason}"
        fix = "check the folder and its permissions"
        return [error("unreadable", Place(LAST_PLAN), "", need, fix)]
    wanted = path.rpartition("/")[2]
    if wanted in names:
        return []
    found = f"only {', '.join(names[:5])}" if names else "nothing"
    need = f"holds no {wanted}, the plan to compare with"
    fix = f"copy {wanted} of an earlier run there, or remove the folder"
    return [error("unknown-table", Place(LAST_PLAN), found, need, fix)]
