"""The case that is sized: its chips with their figures, and the model by its name."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from planner.case.cells import number_of
from planner.case.files import read_files
from planner.case.problems import suggest
from planner.library.find import inside, named, near
from planner.library.read import Row, newest
from planner.sizing.asked import Chip, Model, NotSized

PEAKS = ("bf16", "fp8", "fp4")


def chips_of(case: Path, wanted: Sequence[str]) -> list[Chip]:
    """Return chips of a case with their figures, those that it does not state from the library.

    Args:
        case: the case folder or workbook.
        wanted: their names; none: all of the case.

    Raises:
        NotSized: where the case has no such chip, or no chips.csv.
    """
    rows = _rows(case)
    if not rows:
        raise NotSized(f"{case} has no chips in chips.csv. Next: planner check {case}")
    missing = [name for name in wanted if name not in rows]
    if missing:
        hint = suggest(missing[0], rows) or f"it has {', '.join(rows)}"
        raise NotSized(f"{missing[0]} is no chip of {case}: {hint}. Next: add it to chips.csv")
    return [_chip(name, rows[name]) for name in wanted or rows]


def chips_with_memory(case: Path) -> list[Chip]:
    """Return the chips of a case that state their memory, or have a known name."""
    found = []
    for name, cells in _rows(case).items():
        with contextlib.suppress(NotSized):
            found.append(_chip(name, cells))
    return found


def _rows(case: Path) -> dict[str, dict[str, str]]:
    """Return the cells of chips.csv by chip; none where it cannot be read."""
    text = read_files(case)[0].get("chips")
    if text is None or "chip" not in text.columns:
        return {}
    return {
        str(name): {column: str(cells[i]) for column, cells in text.columns.items()}
        for i, name in enumerate(text.columns["chip"])
    }


def known_chip(name: str) -> Chip:
    """Return a chip of the library with its figures."""
    return _chip(name, {})


def _chip(name: str, cells: Mapping[str, str]) -> Chip:
    known = named("chip", name) or inside("chip", name)
    row: Mapping[str, str] = next((r for r in newest("chips") if r["chip"] == known), {})

    def figure(column: str) -> float:
        for text in (cells.get(column, ""), row.get(column, "")):
            value = number_of(text)[0] if text else 0.0
            if value > 0:
                return value
        return 0.0

    peaks = {p: figure(f"peak_tflops_{p}") for p in PEAKS if figure(f"peak_tflops_{p}") > 0}
    vendor = cells.get("vendor") or row.get("vendor", "")
    memory = figure("hbm_gb")
    if not memory > 0:
        raise NotSized(f"{name} has no hbm_gb in chips.csv. Next: write its memory there")
    return Chip(name, known, vendor, memory, figure("hbm_gb_per_s"), peaks)


def model_of(given: str, params_b: float | None, active_b: float | None, bytes_: float) -> Model:
    """Return a model by its name in the library, or by its size.

    Args:
        given: its name, with or without its maker: ``openai/gpt-oss-120b``.
        params_b: its parameters in billions; needed where the library does not know it.
        active_b: those that a token uses; None: all.
        bytes_: bytes of a parameter; 0: as the library says, else 1.

    Raises:
        NotSized: where nobody says how large it is.
    """
    name = named("model", given)
    row: Row | None = next((r for r in newest("models") if r["model"] == name), None)
    if row is None and params_b is None:
        alike = ", ".join(near("model", given))
        raise NotSized(
            f"{given} is no model of the library{f' (it has {alike})' if alike else ''}. Next: say "
            "how large it is with --params-b and --active-b"
        )
    if row is None or params_b is not None:
        size = params_b or 0.0
        return Model(name, given, size, active_b or size, bytes_ or 1.0, "as given", "")
    return Model(
        name,
        given,
        float(row["params_b"]),
        active_b or float(row["active_b"]),
        bytes_ or float(row["bytes_per_param"]),
        row["source"],
        row["as_of"],
    )


def model_in(case: Path, given: str) -> str:
    """Return what a case calls a model: the name under which its workloads or rates have it, else
    its name without the maker."""
    texts = read_files(case)[0]
    names = [
        str(name)
        for table in ("workloads", "throughput")
        if table in texts
        for name in texts[table].columns.get("model", ())
    ]
    plain = given.rpartition("/")[2]
    for name in names:
        if name in (given, plain):
            return name
    known = named("model", given)
    alike = [name for name in names if known and named("model", name) == known]
    return alike[0] if alike else plain
