"""What people write who know another language: each mistake is told what to write instead."""

from __future__ import annotations

import re
from time import perf_counter

import pytest

from exprgrad.errors import ExpressionError
from exprgrad.graph.lower import lower
from exprgrad.syntax import parse
from tests.expressions import assert_refused

ROWS = [
    # signs
    ("|x*|y||", "'|' is not part of the language; write or; an absolute value is abs(x)", "|"),
    ("|x|", "'|' is not part of the language; write abs(x)", "|x|"),
    ("a + |x-1|*2", "'|' is not part of the language; write abs(x-1)", "|x-1|"),
    ("2|x|", "'|' is not part of the language; write 2*abs(x)", "2|x|"),
    ("abs|x|", "'|' is not part of the language; write abs(x)", "abs|x|"),
    ("x | y", "'|' is not part of the language; write or; an absolute value is abs(x)", "|"),
    ("||x||", "an operand is missing before '||'; write norm(x) for a column, abs(x) for a number", "||x||"),
    ("30°", "'°' is not part of the language; angles are in radians: write 30*pi/180", "30°"),
    ("sin(30°)", "'°' is not part of the language; angles are in radians: write 30*pi/180", "30°"),
    ("30 deg", "an operator is missing; angles are in radians: write 30*pi/180", "30 deg"),
    ("5!", "there is no sign for the factorial; write gamma(5 + 1)", "5!"),
    ("n!", "there is no sign for the factorial; write gamma(n + 1)", "n!"),
    ("(n+1)!", "there is no sign for the factorial; write gamma(n+1 + 1)", "(n+1)!"),
    ("f(x)!", "there is no sign for the factorial; write gamma(f(x) + 1)", "f(x)!"),
    ("n!!", "there is no sign for the double factorial; write a product", "n!!"),
    ("50%", "'%' is the remainder and takes two operands; write 50/100", "50%"),
    ("⌊x⌋", "'⌊' is not part of the language; write floor(x)", "⌊x⌋"),
    ("√x", "'√' is not part of the language; write sqrt(x)", "√x"),
    ("√(a+b)", "'√' is not part of the language; write sqrt(a+b)", "√(a+b)"),
    ("∛x", "'∛' is not part of the language; write cbrt(x)", "∛x"),
    ("x²", "'x²' is not a name; write x^2", "x²"),
    ("x⁻¹", "'⁻' is not part of the language; write x^-1", "x⁻¹"),
    ("x₁", "'x₁' is not a name; write x_1", "x₁"),
    ("½", "'½' is not a name; ½ is 1/2", "½"),
    ("x·y", "'·' is not part of the language; write *", "·"),
    ("x×y", "'×' is not part of the language; write *", "×"),
    ("x÷y", "'÷' is not part of the language; write /", "÷"),
    ("x−y", "'−' is not part of the language; write -", "−"),
    ("x≤y", "'≤' is not part of the language; write <=", "≤"),
    ("x≠y", "'≠' is not part of the language; write !=", "≠"),
    ("¬x", "'¬' is not part of the language; write not", "¬"),
    ("x∧y", "'∧' is not part of the language; write and", "∧"),
    ("∞", "'∞' is not part of the language; write inf", "∞"),
    ("x¼", "'x¼' is not a name; ¼ is 1/4", "x¼"),
    ("±x", "'±' is not part of the language", "±"),
    # calls
    ("sin^2(x)", "a power stands behind the call; write sin(x)^2", "sin^2(x)"),
    ("sin^2 x", "a power stands behind the call; write sin(x)^2", "sin^2 x"),
    ("sin²(x)", "a power stands behind the call; write sin(x)^2", "sin²(x)"),
    ("sin²x", "a power stands behind the call; write sin(x)^2", "sin²x"),
    ("cos^3(x+1)", "a power stands behind the call; write cos(x+1)^3", "cos^3(x+1)"),
    ("log^n(x)", "a power stands behind the call; write log(x)^n", "log^n(x)"),
    ("sin^-1(x)", "a power stands behind the call; write asin(x) for the inverse, or 1/sin(x)", "sin^-1(x)"),
    ("tan^(-1) x", "a power stands behind the call; write atan(x) for the inverse, or 1/tan(x)", "tan^(-1) x"),
    ("sinh⁻¹(x)", "a power stands behind the call; write asinh(x) for the inverse, or 1/sinh(x)", "sinh⁻¹(x)"),
    ("log^-1(x)", "a power stands behind the call; write log(x)^-1", "log^-1(x)"),
    ("sin^n(x)", "a power stands behind the call; write sin(x)^n", "sin^n(x)"),
    ("exp x", "operands stand in parentheses; write exp(x)", "exp x"),
    ("sin x + 1", "operands stand in parentheses; write sin(x)", "sin x"),
    ("sin 2x", "operands stand in parentheses; write sin(2*x)", "sin 2x"),
    ("sqrt[x]", "operands stand in parentheses; write sqrt(x)", "sqrt[x]"),
    ("sqrt{x}", "operands stand in parentheses; write sqrt(x)", "sqrt{x}"),
    ("log_2 x", "an operator is missing; write log2(x)", "log_2 x"),
    ("log_b(x)", "unknown function 'log_b'; write log(x)/log(b)", "log_b"),
    ("abs x", "operands stand in parentheses; write abs(x)", "abs x"),
    ('df["x"]', "a column is a name; write x", 'df["x"]'),
    ("f[x]", "operands stand in parentheses; write f(x)", "f[x]"),
    ("x[0]", "there are no indices; give each a name: x0", "x[0]"),
    ("[x+1]*2", "only parentheses group; write (x+1)", "[x+1]"),
    ("x(y+1)", "unknown function 'x'; to multiply, write x*(y+1); to define it, x(…) = …", "x"),
    ("pi(x)", "unknown function 'pi'; to multiply, write pi*(x); to define it, pi(…) = …", "pi"),
    ("np.sin(x)", "'.' is not part of the language; write sin", "np.sin"),
    ("x.sin()", "'.' is not part of the language; write sin(x)", "x.sin()"),
    ("math.pi*x", "'.' is not part of the language; write pi", "math.pi"),
    ("x.y", "a name has no point; write x_y", "x.y"),
    # words
    ("x mod 3", "'mod' is no operator; write x % 3", "x mod 3"),
    ("x div 3", "'div' is no operator; write floor(x/3)", "x div 3"),
    ("(a+b) mod 3", "'mod' is no operator; write (a+b) % 3", "(a+b) mod 3"),
    ("x xor y", "'xor' is no operator; write x != y", "x xor y"),
    ("x AND y", "'AND' is no operator; write x and y", "x AND y"),
    ("NOT x", "'NOT' is no operator; write not x", "NOT x"),
    ("and(x,y)", "'and' stands between its operands; write x and y", "and(x,y)"),
    ("a is b", "'is' is no operator; write a == b", "a is b"),
    ("x & y", "'&' is not part of the language; write and", "&"),
    ("x <> y", "'<>' is no comparison; write !=", "<>"),
    ("x === y", "'===' is no comparison; write ==", "==="),
    ("x !== y", "'!==' is no comparison; write !=", "!=="),
    ("x =< y", "'=<' is no comparison; write <=", "=<"),
    ("x => y", "'=>' is no comparison; write >=; a function is f(x) = …", "=>"),
    ("x ^^ y", "'^^' is no operator; a power is x^y", "^^"),
    ("7//2", "'//' is no operator; write floor(7/2); a comment begins with #", "7//2"),
    ("x += 1", "a name keeps its value; write a new one: x2 = x + 1", "x += 1"),
    ("x++", "a name keeps its value; write x + 1", "x++"),
    ("f(x) := x^2", "a definition has '=' alone; write f(x) = x^2", "f(x) := x^2"),
    ("let a = 3; a*x", "a definition starts with the name; write a = 3", "let a = 3"),
    ("def f(x): x^2", "a definition starts with the name; write f(x) = x^2", "def f(x): x^2"),
    ("f(x): x^2", "a definition has '='; write f(x) = x^2", "f(x): x^2"),
    ("f(x) -> x^2", "a definition has '='; write f(x) = x^2", "f(x) -> x^2"),
    ("lambda x: x^2", "a function has a name; write f(x) = x^2", "lambda x: x^2"),
    ("f = x -> x^2", "a function is defined with its operands; write f(x) = x^2", "f = x -> x^2"),
    ("return x", "the last statement is the result; write x", "return x"),
    ("for i in x", "'for' is not part of the language; there are no loops", "for "),
    ("param w 3", "'param' declares a name with '='; write param w = 3", "param w 3"),
    ("param w = 1 in (0, 2)", "an interval stands in brackets; write in [0, 2]", "in (0, 2)"),
    ("param w = 1 in [0:2]", "an interval has a comma; write in [0, 2]", "in [0:2]"),
    # choices
    ("if x>0 then x else 0", "a choice is written condition ? x : y; write x>0 ? x : 0", "if x>0 then x else 0"),
    ("IF x>0 THEN x ELSE 0", "a choice is written condition ? x : y; write x>0 ? x : 0", "IF x>0 THEN x ELSE 0"),
    ("if x>0 then x", "a choice is written condition ? x : y; write x>0 ? x : 0", "if x>0 then x"),
    ("if (x>0) x else 0", "a choice is written condition ? x : y; write x>0 ? x : 0", "if (x>0) x else 0"),
    ("if x>0: x else 0", "a choice is written condition ? x : y; write x>0 ? x : 0", "if x>0: x else 0"),
    ("x if x>0 else 0", "a choice is written condition ? x : y; write x>0 ? x : 0", "x if x>0 else 0"),
    (
        "case when x>0 then x else 0 end",
        "a choice is written condition ? x : y; write x>0 ? x : 0",
        "case when x>0 then x else 0 end",
    ),
    ("if(x>0,x,0)", "unknown function 'if'; write where(x>0, x, 0), or x>0 ? x : 0", "if"),
    ("IF(x>0,x,0)", "unknown function 'IF'; write where(x>0, x, 0), or x>0 ? x : 0", "IF"),
    ("ifelse(x>0, sin(x), 0)", "unknown function 'ifelse'; write where(x>0, sin(x), 0), or x>0 ? sin(x) : 0", "ifelse"),
    ("a ? b", "the expression is not complete; a choice is written condition ? x : y", "? b"),
    ("{x>0: x}", "'{' is not part of the language; a choice is written condition ? x : y", "{x>0: x}"),
    # numbers
    ("1,5*x", "the decimal sign is a point; write 1.5", "1,5"),
    ("1,000*x", "the decimal sign is a point; write 1.000, or for thousands 1000", "1,000"),
    ("1.000,5*x", "the decimal sign is a point; write 1000.5", "1.000,5"),
    ("1,000,000*x", "thousands are not set apart; write 1000000", "1,000,000"),
    ("1 000*x", "thousands are not set apart; write 1000", "1 000"),
    ("1'000", "thousands are not set apart; write 1000", "1'000"),
    ("sin(1,5)", "the decimal sign is a point; write 1.5", "1,5"),
    ("1e-3x", "an operator is missing; to multiply, write 1e-3*x", "1e-3x"),
    ("1e", "an exponent has digits; write 1e3, or 1*e", "1e"),
    ("1e+", "an exponent has digits; write 1e3, or 1*e", "1e+"),
    ("0x10", "numbers are decimal; write 16", "0x10"),
    ("0b101", "numbers are decimal; write 5", "0b101"),
    ("1/2x", "an operator is missing; write 1/(2*x), or 1/2*x", "1/2x"),
    ("1/2(x+1)", "an operator is missing; write 1/(2*(x+1)), or 1/2*(x+1)", "1/2(x+1)"),
    ("1..5", "'..' is not part of the language; a range is a value: --x 1:5", "1..5"),
    ("1.2.3", "a number has one point", "1.2.3"),
    # derivatives
    ("x'", "a derivative is written as a function; write diff(f, x)", "x'"),
    ("f'(x)", "a derivative is written as a function; write diff(f(x), x)", "f'(x)"),
    ("f′(x)", "a derivative is written as a function; write diff(f(x), x)", "f′(x)"),
    ("d/dx(x^2)", "a derivative is written as a function; write diff(x^2, x)", "d/dx(x^2)"),
    ("d/dx x^2", "a derivative is written as a function; write diff(x^2, x)", "d/dx x^2"),
    ("d(x^2)/dx", "a derivative is written as a function; write diff(x^2, x)", "d(x^2)/dx"),
    ("∂f/∂x", "'∂' is not part of the language; write diff(f, x)", "∂f/∂x"),
    ("∇f", "'∇' is not part of the language; write diff(f, x)", "∇"),
    ("derivative(x^2, x)", "unknown function 'derivative'; write diff(f, x)", "derivative"),
    # LaTeX
    ("$x^2$", "'$' is not part of the language; write x^2", "$x^2$"),
    ("$x", "'$' is not part of the language; write x", "$x"),
    ("${x}", "'$' is not part of the language; write x", "${x}"),
    ("\\frac{a}{b}", "LaTeX is not part of the language; write (a)/(b)", "\\frac{a}{b}"),
    ("\\frac{a}{\\sqrt{b}}", "LaTeX is not part of the language; write (a)/(\\sqrt{b})", "\\frac{a}{\\sqrt{b}}"),
    ("\\int_0^1 x", "LaTeX is not part of the language; there is no integral", "\\int"),
    ("\\sin(x)", "LaTeX is not part of the language; write sin(x)", "\\sin(x)"),
    ("\\sin x", "LaTeX is not part of the language; write sin(x)", "\\sin x"),
    ("\\sqrt{x}", "LaTeX is not part of the language; write sqrt(x)", "\\sqrt{x}"),
    ("\\sqrt[3]{x}", "LaTeX is not part of the language; write (x)^(1/3)", "\\sqrt[3]{x}"),
    ("a \\cdot b", "LaTeX is not part of the language; write *", "\\cdot"),
    ("x \\le y", "LaTeX is not part of the language; write <=", "\\le"),
    ("\\alpha*x", "LaTeX is not part of the language; write alpha", "\\alpha"),
    ("\\left(x\\right)", "LaTeX is not part of the language; leave out \\left", "\\left"),
    ("x^{2}", "LaTeX is not part of the language; write ^(2)", "^{2}"),
    ("x_{1}", "LaTeX is not part of the language; write x_1", "x_{1}"),
    ("e^{-x}", "LaTeX is not part of the language; write ^(-x)", "^{-x}"),
    # functions
    ("sigma(x)", "unknown function 'sigma'; write sigmoid(x)", "sigma"),
    ("unitstep(x)", "unknown function 'unitstep'; write step(x), or heaviside(x), which is 0.5 at 0", "unitstep"),
    ("lb(x)", "unknown function 'lb'; write log2(x)", "lb"),
    ("ld(x)", "unknown function 'ld'; write log2(x)", "ld"),
    ("Sin(x)", "unknown function 'Sin'; write sin(x)", "Sin"),
    ("ReLU(x)", "unknown function 'ReLU'; write relu(x)", "ReLU"),
    ("leakyReLU(x)", "unknown function 'leakyReLU'; write leaky_relu(x)", "leakyReLU"),
    ("tg(x)", "unknown function 'tg'; write tan(x)", "tg"),
    ("ctg(x)", "unknown function 'ctg'; write cot(x)", "ctg"),
    ("arctg(x)", "unknown function 'arctg'; write atan(x)", "arctg"),
    ("arcctg(2*x)", "unknown function 'arcctg'; write acot(2*x)", "arcctg"),
    ("sh(x)", "unknown function 'sh'; write sinh(x)", "sh"),
    ("ch(x)", "unknown function 'ch'; write cosh(x)", "ch"),
    ("th(x)", "unknown function 'th'; write tanh(x)", "th"),
    ("sgn(x)", "unknown function 'sgn'; write sign(x)", "sgn"),
    ("modulo(a+b, 3)", "unknown function 'modulo'; write (a+b) % 3", "modulo"),
    ("factorial(n)", "unknown function 'factorial'; write gamma(n + 1)", "factorial"),
    ("root(x, 3)", "unknown function 'root'; write x^(1/3)", "root"),
    ("log3(x)", "unknown function 'log3'; write log(x)/log(3)", "log3"),
    ("degrees(x)", "unknown function 'degrees'; write x*180/pi", "degrees"),
    ("avg(x)", "unknown function 'avg'; write mean(x)", "avg"),
    ("Φ(x)", "unknown function 'Φ'; write normal_cdf(x), or normal_pdf(x)", "Φ"),
    ("Γ(x)", "unknown function 'Γ'; write gamma(x)", "Γ"),
    ("integral(x)", "unknown function 'integral'; the language has none", "integral"),
    ("e(x)", "unknown function 'e'; to multiply, write e*(x); to define it, e(…) = …", "e"),
    # operands
    ("log(x, 2)", "log takes 1 operand, not 2; to base b, write log(x)/log(b)", "log(x, 2)"),
    ("atan(y, x)", "atan takes 1 operand, not 2; write atan2(y, x)", "atan(y, x)"),
    (
        "sum(x, 1, 3)",
        "sum takes 1 operand, not 3; it adds the rows of a column; of several values, write x + 1 + 3",
        "sum(x, 1, 3)",
    ),
    (
        "mean(x, y)",
        "mean takes 1 operand, not 2; it is that of the rows of a column; of several values, write (x + y)/2",
        "mean(x, y)",
    ),
    ("max()", "max takes 2 operands, not 0; write max(x, y)", "max()"),
    ("norm(x, y)", "norm takes 1 operand, not 2; write hypot(x, y)", "norm(x, y)"),
    ("sin(x,)", "an operand is missing before ')'", ")"),
    ("()", "an operand is missing before ')'", ")"),
    ("*x", "an operand is missing before '*'", "*"),
    ("'x'", "quotes are not part of the language; write x", "'x'"),
    ('"a*b"', "quotes are not part of the language; write a*b", '"a*b"'),
]
"""The text, the first line of the error, and what its caret stands under."""


@pytest.mark.parametrize(("text", "message", "marked"), ROWS, ids=[text for text, _, _ in ROWS])
def test_what_to_write_instead(text: str, message: str, marked: str) -> None:
    assert_refused(lambda text: lower(parse(text)), text, message, marked)


@pytest.mark.parametrize("text", ["a = 1\n|x| + a", "a = |x|\na", "f(x) = x^2\nf(3) + 5!\n"])
def test_the_place_in_a_program_of_several_lines(text: str) -> None:
    marked = "5!" if "!" in text else "|x|"
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    message = str(caught.value).splitlines()
    assert f"line {text.count(chr(10), 0, text.index(marked)) + 1}" in message[0]
    assert len(message[2].strip()) == len(marked)


@pytest.mark.parametrize("unit", ["(", "|x", "sin^", "if ", "\\frac{", "[", "1 000", "x'", '"', "a.", "-", "x<y ? "])
def test_a_long_text_is_refused_quickly(unit: str) -> None:
    """The patterns look at what is around the place alone, and take no time that grows faster than that."""
    text = unit * 2000
    started = perf_counter()
    with pytest.raises(ExpressionError):
        lower(parse(text + "§"))
    assert perf_counter() - started < 2


@pytest.mark.parametrize("text", ["x != y", "!x", "a % b", "max(1,5*x)", "a*-b", "exp(x)^2", "x # y", "2*π", "x--y"])
def test_what_is_right_stays_right(text: str) -> None:
    lower(parse(text))


TOLD = [(text, found[1], marked) for text, message, marked in ROWS if (found := re.search("; write ([^;,]+)", message))]


@pytest.mark.parametrize(("text", "written", "marked"), TOLD, ids=[text for text, _, _ in TOLD])
def test_what_is_told_can_be_written(text: str, written: str, marked: str) -> None:
    """It is no mistake of its own, in the place that is marked or, where that is the name of a call, alone."""
    alone = text.startswith(f"{marked}(")
    attempt = written if alone else text.replace(marked, f" {written} ", 1)
    told = ""
    try:
        lower(parse(attempt))
    except ExpressionError as error:
        told = str(error)
    assert f"write {written}" not in told
