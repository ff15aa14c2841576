"""Export to JavaScript."""

from __future__ import annotations

from math import inf
from string import Template

from exprgrad.jobs.export import substitutes
from exprgrad.jobs.export.braces import Braces, Parameter
from exprgrad.jobs.export.emitter import Bring, signed
from exprgrad.jobs.export.second.watched import ROOM
from exprgrad.jobs.export.target import APART, Code, Own, Written, scalar_translator
from exprgrad.jobs.export.texts import ARITHMETIC, Dialect, Operator, Text, calls, infix
from exprgrad.notation.precedence import ATOM, LEVELS, SIGNED
from exprgrad.text.numbers import format_number

_KEYWORDS = frozenset(
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends"
    " false finally for function if implements import in instanceof interface let new null package private protected"
    " public return static super switch this throw true try typeof undefined var void while with yield Math Number"
    " Infinity NaN Object Array isFinite isNaN value gradient hessian".split()
)

_COMPARISONS = infix({"lt": " < ", "le": " <= ", "gt": " > ", "ge": " >= ", "eq": " === ", "ne": " !== "}, truth=True)


def number(value: float) -> Text:
    """A literal."""
    if value != value:
        return Text("NaN")
    if abs(value) == inf:
        return signed("Infinity" if value > 0 else "-Infinity")
    return signed(format_number(value))


_DIALECT = Dialect(
    operators={
        **ARITHMETIC,
        **_COMPARISONS,
        "and": Operator("{0} && {1}", LEVELS["and"].own, (3, 4), True, (0, 1)),
        "or": Operator("{0} || {1}", LEVELS["or"].own, (2, 3), True, (0, 1)),
        "not": Operator("!{0}", SIGNED, (SIGNED,), True, (0,)),
        "where": Operator("{0} ? {1} : {2}", LEVELS["where"].own, (2, 2, 1), False, (0,)),
        **calls("sqrt cbrt exp expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh", "Math."),
        **calls("acosh atanh floor ceil trunc abs", "Math."),
        **calls("hypot atan2", "Math.", 2),
        "exp2": Operator("2 ** {0}", LEVELS["pow"].own, (LEVELS["pow"].own,)),
        "fmod": Operator("{0} % {1}", LEVELS["mod"].own, LEVELS["mod"].operands),
        "ldexp": Operator("{0}*2 ** {1}", LEVELS["mul"].own, (LEVELS["mul"].own, 12)),
        "isfinite": Operator("Number.isFinite({0})", truth=True),
        "isinf": Operator("Math.abs({0}) === Infinity", 5, truth=True),
    },
    number=number,
    as_truth=Operator("{0} !== 0", 5, (6,), True),
    as_number=Operator("Number({0})"),
)

_SOURCES = {
    "pow": """/* x to the power y, and 1 where x or y alone decides it, as C has it */
function $name(x, y) {
    return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;
}""",
    "copysign": """/* the size of x with the sign of y */
function $name(x, y) {
    return y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x);
}""",
    "round": """/* the nearest integer, halves to even */
function $name(x) {
    const nearest = Math.round(x);
    return Math.abs(x % 1) === 0.5 && nearest % 2 !== 0 ? nearest - 1 : nearest;
}""",
    "fma": """/* x*y + z, rounded once */
function $name(x, y, z) {
    if (!Number.isFinite(x) || !Number.isFinite(y) || x === 0 || y === 0) {
        return x*y + z;
    }
    if (!Number.isFinite(z) || z === 0) {
        return z === 0 ? x*y : z;
    }
    const parts = [x, y, z].map((t) => {
        const bits = new BigUint64Array(new Float64Array([t]).buffer)[0];
        const exponent = Number((bits >> 52n) & 2047n);
        const digits = (bits & (2n ** 52n - 1n)) | (exponent ? 2n ** 52n : 0n);
        return [t < 0 ? -digits : digits, Math.max(exponent, 1) - 1075];
    });
    const second = parts[2][1];
    let exponent = parts[0][1] + parts[1][1];
    let sum = parts[0][0]*parts[1][0];
    if (second > exponent) {
        sum += parts[2][0] << BigInt(second - exponent);
    } else {
        sum = (sum << BigInt(exponent - second)) + parts[2][0];
        exponent = second;
    }
    if (sum === 0n) {
        return 0;
    }
    const sign = sum < 0n ? -1 : 1;
    sum = sum < 0n ? -sum : sum;
    const extra = Math.max(sum.toString(2).length - 64, -1074 - exponent - 11);
    if (extra > 0) {
        const kept = sum >> BigInt(extra);
        sum = kept << BigInt(extra) === sum ? kept : kept | 1n;
        exponent += extra;
    }
    const low = -1074 - exponent;
    if (low > 0 && sum < 2n ** BigInt(53 + low)) {
        const unit = 2n ** BigInt(low);
        const rest = sum % unit*2n;
        const whole = sum/unit;
        return sign*Number(rest > unit || (rest === unit && whole % 2n) ? whole + 1n : whole)*2 ** -1074;
    }
    const half = Math.trunc(exponent/2);
    return sign*Number(sum)*2 ** half*2 ** (exponent - half);
}""",
    "mod": """/* x - y*floor(x/y) */
function $name(x, y) {
    const rest = x % y;
    if (rest !== 0) {
        return rest < 0 !== y < 0 ? rest + y : rest;
    }
    return y < 0 ? -0 : 0;
}""",
}
_OWN = {function: Own(function, Template(source)) for function, source in _SOURCES.items()}


class _JavaScript(Braces):
    variable = "let"
    constant = "const"
    counter = "let"
    comparisons = _COMPARISONS

    def head(self, name: str, parameters: list[Parameter], results: int) -> str:
        return f"function {name}({', '.join(parameter.name for parameter in parameters)}) {{"

    def results(self, parts: list[str]) -> str:
        return f"[{', '.join(parts)}]"

    def element(self, name: str, index: int) -> str:
        return f"{name}[{index}]"

    def returned(self, count: int) -> str:
        return "const"

    def table(self, name: str, numbers: list[str]) -> str:
        return f"const {name} = [{', '.join(numbers)}];"

    def list(self, name: str, size: str) -> str:
        return f"const {name} = new Array({size}).fill(0);"

    def index(self, text: Text) -> str:
        return text.within(ATOM)


class JavaScript(Code):
    """An ES module that exports a function."""

    dialect = _DIALECT
    has_all = True
    reserved = _KEYWORDS
    own = _OWN
    marks = True

    def translator(self) -> Bring:
        return scalar_translator(_JavaScript(), {"erf": substitutes.erf, "erfc.libm": substitutes.erfc_near})

    def define(self, symbol: str, operands: tuple[str, ...], body: Text) -> str:
        return f"function {symbol}({', '.join(operands)}) {{\n    return {body.text};\n}}"

    def assemble(self, written: Written) -> str:
        request, joint = written.request, written.request.joint
        lines = [f"    const {line.name} = {line.value.text};" for line in written.emission.lines]
        gradient, hessian = written.gradient(), written.hessian()
        helpers, after = [helper.text for helper in written.helpers], list[str]()
        if written.again:
            found, leaves = written.names.fresh("found"), written.names.fresh("leavesRange")
            after = [f"// {APART}", *(helper.text for helper in written.again.helpers)]
            after += [_LEAVES_RANGE.replace("$name", leaves).replace("$room", str(ROOM)), _lost(written)]
            lines += _marked(written, found, leaves)
            gradient = {name: f"{found}[{k}]" for k, name in enumerate(gradient)}
            hessian = {pair: f"{found}[{k}]" for k, pair in enumerate(hessian, len(gradient))}
        listed = ", ".join(f"{_key(name)}: {text}" for name, text in gradient.items())
        lines += ["    return {", f"        value: {written.value()},", f"        gradient: {{ {listed} }},"]
        if hessian:
            lines.append("        hessian: {")
            for x in joint.gradient:
                row = ", ".join(f"{_key(y)}: {hessian[x, y]}" for y in joint.gradient)
                lines.append(f"            {_key(x)}: {{ {row} }},")
            lines.append("        },")
        lines.append("    };")
        head = f"export function {request.name}({', '.join(written.inputs.values())}) {{"
        parts = [self._header(written), *helpers, "\n".join([head, *lines, "}"]), *after]
        return "\n\n".join(parts) + "\n"

    def _header(self, written: Written) -> str:
        request, joint = written.request, written.request.joint
        shape = "{value, gradient: {…}, hessian: {…}}" if joint.hessian else "{value, gradient: {…}}"
        lines = [
            joint.expression,
            "",
            f"An ES module. import {{ {request.name} }} from './FILE.mjs', then",
            f"{request.name}({', '.join(written.inputs.values())}) returns {shape}, by the names of the variables.",
        ]
        if written.again:
            lines.append("A derivative that loses digits, as a number on the way leaves the range of floats, is NaN.")
        if written.mapping():
            lines.append(f"Renamed here: {written.mapping()}.")
        return "\n".join(f"// {line}".rstrip() for line in lines)


_LEAVES_RANGE = """/* Whether a product of two of these may leave the range; after the first `values` 0 is none. */
function $name(numbers, values) {
    const inside = (size) => size > 2 ** -$room && size < 2 ** $room;
    return !numbers.every((x, k) => inside(Math.abs(x)) || (x === 0 && k >= values));
}"""


def _lost(written: Written) -> str:
    """The function that tells which derivatives lost digits."""
    again, joint = written.again, written.request.joint
    assert again is not None
    lines = [f"    const {line.name} = {line.value.text};" for line in again.emission.lines]
    ends = [again.emission.outputs[node].text for node in joint.outputs[1:]]
    said = "/* Which derivatives lost digits, as a number on the way left the range of floats. */"
    head = f"function {again.name}({', '.join(written.inputs.values())}) {{"
    return "\n".join([said, head, *lines, f"    return [{', '.join(ends)}];", "}"])


def _marked(written: Written, found: str, leaves: str) -> list[str]:
    """The lines that compute the derivatives, and make those nan that lost digits."""
    assert written.again is not None
    values, products = written.looked_at(written.emission)
    given = ", ".join(written.inputs.values())
    listed = ", ".join([*values, *products, *written.sources()])
    return [
        f"    const {found} = [{', '.join([*written.gradient().values(), *written.hessian().values()])}];",
        f"    if ({leaves}([{listed}], {len(values)})) {{",
        f"        {written.again.name}({given}).forEach((lost, k) => {{",
        f"            {found}[k] = lost && Number.isFinite({found}[k]) ? NaN : {found}[k];",
        "        });",
        "    }",
    ]


def _key(name: str) -> str:
    """A name as the key of an object."""
    return f'["{name}"]' if name == "__proto__" else name
