"""Faults of the kind a tired developer makes, seeded one at a time: what catches them?

``python -m tests.faults`` measures; ``README.md`` here holds the table that it writes.
"""
