"""The reference library: planner library."""

from __future__ import annotations

import datetime as dt
import re

import click

from planner.cli.group import cli, json_option
from planner.exits import OK, TROUBLE, Stop
from planner.report.streams import echo, print_json, say, show
from planner.words import printable

_NARROW = {"chip": "chip", "model": "model", "place": "place", "cloud": "provider"}
"""The column that each option looks in."""


@cli.command()
@click.argument("topic", default="")
@click.option("--chip", default="", help="Only rows of this chip.")
@click.option("--model", default="", help="Only rows of this model.")
@click.option("--place", default="", help="Only rows of this state or country.")
@click.option("--cloud", default="", help="Only rows of this cloud.")
@click.option("--since", default="", metavar="DATE", help="Only rows of this year, or later.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the rows as CSV, with every column.")
@json_option
def library(topic: str, since: str, as_csv: bool, as_json: bool, **narrow: str) -> None:
    """Tell what is publicly known of chips, prices, throughput, sites and clouds, each figure with
    its source, date and licence; TOPIC `check` names rows older than a year."""
    from planner.library.topics import TOPIC, TOPICS
    from planner.report.library import as_csv as text_of
    from planner.report.library import chosen, contents, sections, topics_with
    from planner.report.terminal import print_table

    if since and not re.fullmatch(r"\d{4}(-\d\d){0,2}", since):
        raise click.UsageError(f"--since {printable(since)}: write 2025, 2025-06 or 2025-06-30.")
    cells = {_NARROW[option]: _name_of(option, name) for option, name in narrow.items() if name}
    if topic == "check":
        _check(as_json=as_json)
        return
    if topic:
        asked = [TOPIC[_topic(topic)]]
    elif cells or since or as_json:
        asked = topics_with(cells)
    elif as_csv:
        raise click.UsageError("--csv needs a TOPIC: one file is one table.")
    else:
        show(print_table, contents())
        return
    if as_csv and len(asked) > 1:
        raise click.UsageError("--csv needs a TOPIC: one file is one table.")
    for option in narrow:
        column = _NARROW[option]
        if topic and column in cells and column not in {c.name for c in asked[0].columns}:
            has = ", ".join(one.name for one in TOPICS if column in {c.name for c in one.columns})
            raise click.UsageError(f"--{option}: {topic} is not by {option}; {has} are.")
    found = {one.name: chosen(one, cells, since) for one in asked}
    if as_json:
        print_json({name: [dict(row) for row in rows] for name, rows in found.items()})
    elif as_csv:
        echo(text_of(asked[0], found[asked[0].name]), end="")
    else:
        for one in asked:
            for part in sections(one, found[one.name]) if found[one.name] else ():
                show(print_table, part)
    if not any(found.values()):
        say("nothing is known of that" + (f" since {since}" if since else ""))


def _topic(name: str) -> str:
    """Return the topic that a word names: itself, or the only one that is like it."""
    import difflib

    from planner.library.topics import TOPIC

    word = name.lower().replace("-", "_")
    if word in TOPIC:
        return word
    like = difflib.get_close_matches(word, list(TOPIC), n=1, cutoff=0.75)
    if like:
        say(f"{printable(name)}: taken for {like[0]}")
        return like[0]
    raise click.UsageError(f"{printable(name)} is no topic; there are {', '.join(TOPIC)}, check.")


def _name_of(option: str, name: str) -> str:
    """Return the name of the library that an option means: a spelling of it, or the nearest."""
    from planner.library.find import named, near

    column = _NARROW[option]
    known = named(column, name)
    if known:
        return known
    like = near(column, name)
    if not like:
        raise click.UsageError(f"--{option} {printable(name)}: the library does not know it.")
    others = f" (or {', '.join(like[1:])}?)" if len(like) > 1 else ""
    say(f"{printable(name)}: taken for {like[0]}{others}")
    return like[0]


def _check(*, as_json: bool) -> None:
    """Tell rows that are older than a year, and any that are not complete."""
    import dataclasses

    from planner.library.faults import faults, stale
    from planner.report.library import old_rows
    from planner.report.terminal import print_table

    old, wrong = stale(dt.date.today()), faults()
    if as_json:
        print_json(
            {
                "status": "wrong" if wrong else "ok",
                "exit_code": TROUBLE if wrong else OK,
                "stale": [dataclasses.asdict(one) for one in old],
                "faults": wrong,
            }
        )
    elif old:
        show(print_table, old_rows(old))
    else:
        echo("no row is older than a year")
    if wrong:
        raise Stop(TROUBLE, "\n".join([*wrong, "The library is damaged: install it again."]))
