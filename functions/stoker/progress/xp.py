"""The XP that a completed task gives. `config.XP_A_DAY` bounds the XP of a day."""

from stoker.models.task import TaskPriority

XP = {"low": 10, "medium": 20, "high": 30, "urgent": 40}
"""The XP of a task, by its priority."""

XP_ON_TIME = 10
"""The additional XP of a task that is completed by its due date."""


def xp_of(priority: TaskPriority, *, on_time: bool) -> int:
    """Return the XP of a task.

    Args:
        priority: The priority of the task.
        on_time: Whether the task has a due date, and was completed by then.

    Example:
        >>> xp_of("urgent", on_time=True)
        50
    """
    return XP[priority] + (XP_ON_TIME if on_time else 0)
