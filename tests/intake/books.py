"""The messy files: how forecasts, usage exports, power ramps and price lists look in public."""

from __future__ import annotations

import datetime

from tests.intake.book import Book, Page, Value

QUARTERS = [f"{year}Q{q}" for year in (2027, 2028) for q in (1, 2, 3, 4)]
CHAT = [933120, 943488, 1430784, 1907712, 2358720, 2358720, 2384640, 2400000]
CODING = [305600, 311000, 402500, 498000, 512300, 604100, 655000, 700250]
AGENTS = [12000, 25000, 61000, 90500, 140000, 210000, 305600, 400000]
IN_CHAT = [2799360, 2830464, 4292352, 5723136, 7076160, 7076160, 7153920, 7200000]
IN_CODING = [1222400, 1244000, 1610000, 1992000, 2049200, 2416400, 2620000, 2801000]
IOWA = [14, 14, 16, 18, 20, 22, 24, 24.5]
LULEA = [4, 4, 6, 6, 9, 9, 12, 12]


def by(values: list[float] | list[int]) -> dict[str, float]:
    """Return figures by quarter."""
    return dict(zip(QUARTERS, map(float, values), strict=True))


def dots(value: float) -> str:
    """Return a figure as it is written in German: 305.600,5."""
    text = f"{value:,.1f}" if value % 1 else f"{value:,.0f}"
    return text.translate(str.maketrans(",.", ".,"))


def commas(value: float) -> str:
    """Return a figure with commas between thousands."""
    return f"{value:,.10g}" if value % 1 else f"{value:,.0f}"


def titled() -> Book:
    """A forecast below title rows, with a year among the quarters, a total and notes."""
    heads: list[Value] = ["Product"]
    rows: dict[str, list[Value]] = {"Chat": ["Chat"], "Coding": ["Coding"], "Agents": ["Agents"]}
    for year in (0, 1):
        heads += [f"Q{q}'{27 + year}" for q in (1, 2, 3, 4)] + [f"FY{27 + year}"]
        for name, values in (("Chat", CHAT), ("Coding", CODING), ("Agents", AGENTS)):
            part = values[4 * year : 4 * year + 4]
            rows[name] += [*map(commas, part), commas(sum(part))]
    total: list[Value] = ["Total"]
    total += [
        commas(sum(float(str(row[at]).replace(",", "")) for row in rows.values()))
        for at in range(1, len(heads))
    ]
    cells = [
        ["Inference demand 2027-2028"],
        ["Output tokens, million"],
        [],
        heads,
        *rows.values(),
        total,
        [],
        ["Note: coding includes the agents pilot until March"],
        ["Source: product finance, 12 Nov"],
    ]
    return Book(
        "titled.xlsx",
        {"Forecast": Page(cells)},
        {
            "demand chat output_mtok": by(CHAT),
            "demand coding output_mtok": by(CODING),
            "demand agents output_mtok": by(AGENTS),
        },
    )


def crossed() -> Book:
    """Products in rows, quarters across, measures in merged blocks above them."""
    cells: list[list[Value]] = [
        [None, "Output tokens (M)", *[None] * 7, "Input tokens (M)", *[None] * 7],
        ["Service", *[f"Q{q[-1]} {q[:4]}" for q in QUARTERS] * 2],
        ["Chat", *CHAT, *IN_CHAT],
        ["Coding", *CODING, *IN_CODING],
        [
            "Grand total",
            *map(sum, zip(CHAT, CODING, strict=True)),
            *map(sum, zip(IN_CHAT, IN_CODING, strict=True)),
        ],
    ]
    return Book(
        "crossed.xlsx",
        {"Plan": Page(cells, merges=["B1:I1", "J1:Q1"])},
        {
            "demand chat output_mtok": by(CHAT),
            "demand coding output_mtok": by(CODING),
            "demand chat input_mtok": by(IN_CHAT),
            "demand coding input_mtok": by(IN_CODING),
        },
    )


def merged() -> Book:
    """Merged product cells, the metric in the next column, blank rows between products."""
    cells: list[list[Value]] = [
        ["Product", "Metric", "Unit", *[f"{q[4:]} FY{q[2:4]}" for q in QUARTERS]],
        ["Chat", "Output tokens", "Mtok", *CHAT],
        [None, "Input tokens", "Gtok", *[v / 1000 for v in IN_CHAT]],
        [],
        ["Coding", "Output tokens", "Mtok", *CODING],
        [None, "Input tokens", "Gtok", *[v / 1000 for v in IN_CODING]],
    ]
    return Book(
        "merged.xlsx",
        {"Demand": Page(cells, merges=["A2:A3", "A5:A6"])},
        {
            "demand chat output_mtok": by(CHAT),
            "demand coding output_mtok": by(CODING),
            "demand chat input_mtok": by(IN_CHAT),
            "demand coding input_mtok": by(IN_CODING),
        },
    )


def months(values: list[int]) -> list[tuple[str, int]]:
    """Return three months for every quarter, which add up to it."""
    found = []
    for quarter, value in zip(QUARTERS, values, strict=True):
        third = value // 3
        for n, part in enumerate((third, third, value - 2 * third)):
            month = 3 * int(quarter[-1]) - 2 + n
            found.append((f"{quarter[:4]}-{month:02d}-01", part))
    return found


def usage() -> Book:
    """A usage export: one row for each month and product, tokens as whole numbers."""
    cells: list[list[Value]] = [["usage_month", "product", "output_tokens", "input_tokens"]]
    for name, out, into in (("chat", CHAT, IN_CHAT), ("coding", CODING, IN_CODING)):
        for (day, a), (_, b) in zip(months(out), months(into), strict=True):
            cells.append([day, name, str(a * 1_000_000), str(b * 1_000_000)])
    cells[1:] = sorted(cells[1:], key=lambda row: str(row[0]))
    return Book(
        "usage.csv",
        {"": Page(cells)},
        {
            "demand chat output_mtok": by(CHAT),
            "demand coding output_mtok": by(CODING),
            "demand chat input_mtok": by(IN_CHAT),
            "demand coding input_mtok": by(IN_CODING),
        },
    )


def german() -> Book:
    """A German export: semicolons, points between thousands, decimal commas."""
    cells: list[list[Value]] = [
        ["Standort", *[f"{q[-1]}. Quartal {q[:4]}" for q in QUARTERS]],
        ["Iowa", *[dots(v * 1000 + 0.5) for v in IOWA]],
        ["Luleå", *[dots(v * 1000 + 0.5) for v in LULEA]],
        ["Summe", *[dots((a + b) * 1000 + 1) for a, b in zip(IOWA, LULEA, strict=True)]],
    ]
    cells[0][0] = "Standort, IT-Leistung in kW"
    return Book(
        "german.csv",
        {"": Page(cells)},
        {
            "power iowa mw": by([v + 0.0005 for v in IOWA]),
            "power lulea mw": by([v + 0.0005 for v in LULEA]),
        },
    )


def stacked() -> Book:
    """Two tables on one sheet: power above, energy prices below, titles over each."""
    cells: list[list[Value]] = [
        ["IT power available (MW)"],
        ["Site", *QUARTERS],
        ["Iowa", *IOWA],
        ["Lulea", *LULEA],
        ["All sites", *[a + b for a, b in zip(IOWA, LULEA, strict=True)]],
        [],
        [],
        ["Energy price (ct/kWh)"],
        ["Site", *QUARTERS],
        ["Iowa", *[5.2 + 0.1 * n for n in range(8)]],
        ["Lulea", *[3.1 + 0.1 * n for n in range(8)]],
        [],
        ["* as contracted"],
    ]
    return Book(
        "stacked.xlsx",
        {"Sites": Page(cells)},
        {
            "power iowa mw": by(IOWA),
            "power lulea mw": by(LULEA),
            "energy iowa usd_per_mwh": by([52 + n for n in range(8)]),
            "energy lulea usd_per_mwh": by([31 + n for n in range(8)]),
        },
    )


def beside() -> Book:
    """Two tables side by side, quarters in rows and sites across."""
    cells: list[list[Value]] = [["Power in kW", None, None, None, "Energy price in USD/kWh"], []]
    cells.append(["Quarter", "Iowa", "Lulea", None, "Quarter", "Iowa", "Lulea"])
    for n, quarter in enumerate(QUARTERS):
        label = f"{quarter[-1]}Q{quarter[2:4]}"
        cells.append([label, IOWA[n] * 1000, LULEA[n] * 1000, None, label, 0.052 + n / 1000, 0.031])
    return Book(
        "beside.xlsx",
        {"Ramp": Page(cells)},
        {
            "power iowa mw": by(IOWA),
            "power lulea mw": by(LULEA),
            "energy iowa usd_per_mwh": by([52 + n for n in range(8)]),
            "energy lulea usd_per_mwh": by([31] * 8),
        },
    )


def pivot() -> Book:
    """A pivot table as it is exported: row labels, column labels, grand totals."""
    cells: list[list[Value]] = [
        ["Sum of Output tokens (bn)", "Column Labels"],
        ["Row Labels", *QUARTERS, "Grand Total"],
    ]
    for name, values in (("agents", AGENTS), ("chat", CHAT), ("coding", CODING)):
        cells.append([name, *[v / 1000 for v in values], sum(values) / 1000])
    sums = [a + b + c for a, b, c in zip(AGENTS, CHAT, CODING, strict=True)]
    cells.append(["Grand Total", *[v / 1000 for v in sums], sum(sums) / 1000])
    return Book(
        "pivot.xlsx",
        {"Pivot": Page(cells)},
        {
            "demand chat output_mtok": by(CHAT),
            "demand coding output_mtok": by(CODING),
            "demand agents output_mtok": by(AGENTS),
        },
    )


def damaged() -> Book:
    """Error cells, a formula that was never calculated, figures that are still open."""
    cells: list[list[Value]] = [
        ["Product", *QUARTERS],
        ["Chat output, Mtok", *CHAT],
        ["Coding output, Mtok", *CODING],
    ]
    cells[0] = ["Product", "Metric", *QUARTERS]
    cells[1] = ["Chat", "Output Mtok", *CHAT]
    cells[2] = ["Coding", "Output Mtok", *CODING]
    cells[1][4] = "TBD"
    cells[1][6] = "n/a"
    chat = by(CHAT) | {"2027Q3": 1000.0}
    del chat["2028Q1"]
    coding = by(CODING) | {"2027Q4": 5.0}
    del coding["2028Q4"]
    return Book(
        "damaged.xlsx",
        {"Demand": Page(cells, errors={"J3": "#N/A"}, formulas={"F3": "=SUM(C3:E3)"})},
        {"demand chat output_mtok": chat, "demand coding output_mtok": coding},
        asks=("TBD", "n/a", "#N/A", "=SUM(C3:E3)"),
        answers="""
answers:
  "damaged.xlsx[Demand] E2 'TBD'": 1000
  "damaged.xlsx[Demand] G2 'n/a'": skip
  "damaged.xlsx[Demand] J3 '#N/A'": skip
  "damaged.xlsx[Demand] F3 '=SUM(C3:E3)'": 5
""",
    )


def dated() -> Book:
    """Months as date cells in the header, and a total right of them."""
    heads: list[Value] = ["Workload"]
    for day, _ in months(CHAT):
        heads.append(datetime.date.fromisoformat(day))
    out = [value for _, value in months(CHAT)]
    into = [value for _, value in months(CODING)]
    cells: list[list[Value]] = [
        ["Output tokens in millions"],
        [*heads, "Total"],
        ["chat", *out, sum(out)],
        ["coding", *into, sum(into)],
    ]
    return Book(
        "dated.xlsx",
        {"Monthly": Page(cells, formats={"B2:Y2": "mmm-yy"})},
        {"demand chat output_mtok": by(CHAT), "demand coding output_mtok": by(CODING)},
    )


def hidden() -> Book:
    """Rows that somebody has hidden, with figures in them."""
    cells: list[list[Value]] = [
        ["Site", *QUARTERS],
        ["Iowa (MW)", *IOWA],
        ["Lulea (MW)", *LULEA],
    ]
    cells = [
        ["Power, MW", *QUARTERS],
        ["Iowa", *IOWA],
        ["Lulea", *LULEA],
    ]
    return Book(
        "hidden.xlsx",
        {"Power": Page(cells, hidden=[3])},
        {"power iowa mw": by(IOWA)},
        asks=("hidden row 3",),
        answers='\nanswers:\n  "hidden.xlsx[Power] hidden row 3": skip\n',
    )


def opened() -> Book:
    """An OpenDocument spreadsheet with merged cells and months."""
    heads: list[Value] = ["Site", "Metric"]
    heads += [datetime.date.fromisoformat(day) for day, _ in months(CHAT)]
    iowa = [v for value in IOWA for v in (value, value + 1, value + 2)]
    lulea = [v for value in LULEA for v in (value + 1, value, value + 2)]
    cells: list[list[Value]] = [
        ["Power ramp"],
        heads,
        ["Iowa", "IT power (MW)", *iowa],
        [None, "Energy price (USD/MWh)", *[60 + n // 3 for n in range(24)]],
        ["Lulea", "IT power (MW)", *lulea],
        [None, "Energy price (USD/MWh)", *[40] * 24],
    ]
    return Book(
        "ramp.ods",
        {"Ramp": Page(cells, merges=["A3:A4", "A5:A6"])},
        {
            "power iowa mw": by(IOWA),
            "power lulea mw": by(LULEA),
            "energy iowa usd_per_mwh": by([60 + n for n in range(8)]),
            "energy lulea usd_per_mwh": by([40] * 8),
        },
    )


def sheets() -> Book:
    """One sheet for each site, the same rows on each."""
    pages = {}
    for name, values in (("Iowa", IOWA), ("Lulea", LULEA)):
        pages[name] = Page([[f"{name} campus"], ["Metric", *QUARTERS], ["IT load (MW)", *values]])
    return Book("sheets.xlsx", pages, {"power iowa mw": by(IOWA), "power lulea mw": by(LULEA)})


def measures() -> Book:
    """One figure a row: the measure in a column, its unit in another, quarters in a third."""
    cells: list[list[Value]] = [["Quarter", "Service", "KPI", "Unit", "Value"]]
    for n, quarter in enumerate(QUARTERS):
        cells.append([quarter, "Chat", "Output tokens", "Gtok", CHAT[n] / 1000])
        cells.append([quarter, "Chat", "Input tokens", "Mtok", IN_CHAT[n]])
        cells.append([quarter, "Coding", "Output tokens", "Gtok", CODING[n] / 1000])
    return Book(
        "measures.xlsx",
        {"KPIs": Page(cells)},
        {
            "demand chat output_mtok": by(CHAT),
            "demand chat input_mtok": by(IN_CHAT),
            "demand coding output_mtok": by(CODING),
        },
    )


def years_above() -> Book:
    """Years above quarters, the quarters without a year."""
    cells: list[list[Value]] = [
        ["Allocation, GPUs", 2027, None, None, None, 2028, None, None, None],
        ["Supply group", *["Q1", "Q2", "Q3", "Q4"] * 2],
        ["Blackwell", 256, 256, 512, 512, 1024, 1024, 1024, 1024],
        ["Hopper", 64, 64, 64, 0, 0, 0, 0, 0],
    ]
    return Book(
        "years.xlsx",
        {"Supply": Page(cells, merges=["B1:E1", "F1:I1"])},
        {
            "supply blackwell max_chips": by([256, 256, 512, 512, 1024, 1024, 1024, 1024]),
            "supply hopper max_chips": by([64, 64, 64, 0, 0, 0, 0, 0]),
        },
    )


def grouped() -> Book:
    """Products as headings of groups, pasted from a mail."""
    lines = ["\t".join(["All figures in Mtok", *[f"{q[4:]}-{q[:4]}" for q in QUARTERS]])]
    for name, out, into in (("Chat", CHAT, IN_CHAT), ("Coding", CODING, IN_CODING)):
        lines.append(name)
        lines.append("\t".join(["Output", *map(str, out)]))
        lines.append("\t".join(["Input", *map(str, into)]))
    return Book(
        "-",
        {},
        {
            "demand chat output_mtok": by(CHAT),
            "demand coding output_mtok": by(CODING),
            "demand chat input_mtok": by(IN_CHAT),
            "demand coding input_mtok": by(IN_CODING),
        },
        pasted="\n".join(lines) + "\n",
    )


def suffixed() -> Book:
    """Figures with multipliers and spaces, in one file."""
    cells: list[list[Value]] = [
        ["Workload (tokens out)", *[f"{q[:4]}-{q[4:]}" for q in QUARTERS]],
        ["chat", "9,500 M", "9.6 bn", "9 700 M", "9.8 B", "9,900 M", "10 bn", "10.1 bn", "10.2 bn"],
    ]
    return Book(
        "suffixed.xlsx",
        {"Ask": Page(cells)},
        {"demand chat output_mtok": by([9500, 9600, 9700, 9800, 9900, 10000, 10100, 10200])},
    )


def yearly() -> Book:
    """Years where the case has quarters: refused until the map says how to spread them."""
    cells: list[list[Value]] = [
        ["Workload", "2027", "2028"],
        ["Chat output (Mtok)", 3650, 7320],
    ]
    cells = [["Output, Mtok", 2027, 2028], ["Chat", 3650, 7320]]
    days = [90, 91, 92, 92, 91, 91, 92, 92]
    values = [3650 * d / 365 for d in days[:4]] + [7320 * d / 366 for d in days[4:]]
    return Book(
        "yearly.xlsx",
        {"Demand": Page(cells)},
        {"demand chat output_mtok": by(values)},
        asks=("is of a year, and the case has quarters",),
        answers="\ntables:\n  - sheet: Demand\n    to: demand\n    spread: even\n",
    )


def unmerged() -> Book:
    """Years said once above their quarters, units in a column."""
    cells: list[list[Value]] = [
        [None, None, 2027, None, None, None, 2028, None, None, None],
        ["Site", "Unit", *["Q1", "Q2", "Q3", "Q4"] * 2],
        ["Iowa", "MW", *IOWA],
        ["Lulea", "kW", *[v * 1000 for v in LULEA]],
    ]
    return Book(
        "unmerged.xlsx",
        {"Ramp": Page(cells)},
        {"power iowa mw": by(IOWA), "power lulea mw": by(LULEA)},
    )


def monthly_rate() -> Book:
    """Tokens per month in quarters, the unit in every header."""
    cells: list[list[Value]] = [
        ["Output tokens", *[f"{q} (Mtok per month)" for q in QUARTERS]],
        ["Chat", *[100] * 8],
    ]
    figures = {"demand chat output_mtok": by([300.0] * 8)}
    return Book("rate.xlsx", {"Rate": Page(cells)}, figures)


def transposed() -> Book:
    """A data sheet: what is told in rows, chips across."""
    cells: list[list[Value]] = [
        ["Spec", "H100", "GB200"],
        ["BF16 dense (TFLOPS)", 989, 2500],
        ["HBM (GB)", 80, 186],
        ["Bandwidth (TB/s)", 3.35, 8],
        ["TDP (W)", 700, 1200],
    ]
    return Book(
        "sheet.xlsx",
        {"Specs": Page(cells)},
        {
            "chips h100 peak_tflops_bf16": {"": 989},
            "chips gb200 peak_tflops_bf16": {"": 2500},
            "chips h100 hbm_gb": {"": 80},
            "chips gb200 hbm_gb": {"": 186},
            "chips h100 hbm_gb_per_s": {"": 3350},
            "chips gb200 hbm_gb_per_s": {"": 8000},
        },
        asks=("a TDP is not the all-in draw",),
        answers='\nnames:\n  measure: {"TDP (W)": skip}\n',
    )


def finer() -> Book:
    """A usage export by region, where the case knows none: added up once the map says so."""
    cells: list[list[Value]] = [["month", "region", "product", "output_tokens_mtok"]]
    for day, value in months(CHAT):
        cells += [[day, "us", "chat", str(value - 100)], [day, "eu", "chat", "100"]]
    return Book(
        "regions.csv",
        {"": Page(cells)},
        {"demand chat output_mtok": by(CHAT)},
        asks=("more than once (they differ in `region`)",),
        answers="\ntables:\n  - {to: demand, double: add}\n",
    )


BOOKS = {
    make.__name__: make
    for make in (
        titled,
        crossed,
        merged,
        usage,
        german,
        stacked,
        beside,
        pivot,
        damaged,
        dated,
        hidden,
        opened,
        sheets,
        measures,
        years_above,
        grouped,
        suffixed,
        yearly,
        unmerged,
        monthly_rate,
        transposed,
        finer,
    )
}
