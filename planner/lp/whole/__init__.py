"""Whole programs: some columns count whole things.

A linear program says what divisible things would cost at least; a start made by rounding, improved
by branch and bound, is a plan of whole things; and with its counts fixed the program is a linear
one again, from which prices come.
"""
