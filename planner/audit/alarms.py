"""Alarms: what needs a person, drawn up again from the tables by the rules that outputs/README.md
states; against exceptions.csv."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from planner.audit.edges import beyond, settled
from planner.audit.facts import Facts, Floats, column, or_zero, text, whole
from planner.audit.recomputed import Recomputed
from planner.audit.tolerance import CENT, RELATIVE
from planner.audit.verdict import Check, agree, blank_too, require, showing

RESIDUAL: Final = 0.15
LATE: Final = 0.30
"""Shares of the up-front spend above which leaning on the end of the plan is reported."""
_UP_FRONT: Final = ("chips", "prepaid", "power_projects")
_FREE: Final = ("scaling", "stale")
"""Kinds that tell of the program or of the age of sources, not of the plan."""


def _rows(severity: str, kind: str, **columns: Any) -> pd.DataFrame:
    """Return alarms of one kind, sure unless told; a unit or amount may be one for all."""
    frame = pd.DataFrame({"sure": True} | columns)
    return frame.assign(severity=severity, kind=kind)


def _labels(facts: Facts, periods: Any) -> list[str]:
    """Return periods as they are written."""
    return [facts.label(int(t)) for t in periods]


def expected(found: Recomputed) -> pd.DataFrame:
    """Return every alarm of the plan: severity, kind, item, period, amount, unit, usd; ``sure``
    where its figure does not lie on the threshold."""
    facts, tables = found.facts, found.tables
    buy = tables["buy_plan"]
    now = buy[(whole(buy, "order_period") == 0) & (buy["status"] == "new")]
    chips = column(now, "chips")
    has = ~np.isnan(chips)
    parts = [
        _rows(
            "high",
            "decide_now",
            item=text(now, "line_id"),
            period=facts.label(0),
            amount=np.where(has, chips, column(now, "mw")),
            unit=np.where(has, "chips", "MW"),
            usd=column(now, "total_usd"),
        )
    ]
    c = tables["demand_coverage"]
    c = c[column(c, "short") > 0]
    parts.append(
        _rows(
            "high",
            "short",
            item=text(c, "workload"),
            period=_labels(facts, c["period"]),
            amount=column(c, "short"),
            unit=text(c, "unit"),
            usd=column(c, "short_usd"),
        )
    )
    m = tables["milestones"]
    m = m[column(m, "late_flop") > 0]
    parts.append(
        _rows(
            "high",
            "late",
            item=text(m, "milestone"),
            period=text(m, "deadline"),
            amount=column(m, "late_flop"),
            unit="FLOP",
            usd=column(m, "late_usd"),
        )
    )
    f = tables["fleet"]
    may, sure = beyond(column(f, "stranded"), np.maximum(1.0, 0.01 * column(f, "held")))
    f = f[may]
    parts.append(
        _rows(
            "medium",
            "stranded_chips",
            item=text(f, "chip") + "@" + text(f, "site"),
            period=_labels(facts, f["period"]),
            amount=column(f, "stranded"),
            unit="chips",
            usd=np.nan,
            sure=sure[may],
        )
    )
    p = tables["power"]
    size = column(p, "limit_mw") + column(p, "built_mw")
    may, sure = beyond(column(p, "free_mw"), np.maximum(0.5, 0.25 * size))
    may &= column(p, "built_mw") > 0
    p = p[may]
    parts.append(
        _rows(
            "low",
            "stranded_mw",
            item=text(p, "site"),
            period=_labels(facts, p["period"]),
            amount=column(p, "free_mw"),
            unit="MW",
            usd=np.nan,
            sure=sure[may],
        )
    )
    for name, item, over, unit in (
        ("budget", "category", "over_usd", "USD"),
        ("limits", "limit", "over", "unit of the limit"),
    ):
        s = tables[name]
        # written to the cent: half of one is written as one or as none
        may, sure = beyond(or_zero(column(s, over)), 0.005, CENT if unit == "USD" else 0.0)
        may &= or_zero(column(s, over)) > 0.0
        s = s[may]
        parts.append(
            _rows(
                "medium",
                "soft_limit",
                item=text(s, item),
                period=text(s, "period"),
                amount=column(s, over),
                unit=unit,
                usd=np.nan,
                sure=sure[may],
            )
        )
    parts += [_leaning(facts, tables["costs"]), _assumed(facts), _accepted(facts)]
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def _leaning(facts: Facts, costs: pd.DataFrame) -> pd.DataFrame:
    """How much leans on residual value, and how much is spent in the last year."""
    usd, term = column(costs, "discounted_usd"), text(costs, "term")
    spend = np.isin(term, _UP_FRONT)
    total = float(usd[spend].sum())
    residual = -float(usd[term == "residual"].sum())
    last = whole(costs, "period") >= max(facts.T - facts.ppy, 0)
    last &= whole(costs, "period") < facts.T
    late = float(usd[spend & last].sum())
    usd, least = np.array([residual, late]), np.array([RESIDUAL, LATE]) * total
    may, sure = beyond(usd, least, RELATIVE * least + CENT * len(costs))
    may &= (total > 0) & np.array([True, facts.ppy < facts.T])
    return _rows(
        "medium",
        "residual",
        item=["end of the plan"] * int(may.sum()),
        period=facts.label(facts.T - 1),
        amount=usd[may],
        unit="USD",
        usd=usd[may],
        sure=sure[may],
    )


def _assumed(facts: Facts) -> pd.DataFrame:
    """Tables with assumptions, and how many rows."""
    counts = {
        f"{name}.csv": float(frame["source"].str.startswith("assumption").sum())
        for name, frame in facts.case.tables.items()
        if "source" in frame.columns and len(frame)
    }
    counts = {name: count for name, count in counts.items() if count}
    return _rows(
        "low",
        "assumption",
        item=list(counts),
        period="",
        amount=np.array(list(counts.values()), dtype=np.float64),
        unit="rows",
        usd=np.nan,
    )


def _accepted(facts: Facts) -> pd.DataFrame:
    """Warnings that case.yaml accepts."""
    return _rows(
        "low",
        "accepted",
        item=[one.warning.file for one in facts.case.accepted],
        period="",
        amount=np.nan,
        unit="",
        usd=np.nan,
    )


def check_alarms(found: Recomputed) -> list[Check]:
    """Return the checks of exceptions.csv: every alarm that the tables call for, and no other."""
    written = found.tables["exceptions"].reset_index(names="row")
    # warnings of the inputs have no amount; they are told as they were read
    plain = written["kind"].isin(_FREE) | (
        written["kind"].eq("assumption") & written["amount"].isna()
    )
    told, keys = written[~plain], ["kind", "item", "period"]
    own = settled(expected(found), told, keys)
    own, told = (
        frame.assign(nth=frame.groupby(keys).cumcount()).astype({"period": object})
        for frame in (own, told)
    )
    both = told.merge(own, on=[*keys, "nth"], how="outer", suffixes=("", "_own"), indicator=True)
    matched = (both["_merge"] == "both").to_numpy()
    kept = both[matched].reset_index(drop=True)

    def described(i: int) -> str:
        return f"exceptions.csv, {kept['kind'][i]}, {kept['item'][i]}, {kept['period'][i]}"

    def figures(name: str, written: Floats, truth: Floats) -> Check:
        shown, true = blank_too(written, truth)
        return agree(
            f"exceptions.{name}",
            shown,
            true,
            lambda i: f"{described(i)}, {name}",
            unit="units",
            floor=0.011,
        )

    rank = written["severity"].map({"high": 0, "medium": 1, "low": 2}).to_numpy(dtype=float)
    warned = written[plain]
    return [
        require(
            "exceptions.rows",
            matched,
            lambda i: (
                f"exceptions.csv: {both['kind'][i]}, {both['item'][i]}, {both['period'][i]} "
                f"{'is missing' if both['_merge'][i] == 'right_only' else 'is none of the plan'}"
            ),
            "every alarm that the tables of the plan call for, and no other",
        ),
        *(
            require(
                f"exceptions.{name}",
                text(kept, name) == text(kept, f"{name}_own"),
                showing(described, kept[name]),
                "that of its kind",
            )
            for name in ("severity", "unit")
        ),
        figures("amount", column(kept, "amount"), column(kept, "amount_own")),
        figures("usd", column(kept, "usd"), column(kept, "usd_own")),
        require(
            "exceptions.words",
            (text(written, "message") != "") & (text(written, "action") != ""),
            lambda i: f"exceptions.csv, row {i + 2}",
            "a message and what to do",
        ),
        require(
            "exceptions.order",
            np.diff(rank) >= 0,
            lambda i: f"exceptions.csv, row {i + 3}",
            "the most severe first",
        ),
        _warned(found.facts, warned),
    ]


_TOLD: Final = ("stale", "assum", "no-source", "source")


def _warned(facts: Facts, written: pd.DataFrame) -> Check:
    """Return the check that warnings are those of the inputs, in their words, without figures."""
    own = {
        (
            "low",
            "stale" if w.code.startswith("stale") else "assumption",
            w.file,
            f"{w.file} {w.column}: {w.value} — {w.need}",
            w.fix,
        )
        for w in facts.case.warnings
        if w.code.startswith(_TOLD)
    }
    names = ("severity", "kind", "item", "message", "action")
    rows = list(zip(*(text(written, name) for name in names), strict=True))
    blank = (text(written, "period") == "") & (text(written, "unit") == "")
    blank &= np.isnan(column(written, "amount")) & np.isnan(column(written, "usd"))
    of_program = text(written, "kind") == "scaling"
    known = np.array([row in own for row in rows], dtype=bool) | of_program
    complete = own <= set(rows)
    return require(
        "exceptions.warnings",
        np.append(known & blank, complete),
        lambda i: (
            f"exceptions.csv, row {written['row'].iloc[i] + 2}"
            if i < len(written)
            else "exceptions.csv lacks a warning of the inputs"
        ),
        "the warnings of the inputs on their sources, as they are told, without figures",
    )
