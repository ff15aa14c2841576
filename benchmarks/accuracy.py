"""The accuracy of every function of the table and of its derivatives, measured against mpmath.

    python -m benchmarks.accuracy [--points N] [--seed N] [--write] [FUNCTION ...]
    python -m benchmarks.accuracy --certify [--points N] [--seconds S] [--workers N] [--keep FILE] [FUNCTION ...]

Prints the worst errors in ulp on the interpreter and compiled, and beside them those of the formulas that
people write with NumPy and SciPy. With --certify it proves the errors on the interpreter by ball arithmetic instead.
Exits 1 if a row is out of the bounds in its entry.
"""

from __future__ import annotations

import math
import random
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from itertools import count as numbers
from itertools import islice
from pathlib import Path

from benchmarks import certified, compiled, reference
from exprgrad.functions.entry import SECOND, Function
from exprgrad.functions.floats import FLOATS
from exprgrad.functions.table import FUNCTIONS

Operands = tuple[float, ...]
Within = Callable[..., bool]
"""Whether operands are among those that are asked for."""
DOCUMENT = Path(__file__).parent.parent / "docs" / "numerics.md"
TEXTBOOK: dict[str, tuple[str, str]] = {
    # Value and derivative with respect to the first operand as people write them.
    "sqrt": ("np.sqrt(x)", "0.5*x**-0.5"),
    "cbrt": ("np.cbrt(x)", "1/3*np.cbrt(x)**-2"),
    "exp2": ("np.exp2(x)", "np.exp2(x)*np.log(2)"),
    "log1p": ("np.log(1 + x)", "1/(1 + x)"),
    "expm1": ("np.exp(x) - 1", "np.exp(x)"),
    "hypot": ("np.sqrt(x**2 + y**2)", "x/np.sqrt(x**2 + y**2)"),
    "pow": ("x**y", "y*x**(y - 1)"),
    "div": ("x/y", "1/y"),
    "mod": ("x - y*np.floor(x/y)", "np.float64(1)"),
    "tan": ("np.tan(x)", "1 + np.tan(x)**2"),
    "asin": ("np.arcsin(x)", "1/np.sqrt(1 - x**2)"),
    "acos": ("np.arccos(x)", "-1/np.sqrt(1 - x**2)"),
    "atan": ("np.arctan(x)", "1/(1 + x**2)"),
    "atan2": ("np.arctan2(y, x)", "x/(x**2 + y**2)"),
    "sinh": ("(np.exp(x) - np.exp(-x))/2", "(np.exp(x) + np.exp(-x))/2"),
    "tanh": ("np.tanh(x)", "1 - np.tanh(x)**2"),
    "sech": ("1/np.cosh(x)", "-np.tanh(x)/np.cosh(x)"),
    "asinh": ("np.arcsinh(x)", "1/np.sqrt(1 + x**2)"),
    "acosh": ("np.arccosh(x)", "1/np.sqrt(x**2 - 1)"),
    "atanh": ("np.arctanh(x)", "1/(1 - x**2)"),
    "sinc": ("np.sinc(x/np.pi)", "np.cos(x)/x - np.sin(x)/x**2"),
    "sigmoid": ("1/(1 + np.exp(-x))", "1/(1 + np.exp(-x))*(1 - 1/(1 + np.exp(-x)))"),
    "logsigmoid": ("np.log(1/(1 + np.exp(-x)))", "1 - 1/(1 + np.exp(-x))"),
    "softplus": ("np.log(1 + np.exp(x))", "1/(1 + np.exp(-x))"),
    "elu": ("x if x > 0 else np.exp(x) - 1", "1.0 if x > 0 else np.exp(x)"),
    "gelu": (
        "0.5*x*(1 + np.tanh(np.sqrt(2/np.pi)*(x + 0.044715*x**3)))",
        "0.5*(1 + np.tanh(np.sqrt(2/np.pi)*(x + 0.044715*x**3))) + 0.5*x"
        "*(1 - np.tanh(np.sqrt(2/np.pi)*(x + 0.044715*x**3))**2)*np.sqrt(2/np.pi)*(1 + 0.134145*x**2)",
    ),
    "gelu_erf": (
        "0.5*x*(1 + special.erf(x/np.sqrt(2)))",
        "0.5*(1 + special.erf(x/np.sqrt(2))) + x*np.exp(-0.5*x**2)/np.sqrt(2*np.pi)",
    ),
    "silu": ("x/(1 + np.exp(-x))", "(1 + np.exp(-x)*(1 + x))/(1 + np.exp(-x))**2"),
    "mish": ("x*np.tanh(np.log(1 + np.exp(x)))", ""),
    "logcosh": ("np.log(np.cosh(x))", "np.tanh(x)"),
    "huber": ("0.5*x**2 if abs(x) <= delta else delta*(abs(x) - 0.5*delta)", ""),
    "erf": ("special.erf(x)", "2/np.sqrt(np.pi)*np.exp(-x**2)"),
    "erfc": ("special.erfc(x)", "-2/np.sqrt(np.pi)*np.exp(-x**2)"),
    "normal_pdf": ("np.exp(-x**2/2)/np.sqrt(2*np.pi)", "-x*np.exp(-x**2/2)/np.sqrt(2*np.pi)"),
    "normal_cdf": ("0.5*(1 + special.erf(x/np.sqrt(2)))", "np.exp(-x**2/2)/np.sqrt(2*np.pi)"),
    "gamma": ("special.gamma(x)", "special.gamma(x)*special.digamma(x)"),
    "lgamma": ("special.gammaln(x)", "special.digamma(x)"),
    "digamma": ("special.digamma(x)", ""),  # special.polygamma(1, -1e9) does not return
    "logaddexp": ("np.log(np.exp(x) + np.exp(y))", "np.exp(x)/(np.exp(x) + np.exp(y))"),
    "xlogy": ("x*np.log(y)", "np.log(y)"),
    "logit": ("np.log(x/(1 - x))", "1/(x*(1 - x))"),
}
_SMALLEST, _LARGEST = sys.float_info.min, sys.float_info.max


def _anywhere(rng: random.Random) -> float:
    """A float drawn from a mixture: uniform on several scales, logarithmic over all magnitudes, whole."""
    sign = rng.choice((-1.0, 1.0))
    match rng.randrange(6):
        case 0:
            return rng.uniform(-3.0, 3.0)
        case 1:
            return rng.uniform(-50.0, 50.0)
        case 2:
            return rng.uniform(-760.0, 760.0)
        case 3:
            return sign * math.pow(10.0, rng.uniform(-308.0, 308.25))
        case 4:
            return sign * math.pow(10.0, rng.uniform(-20.0, 20.0))
        case _:
            return float(rng.randint(-40, 40)) / rng.choice((1, 1, 2))


def _anything(*operands: float) -> bool:
    return True


def _near(rng: random.Random, x: float) -> float:
    """A float close to x: a few ulp or any relative distance down to them."""
    if rng.random() < 0.3:
        for _ in range(rng.randrange(4)):
            x = math.nextafter(x, rng.choice((-math.inf, math.inf)))
        return x
    return x + (x or 1.0) * rng.choice((-1.0, 1.0)) * math.exp2(-rng.uniform(1.0, 60.0))


def _inside(function: Function, operands: Sequence[float]) -> bool:
    return all(
        math.isfinite(x)
        and (x == 0 or abs(x) >= _SMALLEST or len(operands) == 1)
        and function.interval(i)[0] <= x <= function.interval(i)[1]
        for i, x in enumerate(operands)
    )


def _draw(function: Function, rng: random.Random, within: Within = _anything) -> Operands:
    """Operands from the whole domain, some of them close to each other or to the entry's points."""
    while True:
        operands = [float(rng.randrange(6)) if name == "n" else _anywhere(rng) for name in function.operands]
        kind = rng.random()
        if kind < 0.15 and function.points:
            operands = list(rng.choice(function.points))
        if kind < 0.3:
            i = rng.randrange(len(operands))
            if function.operands[i] != "n":
                operands[i] = _near(rng, rng.choice(operands) if len(operands) > 1 and kind > 0.2 else operands[i])
        for i, x in enumerate(operands):  # fold into a half-line or an interval rather than throw away
            low, high = function.interval(i)
            if not low <= x <= high:
                folded = abs(x) + max(low, 0.0) if high == math.inf else math.fmod(x, 1.0)
                operands[i] = folded if low <= folded <= high else abs(folded)
        if _inside(function, operands) and within(*operands):
            return tuple(operands)


def _classes(function: Function, operands: Operands) -> tuple[float, ...]:
    """Sign and kind (under, normal, over) of the value and the partials: what changes at roots and edges."""
    results = [FLOATS.operation(function.name)(*operands)]
    results += [reference.float_partial(function, i, operands) for i in range(len(operands))]
    return tuple(
        math.copysign(0 if abs(r) < _SMALLEST else 1 if abs(r) <= _LARGEST else 2, r) if r == r else 3 for r in results
    )


def _edges(function: Function, rng: random.Random, lines: int, within: Within = _anything) -> Iterator[Operands]:
    """Points around the roots of the function and its partials and around over- and underflow: bisected
    between neighbours, along one operand, whose results differ in sign or kind."""
    for _ in range(lines):
        base = _draw(function, rng, within)
        axis = rng.randrange(len(base))
        if function.operands[axis] == "n":
            axis = len(base) - 1

        def at(x: float, base: Operands = base, axis: int = axis) -> Operands:
            return (*base[:axis], x, *base[axis + 1 :])

        stops = sorted({_draw(function, rng, within)[axis] for _ in range(60)})
        kinds = [_classes(function, at(x)) for x in stops]
        changes = [i for i in range(1, len(stops)) if kinds[i] != kinds[i - 1]]
        for i in rng.sample(changes, min(len(changes), 8)):
            low, high, kind = stops[i - 1], stops[i], kinds[i - 1]
            for _ in range(1100):
                middle = math.sqrt(low) * math.sqrt(high) if low > 0 and high / low > 4 else low / 2 + high / 2
                if not low < middle < high:
                    break
                low, high = (middle, high) if _classes(function, at(middle)) == kind else (low, middle)
            for _ in range(4):
                operands = at(_near(rng, rng.choice((low, high))))
                if _inside(function, operands) and within(*operands):
                    yield operands


_LINE = 60
"""Points for each line along which edges and roots are looked for."""
_LINES = 20
"""Lines that are enough for a function of one operand."""


def samples(function: Function, count: int, seed: int = 0) -> list[Operands]:
    """The entry's own points, edges and roots, and draws from the whole domain: about `count` in all."""
    rng = random.Random(f"{function.name} {seed}")
    found = [*function.points, *_edges(function, rng, max(2, count // _LINE))]
    while len(found) < count:
        found.append(_draw(function, rng))
    return found


def scattered(function: Function, seed: int = 0, part: int = 0) -> Iterator[Operands]:
    """The same where the bounds are claimed, without an end, and mixed: a part of it is like the whole. Parts share no
    random points."""
    rng = random.Random(f"{function.name} {seed} {part}")
    within = certified.LIMITS.get(function.name, _anything)
    if not part:
        yield from (operands for operands in function.points if within(*operands))
    edges: list[Operands] = []
    for line in numbers():
        yield from (_draw(function, rng, within) for _ in range(_LINE // 2))
        if len(function.operands) > 1 or line < _LINES:
            for operands in _edges(function, rng, 1, within):
                edges.append(operands)
                yield operands
        elif edges:  # all lines of one operand are the same: what was found is gone back to
            again = [(_near(rng, rng.choice(edges)[0]),) for _ in range(_LINE // 2)]
            yield from (operands for operands in again if _inside(function, operands) and within(*operands))


@dataclass(frozen=True)
class Worst:
    """The largest error met, in ulp, and where."""

    error: float = 0.0
    operands: Operands = ()

    def also(self, error: float, operands: Operands) -> Worst:
        return Worst(error, operands) if error > self.error else self

    def __str__(self) -> str:
        if not self.error:
            return "0"
        return (
            "spurious" if math.isinf(self.error) else f"{self.error:.2f}" if self.error < 1000 else f"{self.error:.0e}"
        )


EXTRA = 4
"""Ulp by which a compiled result may exceed the bound in the entry, which is the interpreter's."""


@dataclass(frozen=True)
class Row:
    """What was measured of one function: value and derivative, ours, compiled, and the textbook's."""

    name: str
    value: Worst = Worst()
    partial: Worst = Worst()
    compiled_value: Worst | None = None
    compiled_partial: Worst | None = None
    textbook_value: Worst | None = None
    textbook_partial: Worst | None = None

    @property
    def holds(self) -> bool:
        bounds = FUNCTIONS[self.name].ulp
        return (
            self.value.error <= bounds[0]
            and self.partial.error <= bounds[1]
            and (self.compiled_value or Worst()).error <= bounds[0] + EXTRA
            and (self.compiled_partial or Worst()).error <= bounds[1] + EXTRA
        )


def _compiled(formula: str, function: Function) -> Callable[..., float] | None:
    """A formula as people write it, over NumPy and SciPy; None where they are absent or there is none."""
    try:
        numpy, special = import_module("numpy"), import_module("scipy.special")
    except ImportError:
        return None
    if not formula:
        return None
    body = eval(f"lambda {', '.join(function.operands)}: {formula}", {"np": numpy, "special": special})

    def run(*operands: float) -> float:
        with numpy.errstate(all="ignore"):
            return float(body(*[numpy.float64(x) for x in operands]))

    return run


def measure(name: str, count: int, seed: int = 0) -> Row:
    """The worst errors of one function over its samples."""
    function = FUNCTIONS[name]
    row = Row(name)
    value_formula, partial_formula = (_compiled(formula, function) for formula in TEXTBOOK.get(name, ("", "")))
    value = reference.float_value(function)
    margin = reference.margin(function)
    ours, slope, theirs, their_slope, kernel, kernel_slope = [Worst()] * 6
    points = samples(function, count, seed)
    from_kernel = compiled.results(function, points)
    for number, operands in enumerate(points):
        true, larger = reference.value(function, operands), reference.term(function, 0, operands)
        ours = ours.also(reference.error(value(*operands), true, larger), operands)
        if from_kernel:
            kernel = kernel.also(reference.error(from_kernel[number][0], true, larger), operands)
        if value_formula:
            theirs = theirs.also(reference.error(value_formula(*operands), true, larger), operands)
        if not reference.has_slope(function, operands):
            continue
        for i, operand in enumerate(function.operands):
            if operand == "n" or function.partials[i] == "nan":
                continue
            true, larger = reference.partial(function, i, operands), reference.term(function, i + 1, operands)
            got = reference.float_partial(function, i, operands)
            slope = slope.also(reference.error(got, true, larger, margin), operands)
            if from_kernel:
                got = from_kernel[number][i + 1]
                kernel_slope = kernel_slope.also(reference.error(got, true, larger, margin), operands)
            if partial_formula and i == 0:
                their_slope = their_slope.also(reference.error(partial_formula(*operands), true, larger), operands)
    return replace(
        row,
        value=ours,
        partial=slope,
        compiled_value=kernel if from_kernel else None,
        compiled_partial=kernel_slope if from_kernel else None,
        textbook_value=theirs if value_formula else None,
        textbook_partial=their_slope if partial_formula else None,
    )


def _operands(worst: Worst) -> str:
    return ", ".join(f"{x:.6g}" for x in worst.operands)


def _bound(bound: float) -> str:
    return f"{bound:g}" if bound < 2**13 else "1e-12" if bound == 2**13 else f"{bound:g}" if bound < SECOND else "1e-10"


def cells(row: Row) -> list[str]:
    """A row of the table as texts."""
    function = FUNCTIONS[row.name]
    kernel = ["-" if worst is None else str(worst) for worst in (row.compiled_value, row.compiled_partial)]
    theirs = ["-" if worst is None else str(worst) for worst in (row.textbook_value, row.textbook_partial)]
    ours = [str(row.value), _operands(row.value), str(row.partial), _operands(row.partial)]
    return [
        row.name,
        *ours,
        *kernel,
        f"{_bound(function.ulp[0])}; {_bound(function.ulp[1])}",
        "yes" if row.holds else "NO",
        *theirs,
    ]


HEADER = ["function", "value", "at", "derivative", "at", "compiled value", "compiled derivative"]
HEADER += ["bounds", "holds", "textbook value", "textbook derivative"]


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [list(header), ["---"] * len(header), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


_PART = 10_000
"""Points of a function that are proved at a time, and kept."""


def prove(wanted: tuple[str, int, int], seed: int, seconds: float) -> certified.Proved:
    """What is proved of one function over a part of its samples, as far as the time suffices: given its name, which
    part, and how many points."""
    name, part, count = wanted
    function = FUNCTIONS[name]
    return certified.prove(function, islice(scattered(function, seed, part), count), seconds, part)


PROVED = ["function", "value", "at", "first derivative", "at", "second derivative", "at"]
PROVED += ["bounds", "holds", "proved at", "left open", "ill"]


def proved_cells(row: certified.Proved) -> list[str]:
    """A row of the table of proofs as texts."""
    function = FUNCTIONS[row.name]
    found = [Worst(bound.error, bound.operands) for bound in (row.value, row.first, row.second)]
    bounds = (*function.ulp, certified.second_bound(function))
    return [
        row.name,
        *(text for worst in found for text in (str(worst), _operands(worst))),
        "; ".join(map(_bound, bounds)),
        "yes" if row.holds else "NO",
        f"{row.points:,}",
        f"{row.undecided:,}",
        f"{row.ill:,}",
    ]


def certify(
    names: Sequence[str],
    count: int,
    seed: int,
    seconds: float,
    kept: Path | None,
    *,
    workers: int | None = None,
    write: bool = False,
) -> int:
    """Prove the bounds, print what is proved, and say whether every bound holds. Parts that are kept are not proved
    again, and a function of which nothing is proved keeps its line in the document."""
    parts: dict[str, list[certified.Proved]] = {name: [] for name in names}
    for row in certified.kept(kept) if kept else ():
        if row.name in parts:
            parts[row.name].append(row)
    left = [
        (name, part, min(_PART, count - part * _PART))
        for part in range(-(-count // _PART))
        for name in names
        if sum(row.points for row in parts[name]) < count and part not in [row.part for row in parts[name]]
    ]
    with ProcessPoolExecutor(workers) as pool:
        for row in pool.map(partial(prove, seed=seed, seconds=seconds), left):
            parts[row.name].append(row)
            if kept:
                certified.keep(row, kept)
            name, value, _, first, _, second, at, *rest = proved_cells(certified.joined(parts[row.name]))
            print(f"{name:18}{value:>9}{first:>9}{second:>9} @ {at:31}", *(f"{c:>9}" for c in rest), flush=True)
    rows = {name: certified.joined(found) for name, found in parts.items() if found}
    if write:
        text = DOCUMENT.read_text()
        before = {cells[0]: _marked(cells) for cells in _rows(text, "certified")}
        note = "The points of each function are in the column *proved at*."
        if any(name in before and name not in rows for name in names):
            note += f" Lines with {_EARLIER} are of an earlier run, which measured\n"
            note += "second derivatives against slopes of the table's first ones."
        table = [
            proved_cells(rows[name]) if name in rows else before[name] for name in names if name in {*rows, *before}
        ]
        block = f"{note}\n\n{markdown(PROVED, table)}"
        DOCUMENT.write_text(_replace_block(text, "certified", block))
    return _verdict(list(rows), [row.name for row in rows.values() if not row.holds])


_EARLIER = "†"


def _marked(cells: Sequence[str]) -> list[str]:
    """A line of the document that stays: its count of points has a mark."""
    place = PROVED.index("proved at")
    return [*cells[:place], f"{cells[place].rstrip(_EARLIER)}{_EARLIER}", *cells[place + 1 :]]


def _verdict(names: Sequence[str], failed: Sequence[str]) -> int:
    print(f"{len(names) - len(failed)} of {len(names)} functions within their bounds", *failed)
    return 1 if failed else 0


def conventions() -> str:
    """The table of kinks, from the entries."""
    rows = [(f"`{f.name}`", f"`{f.kink}`", f.convention) for f in FUNCTIONS.values() if f.kink]
    return markdown(("function", "kink", "derivative there"), rows)


def _parts(text: str, name: str) -> tuple[str, str, str]:
    """A text around a block of it, and the block."""
    begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->"
    head, _, rest = text.partition(begin)
    return head + begin, rest[: rest.index(end)], rest[rest.index(end) :]


def _replace_block(text: str, name: str, block: str) -> str:
    head, _, rest = _parts(text, name)
    return head + block + rest


def _rows(text: str, name: str) -> list[list[str]]:
    """The cells of the table in a block."""
    lines = [line for line in _parts(text, name)[1].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:]]


def write(rows: Sequence[Row], count: int, seed: int) -> None:
    """Regenerate the tables of docs/numerics.md."""
    text = DOCUMENT.read_text()
    note = f"{count} points a function, seed {seed}.\n\n"
    text = _replace_block(text, "accuracy", note + markdown(HEADER, [cells(row) for row in rows]))
    DOCUMENT.write_text(_replace_block(text, "conventions", conventions()))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and say whether every bound holds."""
    parser = ArgumentParser(prog="python -m benchmarks.accuracy", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("functions", nargs="*", metavar="FUNCTION", help="rows to measure (default: all)")
    parser.add_argument("--points", type=int, default=1000, help="points for each function (default: 1000)")
    parser.add_argument("--seed", type=int, default=0, help="of the random points (default: 0)")
    parser.add_argument(
        "--certify", action="store_true", help="prove the errors by ball arithmetic (needs python-flint)"
    )
    parser.add_argument("--seconds", type=float, default=math.inf, help="of the processor, for each proof of a row")
    parser.add_argument("--workers", type=int, metavar="N", help="processes that prove (default: one a processor)")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="add proved rows to FILE, and take those in it")
    parser.add_argument("--write", action="store_true", help="regenerate the tables of docs/numerics.md")
    options = parser.parse_args(arguments)
    names = options.functions or [name for name, row in FUNCTIONS.items() if row.written != "nan"]
    unknown = [name for name in names if name not in FUNCTIONS]
    if unknown or (options.write and options.functions):
        parser.error(f"no function {unknown[0]}" if unknown else "--write measures all functions")
    if options.certify:
        wishes = names, options.points, options.seed, options.seconds, options.keep
        return certify(*wishes, workers=options.workers, write=options.write)
    if find_spec("numpy") is None or find_spec("scipy") is None:
        print("numpy and scipy are not installed: no textbook formulas", file=sys.stderr)
    if not compiled.available():
        print("llvmlite is not installed: nothing compiled", file=sys.stderr)
    rows = []
    with ProcessPoolExecutor() as pool:
        for row in pool.map(partial(measure, count=options.points, seed=options.seed), names):
            rows.append(row)
            name, value, at, slope, slope_at, *rest = cells(row)
            print(f"{name:18}{value:>9} @ {at:31}{slope:>9} @ {slope_at:31}", *(f"{c:>9}" for c in rest), flush=True)
    if options.write:
        write(rows, options.points, options.seed)
    return _verdict([row.name for row in rows], [row.name for row in rows if not row.holds])


if __name__ == "__main__":
    sys.exit(main())
