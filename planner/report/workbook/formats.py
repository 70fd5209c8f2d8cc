"""Number formats of the workbook: every one that a cell or an axis has."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

FIXED: Final = {
    "usd": '#,##0;[Red]-#,##0;"-"',
    "cents": '#,##0.00;[Red]-#,##0.00;"-"',
    "percent": "0.0",
    "share": "0.0%",
    "science": "0.00E+00",
    "whole": "#,##0",
    "count": '#,##0;-#,##0;"-"',
}


def number_format(values: NDArray[np.float64], kind: str = "number") -> str:
    """Return the number format with the decimals that these figures, (n,), need: none for whole
    ones, up to four for small ones.

    Amounts need them by their largest figure; prices, where a small one matters as much as a large
    one, by their smallest.
    """
    sizes = np.abs(values[np.isfinite(values) & (values != 0)])
    if not len(sizes) or (sizes == np.rint(sizes)).all():
        return FIXED["whole"]
    by = float(sizes.min()) if kind == "price" else float(sizes.max())
    steps = (
        ((1.0, 2), (0.0, 4))
        if kind == "price"
        else ((1000.0, 0), (100.0, 1), (10.0, 2), (1.0, 3), (0.0, 4))
    )
    decimals = next(count for low, count in steps if by >= low)
    return FIXED["whole"] + ("." + "0" * decimals if decimals else "")


def shown_width(values: NDArray[np.float64], form: str) -> int:
    """Return the characters of the widest of these numbers, (n,), as shown."""
    if "E" in form:
        return 9
    decimals = len(form.partition(";")[0].partition(".")[2].rstrip("%"))
    ends = [float(np.min(values, initial=0.0)), float(np.max(values, initial=0.0))]
    return max(len(f"{end:,.{decimals}f}") for end in ends) + ("%" in form)


def money_axis(top: float) -> tuple[str, str]:
    """Return the words and the number format of an axis of USD up to ``top``: USD, thousands or
    millions."""
    if top >= 2e7:
        return "USD million", FIXED["whole"] + ",,"
    return ("USD thousand", FIXED["whole"] + ",") if top >= 2e4 else ("USD", FIXED["whole"])
