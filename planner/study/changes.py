"""Changes: which cells of the inputs and which decisions differ between two runs."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.case.declare import Column, Table
from planner.case.tables import TABLES
from planner.plan.actions import DECISIONS
from planner.runs.read import read_run_table
from planner.study.groups import GROUP_OF_SETTING, WORDS
from planner.words import number

INPUTS: Final = ["table", "row", "column", "old", "new"]


def cells_of(case: Case, table: Table) -> pd.DataFrame:
    """Return a table of a case as text, one row per cell: row (its key in words), column, value;
    periods by their labels."""
    frame = case[table.name]
    keys = list(table.key) or [
        column.name
        for column in table.columns
        if column.name not in WORDS and column.name != "reason"
    ]
    words = {
        column.name: _words(case, column, frame[column.name])
        for column in table.columns
        if column.name not in WORDS
    }
    row = (
        pd.Series(
            [
                " ".join(part for part in parts if part)
                for parts in zip(*(words[key] for key in keys), strict=True)
            ],
            dtype=object,
        )
        if len(frame)
        else pd.Series(dtype=object)
    )
    values = [name for name in words if name not in keys] or keys[-1:]
    return pd.concat(
        [
            pd.DataFrame({"table": table.name, "row": row, "column": name, "value": words[name]})
            for name in values
        ],
        ignore_index=True,
    )


def _words(case: Case, column: Column, series: pd.Series[Any]) -> list[str]:
    if column.type == "period":
        return ["" if pd.isna(value) else case.calendar.label(int(value)) for value in series]
    if column.type == "instant":
        return ["" if pd.isna(value) else _instant(case, float(value)) for value in series]
    if column.type in ("number", "integer"):
        return [
            "" if np.isnan(value) else f"{value:.12g}"
            for value in series.to_numpy(dtype=np.float64)
        ]
    if column.type == "names":
        return [";".join(value) for value in series]
    if column.type == "yes_no":
        return ["yes" if value else "no" for value in series]
    return [str(value) for value in series]


def _instant(case: Case, value: float) -> str:
    whole = int(np.floor(value + 1e-9))
    rest = value - whole
    return (
        f"start of {case.calendar.label(whole)}"
        if rest < 1e-9
        else f"{case.calendar.label(whole)}+{100 * rest:.3g}%"
    )


def input_changes(first: Case, second: Case) -> pd.DataFrame:
    """Return the cells of the inputs that differ: table, row, column, old, new; a row that only one
    has is one line.

    Args:
        first: the one case.
        second: the other; periods are compared by their labels, so that horizons may differ.
    """
    parts = [_setting_changes(first, second)]
    for table in (table for table in TABLES if not table.past):
        old, new = cells_of(first, table), cells_of(second, table)
        both = old.drop_duplicates(["row", "column"]).merge(
            new.drop_duplicates(["row", "column"]),
            on=["table", "row", "column"],
            how="outer",
            suffixes=("_old", "_new"),
            indicator=True,
        )
        moved = both[(both["_merge"] == "both") & (both["value_old"] != both["value_new"])]
        parts.append(
            pd.DataFrame(
                {
                    "table": moved["table"],
                    "row": moved["row"],
                    "column": moved["column"],
                    "old": moved["value_old"],
                    "new": moved["value_new"],
                }
            )
        )
        for side, old_word, new_word in (("left_only", "there", "gone"), ("right_only", "", "new")):
            rows = both.loc[both["_merge"] == side, ["table", "row"]].drop_duplicates()
            kept = set(both.loc[both["_merge"] == "both", "row"])
            rows = rows[~rows["row"].isin(kept)]
            parts.append(
                pd.DataFrame(
                    {
                        "table": rows["table"],
                        "row": rows["row"],
                        "column": "",
                        "old": old_word,
                        "new": new_word,
                    }
                )
            )
    return pd.concat(
        [part for part in parts if len(part)] or [pd.DataFrame(columns=INPUTS)], ignore_index=True
    )[INPUTS]


def _setting_changes(first: Case, second: Case) -> pd.DataFrame:
    rows = []
    for name in GROUP_OF_SETTING:
        if not hasattr(first.settings, name):
            continue
        old, new = getattr(first.settings, name), getattr(second.settings, name)
        if old != new:
            rows.append(
                {"table": "case.yaml", "row": name, "column": "", "old": str(old), "new": str(new)}
            )
    return pd.DataFrame(rows, columns=INPUTS)


def decision_changes(
    first: Any,
    second: Any,
    inputs: pd.DataFrame,
    groups: dict[str, str],
    passed: frozenset[str] = frozenset(),
) -> pd.DataFrame:
    """Return the decisions that differ: action, line, offer, chip, site, period, old, new, change
    and reason; largest money first.

    Args:
        first: folder of the one run.
        second: folder of the other.
        inputs: the changed inputs.
        groups: supply group of every offer.
        passed: labels of periods that have passed since the first was made: what it decided in
            them is done, and what it would do later with a lot is found by chip and site, as lots
            that came are named otherwise.
    """
    frames = []
    for folder in (first, second):
        buy = read_run_table(folder, "buy_plan")
        buy = buy[(buy["status"] == "new") | (buy["action"] == "cancel")]
        buy = buy[buy["action"].isin(DECISIONS)].assign(
            amount=lambda frame: frame["chips"].fillna(frame["mw"]),
            period=lambda frame: frame["order_period"],
        )
        if passed:
            buy = _ahead(buy[~buy["period"].isin(passed)])
        frames.append(
            buy[
                [
                    "action",
                    "line_id",
                    "offer",
                    "chip",
                    "site",
                    "period",
                    "amount",
                    "total_usd",
                    "cause_1",
                ]
            ]
        )
    both = frames[0].merge(
        frames[1], on=["action", "line_id"], how="outer", suffixes=("_old", "_new")
    )
    for name in ("offer", "chip", "site", "period", "cause_1"):
        both[name] = both[f"{name}_new"].fillna(both[f"{name}_old"])
    old, new = both["amount_old"].fillna(0.0), both["amount_new"].fillna(0.0)
    change = new - old
    differs = change.abs().to_numpy() > 1e-6 * np.maximum(
        np.maximum(old.abs().to_numpy(), new.abs().to_numpy()), 1.0
    )
    both = both.assign(
        old=old,
        new=new,
        change=change,
        usd=both["total_usd_new"].fillna(0.0) - both["total_usd_old"].fillna(0.0),
    )[differs]
    both = both.assign(_size=both["usd"].abs()).sort_values(
        ["_size", "line_id"], ascending=[False, True], kind="stable", ignore_index=True
    )
    both["what"] = [
        "new"
        if o == 0
        else "gone"
        if n == 0
        else f"{'+' if c > 0 else ''}{number(c)} ({number(o)} -> {number(n)})"
        for o, n, c in zip(both["old"], both["new"], both["change"], strict=True)
    ]
    both["reason"] = _reasons(both, inputs, groups)
    columns = [
        "action",
        "line_id",
        "offer",
        "chip",
        "site",
        "period",
        "old",
        "new",
        "change",
        "usd",
        "what",
        "reason",
    ]
    return pd.DataFrame(both[columns])


def _ahead(buy: pd.DataFrame) -> pd.DataFrame:
    """Return lines of which those that do something with a lot are one by chip, site and period."""
    of_lots = buy["action"].isin(["retire", "relocate", "cancel"])
    named = buy.assign(
        line_id=buy["line_id"].where(
            ~of_lots, buy["chip"] + "@" + buy["site"] + "@" + buy["period"]
        )
    )
    rest = dict.fromkeys(("offer", "chip", "site", "period", "cause_1"), "first")
    return named.groupby(["action", "line_id"], as_index=False, sort=False).agg(
        {**rest, "amount": "sum", "total_usd": "sum"}
    )


def _reasons(lines: pd.DataFrame, inputs: pd.DataFrame, groups: dict[str, str]) -> list[str]:
    """The changed inputs that name a line's own offer, chip, site, supply or first cause; otherwise
    that it follows from the rest."""
    words: dict[str, set[str]] = {}
    for table, row, column in zip(inputs["table"], inputs["row"], inputs["column"], strict=True):
        for word in {row, *row.split()}:
            words.setdefault(word, set()).add(f"{table}{f'.{column}' if column else ''}")
    result = []
    for offer, chip, site, cause in zip(
        lines["offer"],
        lines["chip"],
        lines["site"],
        lines["cause_1"] if "cause_1" in lines else lines["offer"],
        strict=True,
    ):
        found = [
            f"{what} of {name}"
            for name in (offer, groups.get(offer, ""), chip, site, str(cause).split(":")[-1])
            if name
            for what in sorted(words.get(name, set()))
        ]
        result.append(", ".join(dict.fromkeys(found[:3])) or "follows from the changes elsewhere")
    return result
