"""Export to formulas: LaTeX, MathML and SymPy, simplified as a person would write them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from math import e, inf, pi

from exprgrad.errors import LimitError
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.graph import Graph
from exprgrad.jobs.export.emitter import signed
from exprgrad.jobs.export.stable import formula
from exprgrad.jobs.export.target import Request, Target, Written
from exprgrad.jobs.export.targets.python import PythonSource
from exprgrad.jobs.export.texts import ARITHMETIC, COMPARISONS, Dialect, Operator, Text, call, calls
from exprgrad.notation import latex, mathml
from exprgrad.notation.precedence import ATOM, LEVELS, SIGNED
from exprgrad.notation.size import COUNTED, size
from exprgrad.text.numbers import format_number

LARGEST = 100_000
"""The most symbols of a formula, which has no names for parts that repeat."""


Left = Callable[[tuple[str, ...]], str]
"""What stands before the equals sign: for the value, or the derivative with respect to these variables."""


class _Formulas(Target):
    """A line for the value, one for each derivative."""

    columns = True
    formulas = True

    def lines(self, request: Request, left: Left, right: Callable[[Graph, int], str]) -> list[str]:
        """For the value and for each derivative: what stands before the equals sign, and the formula."""
        joint = request.joint
        nodes: dict[tuple[str, ...], int] = {(): joint.value}
        nodes |= {(x,): node for x, node in joint.gradient.items()}
        nodes |= {pair: node for pair, node in joint.hessian.items()}  # noqa: C416 - pairs as tuples of any length
        for node in nodes.values():
            symbols = size(joint.graph, node)
            if symbols > LARGEST:
                more = " or more" if symbols == COUNTED else ""
                raise LimitError(
                    f"a formula of {symbols:,}{more} symbols: the limit is {LARGEST:,}",
                    hint="other targets name the parts that repeat",
                )
        return [left(wrt) + right(joint.graph, node) for wrt, node in nodes.items()]

    def export(self, request: Request) -> str:
        """One formula on each line. Raises UsageError for what is no name, LimitError for formulas too long to read."""
        self.names(request)
        return self.write(request)

    @abstractmethod
    def write(self, request: Request) -> str:
        """The whole text."""


class Latex(_Formulas):
    """Lines for math mode."""

    def write(self, request: Request) -> str:
        joint = request.joint
        head = f"% {joint.expression}\n% A formula a line, for math mode: the value, then the derivatives.\n"
        lines = self.lines(request, lambda wrt: latex.left(request.name, joint.variables, wrt), latex.latex)
        return head + "".join(f"{line}\n" for line in lines)


class MathML(_Formulas):
    """Elements for HTML pages."""

    def write(self, request: Request) -> str:
        joint = request.joint
        head = (
            f"<!-- {joint.expression.replace('--', '- -')} -->\n"
            "<!-- MathML for an HTML page, a formula a line: the value, then the derivatives. -->\n"
        )
        lines = self.lines(request, lambda wrt: mathml.left(request.name, joint.variables, wrt), mathml.mathml)
        return head + "".join(f"{mathml.OPEN}<mrow>{line}</mrow></math>\n" for line in lines)


_CONSTANTS = {pi: "sp.pi", e: "sp.E", inf: "sp.oo"}


def _number(value: float) -> Text:
    if value != value:
        return Text("sp.nan")
    if abs(value) in _CONSTANTS:
        return signed(("-" if value < 0 else "") + _CONSTANTS[abs(value)])
    return signed(format_number(value))


_SYMPY = Dialect(
    operators={
        **ARITHMETIC,
        **COMPARISONS,
        "pow": Operator("{0}**{1}", LEVELS["pow"].own, (ATOM, SIGNED)),
        "square": Operator("{0}**2", LEVELS["pow"].own, (ATOM,)),
        "eq": call("sp.Eq", 2)._replace(truth=True),
        "ne": call("sp.Ne", 2)._replace(truth=True),
        "and": call("sp.And", 2)._replace(truth=True, truths=(0, 1)),
        "or": call("sp.Or", 2)._replace(truth=True, truths=(0, 1)),
        "not": call("sp.Not")._replace(truth=True, truths=(0,)),
        "where": Operator("sp.Piecewise(({1}, {0}), ({2}, True))", truths=(0,)),
        **calls("sqrt exp log sin cos tan sec csc cot asin acos atan sinh cosh tanh sech csch coth asinh acosh", "sp."),
        **calls("atanh erf erfc gamma digamma sign floor ceil=ceiling abs=Abs sinc", "sp."),
        **calls("max=Max min=Min mod=Mod polygamma spherical_bessel=jn atan2", "sp.", 2),
        **calls("erfinv erfcinv lambertw=LambertW ei=Ei si=Si ci=Ci zeta", "sp."),
        **calls("beta expint besselj bessely besseli besselk", "sp.", 2),
        **calls("airyai airybi airyaiprime airybiprime", "sp."),
        "cbrt": Operator("sp.real_root({0}, 3)"),
        "exp2": Operator("2**{0}", LEVELS["pow"].own, (SIGNED,)),
        "lgamma": Operator("sp.log(sp.Abs(sp.gamma({0})))"),
        "gammainc": Operator("sp.lowergamma({0}, {1})/sp.gamma({0})", LEVELS["mul"].own, (0, 0)),
        "gammaincc": Operator("sp.uppergamma({0}, {1})/sp.gamma({0})", LEVELS["mul"].own, (0, 0)),
        "betainc": Operator("sp.betainc_regularized({0}, {1}, 0, {2})"),
        "trunc": Operator("sp.sign({0})*sp.floor(sp.Abs({0}))", LEVELS["mul"].own, (0,)),
    },
    number=_number,
    as_truth=Operator("sp.Ne({0}, 0)", truth=True),
    as_number=Operator("sp.Piecewise((1, {0}), (0, True))"),
)

_PLAIN = {
    "round": "mod(x, 2) == 0.5 ? x - 0.5 : floor(x + 0.5)",
    "expm1": "exp(x) - 1",
    "log1p": "log(1 + x)",
    "copysign": "y < 0 ? -abs(x) : abs(x)",
    "hypot": "sqrt(x^2 + y^2)",
    "remainder": "x - y*round(x/y)",
    "erfcx": "exp(x^2)*erfc(x)",
    "log_normal_cdf": "log(normal_cdf(x))",
    "normal_mills": "normal_pdf(x)/normal_cdf(x)",
    "lbeta": "log(beta(a, b))",
    "polygamma_difference": "polygamma(n, x + h) - polygamma(n, x)",
    "beta_density": "x^(a - 1)*(1 - x)^(b - 1)/beta(a, b)",
    "unit": "x == 0 and y == 0 ? 0 : x/sqrt(x^2 + y^2)",
}


class Sympy(PythonSource):
    """A script that builds symbols and expressions."""

    dialect = _SYMPY
    formulas = True
    reserved = PythonSource.reserved | {"sp"}
    imports = (("", "import sympy as sp"),)
    doc = "Takes symbols or numbers. Below it is called with symbols."

    def formula(self, function: str) -> str | None:
        if function in _PLAIN or function not in FUNCTIONS:
            return _PLAIN.get(function)
        row = FUNCTIONS[function]
        return None if row.reduces else row.formula or formula(function)

    def assemble(self, written: Written) -> str:
        request, joint = written.request, written.request.joint
        result = "value, gradient, hessian" if joint.hessian else "value, gradient"
        legal = ", ".join(written.inputs.values())
        names = [f"{legal} = sp.symbols({' '.join(joint.variables)!r}, real=True)".replace("'", '"')] if legal else []
        return "\n".join([super().assemble(written), "", *names, f"{result} = {request.name}({legal})", ""])
