"""A step of a complex continued fraction (Steed's algorithm: Barnett et al. 1974, Comput. Phys. Commun. 8)."""

from __future__ import annotations


def next_term(
    real: float, imaginary: float, weight: float, ratio_re: float, ratio_im: float, term_re: float, term_im: float
) -> tuple[float, float, float, float]:
    """The next ratio and term of a1/(b1 + a2/(b2 + …)), from the next b and its weight a.

    The sum of the terms is the fraction. Complex numbers are pairs here.
    """
    below_re, below_im = real + weight * ratio_re, imaginary + weight * ratio_im
    size = below_re * below_re + below_im * below_im
    ratio_re, ratio_im = below_re / size, -below_im / size
    factor_re = real * ratio_re - imaginary * ratio_im - 1.0
    factor_im = real * ratio_im + imaginary * ratio_re
    return ratio_re, ratio_im, term_re * factor_re - term_im * factor_im, term_re * factor_im + term_im * factor_re
