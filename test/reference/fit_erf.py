"""Prints the coefficients of host/core/erf.ts: polynomials through the Chebyshev nodes of each range, and how far they are
from erf and erfc between them. Needs numpy and scipy. Run: python3 fit_erf.py
"""

import numpy as np
from scipy.special import erf, erfcx


def fit(function, low, high, degree):
    nodes = np.cos(np.pi * (np.arange(degree + 1) + 0.5) / (degree + 1))
    x = (low + high) / 2 + (high - low) / 2 * nodes
    coefficients = np.polynomial.polynomial.polyfit(x, function(x), degree)
    between = np.linspace(low, high, 20001)
    error = np.abs(np.polynomial.polynomial.polyval(between, coefficients) / function(between) - 1).max()
    return coefficients[::-1], np.log2(error)


def near(s):
    """erf(z) / z with z = sqrt(s)."""
    z = np.sqrt(np.maximum(s, 1e-18))
    return erf(z) / z


def far(t):
    """erfc(z) exp(z^2) / t with t = 1 / (z + 3/2)."""
    return erfcx(1 / t - 1.5) / t


for name, coefficients, error in [
    ("NEAR", *fit(near, 0, 1, 7)),
    ("FAR", *fit(far, 1 / (10.5 + 1.5), 1 / (1 + 1.5), 9)),
]:
    print(name, "relative error 2^%.1f" % error, *map(repr, map(float, coefficients)), sep="\n  ")
