"""Units: what a header says figures are in, and what they become in a column."""

from __future__ import annotations

import functools
import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

from planner.intake.unit_table import BASES, SCALES

_PREFIXED: Final = ("token", "watt", "watt hour", "usd", "eur", "gbp", "flop", "byte")
"""What takes a multiplier without a space: Mtok, kW, MUSD, TFLOP, GB."""
_COUNTED: Final = re.compile(
    r"(?:server|node|host|system|tray|rack|pod|instance|baseboard|cabinet|board)s?\s*"
    r"(?:of|\(|,|with|x|à)\s*(?P<n>[0-9]{1,4})\s*(?:chips|gpus|accelerators|x)?\)?",
    re.IGNORECASE,
)
_HOURS_OF: Final = re.compile(
    r"(?:(?<=chip)|(?<=gpu)|(?<=tpu)|(?<=kw)|(?<=accelerator))[-·* ]"
    r"(?=(?:h|hr|hour|day|month|mo|year|yr)s?\b)",
    re.IGNORECASE,
)
_PER_N: Final = re.compile(r"(?P<n>[0-9]{1,4})\s*(?:x\s*)?(?:chips|gpus|accelerators)", re.I)
WHOLE: Final = re.compile(
    r"\b(server|node|host|system|tray|rack|pod|instance|cabinet)s?\b", re.IGNORECASE
)
"""What holds several chips: a figure per one of these needs to say how many."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its factor to base units, and the power of each base; a multiplier alone has none."""

    text: str
    factor: float
    bases: tuple[tuple[str, int], ...] = ()
    bare: bool = False
    """Whether it is a multiplier only: ``(M)``, of whatever the column counts."""

    def of(self, base: str) -> int:
        """Return the power of a base in it."""
        return dict(self.bases).get(base, 0)


@functools.lru_cache(maxsize=65_536)
def unit_of(text: str) -> Unit | None:
    """Return the unit that a text is, whole; None where it is none.

    Args:
        text: such as ``Mtok``, ``USD/kWh``, ``million tokens``, ``kW per server of 8``.
    """
    low = " ".join(text.strip().strip("()[]").replace("_", " ").split())
    if not low or len(low) > 60:
        return None
    written = low
    low = re.sub(r"\s*\b(hour|month|year|dai)ly\b", _per, low, flags=re.I)
    low = re.sub(r"\bflops?/s(?:ec)?\b", "flop/s", low, flags=re.I)
    low = re.sub(r"tokens?/s(?:ec)?", lambda m: m[0].replace("/", " per "), low, flags=re.I)
    low = _COUNTED.sub(lambda m: f"{m['n']}#chip", low)
    low = _PER_N.sub(lambda m: f"{m['n']}#chip", low)
    low = re.sub(_HOURS_OF, " x ", low)
    parts = re.split(r"\s*/\s*|\s+(?:per|je|pro)\s+|\bp\.\s?(?=[a-z])", low, flags=re.I)
    if low.lower().startswith("per "):
        parts = re.split(r"\s*/\s*|(?:^|\s+)per\s+", low, flags=re.I)
    factor, bases, bare = 1.0, Counter[str](), True
    for number, part in enumerate(parts):
        for piece in re.split(r"\s+x\s+", part.strip()):
            if not piece:
                continue
            found = _simple(piece, alone=len(parts) == 1)
            if found is None:
                return None
            sign = -1 if number else 1
            factor *= found[0] ** sign
            if found[1] is not None:
                bare = False
                for base, power in found[1].items():
                    bases[base] += power * sign
    kept = tuple(sorted((b, p) for b, p in bases.items() if p and b))
    return Unit(written, factor, kept, bare)


def _per(match: re.Match[str]) -> str:
    """Return ``hourly`` as ``/hour``."""
    word = match[1].lower()
    return "/" + ("day" if word == "dai" else word)


def _simple(text: str, *, alone: bool) -> tuple[float, dict[str, int] | None] | None:
    """Return factor and bases of a unit without a stroke: None for bases where it is a multiplier
    only; None where it is neither."""
    if match := re.fullmatch(r"([0-9]{1,4})#chip", text):
        return float(match[1]), {"chip": 1}
    words = text.split()
    factor, seen = 1.0, False
    while words and (words[0] in ("M", "B", "T", "K", "G") or words[0].lower() in SCALES):
        if len(words) == 1 and words[0].lower() in BASES and words[0] not in ("M", "B", "T", "G"):
            break
        factor *= SCALES[words[0].lower()]
        words, seen = words[1:], True
    if len(words) > 1 and words[-1].lower() in SCALES and not seen:  # USD million, $ m
        factor, seen, words = SCALES[words[-1].lower()], True, words[:-1]
    if not words:
        return (factor, None) if (seen and alone) or seen else None
    if len(words) > 1:
        return None
    found = _prefixed(words[0])
    return None if found is None else (factor * found[0], {found[1]: 1})


def _prefixed(word: str) -> tuple[float, str] | None:
    """Return factor and base of one word: tokens, Mtok, kWh, MUSD, USDm, $M."""
    low = word.lower()
    if word not in ("B", "M", "T", "G", "K") and low in BASES:
        base, factor = BASES[low]
        return factor, base
    for mark in ("us$", "$", "€", "£", "usd", "eur", "gbp"):
        rest = low.removeprefix(mark)
        if rest != low and rest in SCALES:
            return SCALES[rest] * BASES[mark][1], BASES[mark][0]
    for length in (1, 2, 3):
        head, rest = low[:length], low[length:]
        if head in SCALES and rest in BASES and BASES[rest][0] in _PREFIXED:
            if word[0] == "m" and BASES[rest][0] in ("watt", "watt hour"):
                return None  # milliwatts: nobody plans them, and MW written so is asked about
            return SCALES[head] * BASES[rest][1], BASES[rest][0]
    return None


_BRACKETS: Final = re.compile(r"[(\[]([^()\[\]]*(?:\([^()]*\))?[^()\[\]]*)[)\]]")
_AFTER: Final = re.compile(r"(?:,|;|\bin\b|\s[-–—:|])\s*(?P<unit>[^,;]+)$", re.IGNORECASE)


@functools.lru_cache(maxsize=65_536)
def unit_in(text: str) -> tuple[Unit | None, str]:
    """Return the unit that a header says, and the rest of the header.

    Args:
        text: such as ``Output tokens (M)``, ``Power, MW``, ``kW per server of 8``, ``Price``.
    """
    for match in _BRACKETS.finditer(text):
        found = unit_of(match[1])
        if (found is not None and found.bases != ()) or (found is not None and _plain(found)):
            rest = (text[: match.start()] + " " + text[match.end() :]).strip()
            return _completed(found, rest)
    if after := _AFTER.search(text):
        found = unit_of(after["unit"])
        if found is not None:
            return _completed(found, text[: after.start()].strip())
    words = text.replace("_", " ").split()
    for count in range(min(6, len(words)), 0, -1):
        for part, others in ((words[-count:], words[:-count]), (words[:count], words[count:])):
            found = unit_of(" ".join(part))
            if found is not None and not found.bare and (found.bases or count > 1 or _plain(found)):
                return found, " ".join(others)
    for word in re.findall(r"[^\s()\[\],;:]+", text.replace("_", " ")):
        found = unit_of(word) if len(word) > 1 else None
        if found is not None and len(found.bases) == 1 and found.bases[0][0] in _PREFIXED:
            return found, text
    return None, text


def _plain(unit: Unit) -> bool:
    """Return whether a unit without bases says something: a multiplier, or percent."""
    return unit.bare or unit.factor != 1.0 or unit.text.lower() in ("share", "ratio")


def _completed(unit: Unit, rest: str) -> tuple[Unit, str]:
    """Return a unit with what the rest of its header adds: of ``Output tokens (M)``, tokens; of
    ``Peak kW (per server of 8)``, kW; of ``Price per rack of 72 (kUSD)``, a share of a rack."""
    counted = _COUNTED.search(rest)
    if counted and unit.bases and unit.of("chip") == 0:
        bases = tuple(sorted({**dict(unit.bases), "chip": -1}.items()))
        return Unit(f"{unit.text} per {counted[0]}", unit.factor / float(counted["n"]), bases), rest
    if (
        not unit.bare
        and unit.bases
        and not (
            {base for base, _ in unit.bases} <= {"chip", "second"}
            and dict(unit.bases).get("chip", 0) < 0
        )
    ):
        return unit, rest
    for word in rest.split():
        found = unit_of(word)
        if found is not None and found.bases and found.of("chip") == 0 and found.of("second") == 0:
            whole = Counter(dict(unit.bases))
            whole.update(dict(found.bases))
            kept = tuple(sorted((b, p) for b, p in whole.items() if p))
            text = f"{found.text} {unit.text}" if not unit.bare else f"{unit.text} {found.text}"
            return Unit(text, unit.factor * found.factor, kept), rest
    return unit, rest


@dataclass(frozen=True, slots=True)
class Change:
    """What a figure is multiplied by to be in a column's unit; ``rate`` where it must first be
    multiplied by the seconds of its span."""

    factor: float
    rate: bool = False


def change_of(unit: Unit, column: str) -> Change | None:
    """Return how figures in a unit become figures of a column; None where they are another thing.

    Args:
        unit: what the header says.
        column: the unit of the column, as it is declared.
    """
    wanted = unit_of(column)
    if wanted is None:
        return Change(1.0) if not column and not unit.bases and not unit.bare else None
    if unit.bare:
        above = unit_of(column.split("/", maxsplit=1)[0])
        return None if above is None else Change(unit.factor / above.factor)
    have, want = dict(unit.bases), dict(wanted.bases)
    have.pop("chip", None)
    want.pop("chip", None)
    if unit.text.lower().endswith("flops") and want.get("flop") == 1:
        have["second"] = want.get("second", 0)  # FLOPS is FLOP/s, and FLOPs are many of them
        have, want = ({b: p for b, p in bases.items() if p} for bases in (have, want))
    if have == want:
        return Change(unit.factor / wanted.factor)
    if "watt hour" in have or "watt hour" in want:
        have, want = _hours(have), _hours(want)
        scale = 3600.0 ** (dict(unit.bases).get("watt hour", 0))
        scale /= 3600.0 ** (dict(wanted.bases).get("watt hour", 0))
        if have == want:
            return Change(unit.factor * scale / wanted.factor)
    if {**have, "second": have.get("second", 0) + 1} == {**want, "second": want.get("second", 0)}:
        return Change(unit.factor / wanted.factor, rate=True)
    return None


def _hours(bases: dict[str, int]) -> dict[str, int]:
    found = Counter({b: p for b, p in bases.items() if b != "watt hour"})
    power = bases.get("watt hour", 0)
    found["watt"] += power
    found["second"] += power
    return {b: p for b, p in found.items() if p}
