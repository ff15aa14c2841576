"""C's long double as the arithmetic of the second look: on most machines its exponents go to 16,384, those of double to
1,024.

A function has its value in double where that and the operands are normal numbers: what cancels there, as log(x) and
digamma(x), shall cancel here. Elsewhere the math library is called in long double; functions that it does not have
follow from the formula that the table has for numbers beyond the range.
"""

from __future__ import annotations

from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS
from exprgrad.jobs.export.emitter import Bring, Emitter, Second
from exprgrad.jobs.export.second.beyond import beyond
from exprgrad.jobs.export.second.watched import ROOM
from exprgrad.jobs.export.stable import formula
from exprgrad.jobs.export.texts import Helper, Text, call, calls, used, variable

_LIBRARY = "sqrt cbrt exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh"
_LIBRARY += " erf erfc floor ceil trunc abs=fabs round=rint gamma=tgamma lgamma"
OPERATORS = {
    name: operator._replace(template=operator.template.replace("(", "l(", 1))
    for name, operator in {
        **calls(_LIBRARY),
        **calls("pow hypot atan2 copysign fmod remainder", count=2),
        "fma": call("fma", 3),
    }.items()
}
"""Those that the math library has."""

NORMAL = """/* Whether x, unless it is infinite or nan, is 0 or a double with all its digits. */
static int $name(long double x) {
    return !isfinite(x) || x == 0.0L || (fabsl(x) >= DBL_MIN && fabsl(x) <= DBL_MAX);
}"""
EITHER = """/* A value: near in double, or far, which counts where it is beyond the range of double or an operand is. */
static long double $name(double near, long double far, int inside) {
    const int beyond = isfinite(far) && far != 0.0L && !(fabsl(far) > 0x1p-960L && fabsl(far) < 0x1p960L);
    return isnan(near) || (inside && (isnan(far) || (isfinite(near) && !beyond))) ? near : far;
}"""
AT_END = """/* Whether a product of x and its like may reach an end of the range of double. */
static int $name(double x) {
    return !(fabs(x) > 0x1p-$room && fabs(x) < 0x1p$room);
}"""
AT_END_NOT_0 = """/* The same where 0 is no end, as it is the product of 0 and something. */
static int $name(double x) {
    return x != 0.0 && $at_end(x);
}"""
HELD = """/* Whether long double held these numbers: far from its ends, or none vanished that a large one brings. */
static int $name(const long double x[], int values, int count) {
    int room = 1, small = 0, large = 0;
    for (int k = 0; k < count; k++) {
        const long double size = fabsl(x[k]);
        const int inside = size > ldexpl(1.0L, -LDBL_MAX_EXP*3/7) && size < ldexpl(1.0L, LDBL_MAX_EXP*3/7);
        room = room && (inside || (size == 0.0L && k >= values));
        small = small || size < ldexpl(1.0L, LDBL_MIN_EXP + 64);
        large = large || (isfinite(size) && size > ldexpl(1.0L, LDBL_MAX_EXP/8));
    }
    return room || !(small && large);
}"""
MENDED = """/* A derivative as double had it, where that is right up to rounding; else as long double has it. */
static double $name(double found, long double again, int held) {
    return !held ? NAN : fabsl(found - again) <= 1e-12L*fabsl(again) ? found : (double)again;
}"""


class LongDouble(Second):
    """The arithmetic of texts in long double, beside that in double."""

    def __init__(self, plain: Emitter, exact: Bring) -> None:
        """`exact` brings functions whose values are computed without rounding."""
        dialect = plain.dialect
        kept = {
            name: operator
            for name, operator in dialect.operators.items()
            if operator.truth or not operator.template[0].isalpha()
        }
        same = {name: operator for name, operator in OPERATORS.items() if FUNCTIONS[name].exact}
        super().__init__(dialect._replace(operators={**kept, **same}), plain.names, _define, self._bring_wide, formula)
        self.helpers = plain.helpers
        self._plain, self._exact = plain, exact
        self._symbols: dict[str, str] = {}

    def symbols(self) -> dict[str, str]:
        """The names of what decides on the second look; the helpers are added."""
        at_end = self.own("at_end", AT_END, room=ROOM)
        found = {
            "at_end": at_end,
            "at_end_not_0": self.own("at_end_not_0", AT_END_NOT_0, at_end=at_end),
            "held": self.own("held", HELD),
            "mended": self.own("mended", MENDED),
        }
        return found | {name: self.names.fresh(name) for name in ("watched", "held_all", "left")}

    def own(self, name: str, source: str, **values: object) -> str:
        """The name of one of the helpers above, which is added where it is new."""
        if name not in self._symbols:
            symbol = self._symbols[name] = self.names.fresh(name)
            text = source.replace("$name", symbol)
            for key, value in values.items():
                text = text.replace(f"${key}", str(value))
            self.helpers.append(Helper(text))
        return self._symbols[name]

    def _bring_wide(self, emitter: Emitter, function: str) -> str | None:
        """A function of the table that the math library does not have in long double."""
        row = FUNCTIONS[function]
        if row.exact:
            return self._exact(self, function)
        if function not in self._symbols:
            symbol = self._symbols[function] = self.names.fresh(function + self.suffix)
            self.helpers.append(self._defined_wide(function, symbol))
        return self._symbols[function]

    def _defined_wide(self, function: str, symbol: str) -> Helper:
        row = FUNCTIONS[function]
        operands = [variable(name) for name in row.operands]
        head = f"static long double {symbol}({', '.join(f'long double {name}' for name in row.operands)})"
        library = OPERATORS.get(function)
        far = (
            self.write(library, *operands)
            if library
            else self.number(bind(beyond(function), row.operands, self)(operands))
        )
        near = self._plain.number(self._plain.operation(function)(*(Text(f"(double){name}") for name in row.operands)))
        normal = self.own("normal", NORMAL)
        inside = " && ".join(f"{normal}({name})" for name in row.operands)
        either = self.own("either", EITHER)
        lines = [
            f"const double near = {near.text};",
            f"const int inside = {inside};",
            f"if (inside && isfinite(near) && near != 0.0 && {normal}(near)) {{",
            "    return near;",
            "}",
            f"return {either}(near, {far.text}, inside);",
        ]
        body = "\n".join(f"    {line}" for line in lines)
        return Helper(f"{head} {{\n{body}\n}}", used([near, far]))


def _define(symbol: str, operands: tuple[str, ...], body: Text) -> str:
    listed = ", ".join(f"long double {operand}" for operand in operands)
    return f"static long double {symbol}({listed}) {{\n    return {body.text};\n}}"
