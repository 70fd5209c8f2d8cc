"""Actuals: what really happened in the periods of a plan that have passed.

``read_actuals`` reads a folder of tables (``planner.case.tables.actuals``) against the run whose
plan they follow; ``compare`` lays them beside the plan, money split into quantity, price and
timing; ``calibrations`` and ``accuracy`` say what throughput and forecasts were worth.

    actuals = read_actuals(Path("inputs/mine-2027Q1-actuals"), run, by=1)
    actuals.orders   # what was done otherwise than planned, line by line
"""

from planner.actuals.actuals import Actuals, no_actuals
from planner.actuals.reading import read_actuals

__all__ = ["Actuals", "no_actuals", "read_actuals"]
