"""What was completed, counted."""

import re
from collections.abc import Mapping

from stoker.models.completion import Completion
from stoker.models.user import MAX_CATEGORIES, Stats

RESERVED = re.compile("__.*__", re.DOTALL)
"""Names that Firestore refuses for fields; a category of such a name is counted by all figures but its own.
Source: https://firebase.google.com/docs/firestore/quotas#collections_documents_and_fields"""


def with_completion(stats: Stats, completion: Completion) -> Stats:
    """Return the figures with one more task.

    Of more categories than are kept, those that come first in the alphabet stay. Whatever comes in whichever order, the
    same ones do: one that has to go, has so many before it for good.

    Args:
        stats: Before.
        completion: Of the task.
    """
    by_category = dict(stats.by_category)
    if not RESERVED.fullmatch(completion.category):
        by_category = _one_more(by_category, completion.category)
    return Stats(
        completed=stats.completed + 1,
        on_time=stats.on_time + (completion.on_time is True),
        late=stats.late + (completion.on_time is False),
        minutes=stats.minutes + completion.minutes,
        by_priority=_one_more(stats.by_priority, completion.priority),
        by_category={name: by_category[name] for name in sorted(by_category)[:MAX_CATEGORIES]},
    )


def _one_more(counts: Mapping[str, int], name: str) -> dict[str, int]:
    return {**counts, name: counts.get(name, 0) + 1}
