"""NIST's reference data sets for nonlinear regression (StRD, public domain): from both starts to certified digits."""

from __future__ import annotations

import json
from math import log10
from pathlib import Path
from typing import Any

import pytest

import exprgrad

SETS: dict[str, Any] = json.loads(Path(__file__).with_name("nist.json").read_text("utf-8"))
RUNS = [(name, start) for name in SETS for start in ("start1", "start2")]


def digits(found: list[float], certified: list[str]) -> float:
    return min(-log10(max(abs(x - float(c)) / abs(float(c)), 1e-16)) for x, c in zip(found, certified, strict=True))


@pytest.mark.parametrize(("name", "start"), RUNS)
def test_certified_values(name: str, start: str) -> None:
    data = SETS[name]
    columns = zip(["y", *data["vars"]], map(list, zip(*data["data"], strict=True)), strict=True)
    bindings = {**dict(columns), **dict(zip(data["params"], data[start], strict=True))}
    fit = exprgrad.fit(f"{data['response']} ~ {data['expr']}", bindings)
    found = [fit.parameters[parameter] for parameter in data["params"]]
    assert fit.converged
    assert digits([row.value for row in found], data["cert"]) >= 10
    if data["rss"] < 1e-20:  # Lanczos1: what the residuals say is how the data were rounded
        return
    assert digits([row.std_error for row in found], data["sd"]) >= 8
    assert digits([fit.rss, fit.residual_std_error], [str(data["rss"]), str(data["rsd"])]) >= 9
