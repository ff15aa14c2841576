"""Rows of the table of distributions: those whose quantities may be arbitrarily large."""

from __future__ import annotations

from math import exp, expm1, inf, sqrt

from exprgrad.distributions.kind import Kind

_FINE = ("", "")


def _positive(**arguments: float) -> tuple[str, str]:
    """What is wrong with arguments that have to be positive."""
    for name, value in arguments.items():
        if not value > 0:
            return name, "is negative" if value < 0 else "has to be positive"
    return _FINE


ROWS = [
    Kind(
        name="normal",
        arguments=("m", "s"),
        doc="mean and standard deviation",
        check=lambda m, s: _positive(s=s),
        mean=lambda m, s: m,
        deviation=lambda m, s: s,
        ends=lambda m, s: (-inf, inf),
        density="normal_pdf((x - m)/s)/s",
        cumulative="normal_cdf((x - m)/s)",
        quantile="m + s*normal_quantile(p)",
        symmetric=True,
        poincare=lambda m, s: s * s,
    ),
    Kind(
        name="student",
        arguments=("m", "scale", "dof"),
        doc="Student's t with a location, a scale and degrees of freedom, as a mean of readings has it",
        check=lambda m, scale, dof: _positive(scale=scale, dof=dof),
        mean=lambda m, scale, dof: m,
        deviation=lambda m, scale, dof: scale * sqrt(dof / (dof - 2)) if 2 < dof < inf else scale if dof > 2 else inf,
        ends=lambda m, scale, dof: (-inf, inf),
        density="exp(-(dof + 1)/2*log1p(((x - m)/scale)^2/dof) - lbeta(dof/2, 0.5))/sqrt(dof)/scale",
        cumulative=(
            "x < m ? betainc(dof/2, 0.5, 1/(1 + ((x - m)/scale)^2/dof))/2"
            " : 1 - betainc(dof/2, 0.5, 1/(1 + ((x - m)/scale)^2/dof))/2"
        ),
        symmetric=True,
        tail=lambda m, scale, dof: inf if dof < inf else 0.0,
        fit_for=lambda m, scale, dof: (m, scale),
        standard="m + scale*p",
    ),
    Kind(
        name="lognormal",
        arguments=("m", "s"),
        doc="its logarithm is normal, with this mean and standard deviation",
        check=lambda m, s: _positive(s=s),
        mean=lambda m, s: exp(m + s * s / 2),
        deviation=lambda m, s: exp(m + s * s / 2) * sqrt(expm1(s * s)),
        ends=lambda m, s: (0.0, inf),
        density="x == 0 ? 0 : normal_pdf((log(x) - m)/s)/(s*x)",
        cumulative="normal_cdf((log(x) - m)/s)",
        quantile="exp(m + s*normal_quantile(p))",
        tail=lambda m, s: inf,
    ),
    Kind(
        name="exponential",
        arguments=("mean",),
        doc="its mean, which is its standard deviation, too",
        check=lambda mean: _positive(mean=mean),
        mean=lambda mean: mean,
        deviation=lambda mean: mean,
        ends=lambda mean: (0.0, inf),
        density="exp(-x/mean)/mean",
        cumulative="-expm1(-x/mean)",
        quantile="-mean*log1p(-p)",
        poincare=lambda mean: 4 * mean * mean,
        tail=lambda mean: 4 * mean * mean,
    ),
    Kind(
        name="gamma",
        arguments=("shape", "scale"),
        doc="shape and scale: the mean is shape*scale, the variance shape*scale^2",
        check=lambda shape, scale: _positive(shape=shape, scale=scale),
        mean=lambda shape, scale: shape * scale,
        deviation=lambda shape, scale: sqrt(shape) * scale,
        ends=lambda shape, scale: (0.0, inf),
        density="gamma_density(shape, x/scale)/scale",
        cumulative="gammainc(shape, x/scale)",
        tail=lambda shape, scale: 4 * scale * scale,
    ),
]
