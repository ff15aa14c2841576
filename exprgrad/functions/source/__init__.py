"""The Python of the careful numerics, read once for every backend and language that it is translated to.

`read` (reader.py) takes a function of the table and describes it in a few kinds of statements and expressions
(description.py). A `Writer` (writer.py) walks through the description; what is left to a backend or a language is how
each construct is written there: `backends.llvm.source` writes scalar LLVM, `jobs.export` writes C and JavaScript.

The subset of Python allows:

- numbers, truth values, tuples of them, and constant tables (tuples at module level);
- `=` to names, to tuples of names and to elements of lists, `+=` and its kin, and one kind of list, `[0.0]*174`;
- `if`, `while`, `return`, `for … in range(…)` with a constant step, `for … in TABLE` and in `enumerate(TABLE, first)`;
- `+ - * / % **`, comparisons and chains of them, `and or not`, `x if c else y`, an element of a tuple, list or table;
- calls of the functions in `PRIMITIVES` (primitives.py) and of functions in the same style, `f(*pair)` too;
- annotations, which give the types: float, int, bool, tuples of these, and `tuple[float, ...]` for a constant table.

Anything else is a `TranslationError` that says what stands where.
"""
