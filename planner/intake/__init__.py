"""People's own files taken in: workbooks, exports, price lists and pasted text, read into the
tables of a case by way of a preview, questions and a map.

    from planner.intake import accept, read_import

    result = read_import(["forecast.xlsx"], Path("my-case"), Path("my-case/import.yaml"), str)
    result.questions  # what is not clear: nothing is written before all are answered
    result.entries    # every figure, with the cells that say it
    accept(result)    # the case's tables and the map, all or none

One direction of flow: sources -> sheets of cells -> blocks -> heads and lines -> facts -> entries
(periods of the case) -> edits of the case's own tables.
"""

from planner.intake.accept import accept, draft_map
from planner.intake.importing import read_import
from planner.intake.result import Import

__all__ = ["Import", "accept", "draft_map", "read_import"]
