"""Export to AWK: the language that docs/adding-an-export-language.md adds."""

from __future__ import annotations

from string import Template

from exprgrad.jobs.export.target import Code, Own, Written
from exprgrad.jobs.export.texts import ARITHMETIC, COMPARISONS, Dialect, Operator, Text, calls

NAN, INFINITY = "(2^1024 - 2^1024)", "2^1024"


def number(value: float) -> Text:
    """A literal."""
    if value != value:
        return Text(NAN)
    return Text(f"({value!r})".replace("inf", INFINITY) if value < 0 else repr(value).replace("inf", f"({INFINITY})"))


DIALECT = Dialect(
    operators={
        **ARITHMETIC,
        **COMPARISONS,
        "and": Operator("({0} && {1})", truth=True, truths=(0, 1)),
        "or": Operator("({0} || {1})", truth=True, truths=(0, 1)),
        "not": Operator("(!({0}))", truth=True, truths=(0,)),
        "where": Operator("({0} ? {1} : {2})", truths=(0,)),
        "pow": Operator("(({0})^({1}))"),
        **calls("exp log sqrt sin cos trunc=int"),
        **calls("atan2", count=2),
    },
    number=number,
    as_truth=Operator("({0} != 0)", truth=True),
    as_number=Operator("({0} ? 1 : 0)"),
    traps=frozenset(["div"]),
)

OWN = {
    "abs": Own("abs", Template("function $name(x) { return x < 0 ? -x : x }")),
    "max": Own("max", Template("function $name(x, y) { return x > y || x != x ? x : y }")),
    "min": Own("min", Template("function $name(x, y) { return x < y || x != x ? x : y }")),
    "div": Own(
        "quotient",
        Template(f"function $name(x, y) {{ return y ? x/y : x > 0 ? {INFINITY} : x < 0 ? -{INFINITY} : {NAN} }}"),
    ),
}


class Awk(Code):
    """A function that returns the value, and fills an array with the derivatives."""

    dialect = DIALECT
    reserved = frozenset("BEGIN END function getline print printf return gradient hessian exp log sqrt sin cos".split())
    ascii_only = True
    own = OWN

    def define(self, symbol: str, operands: tuple[str, ...], body: Text) -> str:
        return f"function {symbol}({', '.join(operands)}) {{ return {body.text} }}"

    def assemble(self, written: Written) -> str:
        request, lines = written.request, written.emission.lines
        parameters = [*written.inputs.values(), "gradient", "hessian", *(line.name for line in lines)]
        body = [f"{line.name} = {line.value.text}" for line in lines]
        body += [f'gradient["{name}"] = {text}' for name, text in written.gradient().items()]
        body += [f'hessian["{x}", "{y}"] = {text}' for (x, y), text in written.hessian().items()]
        return "\n".join(
            [
                f"# {request.joint.expression}",
                *(helper.text for helper in written.helpers),
                f"function {request.name}({', '.join(parameters)}) {{",
                *(f"    {line}" for line in [*body, f"return {written.value()}"]),
                "}\n",
            ]
        )
