"""LaTeX and MathML: brackets where a template leaves an operand bare, and none elsewhere."""

import pytest

from exprgrad import parse
from exprgrad.errors import LimitError
from exprgrad.jobs.export.export import export
from exprgrad.notation.latex import latex
from exprgrad.notation.mathml import mathml
from exprgrad.notation.size import COUNTED, size


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a*expm1(x)", r"a \left(e^{x} - 1\right)"),
        ("hypot(a + b, c)", r"\sqrt{{\left(a + b\right)}^{2} + {c}^{2}}"),
        ("sum(a + b)", r"\sum \left(a + b\right)"),
        ("sum(a*b)", r"\sum a b"),
        ("prod(a + b)^2", r"{\left(\prod \left(a + b\right)\right)}^{2}"),
        ("square(a + b)", r"{\left(a + b\right)}^{2}"),
        ("(a + b)/(c - 1)", r"\frac{a + b}{c - 1}"),
        ("-x^2", r"-{x}^{2}"),
        ("(-x)^2", r"{\left(-x\right)}^{2}"),
        ("exp(a + b)^c", r"{\left(e^{a + b}\right)}^{c}"),
        ("a*2", r"a \cdot 2"),
        ("a <= b and not c", r"a \le b \wedge \neg c"),
        ("a > 0 ? a + 1 : -a", r"\begin{cases} a + 1 & \text{if } a > 0 \\ -a & \text{otherwise} \end{cases}"),
    ],
)
def test_latex(text: str, written: str) -> None:
    model = parse(text).model
    assert latex(model.graph, model.output) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a <= -b", "<mi>a</mi><mo>≤</mo><mo>−</mo><mi>b</mi>"),
        ("(a + 1)^b", "<msup><mrow><mrow><mo>(</mo><mi>a</mi><mo>+</mo><mn>1</mn><mo>)</mo></mrow></mrow><mrow>"
         "<mi>b</mi></mrow></msup>"),
        ("(a + b)/c", "<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mrow><mi>c</mi></mrow></mfrac>"),
        ("gamma(a)", "<mi>gamma</mi><mo>&#x2061;</mo><mrow><mo>(</mo><mi>a</mi><mo>)</mo></mrow>"),
        ("not a", "<mo>¬</mo><mi>a</mi>"),
    ],
)  # fmt: skip
def test_mathml(text: str, written: str) -> None:
    model = parse(text).model
    assert mathml(model.graph, model.output) == written


def test_symbols_that_double_with_each_node_are_counted_up_to_a_limit() -> None:
    deep = "x0 = x;" + "".join(f"x{k + 1} = sin(x{k})*cos(x{k});" for k in range(5_000)) + "x5000"
    model = parse(deep).model
    assert size(model.graph, model.output) == COUNTED
    assert parse(deep)._repr_latex_() is None
    with pytest.raises(LimitError, match="a formula of 1,000,000,000,000,000 or more symbols"):
        export(model, {}, "latex")
