"""The level that XP make: the second takes 100 XP, and each one after it 100 more than the one before."""

import math

STEP = 100
"""XP from level 1 to level 2."""


def level_of(xp: int) -> int:
    """Return the level, from 1.

    Level n begins at STEP * n * (n - 1) / 2, the triangular numbers, which this solves for n.

    Example:
        >>> [level_of(xp) for xp in (0, 99, 100, 299, 300, 600, 100_000)]
        [1, 1, 2, 2, 3, 4, 45]
    """
    return (1 + math.isqrt(1 + 8 * (xp // STEP))) // 2


def xp_of(level: int) -> int:
    """Return the XP with which a level begins.

    Example:
        >>> [xp_of(level) for level in (1, 2, 3, 4)]
        [0, 100, 300, 600]
    """
    return STEP * level * (level - 1) // 2
