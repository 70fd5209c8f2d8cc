"""The books of a plan: book values by period, and what a period costs by them, in cash and in the
objective.

The rules stand in ``outputs/README.md`` ("The books"); nothing here is part of the objective.
"""

from planner.plan.books.pnl import pnl_table
from planner.plan.books.table import books_table

__all__ = ["books_table", "pnl_table"]
