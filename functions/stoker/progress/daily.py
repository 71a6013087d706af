"""The XP of each day, of which only a part counts. The order in which tasks come to be known does not matter."""

from collections.abc import Sequence

from stoker.models.user import MAX_XP_DAYS, XpDay


def with_xp(days: Sequence[XpDay], day: str, xp: int, most: int) -> tuple[list[XpDay], int]:
    """Add the XP of a task to those of its day.

    Args:
        days: The days that are kept, in order.
        day: The day of the completion, one that is not forgotten.
        xp: What the task is worth.
        most: How much of the day's XP counts. Of several values for a day, the greatest holds.

    Returns:
        The days, and by how much the XP that count have grown.

    Example:
        >>> days, _ = with_xp([], "2027-01-01", 40, 50)
        >>> with_xp(days, "2027-01-01", 40, 50)
        ([XpDay(day='2027-01-01', xp=80, most=50)], 10)
    """
    before = next((one for one in days if one.day == day), XpDay(day=day, xp=0, most=most))
    after = XpDay(day=day, xp=before.xp + xp, most=max(before.most, most))
    others = [one for one in days if one.day != day]
    kept = sorted([*others, after], key=lambda one: one.day)[-MAX_XP_DAYS:]
    return kept, min(after.xp, after.most) - min(before.xp, before.most)


def is_forgotten(days: Sequence[XpDay], day: str) -> bool:
    """Say whether a day lies before all that are kept, so that nobody knows how many XP it has."""
    return len(days) >= MAX_XP_DAYS and day < days[0].day
