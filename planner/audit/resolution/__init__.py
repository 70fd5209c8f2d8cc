"""The inputs read a second time, plainly: row by row, from the sentences that inputs/README.md
declares.

The model and the audit both work on the ``Case`` that ``planner.case`` resolves; a fault there
would pass both.  So every run resolves its inputs once more, with none of that code, and compares
cell by cell: text in ``reading``, ``--set`` in ``overrides``, values in ``values``, what a blank
means in ``blanks`` and ``sentences``.
"""

from __future__ import annotations

from planner.audit.resolution.compare import check_inputs
from planner.audit.resolution.resolve import Resolution, resolve_inputs

__all__ = ["Resolution", "check_inputs", "resolve_inputs"]
