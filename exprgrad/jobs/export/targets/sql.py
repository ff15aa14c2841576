"""Export to SQL, in DuckDB's dialect: value and gradient as columns beside those of a table."""

from __future__ import annotations

import re
from math import inf
from string import Template

from exprgrad.columns.shapes import Shapes
from exprgrad.columns.unfold import unfolded
from exprgrad.errors import UsageError
from exprgrad.jobs.export.emitter import Line, signed
from exprgrad.jobs.export.names import Names
from exprgrad.jobs.export.target import Code, Own, Request, Written
from exprgrad.jobs.export.texts import ARITHMETIC, COMPARISONS, Dialect, Operator, Text, call, calls
from exprgrad.notation.precedence import LEVELS
from exprgrad.text.numbers import format_number

_RESERVED = frozenset(
    "all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create default"
    " deferrable desc describe distinct do else end except false fetch for foreign from group having in initially"
    " intersect into lambda lateral leading limit not null offset on only or order pivot placing primary qualify"
    " references returning select show some summarize symmetric table then to trailing true union unique unpivot using"
    " variadic when where window with".split()
)


def quoted(name: str) -> str:
    """A name as an identifier."""
    plain = re.fullmatch(r"[A-Za-z_][A-Za-z_0-9]*", name) and name.lower() not in _RESERVED
    return name if plain else '"' + name.replace('"', '""') + '"'


def number(value: float) -> Text:
    """A literal of type DOUBLE. It has an exponent: without one it would be a DECIMAL."""
    if value != value:
        return Text("'nan'::DOUBLE")
    if abs(value) == inf:
        return Text("'inf'::DOUBLE" if value > 0 else "'-inf'::DOUBLE")
    text = format_number(value)
    return signed(text if "e" in text else f"{text}e0")


_DIALECT = Dialect(
    operators={
        **ARITHMETIC,
        **COMPARISONS,
        "eq": COMPARISONS["eq"]._replace(template="{0} = {1}"),
        "ne": COMPARISONS["ne"]._replace(template="{0} <> {1}"),
        "and": Operator("{0} AND {1}", LEVELS["and"].own, LEVELS["and"].operands, True, (0, 1)),
        "or": Operator("{0} OR {1}", LEVELS["or"].own, LEVELS["or"].operands, True, (0, 1)),
        "not": Operator("NOT {0}", LEVELS["not"].own, LEVELS["not"].operands, True, (0,)),
        "where": Operator("CASE WHEN {0} THEN {1} ELSE {2} END", truths=(0,)),
        **calls("abs sqrt cbrt exp log=ln log2 log10 sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh"),
        **calls("floor ceil trunc gamma lgamma"),
        **calls("pow atan2 max=greatest min=least", count=2),
        "round": Operator("round_even({0}, 0)"),
        "sign": Operator("CAST(sign({0}) AS DOUBLE)"),
        "sum": Operator("fsum({0}) OVER ()"),
        "prod": Operator("product({0}) OVER ()"),
        "largest": Operator("max({0}) OVER ()"),
        "smallest": Operator("min({0}) OVER ()"),
        "count": Operator("CAST(count(*) OVER () AS DOUBLE)"),
        "fmod": Operator("{0} % {1}", LEVELS["mod"].own, LEVELS["mod"].operands),
        "signbit": call("signbit")._replace(truth=True),
    },
    number=number,
    as_truth=Operator("{0} <> 0e0", 5, (6,), True),
    as_number=Operator("CAST({0} AS DOUBLE)"),
    names_operands=True,
)

_MACROS = {
    "mod": "$name(x, y) AS CASE WHEN x % y <> 0 AND (x % y < 0) <> (y < 0) THEN x % y + y ELSE x % y END",
    "copysign": "$name(x, y) AS CASE WHEN signbit(y) THEN -abs(x) ELSE abs(x) END",
}
_OWN = {
    function: Own(f"{function}_", Template(f"CREATE OR REPLACE TEMP MACRO {source};"))
    for function, source in _MACROS.items()
}


class Sql(Code):
    """A SELECT over a table."""

    dialect = _DIALECT
    columns = True
    ordered = False
    function = "data"
    own = _OWN

    def names(self, request: Request) -> Names:
        columns = request.joint.columns or request.joint.variables
        folded: dict[str, str] = {}
        for name in columns:
            other = folded.setdefault(name.lower(), name)
            if other != name:
                raise UsageError(f"{other} and {name} are one column in SQL", hint="rename one of them")
        return Names((), quote=quoted, key=str.lower)

    def define(self, symbol: str, operands: tuple[str, ...], body: Text) -> str:
        return f"CREATE OR REPLACE TEMP MACRO {symbol}({', '.join(operands)}) AS {body.within(5)};"

    def export(self, request: Request) -> str:
        joint = request.joint
        graph, outputs = unfolded(joint.graph, joint.outputs)
        moved = dict(zip(joint.outputs, outputs, strict=True))
        joint = joint._replace(
            graph=graph,
            value=moved[joint.value],
            gradient={name: moved[node] for name, node in joint.gradient.items()},
            hessian={pair: moved[node] for pair, node in joint.hessian.items()},
        )
        return super().export(request._replace(joint=joint))

    def inputs(self, request: Request, names: Names) -> dict[str, str]:
        columns = request.joint.columns
        return {
            name: names.user(name) if not columns or name in columns else f"${name}" for name in request.joint.variables
        }

    def assemble(self, written: Written) -> str:
        request, joint = written.request, written.request.joint
        parts_of_name = request.name.split(".")
        if not request.name.isprintable() or not all(parts_of_name):
            raise UsageError(f"{request.name!r} cannot name a table in SQL")
        source = ".".join(map(quoted, parts_of_name))
        parts: list[str] = []
        fresh = written.names.fresh
        for lines in _steps(written.emission.lines):
            step = fresh(f"step{len(parts) + 1}")
            listed = "".join(f",\n        {line.value.text} AS {line.name}" for line in lines)
            parts.append(f"{step} AS (\n    SELECT *{listed}\n    FROM {source}\n)")
            source = step
        results = [(written.value(), fresh("value"))]
        results += [(text, fresh(f"d_{name}")) for name, text in written.gradient().items()]
        results += [(text, fresh(f"d_{x}_{y}")) for (x, y), text in written.hessian().items()]
        hidden = ", ".join(line.name for line in written.emission.lines)
        kept = "*" if not hidden else f"* EXCLUDE ({hidden})"
        shapes = Shapes(joint.graph, joint.columns or joint.variables)
        if joint.columns and not any(shapes.is_column(node) for node in joint.outputs):
            select, end = "SELECT", "\nLIMIT 1"
        else:
            select, end = f"SELECT {kept},", ""
        columns = ",\n    ".join(f"{text} AS {quoted(name)}" for text, name in results)
        start = "WITH " + ", ".join(parts) + "\n" if parts else ""
        query = f"{start}{select}\n    {columns}\nFROM {source}{end};"
        header = self._header(written, [name for _, name in results])
        return "\n".join([header, *(helper.text for helper in written.helpers), query]) + "\n"

    def _header(self, written: Written, results: list[str]) -> str:
        request, joint = written.request, written.request.joint
        columns = joint.columns or joint.variables
        lines = [joint.expression, "", "SQL in DuckDB's dialect (from version 2 on, where ln(0) is -inf and no error)."]
        read = ", ".join(columns) or "the rows"
        lines.append(f"Reads {read} from the table {request.name}; adds {', '.join(results)}.")
        numbers = [f"${name}" for name in joint.variables if name not in columns]
        if numbers:
            lines.append(f"{', '.join(numbers)}: parameters, as EXECUTE and the clients take them.")
        lines.append("As DuckDB orders numbers, nan is equal to itself and above all others.")
        return "\n".join(f"-- {line}".rstrip() for line in lines)


def _steps(lines: list[Line]) -> list[list[Line]]:
    """The named values in steps, each of which uses those before it: one SELECT cannot both name a value and use it."""
    level: dict[str, int] = {}
    steps: list[list[Line]] = []
    for line in lines:
        level[line.name] = max((level[name] + 1 for name in line.value.uses if name in level), default=0)
        if level[line.name] == len(steps):
            steps.append([])
        steps[level[line.name]].append(line)
    return steps
