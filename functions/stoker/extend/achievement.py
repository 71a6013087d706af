"""The registration of an app's own achievement."""

import re
from typing import Final, get_args

from stoker import features
from stoker.progress import achievements
from stoker.progress.achievements import DeclaredAchievement, Figure
from stoker.registry import RegistrationError

ID: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
"""The form of an id: as those of Stoker's achievements."""

MAX_ID: Final = 64
"""The most characters of an id, as in `stoker.models.user.Achievement`."""


def achievement(achievement_id: str, title: str, *, figure: Figure, at_least: int) -> None:
    """Declare an achievement of the app. A user gets it with the next completed task after the figure is reached.

    Args:
        achievement_id: The id: lower-case words with hyphens between them. Profiles store it, so it must never change.
        title: The title, for the user.
        figure: The figure that decides: `completed`, `onTime`, `minutes`, `urgent`, `longestStreak` or `level`.
        at_least: The value of the figure from which the user has the achievement; 1 or more.

    Raises:
        RegistrationError: The achievement is wrong. The message says what to do.

    Example:
        >>> achievement("fifty-tasks", "Fifty tasks done", figure="completed", at_least=50)
        >>> [one.title for one in achievements.achievements()][-1]
        'Fifty tasks done'
        >>> forget_achievement("fifty-tasks")
    """
    if not features.has("progress"):
        raise RegistrationError(
            f"The achievement {achievement_id} needs the feature progress, which is off. Switch it on in stoker.toml."
        )
    if not isinstance(achievement_id, str) or not ID.fullmatch(achievement_id) or len(achievement_id) > MAX_ID:
        raise RegistrationError(
            f"The achievement {achievement_id!r} needs another id: lower-case words with hyphens between them, such as "
            f"fifty-tasks, of at most {MAX_ID} characters."
        )
    if not isinstance(title, str) or not title.strip():
        raise RegistrationError(f"The achievement {achievement_id} has no title. Name it for the user.")
    if figure not in get_args(Figure):
        raise RegistrationError(
            f"The achievement {achievement_id} has figure={figure!r}. Use one of {', '.join(get_args(Figure))}."
        )
    if type(at_least) is not int or at_least < 1:
        raise RegistrationError(f"The achievement {achievement_id} has at_least={at_least!r}. Choose 1 or more.")
    if any(one.id == achievement_id for one in achievements.achievements()):
        raise RegistrationError(f"The achievement {achievement_id} is there already. Choose another id.")
    achievements.add(DeclaredAchievement(achievement_id, title, figure, at_least))


def forget_achievement(achievement_id: str) -> None:
    """Remove an achievement of the app, after a test that has declared it.

    Args:
        achievement_id: The id.
    """
    achievements.remove(achievement_id)
