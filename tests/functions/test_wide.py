"""Functions of wide numbers: what is beyond the range of floats, against mpmath."""

from __future__ import annotations

from itertools import product
from math import inf, isfinite, isnan, nan
from random import Random

import pytest

from exprgrad.functions.floats import FLOATS
from exprgrad.functions.numerics.far import LARGE, SMALL, Far, Wide, parts, rounded, wide
from exprgrad.functions.table import FUNCTIONS
from exprgrad.functions.wide import WIDE
from exprgrad.jobs.check.digits import UNKNOWN, Number, mp
from exprgrad.jobs.check.precise import Exact

COUNTED = {"polygamma", "spherical_bessel"}
"""Functions whose first operand is a whole number."""
UNTOLD = {"fmod", "mod", "remainder"}
"""What has no digits left where operands are too far apart."""
DRAWS = 40
CLOSE = 1e-11


def exact(x: Wide) -> Number:
    return mp.ldexp(mp.mpf(x.fraction), x.exponent) if isinstance(x, Far) else mp.mpf(x)


def drawn(random: Random) -> Wide:
    sign, kind = random.choice([1.0, -1.0]), random.random()
    if kind < 0.5:
        return wide(sign * random.uniform(0.0, random.choice([4.0, 40.0])))
    if kind < 0.7:
        return wide(sign * 10.0 ** random.uniform(-307, 307))
    return Far(sign * random.uniform(0.5, 1.0), random.choice([-1, 1]) * random.randint(1000, 1500))


def near(x: Wide, random: Random) -> Wide:
    """A number of about the same size: there formulas of a first order end."""
    return WIDE.operation("mul")(x, random.choice([1.0, -1.0]) * random.uniform(0.3, 3.0))


@pytest.mark.parametrize("name", [name for name, row in FUNCTIONS.items() if not row.reduces and name not in UNTOLD])
def test_functions_beyond_the_range_of_floats(name: str) -> None:
    row, random = FUNCTIONS[name], Random(name)
    for _ in range(DRAWS // 4 if row.slow else DRAWS):
        operands = [drawn(random) for _ in row.operands]
        if len(operands) == 2 and random.random() < 0.25:
            operands[1] = near(operands[0], random)
        if name in COUNTED:
            operands = [float(random.choice([0, 1, 2, 60, 180])), max(operands[1], -operands[1])]
        found = WIDE.operation(name)(*operands)
        if Far not in map(type, operands):
            plain = FLOATS.operation(name)(*operands)
            if SMALL < abs(plain) < LARGE:
                assert found == plain
                continue
        with mp.workdps(120 if row.slow else 1000):
            right = Exact().operation(name)(*map(exact, operands))
            if right is UNKNOWN or not mp.isfinite(right) or not isfinite(parts(found)[0]):
                continue  # nan or infinite is what a note is about; a wrong number is not
            if right == 0 or abs(mp.log(abs(right), 2)) > 2500:
                continue  # so far that no float brings it back
            assert abs(exact(found) - right) <= CLOSE * abs(right), (operands, found)


ENDS = [1e305, -1e305, 1e-305, 5e-324, 0.8, 1.2, -0.0, 2.0**53, inf, -inf, nan, Far(0.7, 1500), Far(-0.7, 1 << 39)]
ENDS += [Far(0.7, -1500), Far(0.5, -(1 << 39))]


@pytest.mark.parametrize("name", [name for name, row in FUNCTIONS.items() if not (row.reduces or name == "no_formula")])
def test_nothing_raises(name: str) -> None:
    operands = [*product(ENDS, repeat=len(FUNCTIONS[name].operands))]
    for chosen in Random(name).sample(operands, min(len(operands), 60)):
        assert isinstance(WIDE.operation(name)(*chosen), float | Far), chosen


def test_powers_that_leave_the_range_have_all_their_digits() -> None:
    for x, y in ((1.37, 4444.7), (0.7072, -1e6 - 0.3), (1 + 2**-52, 1e19), (Far(0.8, 3000), 99999.1), (3.0, 1e11)):
        found = WIDE.operation("pow")(x, y)
        with mp.workdps(100):
            right = mp.power(exact(x), exact(y))
            assert abs(exact(found) - right) <= 1e-15 * right, (x, y)


def test_sums_and_products_of_far_numbers() -> None:
    far, near = Far(0.75, 2000), Far(-0.5, -2000)
    operation = WIDE.operation
    assert operation("mul")(far, near) == -0.375
    assert operation("div")(1.0, operation("div")(1.0, far)) == far
    assert operation("sub")(far, far) == 0.0
    assert operation("add")(1.0, near) == 1.0
    assert operation("add")(far, operation("mul")(far, 2.0**-60)) == far
    assert (far > 1.0, near < 0.0, far >= far, near > -1.0, far == near) == (True, True, True, True, False)
    assert (rounded(far), rounded(near)) == (float("inf"), 0.0)
    assert operation("mul")(far, 0.0) == 0.0
    assert operation("div")(far, float("inf")) == 0.0


@pytest.mark.parametrize("name", [name for name, row in FUNCTIONS.items() if row.far])
def test_a_formula_for_far_operands_is_not_asked_about_nan(name: str) -> None:
    operands = [nan] * len(FUNCTIONS[name].operands)
    assert isnan(WIDE.operation(name)(*operands))
