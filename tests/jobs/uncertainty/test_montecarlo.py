"""The Monte Carlo method: the same bits in any division, intervals, digits, and the verdict."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import exprgrad
from exprgrad.data.checkpoints.document import checksum
from exprgrad.distributions.read import uncertain
from exprgrad.errors import ExprgradError, NumbersError, UsageError
from exprgrad.jobs.uncertainty.montecarlo import course
from exprgrad.jobs.uncertainty.montecarlo.counts import Counts
from exprgrad.jobs.uncertainty.montecarlo.intervals import interval
from exprgrad.jobs.uncertainty.montecarlo.moments import Moments
from exprgrad.jobs.uncertainty.montecarlo.sample import Sample
from exprgrad.jobs.uncertainty.montecarlo.saved import Checkpoints
from exprgrad.jobs.uncertainty.montecarlo.spans import Place, Question, Span, Threads
from exprgrad.jobs.uncertainty.montecarlo.stages import tolerance, wanted_blocks
from exprgrad.jobs.uncertainty.montecarlo.wanted import INTERVALS, Wanted
from exprgrad.jobs.uncertainty.request import Request
from exprgrad.jobs.uncertainty.run import uncertainty
from exprgrad.quantities.quantities import Quantities


def test_threads_and_the_order_of_options_change_no_bit() -> None:
    inputs: Any = {"x": "normal(1, 0.1)", "y": "student(2, 0.1, 7)", "z": "triangular(0, 1)"}
    found = [
        exprgrad.uncertainty("x*y + z", montecarlo=100_001, seed=5, threads=threads, **given)
        for threads, given in ((1, inputs), (2, inputs), (2, dict(reversed(inputs.items()))))
    ]
    assert found[0].montecarlo == found[1].montecarlo == found[2].montecarlo
    assert exprgrad.uncertainty("x*y + z", montecarlo=100_001, seed=6, **inputs).montecarlo != found[0].montecarlo


class Broken:
    """Threads of which one is interrupted after some spans."""

    batches = 2

    def __init__(self, spans: int) -> None:
        self._left = spans

    def spans(self, question: Question, places: Sequence[Place], bins: Sequence[Counts] | None) -> Iterator[Span]:
        for found in Threads(1).spans(question, places, bins):
            if not self._left:
                raise KeyboardInterrupt
            self._left -= 1
            yield found


@pytest.mark.parametrize(("spans", "auto"), [(0, False), (2, False), (3, False), (5, False), (5, True)])
def test_trials_go_on_to_the_same_bits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spans: int, auto: bool) -> None:
    """Wherever a run ended: before the trials are counted, while they are, and at its end, to be extended."""
    monkeypatch.setattr(course, "KEPT", 150_000)
    monkeypatch.setattr(Checkpoints, "is_due", lambda self: True)
    lowered = exprgrad.parse("p = x*y; q = x - y").lowered
    given = Quantities({"x": uncertain("1±0.098", "--x"), "y": uncertain("2±0.01", "--y")}, {("x", "y"): 0.4})

    def run(**how: Any) -> Any:
        wanted = Wanted(None if auto else 400_001, seed=3, **how)
        return uncertainty(lowered, given, Request(montecarlo=wanted)).montecarlo

    file = str(tmp_path / "trials.json")
    with pytest.raises(KeyboardInterrupt):
        run(machine=Broken(spans), checkpoints=Checkpoints(file))
    assert (spans > 2) == Path(file).exists()
    assert run(checkpoints=Checkpoints(file, resume=True)) == run(threads=2)
    assert run(checkpoints=Checkpoints(file, resume=True)) == run(threads=2), "what is done is not done again"


@pytest.mark.parametrize("fault", ["counts", "trials", "means", "another"])
def test_a_checkpoint_that_does_not_fit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    monkeypatch.setattr(course, "KEPT", 50_000)
    file = tmp_path / "trials.json"
    wishes: Any = {"montecarlo": Wanted(100_000, checkpoints=Checkpoints(str(file)))}
    given = Quantities({"x": uncertain("1±0.1", "--x")})
    lowered = exprgrad.parse("x^2").lowered
    uncertainty(lowered, given, Request(**wishes))
    document = json.loads(file.read_text())
    if fault == "another":
        given = Quantities({"x": uncertain("1±0.2", "--x")})
    else:
        state = document["state"]
        sample = state["samples"][0]
        state["trials"] += fault == "trials"
        state["means"] *= 2 if fault == "means" else 1
        sample["counts"] = "AAAA" if fault == "counts" else sample["counts"]
        content = {key: value for key, value in document.items() if key != "checksum"}
        file.write_text(json.dumps(content | {"checksum": checksum(content)}, indent=1))
    wishes = {"montecarlo": Wanted(200_000, checkpoints=Checkpoints(str(file), resume=True))}
    told = "a checkpoint of other inputs: x was normal" if fault == "another" else "is damaged"
    with pytest.raises(ExprgradError, match=told):
        uncertainty(lowered, given, Request(**wishes))


def test_moments_merge() -> None:
    rows = np.random.default_rng(1).normal(1e6, 1, (2, 1000))
    parts = Moments.of(rows[:, :300]).merged(Moments.of(rows[:, 300:]))
    assert parts.covariance == pytest.approx(np.cov(rows), rel=1e-9)


@pytest.mark.parametrize("kind", INTERVALS)
@pytest.mark.parametrize("heavy", [False, True])
def test_bins_give_what_all_trials_give(kind: str, heavy: bool) -> None:
    """Up to the width of a bin; the shortest interval hardly prefers a place, so its length is what is compared."""
    random = np.random.default_rng(2)
    values = random.standard_cauchy(300_000) if heavy else random.gamma(3, 1, 300_000)
    whole, binned = Sample(0.9), Sample(0.9, kept=50_000)
    for part in np.array_split(values, 7):
        whole.add(part.copy())
        binned.add(part)
    assert binned.resolution > 0 == whole.resolution
    mean = 3.0
    one, other = interval(whole, kind, 0.9, mean), interval(binned, kind, 0.9, mean)
    if kind != "shortest":
        assert (other.low, other.high) == pytest.approx((one.low, one.high), abs=2 * binned.resolution)
        assert (other.low_error, other.high_error) == pytest.approx((one.low_error, one.high_error), rel=0.2)
    assert other.high - other.low == pytest.approx(one.high - one.low, abs=4 * binned.resolution)


@pytest.mark.parametrize("kept", [1 << 22, 10_000])
def test_the_ends_of_a_shortest_interval_move_as_is_said(kept: int) -> None:
    """Over other seeds, by more than those of the interval with as much outside on either side."""
    random, found = np.random.default_rng(4), []
    for _ in range(12):
        sample = Sample(0.95, kept=kept)
        for part in np.array_split(random.normal(0, 1, 40_000), 4):
            sample.add(part)
        found.append(interval(sample, "shortest", 0.95, 0.0))
    moved = np.std([one.low for one in found], ddof=1)
    said = np.median([one.low_error for one in found])
    assert 0.5 < said / moved < 2
    assert said > 2 * 0.013  # twice the standard error of the quantile 2.5 %


@pytest.mark.parametrize(
    ("uncertainty", "digits", "expected"),
    [(0.0526, 2, 0.0005), (0.0996, 2, 0.005), (35.8, 2, 0.5), (35.8, 1, 5.0), (9.96, 1, 5.0), (0.0, 2, 0.0)],
)
def test_tolerance(uncertainty: float, digits: int, expected: float) -> None:
    assert tolerance(uncertainty, digits) == pytest.approx(expected)


def test_auto_takes_what_the_digits_need() -> None:
    inputs: Any = {"x": "normal(1, 0.04)"}
    loose = exprgrad.uncertainty("x", montecarlo="auto", uncertainty_digits=1, **inputs).montecarlo
    strict = exprgrad.uncertainty("x", montecarlo="auto", **inputs).montecarlo
    assert loose is not None
    assert strict is not None
    assert loose.trials == 100_000 < strict.trials < 2_000_000
    assert strict.stable
    assert strict.trials % 10_000 == 0
    assert strict.only.low == pytest.approx(1 - 0.0784, abs=strict.only.tolerance)
    assert wanted_blocks(np.ones(100_000), "probabilistic", 0.95, 2) == 10


def test_one_trial_is_one_row() -> None:
    """A reduction is that of one number, which a trial has of each input."""
    found = exprgrad.uncertainty("sum(x) + count(x) + std(x, 0)", x="normal(1, 0.1)", montecarlo=10_000).montecarlo
    assert found is not None
    assert found.only.standard_uncertainty == pytest.approx(0.1, rel=0.03)


def test_several_results_have_the_covariance_of_the_trials() -> None:
    found = exprgrad.uncertainty(
        "p = x*y; q = x/y", x="normal(3, 0.01)", y="normal(2, 0.01)", montecarlo=50_000, correlate={("x", "y"): -0.5}
    )
    assert found.montecarlo is not None
    for a, cells in found.covariance.items():
        for b, value in cells.items():
            assert found.montecarlo.covariance[a][b] == pytest.approx(value, rel=0.05), (a, b)


def test_trials_stand_alone_where_there_is_no_derivative() -> None:
    found = exprgrad.uncertainty("abs(x)", x="normal(0, 1)", montecarlo=100_000)
    assert found.budget == ()
    assert found.montecarlo is not None
    assert found.only.value == found.montecarlo.only.mean == pytest.approx(0.798, abs=0.01)
    assert isnan(found.montecarlo.only.low_difference)
    assert not found.montecarlo.only.linear_valid
    assert "no derivative" in found.notes[0]
    with pytest.raises(UsageError, match="second_order takes a derivative"):
        exprgrad.uncertainty("abs(x)", x="normal(0, 1)", montecarlo=100_000, second_order=True)


@pytest.mark.parametrize(
    ("expression", "given", "limits", "expected"),
    [
        ("y", {"y": "gamma(4, 0.25)"}, (None, 2), 0.9576198880083160),  # JCGM 106, 9.5.4: 1 - 379*exp(-8)/3
        ("y", {"y": "uniform(0, 1)"}, (0.2, 0.3), 0.1),
        ("abs(y)", {"y": "0±1"}, (1, None), 0.31731050786291415),  # where the linear law fails
        ("p = y; q = 2*y", {"y": "0±1"}, {"q": (0, 2)}, 0.3413447460685429),
    ],
)
def test_conformity_is_the_part_of_the_trials(expression: str, given: Any, limits: Any, expected: float) -> None:
    found = exprgrad.uncertainty(expression, montecarlo=100_000, limits=limits, **given)
    (one,) = found.conformity
    assert one.probability == pytest.approx(expected, abs=4 * (expected * (1 - expected) / 100_000) ** 0.5)
    assert one.risk == pytest.approx(1 - one.probability)


def test_limits_that_no_trial_passes_are_said() -> None:
    found = exprgrad.uncertainty("y", y="0±1", montecarlo=10_000, limits=(None, 20))
    assert any("below about 0.0003" in note for note in found.notes)


@pytest.mark.parametrize("ends", [(-0.5, 1.0), (-np.inf, 0.0), (1.0, np.inf), (-np.inf, np.inf)])
def test_bins_count_what_lies_between(ends: tuple[float, float]) -> None:
    values = np.random.default_rng(3).normal(0, 1, 100_000)
    whole, binned = Sample(0.95), Sample(0.95, kept=10_000)
    for part in np.array_split(values, 5):
        whole.add(part.copy())
        binned.add(part)
    assert binned.between(*ends) == pytest.approx(whole.between(*ends), abs=2e-5)


def test_a_trial_without_a_result_is_an_error() -> None:
    with pytest.raises(NumbersError, match=r"trials have no finite result, as that with x = -"):
        exprgrad.uncertainty("log(x)", x="normal(1, 0.5)", montecarlo=100_000)
    kept = exprgrad.uncertainty("log(x)", x="truncated(normal(1, 0.5), 0.01, inf)", montecarlo=100_000)
    assert kept.montecarlo is not None


@pytest.mark.parametrize("text", ["x", "1.5", "nan", "inf", "", "1e30"])
def test_what_is_no_number_of_trials(text: str) -> None:
    with pytest.raises(UsageError, match="takes a number of trials or auto"):
        Wanted.read(text)


@pytest.mark.parametrize("wrong", [{"montecarlo": 0}, {"montecarlo": -3}, {"seed": -1}, {"seed": 1 << 64}])
def test_what_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ExprgradError):
        exprgrad.uncertainty("x", x="normal(1, 0.5)", **{"montecarlo": 1000, **wrong})  # type: ignore[arg-type]


def test_the_document() -> None:
    found = exprgrad.uncertainty("x^2", x="normal(1, 0.1)", montecarlo=1000)
    from exprgrad.render.results.uncertain.uncertainty import document

    written = json.loads(json.dumps(document(found)))["montecarlo"]
    assert {"trials", "seed", "mean", "standard_uncertainty", "low", "high", "linear_valid"} <= written.keys()
    assert written["results"]["x^2"]["mean"] == written["mean"]
