"""Sums by group; NumPy's own answers whole numbers, not floats, where there is nothing to add up."""

import numpy as np

from geoapp.core.arrays import FloatArray, IntArray


def sums_by(group: IntArray, value: FloatArray, count: int) -> FloatArray:
    """Return for each group from 0 to count - 1 the sum of its values, always as floats."""
    sums: FloatArray = np.bincount(group, value, minlength=count).astype(np.float64, copy=False)
    return sums
