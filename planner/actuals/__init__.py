"""Actuals: what really happened in the periods of a plan that have passed.

``read_actuals`` reads a folder of tables (``planner.case.tables.actuals``) against the run whose
plan they follow; ``past_of`` lays them beside the plan, money split into quantity, price and
timing, with measured throughput; ``history_files`` keeps both for the next cases, whose page and
workbook tell them.

    actuals = read_actuals(Path("inputs/mine-2027Q1-actuals"), run, by=1)
    actuals.orders                       # what was done otherwise than planned, line by line
    past = past_of(run, actuals)         # past.comparison.ledger, past.throughput
    history_files(past, Path("inputs/mine"))  # {"history/variances.csv": b"...", ...}
    # planner.report: history_sections(read_history(new case)) are the sections of roll.md
"""

from planner.actuals.actuals import Actuals, no_actuals
from planner.actuals.history import Past, history_files, past_of
from planner.actuals.reading import read_actuals

__all__ = ["Actuals", "Past", "history_files", "no_actuals", "past_of", "read_actuals"]
