"""An export language is one file and a row: added at run time as the page says, it is known to `export`."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from exprgrad import UsageError, parse
from exprgrad.cli.process import execute
from exprgrad.jobs.export import languages
from exprgrad.jobs.export.export import export
from exprgrad.jobs.export.languages import Language

PAGE = Path(__file__).parents[3] / "docs" / "adding-an-export-language.md"
AWK = Language("awk", "tests.jobs.export.awk:Awk", suffixes=(".awk",), synonyms=("gawk", "mawk"))


@pytest.fixture
def awk() -> Iterator[Language]:
    languages.register(AWK)
    yield AWK
    del languages.LANGUAGES["awk"]


def test_the_page_shows_this_file_and_this_row() -> None:
    file, row = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert file == Path(__file__).with_name("awk.py").read_text("utf-8")
    assert row.strip() in Path(__file__).read_text("utf-8")


def test_it_is_unknown_before(capfd: pytest.CaptureFixture[str]) -> None:
    assert execute(["export", "x^2", "--format", "awk"]) == 2
    assert "there is no format 'awk'" in capfd.readouterr().err


def test_it_is_known_by_its_name_its_synonyms_and_its_suffix(awk: Language, tmp_path: Path) -> None:
    written = []
    for options in (["--format", "awk"], ["--format", "mawk"], []):
        file = tmp_path / f"f{len(written)}.awk"
        assert execute(["export", "w*exp(-x^2)", *options, "-o", str(file), "-q"]) == 0
        written.append(file.read_text())
    assert written == [export(parse("w*exp(-x^2)").model, {}, "awk")] * 3


TEXTS = [
    "softplus(w*x) + gelu(x)/w",
    "u = x*w; v = sigmoid(u) + abs(u); x > 1 and w < 2 or not x ? v*u : silu(v)",
    "tanh_*x + pow(x, 2.5) - hypot(x, w)*trunc(w)",
    "1/(x - x) + w",
]


@pytest.mark.parametrize("text", TEXTS)
def test_it_computes_what_the_interpreter_does(awk: Language, text: str, tmp_path: Path) -> None:
    expression = parse(text)
    at = {name: 1.75 - 0.5 * k for k, name in enumerate(expression.variables)}
    source = export(expression.model, {}, "awk")
    shown = "; ".join(["printf(form, value)", *(f'printf(form, gradient["{name}"])' for name in at)])
    call = f"value = f({', '.join(map(repr, at.values()))}, gradient, hessian)"
    program = tmp_path / "program.awk"
    program.write_text(source + f'BEGIN {{ form = "%.17g\\n"; {call}; {shown} }}\n')
    printed = subprocess.run(["awk", "-f", str(program)], capture_output=True, text=True, check=True).stdout
    expected = [expression.evaluate(**at), *expression.gradient(**at).values()]
    assert [float(line) for line in printed.split()] == pytest.approx(expected, rel=1e-13, nan_ok=True)


def test_what_it_lacks_is_said(awk: Language) -> None:
    with pytest.raises(UsageError, match="awk has no function gamma"):
        export(parse("gamma(x)").model, {}, "awk")
    with pytest.raises(UsageError, match="awk has no function mean, which folds a column"):
        export(parse("mean(x)").model, {}, "awk")


def test_a_name_can_be_taken_once(awk: Language) -> None:
    with pytest.raises(ValueError, match="the language mawk is defined twice"):
        languages.register(Language("mawk", AWK.where))
