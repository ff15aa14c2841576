"""The pictures of an uncertainty: bars of its budget, densities, and intervals, on every medium."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import exprgrad
from exprgrad.errors import UsageError
from exprgrad.jobs.uncertainty.montecarlo.density import density
from exprgrad.jobs.uncertainty.montecarlo.sample import Sample
from exprgrad.jobs.uncertainty.result import Uncertainty
from exprgrad.render.pictures.bars import MOST, Bars, bars_of, characters
from exprgrad.render.pictures.panels import Panel
from exprgrad.render.pictures.screen import Screen
from exprgrad.render.pictures.stack import draw_pictures
from exprgrad.render.pictures.terminal import plot_pictures
from exprgrad.render.pictures.uncertain import pictures

shares = st.lists(st.tuples(st.text("abµ<_", min_size=1, max_size=30), st.floats(-3, 3)), min_size=1, max_size=40)


def found(trials: int | None = 20_000) -> Uncertainty:
    return exprgrad.uncertainty("p = x*y; q = x/y", x="3±0.1", y="uniform(1, 3)", montecarlo=trials)


@given(shares, st.integers(1, 120), st.booleans(), st.booleans())
def test_any_shares_fit_any_terminal(
    given: list[tuple[str, float]], columns: int, colours: bool, unicode: bool
) -> None:
    bars = bars_of("share of the variance", given)
    if bars is None:
        assert not any(share for _, share in given)
        return
    text = characters(
        bars, Screen(columns, 20, colours, unicode), (lambda bar: f"\x1b[36m{bar}\x1b[0m") if colours else str
    )
    plain = re.sub(r"\x1b\[\d+m", "", text)
    title, *lines = plain.splitlines()
    assert len(lines) == len(bars.bars) <= MOST
    assert columns < 30 or max(map(len, [title, *lines])) <= columns
    assert unicode or text.isascii()
    assert sum(bar.share for bar in bars.bars) == pytest.approx(sum(share for _, share in given), abs=1e-9)
    axis = lines[0].rindex("│" if unicode else "|")
    for bar, line in zip(bars.bars, lines, strict=True):
        assert line.endswith(bar.text)
        assert line[axis] in "│|", "all bars begin at one place"
        if unicode and bar.share and columns >= 30:
            assert line[axis + 1 if bar.share > 0 else axis - 1] != " ", "what is not 0 is seen"


def test_bars_are_as_long_as_their_shares() -> None:
    bars = bars_of("", [("a", 0.5), ("b", 0.25), ("c", -0.25)])
    assert bars is not None
    _, *lines = characters(bars, Screen(60, 20, False, True)).splitlines()
    long, short, negative = (line.count("█") for line in lines)
    assert long == pytest.approx(2 * short, abs=1)
    assert negative == pytest.approx(short, abs=1)


@given(st.integers(0, 100), st.sampled_from([0.5, 0.95, 0.999]), st.sampled_from(["normal", "exponential", "floor"]))
def test_a_density_holds_the_trials_between_its_edges(seed: int, coverage: float, kind: str) -> None:
    draw = np.random.default_rng(seed)
    values = draw.exponential(size=4000) if kind == "exponential" else draw.normal(size=4000)
    values = np.floor(values) if kind == "floor" else values
    low, high = np.quantile(values, ((1 - coverage) / 2, (1 + coverage) / 2))
    for kept in (1 << 20, 1000):  # all in one array, and counted in narrow bins
        sample = Sample(coverage, kept)
        for part in values.reshape(4, -1):
            sample.add(part.copy())
        edges, heights = density(sample, float(low), float(high), coverage)
        within = np.mean((values >= edges[0]) & (values <= edges[-1]))
        held = float(np.sum(np.diff(edges) * heights))
        assert held == pytest.approx(within, abs=1e-12 if kept > 4000 else 2e-3)
        assert edges[0] <= low
        assert high <= edges[-1]


def test_a_density_of_one_number_has_no_bins() -> None:
    sample = Sample(0.95)
    sample.add(np.ones(1000))
    assert density(sample, 1.0, 1.0, 0.95).heights == ()


def test_each_result_has_its_bars_and_its_panel() -> None:
    result = found()
    shown = pictures(result)
    assert [type(each) for each in shown] == [Bars, Bars, Panel, Panel]
    bars, panel = shown[0], shown[2]
    assert isinstance(bars, Bars)
    assert isinstance(panel, Panel)
    assert [(bar.label, bar.text) for bar in bars.bars] == [("y", "98.7%"), ("x", "1.3%")]
    trials, law, *ends = panel.layers
    one, other = result.results["p"], result.montecarlo
    assert other is not None
    assert [tuple(end.points) for end in ends] == [
        (other.results["p"].low, other.results["p"].high),
        (one.low, one.high),
    ]
    for line in (trials, law):  # the trials' outline has two points for a bin, and one before and after
        area = np.trapezoid(list(map(float, line.values)), list(map(float, line.points)))
        assert area == pytest.approx(1, abs=2e-3)
    assert [len(pictures(found(None)))] == [2]


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize("unicode", [False, True])
def test_on_a_terminal(columns: int, unicode: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    text = plot_pictures(pictures(found()), Screen(columns, 12, False, unicode))
    assert max(map(len, text.splitlines())) <= columns
    assert unicode or text.isascii()
    assert text.count(" trials ") >= 2
    assert text.count("linear law") == 4, "in the legend, and in the interval below"
    assert "\x1b" not in text
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = plot_pictures(pictures(found()), Screen(columns, 12, True, unicode))
    assert "\x1b[36m" in coloured


@pytest.mark.parametrize(("kind", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_as_files(kind: str, start: bytes) -> None:
    shown = pictures(found())[1:3]
    content = draw_pictures(shown, kind)
    assert content.startswith(start)
    assert kind != "svg" or content == draw_pictures(shown, kind), "the same bytes each time"


def test_hostile_names_are_text_in_a_file() -> None:
    bars = bars_of("share of $x^2$ & <b>", [("$\\frac{$", 0.5), ("<b>&", -0.5)])
    assert bars is not None
    text = draw_pictures([bars], "svg").decode()
    assert {"$\\frac{$", "&lt;b&gt;&amp;", "share of $x^2$ &amp; &lt;b&gt;"} <= set(
        re.findall(r">([^<>]+)</text>", text)
    )


def test_in_python() -> None:
    picture = exprgrad.plot(found(None))
    assert repr(picture).startswith("share of the variance of p\n")
    assert "98.7%" in picture._repr_svg_()
    with pytest.raises(UsageError, match="drawn alone"):
        exprgrad.plot(found(None), title="x")  # type: ignore[call-overload]
    with pytest.raises(UsageError, match="nothing to draw"):
        exprgrad.plot(exprgrad.uncertainty("x^2", x="0±1"))
