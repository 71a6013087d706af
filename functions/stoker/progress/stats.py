"""Figures of completed tasks."""

import re
from collections.abc import Mapping

from stoker.models.completion import Completion
from stoker.models.user import MAX_CATEGORIES, Stats

RESERVED = re.compile("__.*__", re.DOTALL)
"""Names that Firestore refuses for fields. A task in a category of such a name counts in all figures but `byCategory`.
Source: https://firebase.google.com/docs/firestore/quotas#collections_documents_and_fields"""


def with_completion(stats: Stats, completion: Completion) -> Stats:
    """Add a completion to the figures.

    Only the first `MAX_CATEGORIES` categories in alphabetical order are kept. So the result does not depend on the
    order of completions: a category that is dropped has enough categories before it, and these stay.

    Args:
        stats: The figures before.
        completion: The completion.
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
