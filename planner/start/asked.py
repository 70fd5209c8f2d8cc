"""What a new case is to be about: names as they were typed, and what of the library they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from planner.case.periods import Calendar, Frequency, absolute_period
from planner.library.find import named, near

_FREQUENCIES: Final[tuple[tuple[re.Pattern[str], Frequency], ...]] = (
    (re.compile(r"[0-9]{4}-?Q[1-4]", re.IGNORECASE), "quarter"),
    (re.compile(r"[0-9]{4}-[0-9]{2}"), "month"),
    (re.compile(r"[0-9]{4}"), "year"),
)
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class NotKnown(ValueError):
    """Names that the library does not know, or a start that is no period; a sentence for each."""


@dataclass(frozen=True, slots=True)
class Site:
    """A site of one's own: its name, and the place of the library where it stands."""

    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a case is to be about, in names of the library; models may be of one's own."""

    name: str
    chips: tuple[str, ...]
    models: tuple[str, ...]
    sites: tuple[Site, ...]
    clouds: tuple[str, ...]
    calendar: Calendar


def asked(
    name: str,
    names: dict[str, tuple[str, ...]],
    start: str,
    periods: int,
) -> Asked:
    """Return what is asked for, every name looked up.

    Args:
        name: of the case.
        names: ``chips``, ``models``, ``sites`` and ``clouds`` as they were typed; a site may be
            ``name=place``.
        start: the first period; how it is written says how long periods are.
        periods: how many there are.

    Raises:
        NotKnown: with everything that is not known.
    """
    wrong: list[str] = []
    calendar = _calendar(start, periods, wrong)
    chips = [_known("chip", one, wrong) for one in names["chips"]]
    clouds = [_known("provider", one, wrong) for one in names["clouds"]]
    sites = [_site(one, wrong) for one in names["sites"]]
    models = [named("model", one) or _own(one.rpartition("/")[2], wrong) for one in names["models"]]
    for kind, found in (
        ("chips", chips),
        ("models", models),
        ("sites and clouds", [*(site.name for site in sites), *clouds]),
    ):
        if not found:
            wrong.append(f"no {kind}: name at least one")
        twice = {one for one in found if one and found.count(one) > 1}
        wrong += [f"{kind}: {one} is named twice" for one in sorted(twice)]
    if wrong or calendar is None:
        raise NotKnown("\n".join(wrong))
    return Asked(name, tuple(chips), tuple(models), tuple(sites), tuple(clouds), calendar)


def _calendar(start: str, periods: int, wrong: list[str]) -> Calendar | None:
    for pattern, frequency in _FREQUENCIES:
        if pattern.fullmatch(start):
            return Calendar(frequency, absolute_period(start, frequency), periods)
    wrong.append(f"--start {start}: write 2027Q1, 2027-03 or 2027")
    return None


def _known(column: str, name: str, wrong: list[str]) -> str:
    known = named(column, name)
    if not known:
        like = near(column, name)
        hint = f"did you mean {' or '.join(like)}?" if like else "see planner library"
        wrong.append(f"{_WORDS[column]} {name}: the library does not know it; {hint}")
    return known


def _site(name: str, wrong: list[str]) -> Site:
    """Return a site that is ``name=place`` or the name of a place."""
    own, _, place = name.rpartition("=")
    known = named("place", place)
    if not known:
        like = near("place", place)
        hint = f"did you mean {' or '.join(like)}? " if like else ""
        wrong.append(
            f"site {name}: {place} is no state or country of the library; {hint}A site of another "
            f"name is written name=place, as in {place.lower() or 'hall'}=virginia"
        )
    return Site(_own(own, wrong) if own else known, known)


def _own(name: str, wrong: list[str]) -> str:
    if not _NAME.fullmatch(name):
        wrong.append(f"{name!r} is no name: write letters, digits, `-`, `.` and `_`")
    return name


_WORDS: Final = {"chip": "chip", "provider": "cloud"}
