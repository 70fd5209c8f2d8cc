"""inputs/SET.md, every form of ``--set`` with what it changes: ``python -m planner.edit.set_page >
inputs/SET.md``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from planner.case.overrides import COLUMN
from planner.case.problems import CaseError
from planner.case.settings.declared import LISTS, RUN, SETTINGS
from planner.case.tables import TABLES
from planner.edit.case import edit_case
from planner.edit.change import EditError
from planner.edit.override_edits import edits_of

CASE: Final = Path(__file__).parents[2] / "inputs" / "frontier-lab"
MOST: Final = 4
"""Changes that are shown of an example."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form of an override: how it is written, what it does, and examples on frontier-lab."""

    written: str
    does: str
    examples: tuple[tuple[str, ...], ...]


FORMS: Final = (
    (
        "Cells",
        (
            Form(
                "table.key.key.column=text",
                "sets a cell; keys stand in the order of the table's key (below)",
                (("offers.buy-b200.lead_periods=3",),),
            ),
            Form(
                "table.key.key=text",
                "without a column: the table's main one (below)",
                (("power.iowa.2027Q3=110",),),
            ),
            Form(
                "...column*=number",
                "multiplies; blank cells among several stay blank",
                (("supply.rubin.2028Q1.max_chips*=0.5",),),
            ),
            Form(
                "...column+=number",
                "adds; a negative number subtracts",
                (("offers.buy-b200.lead_periods+=1",), ("power.iowa.2027Q3+=-10",)),
            ),
            Form(
                "...column=",
                "makes a cell blank, which means what its column says of a blank",
                (("offers.buy-b200.supply_group=",),),
            ),
        ),
    ),
    (
        "Which rows",
        (
            Form(
                "`*`, `?`, `[23]` in a key",
                "any text, one character, one of those",
                (
                    ("supply.rubin.2028Q*.max_chips*=0.5",),
                    ("supply.rubin.2028Q[12].max_chips*=0.5",),
                    ("offers.buy-?b200.usd_per_chip*=1.1",),
                ),
            ),
            Form(
                "keys left out at the end",
                "mean all",
                (("fleet.h100.chips*=0.9",),),
            ),
            Form(
                '"a name"',
                'exactly that name, whatever stands in it (`. * ? [ ] = + "` or spaces at an '
                'end); a `"` in it is doubled; `""` is a blank key',
                (('budgets."2028"."capex".usd_max*=0.9',),),
            ),
        ),
    ),
    (
        "Rows",
        (
            Form(
                "table.key+=column=text, column=text",
                "adds a row, in a table that the case does not have too; a text with a comma "
                'stands in double quotes, a `"` in it is doubled; columns left out are blank',
                (
                    (
                        "limits.one-vendor+=scope=vendor, member=NVIDIA, measure=spend, "
                        "max_share=0.6, over_usd_per_unit=0.2",
                    ),
                    ('rules+=chip=mi355x, site=iowa, to=2027Q4, reason="no cooling, yet"',),
                ),
            ),
            Form(
                "table.new+=like=old, column=text",
                "adds a copy of a row, with some cells its own; of all rows that the keys behind "
                "`like=` name, as many as before the sign",
                (
                    ("offers.quote-7+=like=buy-b200, usd_per_chip=40000, supply_group=",),
                    ("supply.second-source+=like=instinct", "supply.second-source.*.max_chips*=2"),
                ),
            ),
            Form(
                "table.key.*+=column=text",
                "`*` for a period adds a row for every period of the plan",
                (("sites.oslo+=like=lulea, country=NO", "power.oslo.*+=mw=20, liquid_mw=20"),),
            ),
            Form(
                "table.key-=",
                "takes out all rows whose keys match; without a key all of the table",
                (("limits.carbon-2030-=",), ("offer_prices.v7-?y-=",)),
            ),
            Form(
                "table-=column=text, column=text",
                "takes out those whose cells match too, patterns as in keys; for tables without a "
                "key, such as rules",
                (("rules-=vendor=AMD, workload=coding",),),
            ),
        ),
    ),
    (
        "Settings",
        (
            Form(
                "case.setting=text, case.run.setting=text",
                "changes a setting; `periods` and `end` take each other's place",
                (("case.discount_rate=0.12",), ("case.run.threads=1",)),
            ),
        ),
    ),
)

WRONG: Final = (
    "suply.rubin.2028Q1*=0.5",
    "supply.rubn.2028Q1*=0.5",
    "supply.rubin.2028Q1-=5",
    "offers.buy-b200=3",
    "limits.x+=scope=all, max",
    "offers.quote-7+=like=buy-b2000",
    "rules-=chip=gb300",
)

HEAD: Final = """\
# Every form of `--set`

*Generated by `python -m planner.edit.set_page`; a test keeps it in step.*

`planner run CASE --set '...'` (and `check`, `export`) changes the inputs for one run, without
editing a file. The option may be given several times; each sees what those before it have changed.
Put it in single quotes, so that the shell leaves `*` and `"` alone.

The same words stand in the column `set` of a sweep's file (`planner sweep RUN FILE`, one a row;
rows of one variant belong together) and in the ways out of a plan that cannot be (`planner explain
RUN infeasible`). A run with `--set` is a *what-if*: marked wherever it is shown, never taken for
the plan of its case, not approved. `planner apply RUN` writes what it changes into the case's own
tables (`--dry-run` only lists): cells, rows and columns, in CSV files and workbooks, the rest as it
was.

Every example below is one of `inputs/frontier-lab`, with what it changes there."""

TABLES_HEAD: Final = """
## Keys and main columns

| table | keys, in order | main column |
|---|---|---|
"""

WRONG_HEAD: Final = """
## What is told where one is wrong

Nothing is changed then, and nothing is run (exit code 3). A cell that the reader refuses is told as
if it stood in the file; of a row that is not there `(a row added by --set)`.

```
"""


def _changes(overrides: tuple[str, ...]) -> list[str]:
    """Return what an example changes, the first few lines of it."""
    lines = [str(change) for change in edit_case(CASE, *edits_of(CASE, overrides)).changes]
    more = [f"... {len(lines) - MOST} more"] if len(lines) > MOST else []
    shown = [line if len(line) <= 140 else f"{line[:137]}..." for line in lines[:MOST]]
    return shown + more


def _wrong(override: str) -> str:
    """Return what is told of an override that is wrong."""
    try:
        edits_of(CASE, [override])
    except (EditError, CaseError) as reason:
        return str(reason)
    raise ValueError(f"{override} is not wrong")


def set_page() -> str:
    """Return the text of inputs/SET.md."""
    parts = [HEAD]
    for title, forms in FORMS:
        parts.append(f"\n## {title}\n")
        for form in forms:
            written = form.written if "`" in form.written else f"`{form.written}`"
            parts.append(f"\n{written}: {form.does}.\n\n```\n")
            for example in form.examples:
                parts += [f"--set '{override}'\n" for override in example]
                parts += [f"    {line}\n" for line in _changes(example)]
            parts.append("```\n")
    names = [column.name for column in SETTINGS if column.name not in LISTS]
    run = [f"run.{column.name}" for column in RUN]
    parts.append(f"\nSettings are {', '.join(f'`{name}`' for name in (*names, *run))}.\n")
    parts.append(TABLES_HEAD)
    for table in TABLES:
        if not table.past:
            keys = ", ".join(f"`{name}`" for name in table.key) or "none"
            main = f"`{COLUMN[table.name]}`" if table.name in COLUMN else "name it"
            parts.append(f"| `{table.name}` | {keys} | {main} |\n")
    parts += [WRONG_HEAD, *(f"{_wrong(override)}\n" for override in WRONG), "```\n"]
    return "".join(parts)


if __name__ == "__main__":
    print(set_page(), end="")
