"""Functions of wide numbers, for where an operand or the value is beyond the range of floats.

Those of the table that have a textbook's formula follow from it; these few are what such formulas are written with, and
those that have none, or whose formula loses digits there.
"""
