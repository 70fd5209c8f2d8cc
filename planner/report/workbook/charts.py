"""Charts of the workbook: native ones, that follow the cells they refer to.

Names come by reference, never as text: a text that begins with ``=`` would be taken for a formula.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from planner.report.design import light, series
from planner.report.workbook.book import Book
from planner.report.workbook.formats import FIXED

COLOURS: Final = series()
"""Told apart by the colour-blind."""
GRID: Final = {"visible": True, "line": {"color": light("line"), "width": 0.5}}
FONT: Final = {"size": 9, "color": light("soft")}


@dataclass(frozen=True, slots=True)
class Series:
    """One series: the cell that names it, its values and categories as (first row, first column,
    last row, last column)."""

    sheet: str
    name: tuple[int, int]
    values: tuple[int, int, int, int]
    categories: tuple[int, int, int, int]


def _series(one: Series, colour: str, **more: Any) -> dict[str, Any]:
    return {
        "name": [one.sheet, *one.name],
        "values": [one.sheet, *one.values],
        "categories": [one.sheet, *one.categories],
        **({"fill": {"color": colour}} if "line" not in more else {}),
        **more,
    }


def _finish(
    chart: Any, title: Any, axis: str, number: str, size: tuple[int, int], legend: bool = True
) -> Any:
    chart.set_title(
        {
            "name": title,
            "name_font": {"size": 11, "bold": True, "color": light("ink")},
            "overlay": False,
        }
    )
    chart.set_x_axis(
        {
            "num_font": {**FONT, "rotation": -45},
            "label_position": "low",
            "line": {"color": light("soft")},
            "interval_unit": 1,
        }
    )
    chart.set_y_axis(
        {
            "num_format": number,
            "num_font": FONT,
            "name": axis,
            "name_font": {**FONT, "bold": False},
            "major_gridlines": GRID,
            "line": {"none": True},
        }
    )
    chart.set_legend({"position": "bottom", "font": FONT} if legend else {"none": True})
    chart.set_size({"width": size[0], "height": size[1]})
    chart.set_chartarea({"border": {"color": light("line")}})
    return chart


def place(sheet: Any, row: int, column: int, chart: Any, options: dict[str, Any]) -> None:
    """Put a chart on a sheet, if there is one."""
    if chart is not None:
        sheet.insert_chart(row, column, chart, options)


def stacked(
    book: Book,
    series: Sequence[Series],
    title: str,
    axis: str,
    number: str,
    size: tuple[int, int] = (820, 340),
) -> Any:
    """Return stacked columns over the periods, at most as many series as there are colours; None
    where there is nothing to draw."""
    if not series:
        return None
    chart = book.file.add_chart({"type": "column", "subtype": "stacked"})
    for one, colour in zip(series, COLOURS, strict=False):
        chart.add_series(_series(one, colour, gap=40))
    return _finish(chart, title, axis, number, size)


def bars(
    book: Book, one: Series, title: str, axis: str, number: str, size: tuple[int, int] = (620, 360)
) -> Any:
    """Return horizontal bars, the first on top, negative ones in another colour."""
    chart = book.file.add_chart({"type": "bar"})
    chart.add_series(
        _series(
            one, COLOURS[0], gap=40, invert_if_negative=True, invert_if_negative_color=COLOURS[5]
        )
    )
    named = {"size": 11, "bold": True, "color": light("ink")}
    chart.set_title({"name": title, "name_font": named})
    chart.set_y_axis(
        {
            "reverse": True,
            "label_position": "low",
            "num_font": FONT,
            "line": {"color": light("soft")},
        }
    )
    chart.set_x_axis(
        {
            "num_format": number,
            "num_font": FONT,
            "name": axis,
            "name_font": {**FONT, "bold": False},
            "major_gridlines": GRID,
            "label_position": "low",
        }
    )
    chart.set_legend({"none": True})
    chart.set_size({"width": size[0], "height": size[1]})
    chart.set_chartarea({"border": {"color": light("line")}})
    return chart


def against_limit(
    book: Book,
    used: Series,
    limit: Series,
    title: tuple[int, int],
    axis: str,
    size: tuple[int, int] = (560, 280),
) -> Any:
    """Return columns of what is used under the line of what there is; the title is that of a
    cell."""
    chart, line = book.file.add_chart({"type": "column"}), book.file.add_chart({"type": "line"})
    chart.add_series(_series(used, COLOURS[0], gap=40))
    line.add_series(_series(limit, COLOURS[5], line={"color": COLOURS[5], "width": 2.25}))
    chart.combine(line)
    return _finish(chart, [used.sheet, *title], axis, FIXED["whole"], size)
