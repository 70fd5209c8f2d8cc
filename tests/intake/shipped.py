"""The workbooks of the guided page, as a planner would keep them: ``python -m
tests.intake.shipped`` writes them."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "inputs" / "workbooks"
GPT = [4_200_000, 5_100_000, 6_400_000, 7_900_000, 9_500_000, 11_200_000, 13_100_000, 15_000_000]
LLAMA = [52_000, 58_500, 61_000, 66_500, 70_000, 72_500, 75_000, 78_000]
TEXAS = [2400, 2400, 2400, 3600, 3600, 3600, 4800, 4800]
SWEDEN = [800, 800, 1200, 1200, 2000, 2000, 2400, 2400]


def _styled(sheet: Any, title: str, subtitle: str, header: int, width: int) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    sheet["A1"] = title
    sheet["A1"].font = Font(size=14, bold=True, color="1F3864")
    sheet["A2"] = subtitle
    sheet["A2"].font = Font(italic=True, color="7F7F7F")
    for column in range(1, width + 1):
        cell = sheet.cell(header, column)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="1F3864")
        cell.alignment = Alignment(horizontal="left" if column == 1 else "center")
        cell.border = Border(bottom=Side(style="medium"))
        sheet.column_dimensions[cell.column_letter].width = 22 if column == 1 else 12


def _bold(sheet: Any, row: int, width: int) -> None:
    from openpyxl.styles import Border, Font, Side

    for column in range(1, width + 1):
        cell = sheet.cell(row, column)
        cell.font = Font(bold=True)
        cell.border = Border(top=Side(style="thin"))


def demand(book: Any, *, later: bool) -> None:
    """The forecast: titles, quarters with fiscal years among them, a total, notes."""
    sheet = book.create_sheet("Demand")
    years = (2027, 2028)
    heads: list[Any] = ["Product"]
    gpt: list[Any] = ["GPT-OSS 120B"]
    llama: list[Any] = ["Llama 405B"]
    total: list[Any] = ["Total"]
    for n, year in enumerate(years):
        quarters = [f"Q{q}'{year - 2000}" for q in (1, 2, 3, 4)]
        heads += [*quarters, f"FY{year - 2000}"]
        one, two = GPT[4 * n : 4 * n + 4], LLAMA[4 * n : 4 * n + 4]
        if later:
            one, two = [round(v * 1.1) for v in one], [0, 0, 0, 0]
        gpt += [*one, sum(one)]
        llama += [*two, sum(two)]
        total += [*(a + b for a, b in zip(one, two, strict=True)), sum(one) + sum(two)]
    if later:
        heads.append("Q1'29")
        gpt.append(17_500_000)
        total.append(17_500_000)
    else:
        llama[2] = "TBD"  # the quarter that nobody has agreed on yet
        llama[5] -= LLAMA[1]
        total[2] -= LLAMA[1]
        total[5] -= LLAMA[1]
        gpt[6] = "9,500 k"
    sheet.append([])
    sheet.append([])
    sheet.append([])
    rows = [heads, gpt] + ([] if later else [llama]) + [total]
    for row in rows:
        sheet.append(row)
    _styled(
        sheet,
        "Inference demand forecast",
        "Output tokens in millions. Product finance, draft of 12 November 2026",
        4,
        len(heads),
    )
    _bold(sheet, 4 + len(rows) - 1, len(heads))
    for cells in sheet.iter_rows(min_row=5, min_col=2):
        for cell in cells:
            cell.number_format = "#,##0"
    sheet.append([])
    sheet.append(["Note: free tier is not in these figures"])
    sheet.append(["Source: bottom-up by product managers"])
    sheet.freeze_panes = "B5"


def power(book: Any, *, later: bool) -> None:
    """The power ramp by month, in kW, with a total."""
    sheet = book.create_sheet("Power ramp")
    count = 27 if later else 24
    days = [datetime.date(2027 + n // 12, n % 12 + 1, 1) for n in range(count)]
    texas = [TEXAS[min(7, n // 3)] for n in range(count)]
    sweden = [SWEDEN[min(7, n // 3)] for n in range(count)]
    sheet.append([])
    sheet.append([])
    sheet.append([])
    sheet.append(["Site", *days])
    sheet.append(["Texas", *texas])
    sheet.append(["Sweden (Lulea)", *sweden])
    sheet.append(["All sites", *(a + b for a, b in zip(texas, sweden, strict=True))])
    title = "IT power at the racks (kW)"
    _styled(sheet, title, "Facilities, as contracted", 4, count + 1)
    for cell in sheet[4][1:]:
        cell.number_format = "mmm-yy"
        sheet.column_dimensions[cell.column_letter].width = 9
    for cells in sheet.iter_rows(min_row=5, min_col=2):
        for cell in cells:
            cell.number_format = "#,##0"
    _bold(sheet, 7, count + 1)
    sheet.freeze_panes = "B5"


def fleet(book: Any) -> None:
    """What is installed, with a row that somebody has hidden."""
    sheet = book.create_sheet("Installed base")
    sheet.append([])
    sheet.append([])
    sheet.append([])
    sheet.append(["GPU", "Site", "In service since", "Count", "Status"])
    sheet.append(["H200 SXM", "Texas", "Mar-25", 512, "in production"])
    sheet.append(["H200 SXM", "Texas", "Oct-25", 256, "in production"])
    sheet.append(["H200 SXM", "Texas", "Jan-24", 64, "returned"])
    sheet.append(["Total", None, None, 832, None])
    _styled(sheet, "Installed base", "Asset register, 1 November 2026", 4, 5)
    sheet.column_dimensions["C"].width = 16
    sheet.column_dimensions["E"].width = 16
    sheet.row_dimensions[7].hidden = True
    _bold(sheet, 8, 5)


def write(folder: Path) -> None:
    """Write both workbooks."""
    import openpyxl

    for name, later in (("forecast-2027Q1.xlsx", False), ("forecast-2027Q2.xlsx", True)):
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        demand(book, later=later)
        power(book, later=later)
        if not later:
            fleet(book)
        book.properties.creator = "planning"
        book.properties.created = book.properties.modified = datetime.datetime(2026, 11, 12)
        folder.mkdir(parents=True, exist_ok=True)
        book.save(folder / name)


if __name__ == "__main__":
    write(FOLDER)
