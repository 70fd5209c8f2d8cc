"""The terminal: a summary with rich where a person looks, plain text where a program or a file
does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from planner.report.section import Section, Summary
from planner.words import printable


def is_terminal(stream: TextIO) -> bool:
    """Return whether a person looks at this stream (and so colour and live lines are wanted)."""
    import os

    try:
        return stream.isatty() and os.environ.get("TERM") != "dumb"
    except (AttributeError, ValueError):
        return False


def plain_table(
    header: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()
) -> list[str]:
    """Return a table as lines of text, columns padded to their widest cell, those in ``right`` to
    the right."""
    widths = [max(len(cell) for cell in column) for column in zip(header, *rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if at in right else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (header, *rows)
    ]


def print_table(section: Section, stream: TextIO) -> None:
    """Print one section: a rich table on a terminal, padded columns elsewhere.  Every cell is one
    line and printable, whatever a name in it holds."""
    section = _printable(section)
    if not is_terminal(stream):
        lines = plain_table(section.header, section.rows, section.right)
        stream.write(
            "\n".join(
                [
                    section.title,
                    *(f"  {line}" for line in lines),
                    *([f"  {section.note}"] if section.note else []),
                ]
            )
            + "\n"
        )
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=Text(section.title, style="bold"),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        caption_justify="left",
    )
    for at, name in enumerate(section.header):
        table.add_column(Text(name), justify="right" if at in section.right else "left")
    for row in section.rows:
        table.add_row(*(Text(cell, style="bold" if row[0] == "total" else "") for cell in row))
    console = Console(file=stream, highlight=False)
    console.print(table)
    if section.note:
        console.print(Text(section.note, style="dim"))


def _printable(section: Section) -> Section:
    rows = tuple(tuple(map(printable, row)) for row in section.rows)
    title, note = printable(section.title), printable(section.note)
    return Section(title, tuple(map(printable, section.header)), rows, section.right, note)


def print_summary(summary: Summary, stream: TextIO) -> None:
    """Print the summary of a run: facts first, then the sections."""
    facts = [(printable(name), printable(value)) for name, value in summary.facts]
    if is_terminal(stream):
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        grid = Table.grid(padding=(0, 2))
        for name, value in facts:
            style = (
                "bold red"
                if "FAILED" in value or "NOT PROVEN" in value or "INFEASIBLE" in value
                else "bold"
                if name == "total cost"
                else ""
            )
            grid.add_row(Text(name, style="dim"), Text(value, style=style))
        Console(file=stream, highlight=False).print(grid)
    else:
        width = max((len(name) for name, _ in facts), default=0)
        stream.write("".join(f"{name.ljust(width)}  {value}\n" for name, value in facts))
    for section in summary.sections:
        stream.write("\n")
        print_table(section, stream)
