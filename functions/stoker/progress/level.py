"""The level that follows from XP. Level 2 needs 100 XP. Each further level needs 100 XP more than the level before."""

import math

STEP = 100
"""XP from level 1 to level 2."""


def level_of(xp: int) -> int:
    """Return the level for some XP, from 1.

    Level n begins at STEP * n * (n - 1) / 2 XP (triangular numbers). This function solves that for n.

    Args:
        xp: The XP.

    Example:
        >>> [level_of(xp) for xp in (0, 99, 100, 299, 300, 600, 100_000)]
        [1, 1, 2, 2, 3, 4, 45]
    """
    return (1 + math.isqrt(1 + 8 * (xp // STEP))) // 2


def xp_of(level: int) -> int:
    """Return the XP at which a level begins.

    Args:
        level: The level, from 1.

    Example:
        >>> [xp_of(level) for level in (1, 2, 3, 4)]
        [0, 100, 300, 600]
    """
    return STEP * level * (level - 1) // 2
