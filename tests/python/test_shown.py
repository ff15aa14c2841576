"""Results show themselves: at a prompt, in a notebook, as LaTeX. What came from outside is text there, never markup."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import exprgrad
from exprgrad import ExprgradError
from tests.command import exprgrad as command

X, Y = [1.0, 2.0, 3.0], [2.0, 4.1, 5.9]
HOSTILE = "<script>alert(1)</script> & \x1b[31m"
RESULTS: dict[str, tuple[Callable[[], Any], list[str]]] = {
    "values": (lambda: exprgrad.eval("a*b + c", a=3, b=2, c=5), ["L = a*b + c", "11", "dL/d"]),
    "symbols": (lambda: exprgrad.eval("a*b + c", a=3), ["3*b + c"]),
    "columns of values": (lambda: exprgrad.eval("w*x", x=np.arange(100.0), w=2.0), ["0, 2, 4, …, 198 (100 rows)"]),
    "hessian": (lambda: exprgrad.eval("x^3*y", x=2, y=5, hessian=True), ["d2L/dxd", "60"]),
    "fit": (lambda: exprgrad.fit("y ~ a*x + b", {"x": X, "y": Y}), ["fit of y ~ a*x + b", "std error", "1.95", "R2"]),
    "notes of a fit": (
        lambda: exprgrad.fit("y ~ a*b*x", {"x": X, "y": Y}),
        ["singular", "note: a and b are not determined by the data"],
    ),
    "training": (lambda: exprgrad.train("(w - 2)^2", w=0, params=["w"], epochs=100), ["100 epochs", "loss L", "…"]),
    "check": (lambda: exprgrad.check("tanh(x)", x=20), ["check of tanh(x): passed", "agrees"]),
    "explain": (lambda: exprgrad.explain("(a*b + c)*d", a=3, b=2, c=5, d=5), ["forward", "backward", "the start"]),
    "derivatives": (lambda: exprgrad.diff("x^2*sin(y)"), ["dL/dx", "2*x*sin(y)"]),
    "uncertainty": (
        lambda: exprgrad.uncertainty("4*pi^2*L/T^2", L="1.000±0.002", T="2.006(5)"),
        ["uncertainty of 4*pi^2*L/T^2", "86.1%", "9.811 ± 0.053", "9.811(53)"],
    ),
    "overview": (
        lambda: exprgrad.columns({"x": X, HOSTILE: Y}),
        ["whole number", "<script>alert(1)</script> & \\x1b[31m"],
    ),
}


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_shows_itself(name: str) -> None:
    make, words = RESULTS[name]
    result = make()
    text, html, latex = repr(result), result._repr_html_(), result._repr_latex_()
    assert max(map(len, text.splitlines())) <= 80
    assert text.replace("\n", "").isprintable()
    assert latex.count("\\begin{") == latex.count("\\end{") > 0
    assert latex.startswith("$$\n") and latex.rstrip().endswith("$$")  # noqa: PT018
    if name == "derivatives":
        assert html is None
        assert r"\frac{\partial L}{\partial x} &= 2 x \sin\left(y\right)" in latex
        html = ""
    else:
        parsed = ElementTree.fromstring(html)
        tags = {element.tag for element in parsed.iter()}
        assert tags <= {"div", "p", "code", "table", "thead", "tbody", "tr", "th", "td"}
        assert {key for element in parsed.iter() for key in element.attrib} <= {"style", "title"}
        html = "".join(parsed.itertext())
    for word in words:
        assert any(word in shown.replace("\n", " ") for shown in (text, html)), word


def test_a_long_derivative_is_a_table() -> None:
    long = exprgrad.diff(" + ".join(f"sin(x*{k})*cos(y{k})" for k in range(200)))
    assert long._repr_latex_() is None
    assert "<table" in long._repr_html_()


def test_an_expression_is_typeset() -> None:
    assert exprgrad.parse("x^2/y")._repr_latex_() == r"$\displaystyle \frac{{x}^{2}}{y}$"
    assert r"\sim" in (exprgrad.parse("y ~ a*x", formula=True)._repr_latex_() or "")
    assert exprgrad.parse("+".join(["sin(x)"] * 900))._repr_latex_() is None
    assert repr(exprgrad.parse("x^2")) == "Expression('x^2')"


def test_notes_name_keywords() -> None:
    run = exprgrad.train("(w - 2)^2", w=0, params=["w"], optimizer="lbfgs", epochs=1)
    assert "--" not in repr(run)
    assert "epochs=10" in repr(run)


def test_a_graph_is_a_picture(tmp_path: Path) -> None:
    picture = exprgrad.graph("(a*b + c)*d", a=3, b=2, c=5, d=5)
    svg = ElementTree.fromstring(picture._repr_svg_())
    texts = [element.text for element in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert "c" in texts
    assert "dL/dc = 5" in texts
    assert not any("id" in element.attrib or element.tag.endswith(("style", "script")) for element in svg.iter())
    assert repr(picture) == '<graph of (a*b + c)*d: 7 nodes; save("graph.html")>'
    for name, start in (
        ("g.svg", "<svg"),
        ("g.html", "<!doctype html>"),
        ("g.dot", "// (a*b + c)*d\ndigraph"),
        ("g.mmd", "%% (a*b + c)*d\nflowchart"),
    ):
        picture.save(tmp_path / name)
        assert (tmp_path / name).read_text("utf-8").startswith(start), name
    picture.save(tmp_path / "g.txt", format="mermaid")
    assert (tmp_path / "g.txt").read_text() == (tmp_path / "g.mmd").read_text()
    assert "<script>" not in exprgrad.graph("x # </title><script>")._repr_svg_()


def test_options_of_the_command_are_keywords() -> None:
    assert [row.name for row in exprgrad.check("a*x^3", a=2, x=3, wrt="x", order=2).rows] == ["d2/dx2", "value"]
    assert "1.5707963268" in exprgrad.graph("a*1", a=1.5707963267948966, digits=11)._repr_svg_()
    assert "dL/db" not in exprgrad.graph("a*b", a=1, b=2, wrt=["a"])._repr_svg_()
    assert "dL/db" not in repr(exprgrad.explain("a*b", a=1, b=2, wrt=["a"]))
    assert exprgrad.fit("y ~ a*x", {"x": X, "y": Y}, threads=1, backend="interpreter").n == 3
    assert exprgrad.train("(a*x - y)^2", {"x": X, "y": Y}, a=1, threads=1, backend="interpreter").epochs == 10


def test_a_plot_is_a_picture(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    picture = exprgrad.plot("sin(x)/x", x=(0, 20), order=1)
    assert [curve.label for curve in picture.result.curves] == ["L", "dL/dx"]  # type: ignore[union-attr]
    ElementTree.fromstring(picture._repr_svg_())
    assert "sin(x)/x" in repr(picture)
    for name, start in (("p.svg", b"<?xml"), ("p.png", b"\x89PNG"), ("p.pdf", b"%PDF")):
        picture.save(str(tmp_path / name))
        assert (tmp_path / name).read_bytes().startswith(start)
    assert list(exprgrad.plot("x^2", x="0:2:1").result.points) == [0.0, 1.0, 2.0]
    assert list(exprgrad.plot("x^2", x=np.array([3.0, 1.0])).result.points) == [3.0, 1.0]
    folded = exprgrad.plot("mean((w*x - y)^2)", {"x": X, "y": Y, "text": ["a"] * 3}, w=(0, 4), points=5)
    assert list(folded.result.points) == [0.0, 1.0, 2.0, 3.0, 4.0]
    field = exprgrad.plot("x*y", x=(0, 1), y=(0, 2), points=3)
    assert len(field.result.values) == 9  # type: ignore[union-attr]
    assert repr(field) == '<plot of x*y; save("plot.svg")>'


def test_a_plot_in_python_is_that_of_the_command(tmp_path: Path) -> None:
    """The same picture, number by number: both draw it on the terminal."""
    pytest.importorskip("plotille")
    (tmp_path / "d.csv").write_text("t,y\n0,3\n1,2.1\n2,1.4\n3,1.2\n")
    frame = {"t": [0.0, 1.0, 2.0, 3.0], "y": [3.0, 2.1, 1.4, 1.2]}
    fit = exprgrad.fit("y ~ a*t + c", frame).parameters
    line = [f"--{name}={fit[name].value!r}" for name in fit]
    data = ["--data", str(tmp_path / "d.csv")]
    for picture, args in (
        (exprgrad.plot("y ~ a*t + c", frame, **fit), ["y ~ a*t + c", *line, *data]),
        (exprgrad.plot("y ~ a*t + c", **frame, **fit), ["y ~ a*t + c", *line, *data]),
        (exprgrad.plot("y ~ a*t + c", frame, t=(-1, 5), **fit), ["y ~ a*t + c", "--t=-1:5", *line, *data]),
        (exprgrad.plot("y ~ a*t + c", t=(-1, 5), **fit), ["y ~ a*t + c", "--t=-1:5", *line]),
        (exprgrad.plot("s = 2; y/s ~ t^2", frame, order=1), ["s = 2; y/s ~ t^2", "--order", "1", *data]),
        (exprgrad.plot("t^2/3", frame, t=(0, 3)), ["t^2/3", "--t", "0:3", *data]),
        (exprgrad.plot("sin(x); x - x^3/6", x=(-3, 3)), ["sin(x); x - x^3/6", "--x", "-3:3"]),
        (exprgrad.plot("a*x^2", x=(1, 2), a=3, wrt="a"), ["a*x^2", "--x", "1:2", "--a", "3", "--wrt", "a"]),
        (
            exprgrad.plot("1/x", x=(0.01, 100), log="xy", title="T", x_label="s", y_label="m", digits=2),
            ["1/x", "--x", "0.01:100", "--log", "xy", "--title", "T", "--x-label", "s", "--y-label", "m", "--digits=2"],
        ),
        (exprgrad.plot("mean((w*t - y)^2)", frame, w=(0, 4)), ["mean((w*t - y)^2)", "--w", "0:4", *data]),
    ):
        shown = command("plot", *args, env={"COLUMNS": "80", "LINES": "26"}).stdout
        assert repr(picture) == shown.rstrip("\n"), args


WRONG: dict[str, tuple[Callable[[Path], Any], str]] = {
    "epoch": (lambda _: exprgrad.train("w^2", w=1, epoch=3), "train has no keyword epoch; did you mean epochs?"),
    "learning_rate": (
        lambda _: exprgrad.train("x", learning_rate=1),
        "train has no keyword learning_rate; did you mean lr?",
    ),
    "bounds": (lambda _: exprgrad.train("x", bounds={}), "train has no keyword bounds; did you mean bound?"),
    "absolute_sigma": (
        lambda _: exprgrad.fit("y ~ a", absolute_sigma=True),
        "fit has no keyword absolute_sigma; did you mean absolute?",
    ),
    "ordr": (lambda _: exprgrad.derivative("x", "x", ordr=2), "derivative has no keyword ordr"),  # type: ignore[call-arg]
    "variable": (
        lambda _: exprgrad.parse("x").derivative(variable="x"),
        "derivative has no keyword variable; did you mean wrt?",
    ),  # type: ignore[call-arg]
    "thread": (lambda _: exprgrad.compile("x", thread=1), "compile has no keyword thread; did you mean threads?"),  # type: ignore[call-arg]
    "optimiser": (lambda _: exprgrad.train("w^2", w=1, optimiser="adam"), "did you mean optimizer?"),
    "batch": (lambda _: exprgrad.train("w^2", w=1, batch=8), "did you mean batch_size?"),
    "step": (lambda _: exprgrad.train("w^2", w=1, eta=0.1), "train has no keyword eta; did you mean l"),
    "max_nfev": (lambda _: exprgrad.fit("y ~ a*x", {"x": X, "y": Y}, max_nfev=3), "did you mean max_iterations?"),
    "yerr": (lambda _: exprgrad.fit("y ~ a*x", {"x": X, "y": Y}, yerr="dy"), "did you mean sigma?"),
    "p0": (lambda _: exprgrad.fit("y ~ a*x", {"x": X, "y": Y}, p0=[1]), "starts are keywords of their own, as a=1"),
    "a start": (lambda _: exprgrad.fit("y ~ alpha*x", {"x": X, "y": Y}, alfa=1), "did you mean alpha?"),
    "sep": (lambda path: exprgrad.read(path, sep=";"), "exprgrad.read has no keyword sep; did you mean delimiter?"),  # type: ignore[call-arg]
    "n": (lambda _: exprgrad.plot("x", x=(0, 1), n_points=3), "plot has no keyword n_points; did you mean points?"),
    "title": (lambda _: exprgrad.map("x", {"x": X}, title="u"), "did you mean name?"),
    "hess": (lambda _: exprgrad.eval("x", x=1, hess=True), "eval has no keyword hess; did you mean hessian?"),
    "by": (lambda _: exprgrad.diff("x*y", by="x"), "diff has no keyword by; did you mean wrt?"),
    "workers": (lambda _: exprgrad.compile("x", workers=2), "compile has no keyword workers; did you mean threads?"),  # type: ignore[call-arg]
    "nothing": (
        lambda _: exprgrad.eval("x*y", zzz=2),
        "eval has no keyword zzz; the variables of the expression are x, y;",
    ),
    "method": (
        lambda _: exprgrad.parse("w^2").train({"w": 1.0}, epoch=1),
        "train has no keyword epoch; did you mean epochs?",
    ),  # type: ignore[call-arg]
    "an option": (
        lambda _: exprgrad.fit("y ~ sigma*x", {"x": X, "y": Y}, sigma=1.0),
        'sigma is an option; the variable goes into a dict: fit(…, {"sigma": 1}, data=…)',
    ),
    "an option of training": (
        lambda _: exprgrad.train("(seed - 1)^2", seed=0.5),
        "seed is an option; the variable goes",
    ),
    "computed": (lambda _: exprgrad.eval("u = x; u^2", u=2), "u is computed by the expression and cannot be bound"),
    "a fit by place": (
        lambda _: exprgrad.evaluate("a*x", {"x": X}, exprgrad.fit("y ~ a*x", {"x": X, "y": Y})),  # type: ignore[call-overload]
        "evaluate takes at most 2 arguments by place, not 3; its parameters are keywords: **fit.parameters",
    ),
    "a fit as a table": (
        lambda _: exprgrad.map("a*x", exprgrad.fit("y ~ a*x", {"x": X, "y": Y})),  # type: ignore[arg-type]
        "; its parameters are keywords: **fit.parameters",
    ),
    "a run by place": (
        lambda _: exprgrad.parse("a*x")({"x": X}, exprgrad.train("a^2", a=1, params=["a"])),  # type: ignore[call-arg]
        "its parameters are keywords: **run.parameters",
    ),
    "values by place": (
        lambda _: exprgrad.gradient("a*x", {"x": X}, {"a": 1}),  # type: ignore[call-overload]
        "values are keywords: **values",
    ),
    "a start by place": (lambda _: exprgrad.fit("y ~ a*x", {}, 1), "fit takes at most 2 arguments by place, not 3"),  # type: ignore[misc]
    "a number by place": (lambda _: exprgrad.evaluate("x", None, 3), "by its name, as a=1"),  # type: ignore[call-overload]
    "a record": (lambda _: exprgrad.evaluate("sum(x)", x=sys.version_info), "x must be a binary64 number, not a value"),  # type: ignore[call-overload]
    "wrt": (lambda _: exprgrad.eval("x*y", wrt=["z"]), "the expression has no variable z"),
    "range": (lambda _: exprgrad.plot("x^2", x=(1, 1)), "x: the range from 1 to 1 is empty or infinite"),
    "text": (lambda _: exprgrad.plot("x^2", x="five"), "x takes a range such as (0, 20) or '0:20', not 'five'"),
    "no range": (lambda _: exprgrad.plot("x^2"), "there is no range to draw over; give one as x=(-5, 5)"),
    "free": (lambda _: exprgrad.plot("a*x", x=(0, 1)), "no value for a"),
    "log of nothing": (
        lambda _: exprgrad.plot("x", x=(0, 1), log="x"),
        'log="x" has no place; give a range above 0, as x=',
    ),
    "log of what": (lambda _: exprgrad.plot("x", x=(0, 1), log="z"), "log is 'x', 'y' or 'xy', not 'z'"),
    "no column of a formula": (
        lambda _: exprgrad.plot("z ~ a*x", x=X, a=1),
        "the data have no column z; the columns are x",
    ),
    "two columns": (
        lambda _: exprgrad.plot("y ~ a*x + b*t", {"x": X, "t": X, "y": Y}, a=1, b=1),
        "a curve is drawn over one column, and x and t are some; give t=VALUE",
    ),
    "no number": (lambda _: exprgrad.plot("a*x", x=(0, 1), a=None), "the value of a must be a binary64 number"),
    "three": (lambda _: exprgrad.plot("x*y*z", x=(0, 1), y=(0, 1), z=(0, 1)), "3 ranges: a plot has one or two"),
    "suffix": (
        lambda path: exprgrad.graph("x").save(path / "g.gif"),
        "g.gif tells no format; end it in one of .dot, .mermaid",
    ),
    "format": (lambda path: exprgrad.graph("x").save(path / "g", format="gif"), "there is no format gif"),
    "folder": (lambda path: exprgrad.graph("x").save(path / "none" / "g.svg"), "No such file"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_in_one_line(case: str, tmp_path: Path) -> None:
    call, message = WRONG[case]
    with pytest.raises(ExprgradError) as caught:
        call(tmp_path)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "no keyword" not in message or isinstance(caught.value, TypeError)


def test_a_room_does_not_take_the_place_of_a_function() -> None:
    import exprgrad.columns.plan
    import exprgrad.graph.lower

    assert exprgrad.graph is exprgrad.graph
    assert callable(exprgrad.graph)
    assert exprgrad.columns({"x": X}).rows == 3
