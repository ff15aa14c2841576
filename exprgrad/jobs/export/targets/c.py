"""Export to C99."""

from __future__ import annotations

from math import inf
from string import Template

from exprgrad.jobs.export.braces import Braces, Parameter
from exprgrad.jobs.export.emitter import Bring, Emitter, Second, signed
from exprgrad.jobs.export.second.in_c import again, declared, filled, look
from exprgrad.jobs.export.second.long_double import LongDouble
from exprgrad.jobs.export.target import Code, Own, Written, scalar_translator
from exprgrad.jobs.export.texts import ARITHMETIC, COMPARISONS, Dialect, Operator, Text, call, calls
from exprgrad.notation.precedence import ATOM, LEVELS, SIGNED

_KEYWORDS = frozenset(
    "auto break case char const continue default do double else enum extern float for goto if inline int long"
    " register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while"
    " main argc argv gradient hessian printf strtod fprintf stderr NULL INFINITY NAN HUGE_VAL EOF errno"
    " acos asin atan atan2 cos sin tan acosh asinh atanh cosh sinh tanh exp exp2 expm1 frexp ilogb ldexp log log10"
    " log1p log2 logb modf scalbn cbrt fabs hypot pow sqrt erf erfc lgamma tgamma ceil floor nearbyint rint round trunc"
    " fmod remainder remquo copysign nan nextafter fdim fmax fmin fma isfinite isinf isnan signbit"
    " j0 j1 jn y0 y1 yn gamma signgam".split()
)


def number(value: float) -> Text:
    """A literal of type double."""
    if value != value:
        return Text("NAN")
    if abs(value) == inf:
        return signed("INFINITY" if value > 0 else "-INFINITY")
    return signed(repr(value))


_DIALECT = Dialect(
    operators={
        **ARITHMETIC,
        **COMPARISONS,
        "and": Operator("{0} && {1}", LEVELS["and"].own, (3, 4), True, (0, 1)),
        "or": Operator("{0} || {1}", LEVELS["or"].own, (4, 4), True, (0, 1)),
        "not": Operator("!{0}", SIGNED, (SIGNED,), True, (0,)),
        "where": Operator("{0} ? {1} : {2}", LEVELS["where"].own, (2, 2, 1), False, (0,)),
        **calls("sqrt cbrt exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh"),
        **calls("atanh erf erfc floor ceil trunc abs=fabs round=rint gamma=tgamma erfc.libm=erfc"),
        **calls("pow hypot atan2 copysign fmod", count=2),
        "fma": call("fma", 3),
        "ldexp": Operator("ldexp({0}, (int)({1}))"),
        "isfinite": call("isfinite")._replace(truth=True),
        "isinf": call("isinf")._replace(truth=True),
    },
    number=number,
    as_truth=Operator("{0} != 0.0", 5, (6,), True),
    as_number=Operator("(double)({0})"),
)

_MOD = """/* x - y*floor(x/y) */
static double $name(double x, double y) {
    const double rest = y != 0.0 ? fmod(x, y) : NAN;
    if (rest != 0.0) {
        return (rest < 0.0) != (y < 0.0) ? rest + y : rest;
    }
    return copysign(rest, y);
}"""
_OWN = {"mod": Own("mod", Template(_MOD))}


class _C(Braces):
    def __init__(self, kind: str = "double") -> None:
        """`kind` is the type of numbers."""
        self.kind = self.variable = kind
        self.constant = f"const {kind}"

    counter = "int"

    def head(self, name: str, parameters: list[Parameter], results: int) -> str:
        kinds = {"number": f"{self.kind} {{}}", "table": "const double {}[]", "size": "int {}"}
        listed = ", ".join(kinds[parameter.kind].format(parameter.name) for parameter in parameters)
        return f"static {self.returned(results)} {name}({listed}) {{"

    def results(self, parts: list[str]) -> str:
        return f"({self.returned(len(parts))}){{{{{', '.join(parts)}}}}}"

    def element(self, name: str, index: int) -> str:
        return f"{name}.part[{index}]"

    def returned(self, count: int) -> str:
        return self.kind if count == 1 else f"doubles{count}"

    def table(self, name: str, numbers: list[str]) -> str:
        return f"static const double {name}[] = {{\n{filled(numbers)}\n}};"

    def list(self, name: str, size: str) -> str:
        return f"double {name}[{size}] = {{0.0}};"

    def index(self, text: Text) -> str:
        return f"(int){text.within(ATOM)}"


class C(Code):
    """A function `double f(double x, …, double gradient[n])`."""

    dialect = _DIALECT
    has_all = True
    has_program = True
    reserved = _KEYWORDS
    ascii_only = True
    own = _OWN

    def translator(self) -> Bring:
        return scalar_translator(_C(), {})

    def second(self, emitter: Emitter, translate: Bring) -> Second | None:
        return LongDouble(emitter, scalar_translator(_C("long double"), {}))

    def define(self, symbol: str, operands: tuple[str, ...], body: Text) -> str:
        listed = ", ".join(f"double {operand}" for operand in operands)
        return f"static double {symbol}({listed}) {{\n    return {body.text};\n}}"

    def assemble(self, written: Written) -> str:
        request, joint = written.request, written.request.joint
        size = len(joint.gradient)
        arrays = [f"double gradient[{size}]"] if size else []
        arrays += [f"double hessian[{size * size}]"] if joint.hessian else []
        parameters = ", ".join([*(f"double {name}" for name in written.inputs.values()), *arrays]) or "void"
        structs = [
            f"typedef struct {{ double part[{n}]; }} doubles{n};" for n in range(2, 9) if f"doubles{n}" in written.uses
        ]
        body = [f"    (void){written.inputs[name]};" for name in written.emission.unused]
        for line in written.emission.lines:
            kind = "int" if line.value.truth else "double"
            body.append(f"    const {kind} {line.name} = {line.value.text};")
        body += [f"    gradient[{k}] = {text};" for k, text in enumerate(written.gradient().values())]
        body += [f"    hessian[{k}] = {text};" for k, text in enumerate(written.hessian().values())]
        before, after = declared(written, arrays), again(written, arrays)
        if written.again:
            body += look(written)
        parts = [
            self._header(written),
            "#include <float.h>\n" * bool(again)
            + "#include <math.h>\n"
            + ("#include <stdio.h>\n#include <stdlib.h>\n" if request.main else ""),
            *(["\n".join(structs) + "\n"] if structs else []),
            *(f"{helper.text}\n" for helper in written.helpers),
            *before,
            "\n".join([f"double {request.name}({parameters}) {{", *body, f"    return {written.value()};", "}"]) + "\n",
            *after,
            *([_main(written)] if request.main else []),
        ]
        return "\n".join(parts)

    def _header(self, written: Written) -> str:
        request, joint = written.request, written.request.joint
        lines = [joint.expression, ""]
        listed = ", ".join([*written.inputs.values(), *(["gradient"] if joint.gradient else [])])
        lines.append(f"Call {request.name}({listed}{', hessian' if joint.hessian else ''}): it returns the value.")
        if joint.gradient:
            lines.append(f"gradient gets the derivatives with respect to {', '.join(joint.gradient)}, in this order.")
        if joint.hessian:
            lines.append("hessian gets the second derivatives, row by row in the same order.")
        if written.again:
            lines.append("Where a number on the way to them leaves the range of double, they come from long double;")
            lines.append("where that is no wider, those that lost digits are nan.")
        if written.mapping():
            lines.append(f"Renamed here: {written.mapping()}.")
        lines.append("Compile with -std=c99 -O2 -ffp-contract=off -lm, without -ffast-math: every bit counts.")
        return "/*\n" + "\n".join(f" * {line}".rstrip() for line in lines) + "\n */"


def _main(written: Written) -> str:
    """A program that takes the variables from its command line."""
    request, joint = written.request, written.request.joint
    count, size = len(written.inputs), len(joint.gradient)
    usage = " ".join(written.inputs.values())
    arguments = [f"variable[{k}]" for k in range(count)]
    lines = ["int main(int argc, char **argv) {"]
    lines += [
        f"    if (argc != {count + 1}) {{",
        f'        fprintf(stderr, "usage: %s {usage}\\n", argv[0]);',
        "        return 2;",
        "    }",
    ]
    if count:
        lines += [
            f"    double variable[{count}];",
            f"    for (int k = 0; k < {count}; k++) {{",
            "        char *end;",
            "        variable[k] = strtod(argv[k + 1], &end);",
            "        if (end == argv[k + 1] || *end != 0) {",
            '            fprintf(stderr, "%s is no number\\n", argv[k + 1]);',
            "            return 2;",
            "        }",
            "    }",
        ]
    arrays = []
    if size:
        lines.append(f"    double gradient[{size}];")
        arrays.append("gradient")
    if joint.hessian:
        lines.append(f"    double hessian[{size * size}];")
        arrays.append("hessian")
    lines.append(f'    printf("value\\t%.17g\\n", {request.name}({", ".join([*arguments, *arrays])}));')
    labels = [written.inputs[name] for name in joint.gradient]
    lines += [f'    printf("d_{label}\\t%.17g\\n", gradient[{k}]);' for k, label in enumerate(labels)]
    lines += [
        f'    printf("d_{written.inputs[x]}_{written.inputs[y]}\\t%.17g\\n", hessian[{k}]);'
        for k, (x, y) in enumerate(joint.hessian)
    ]
    return "\n".join([*lines, "    return 0;", "}"]) + "\n"
