"""Hypothesis draws the same examples on every run: a failure in CI is a failure at home."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "exprgrad", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
settings.load_profile("exprgrad")
