"""Vector formulas: functions as programs of the language, made for vectors: short, without branches, over `exp` and few
others.

A formula names its operands, then intermediate values, and ends with the result. Besides the functions of the table it
may use those in `bits`, `fma(x, y, z)` = x*y + z, rounded once, and other vector formulas. Emitted code shares equal
parts: sigmoid and softplus of one x have one exponential.

Each value stays within 4 ulp of the bound in the function's entry, each derivative likewise.
"""
