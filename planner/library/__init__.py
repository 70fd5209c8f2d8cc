"""The reference library: public figures of chips, prices, throughput, sites and clouds, each with
its source, its date and its licence.

The figures are the CSV files in ``data``; ``topics`` declares their columns.  Nothing here is used
by a plan: a case states its own figures.  The library is what a new case is written from, and what
the checks of a case compare with.
"""

from planner.library.read import Row, figure, rows, text
from planner.library.topics import TOPIC, TOPICS

__all__ = ["TOPIC", "TOPICS", "Row", "figure", "rows", "text"]
