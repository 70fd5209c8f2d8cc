"""Faults in the workbook."""

from __future__ import annotations

from tests.faults.fault import Fault, of

FAULTS: tuple[Fault, ...] = (
    *of(
        "workbook",
        "report.workbook.buys",
        (
            "by_period",
            "buy[buy['status'] == 'new'].assign(period=buy['order_period'])",
            "buy[buy['status'] == 'new'].assign(period=buy['in_service_period'])",
            "orders stand in the period of arrival",
        ),
        ("by_period", "frame['capex'] + frame['opex']", "frame['capex']", "what is paid is capex"),
        (
            "by_period",
            "frame['paid'].cumsum()",
            "frame['paid']",
            "paid to date is paid in the period",
        ),
        (
            "by_period",
            "run.by_period(run['costs'], 'category', 'nominal_usd')",
            "run.by_period(run['costs'], 'category', 'discounted_usd')",
            "cash is discounted",
        ),
        (
            "_live",
            "letters(at[chips[-1]])}{row + 1})'",
            "letters(at[chips[-1]])}{row + 2})'",
            "sums reach into the next row",
        ),
        (
            "_live",
            "f'={capex}{row + 1}+{opex}{row + 1}'",
            "f'={capex}{row + 1}-{opex}{row + 1}'",
            "opex is taken from capex",
        ),
        (
            "changes",
            "(buy['change_vs_last'] == 'same').sum()",
            "(buy['change_vs_last'] != 'same').sum()",
            "lines that are the same are the others",
        ),
    ),
    *of(
        "workbook",
        "report.workbook.work",
        (
            "power",
            "table['limit_mw'] + table['built_mw'].fillna(0.0)",
            "table['limit_mw']",
            "available power without what is built",
        ),
        (
            "power",
            "(table['used_mw'] / available).where(available > 0)",
            "(table['it_mw'] / available).where(available > 0)",
            "used share by IT power",
        ),
        (
            "power",
            "f\"={letters(at['used_mw'])}{row + 1}/{letters(at['available_mw'])}{row + 1}\"",
            "f\"={letters(at['used_mw'])}{row}/{letters(at['available_mw'])}{row}\"",
            "formulas of the row above",
        ),
        (
            "costs",
            "values='nominal_usd', aggfunc='sum'",
            "values='discounted_usd', aggfunc='sum'",
            "nominal cost by term is discounted",
        ),
        (
            "costs",
            "wide.sum(axis=1).to_numpy(dtype=np.float64)",
            "wide.max(axis=1).to_numpy(dtype=np.float64)",
            "the total is the largest term",
        ),
        (
            "costs",
            "f'=SUM(B{row + 1}:{last}{row + 1})', usd",
            "f'=SUM(C{row + 1}:{last}{row + 1})', usd",
            "totals without the first term",
        ),
        ("costs", "start=placed.first", "start=placed.first + 1", "totals a row too low"),
    ),
    *of(
        "workbook",
        "report.workbook.table",
        (
            "_totals",
            "f'={function}{letter}{cells[0] + 1}:{letter}{cells[1]})'",
            "f'={function}{letter}{cells[0] + 2}:{letter}{cells[1]})'",
            "totals without their first row",
        ),
        (
            "_column",
            "float(values[finite].sum())",
            "float(values[finite].max(initial=0.0))",
            "stored totals are the largest cell",
        ),
        (
            "_column",
            "series.astype(object).where(finite, None).tolist()",
            "series.astype(object).where(finite, 0.0).tolist()",
            "blanks are zero",
        ),
        (
            "put",
            "enumerate(columns):\n        sheet.write_string(row, at, one.head",
            "enumerate(columns):\n        sheet.write_string(row, at, one.name",
            "headers are names of columns",
        ),
    ),
    *of(
        "workbook",
        "report.workbook.columns",
        (
            "_kind",
            "if column.unit == '%':",
            "if column.unit == 'USD':",
            "money formatted as per cent",
        ),
        ("fields", "name in totals", "name not in totals", "totals of everything else"),
    ),
)
