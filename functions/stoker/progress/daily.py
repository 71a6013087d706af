"""The XP of each day, up to a daily limit. The order in which completions are added does not change the result."""

from collections.abc import Sequence

from stoker.models.user import MAX_XP_DAYS, XpDay


def with_xp(days: Sequence[XpDay], day: str, xp: int, most: int) -> tuple[list[XpDay], int]:
    """Add the XP of a task to its day.

    Args:
        days: The days that are kept, in order.
        day: The day of the completion. It must not be forgotten.
        xp: The XP that the task is worth.
        most: The daily limit. If the completions of a day have different limits, the greatest limit counts.

    Returns:
        The days with the new XP, and the growth of the XP that count.

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
    """Return whether a day lies before all days that are kept, so that its XP are not known."""
    return len(days) >= MAX_XP_DAYS and day < days[0].day
