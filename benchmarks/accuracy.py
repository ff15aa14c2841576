"""The accuracy of every function of the table and of its derivatives, measured against mpmath.

    python -m benchmarks.accuracy [--points N] [--seed N] [--write] [FUNCTION ...]

Prints the worst errors in ulp, and beside them those of the forms that people write with NumPy and
SciPy. Exits 1 if a row is out of the bounds in its entry.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable, Iterator, Sequence

from benchmarks import reference
from exprgrad.functions.entry import Function
from exprgrad.functions.floats import FLOATS
from exprgrad.functions.table import FUNCTIONS

Operands = tuple[float, ...]
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
            return sign * 10.0 ** rng.uniform(-308.0, 308.25)
        case 4:
            return sign * 10.0 ** rng.uniform(-20.0, 20.0)
        case _:
            return float(rng.randint(-40, 40)) / rng.choice((1, 1, 2))


def _near(rng: random.Random, x: float) -> float:
    """A float close to x: a few ulp or any relative distance down to them."""
    if rng.random() < 0.3:
        for _ in range(rng.randrange(4)):
            x = math.nextafter(x, rng.choice((-math.inf, math.inf)))
        return x
    return x + (x or 1.0) * rng.choice((-1.0, 1.0)) * 2.0 ** -rng.uniform(1.0, 60.0)


def _inside(function: Function, operands: Sequence[float]) -> bool:
    return all(
        math.isfinite(x)
        and (x == 0 or abs(x) >= _SMALLEST or len(operands) == 1)
        and function.interval(i)[0] <= x <= function.interval(i)[1] for i, x in enumerate(operands)
    )


def _draw(function: Function, rng: random.Random) -> Operands:
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
        if _inside(function, operands):
            return tuple(operands)


def _classes(function: Function, operands: Operands) -> tuple[float, ...]:
    """Sign and kind (under, normal, over) of the value and the partials: what changes at roots and edges."""
    results = [FLOATS.operation(function.name)(*operands)]
    results += [reference.float_partial(function, i, operands) for i in range(len(operands))]
    return tuple(
        math.copysign(0 if abs(r) < _SMALLEST else 1 if abs(r) <= _LARGEST else 2, r) if r == r else 3 for r in results
    )


def _edges(function: Function, rng: random.Random, lines: int) -> Iterator[Operands]:
    """Points around the roots of the function and its partials and around over- and underflow: bisected
    between neighbours, along one operand, whose results differ in sign or kind."""
    for _ in range(lines):
        base = _draw(function, rng)
        axis = rng.randrange(len(base))
        if function.operands[axis] == "n":
            axis = len(base) - 1

        def at(x: float, base: Operands = base, axis: int = axis) -> Operands:
            return (*base[:axis], x, *base[axis + 1 :])

        stops = sorted({_draw(function, rng)[axis] for _ in range(60)})
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
                if _inside(function, operands):
                    yield operands


def samples(function: Function, count: int, seed: int = 0) -> list[Operands]:
    """The entry's own points, edges and roots, and draws from the whole domain: about `count` in all."""
    rng = random.Random(f"{function.name} {seed}")
    found = [*function.points, *_edges(function, rng, max(2, count // 60))]
    while len(found) < count:
        found.append(_draw(function, rng))
    return found


if __name__ == "__main__":
    import time
    from multiprocessing import Pool
    names = sys.argv[2:] or list(FUNCTIONS)
    def work(n):
        f = FUNCTIONS[n]; t = time.time()
        worst = [(0.0, None)] * (1 + len(f.operands))
        for p in samples(f, int(sys.argv[1])):
            es = [reference.value_error(f, p)] + [reference.partial_error(f, i, p) for i in range(len(p))]
            worst = [max(w, (e, p), key=lambda t: t[0]) for w, e in zip(worst, es)]
        return n, worst, time.time() - t
    with Pool(2) as pool:
        for n, worst, dt in pool.imap_unordered(work, names):
            f = FUNCTIONS[n]
            bad = worst[0][0] > f.ulp[0] or any(w[0] > f.ulp[1] for w in worst[1:])
            print("BAD" if bad else "ok ", n, *[f"{e:.2f}@{p}" for e, p in worst], f"{dt:.1f}s", flush=True)
