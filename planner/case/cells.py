"""Cells: from text to numbers, periods and names, by unique value, with the reason where that
fails; and back to what a person writes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.case.columns import Texts

_PLAIN: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_THOUSANDS: Final = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_POINT: Final = re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}")
_SUFFIX: Final = {"k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}
_LONG_SUFFIX: Final = re.compile(
    r"([0-9.,]*[0-9]) ?(mn|mio|mm|bn|mrd|tn|thousand|million|billion)\.?", re.I
)
_ERROR: Final = re.compile(r"#(N/A|NV|[A-Z/0-9_]+[!?])|Err:[0-9]{3}")
"""An error of a spreadsheet, as it stands in a file that one has written."""
_UNIT: Final = re.compile(
    r"([+-]?[0-9.,]*[0-9]) ?(kW|MW|GW|W|MWh|kWh|USD|EUR|GBP|TFLOP/s|FLOP|GB|TB|chips|GPUs?|x|h"
    r"|tok(?:ens)?(?:/s)?|Mtok|Gtok|years?|months?)",
    re.IGNORECASE,
)
"""A number with a unit behind it."""
LONGEST: Final = 10_000
LONGEST_NAME: Final = 200
LONGEST_NUMBER: Final = 200
_SMALLEST: Final = float(np.finfo(np.float64).tiny)
LARGEST_WHOLE: Final = 1_000_000_000
"""Whole numbers count periods, chips of a rack, months and the like; above this they would overflow
what they are added to."""


def number_of(text: str, *, commas: bool = False) -> tuple[float, str]:
    """Return a number and an empty string, or NaN and what is allowed.

    Plain decimal numbers with a point, with or without exponent; thousands separated by commas
    where that cannot be misread (``1,234.5`` or ``1,234,567``).

    Args:
        text: the number as written.
        commas: whether it stands where decimals are likely to be commas (a file separated by
            ``;``): ``40.000`` may be forty or forty thousand there, and is asked about.
    """
    if commas and _POINT.fullmatch(text):
        return np.nan, (
            f"may be a thousand or a decimal point: write {text.replace('.', '')} or "
            f"{unmistakable(text)}"
        )
    value, need = _plain_or_thousands(text)
    return value, _why(text) if need is None else need


def unmistakable(text: str) -> str:
    """Return a number so that no point in it can be taken for one between thousands."""
    if not _POINT.fullmatch(text):
        return text
    short = text.rstrip("0")
    return f"{text}0" if len(short) == len(text) else short.removesuffix(".")


def _plain_or_thousands(text: str) -> tuple[float, str | None]:
    """Return a number and an empty string, NaN and what is allowed, or NaN and None where it is no
    number at all."""
    if len(text) > LONGEST_NUMBER:
        return np.nan, f"must be a number of at most {LONGEST_NUMBER} characters"
    if _PLAIN.fullmatch(text):
        return _in_range(text)
    if _THOUSANDS.fullmatch(text):
        if text.count(",") > 1 or "." in text:
            return _in_range(text.replace(",", ""))
        return (
            np.nan,
            f"may be a thousand or a decimal comma: write {text.replace(',', '')} or "
            f"{text.replace(',', '.')}",
        )
    return np.nan, None


def _in_range(text: str) -> tuple[float, str]:
    """Return a plain number that the machine can hold: one too small to be held would be read as
    zero."""
    value = float(text)
    if not np.isfinite(value):
        return np.nan, "is too large for a number"
    if abs(value) < _SMALLEST and re.search("[1-9]", re.split("[eE]", text)[0]):
        return np.nan, "is too close to zero for a number: write 0 or the number in a smaller unit"
    return value, ""


def _why(text: str) -> str:
    """Say how a text that is no plain number should be written."""
    if _ERROR.fullmatch(text):
        return "is an error of the spreadsheet, not a value"
    bracketed = re.fullmatch(r"\((.+)\)", text)
    if bracketed:
        value, need = _plain_or_thousands(bracketed[1].strip())
        hint = f": write {-value:.15g}" if need == "" else ""
        return f"is a negative number as accounts write it{hint}"
    with_unit = _UNIT.fullmatch(text)
    if with_unit:
        value, need = _plain_or_thousands(with_unit[1])
        hint = f": write {value:.15g}, in the unit of the column" if need == "" else ""
        return f"has a unit, {with_unit[2]}{hint}"
    if text.lower().lstrip("+-") in (
        "nan",
        "inf",
        "infinity",
        "na",
        "n/a",
        "none",
        "null",
        "tbd",
        "tbc",
        "tba",
        "?",
        "-",
        "\u2013",
        "\u2014",
        "",
    ):
        return (
            "is not a number: leave the cell blank where a blank has a meaning, or write the number"
        )
    if text.endswith("%"):
        value, need = _plain_or_thousands(text[:-1].strip())
        return "is not a plain number" + (f": write {value / 100:g}" if need == "" else "")
    if text[:1] in "$€£":
        body = text[1:].strip()
        factor = _SUFFIX.get(body[-1:].lower(), 1.0)
        value, need = _plain_or_thousands(body[:-1].strip() if factor != 1.0 else body)
        return "is not a plain number" + (f": write {value * factor:.15g}" if need == "" else "")
    if re.fullmatch(r"[+-]?[0-9]{1,3}(\.[0-9]{3})+,[0-9]+|[+-]?[0-9]+,[0-9]+", text):
        return f"has a decimal comma: write {text.replace('.', '').replace(',', '.')}"
    if re.fullmatch(r"[+-]?[0-9]{1,3}([ '\u00a0\u202f\u2019.][0-9]{3})+(\.[0-9]+)?", text):
        whole = re.sub(r"[^0-9+-]", "", text) if text.count(".") != 1 else ""
        return "has marks between thousands" + (f": write {whole}" if whole else ": leave them out")
    if text[:1] == "=":
        return "is a formula, and nothing in an input is calculated: write its value"
    long = _LONG_SUFFIX.fullmatch(text)
    if long:
        short = {"mrd": "b", "thousand": "k"}.get(long[2].lower(), long[2][0].lower())
        return _why(long[1] + short)
    if text[-1:].lower() in _SUFFIX:
        body, factor = text[:-1].strip(), _SUFFIX[text[-1].lower()]
        value, need = _plain_or_thousands(body)
        if need == "":
            return f"is not a plain number: write {value * factor:.15g}"
        if _THOUSANDS.fullmatch(body):  # a comma that may be either
            either = [f"{float(body.replace(',', mark)) * factor:.15g}" for mark in ("", ".")]
            return f"is not a plain number: write {' or '.join(either)}"
    return "is not a plain number such as 1234.5"


def name_of(text: str) -> tuple[str, str]:
    """Return a name and an empty string, or what is allowed."""
    if not text.isprintable():
        return "", "must not contain control or invisible characters"
    if len(text) > LONGEST_NAME:
        return "", f"must be at most {LONGEST_NAME} characters long"
    if ";" in text:
        return "", "must not contain `;`, which separates names"
    return text, _no_error(text)


def names_of(text: str) -> tuple[tuple[str, ...], str]:
    """Return the names of a list separated by ``;`` in sorted order, or what is allowed."""
    parts = [part.strip() for part in text.split(";")]
    if any(not part for part in parts):
        return (), "has an empty name: separate names by single `;`"
    if len(set(parts)) < len(parts):
        return (), "names something twice"
    if "*" in parts and len(parts) > 1:
        return (), "has `*` beside other names: `*` alone means all"
    for part in parts:
        need = name_of(part)[1]
        if need:
            return (), need
    return tuple(sorted(parts)), ""


def text_of(text: str) -> tuple[str, str]:
    """Return a text and an empty string, or what is allowed."""
    if len(text) > LONGEST:
        return "", f"must be at most {LONGEST} characters long"
    if any(ord(character) < 32 and character not in "\t\n\r" for character in text):
        return "", "must not contain control characters"
    return text, _no_error(text)


def _no_error(text: str) -> str:
    """Return what is wrong with a text that is an error of a spreadsheet."""
    return "is an error of the spreadsheet, not a value" if _ERROR.fullmatch(text) else ""


def yes_no_of(text: str) -> tuple[bool, str]:
    """Return a truth value and an empty string, or what is allowed."""
    word = text.lower()
    if word in ("yes", "true"):
        return True, ""
    return False, "" if word in ("no", "false") else "must be yes or no"


def by_unique(
    cells: Texts, convert: Callable[[str], tuple[Any, str]]
) -> tuple[NDArray[Any], Texts]:
    """Convert cells, each distinct text once.

    Args:
        cells: texts, (n,).
        convert: from a text to (value, what is allowed); the latter empty if it is fine.

    Returns:
        Values (n,) as objects, and what is allowed where a cell is wrong, "" elsewhere (n,).
    """
    code, distinct = pd.factorize(cells)
    values = np.empty(len(distinct), dtype=object)
    needs = np.empty(len(distinct), dtype=object)
    for i, text in enumerate(distinct):
        values[i], needs[i] = convert(text)
    return values[code], needs[code]


def plain(value: object) -> str:
    """Return a cell as a person writes it: 4000, 0.85, 3.79e+25, names joined by ``;``, nothing for
    a blank."""
    if isinstance(value, tuple):
        return "; ".join(str(name) for name in value)
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (float, int, np.floating, np.integer)):
        number = float(value)
        if np.isnan(number):
            return ""
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else f"{number:.6g}"
    return str(value)
