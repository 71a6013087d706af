"""All queries that the functions and the commands run: each declaration, followed by the functions that build it.

To add a query, declare it here. `scripts/generate` then writes its index. The tests refuse queries that are not
declared, because the emulator runs any query, but production only runs queries that have an index.
"""

from collections.abc import Sequence

from google.cloud.firestore_v1 import Query

from stoker import config
from stoker.firestore.selection import Filter
from stoker.models.analytics import Granularity
from stoker.models.batch import TaskFilter
from stoker.queries import job_queries
from stoker.queries.query import (
    NAME,
    DeclaredQuery,
    ascending,
    between,
    contains,
    descending,
    equal,
    perhaps,
)


def tasks() -> tuple[str]:
    """Return the name of the collection of tasks."""
    return (config.TASKS,)


def events() -> tuple[str]:
    """Return the name of the collection of events."""
    return (config.ANALYTICS_EVENTS,)


def aggregates() -> tuple[str]:
    """Return the name of the collection of aggregates."""
    return (config.ANALYTICS_AGGREGATES,)


def with_owners() -> tuple[str, ...]:
    """Return the names of all collections at the root whose documents have an owner in `userId`."""
    return (*config.user_trees(), *config.user_documents(), config.JOB_KEYS)


# --- A user's documents ------------------------------------------------------------------------------------------

TASKS_OF_A_USER = DeclaredQuery(
    tasks,
    where=[*equal("userId"), *perhaps([*equal("status", "priority", "category", "projectId"), *contains("tags")])],
    order=[ascending(NAME)],
)


def tasks_of(user_id: str, where: TaskFilter) -> Query:
    """Select a user's tasks that match a filter, sorted by id.

    All conditions are equalities, so Firestore can serve them by merging single-field indexes.

    Args:
        user_id: The uid of the owner.
        where: The filter.
    """
    return TASKS_OF_A_USER.build(("userId", "==", user_id), *where.filters())


OWNED = DeclaredQuery(with_owners, where=equal("userId"), order=[ascending(NAME)])


def owned(collection: str, user_id: str) -> Query:
    """Select a user's documents in a collection of `with_owners`, sorted by id."""
    return OWNED.build(("userId", "==", user_id), collection=collection)


OWNERS = DeclaredQuery(with_owners, where=between("userId"), order=[ascending("userId")])


def next_owner(collection: str, after: str) -> Query:
    """Select a document of the next owner in a collection of `with_owners`. Repeated calls step from owner to owner.

    Args:
        collection: The collection.
        after: The uid of the owner before; empty for the beginning.
    """
    return OWNERS.build(("userId", ">", after), collection=collection).limit(1)


# --- Profiles and progress ---------------------------------------------------------------------------------------


def users() -> tuple[str]:
    """Return the name of the collection of profiles."""
    return (config.USERS,)


def completions() -> tuple[str]:
    """Return the name of the collections of completions. There is such a collection below each profile."""
    return (config.COMPLETIONS,)


PROFILES = DeclaredQuery(users, where=perhaps(equal("provisional")), order=[ascending(NAME)])


def profiles() -> Query:
    """Select all profiles, sorted by id."""
    return PROFILES.build()


def provisional_profiles() -> Query:
    """Select the profiles whose sign-up may still be under way, sorted by id."""
    return PROFILES.build(("provisional", "==", True))


COMPLETIONS = DeclaredQuery(completions, where=perhaps(equal("userId", "counted")), order=[ascending(NAME)], group=True)


def completions_of(user_id: str) -> Query:
    """Select all completions of a user, sorted by the ids of the tasks."""
    return COMPLETIONS.build(("userId", "==", user_id))


def waiting_completions(user_id: str | None = None) -> Query:
    """Select the completions that are not counted yet.

    Args:
        user_id: The uid of the user; None for all users.
    """
    of_one: list[Filter] = [] if user_id is None else [("userId", "==", user_id)]
    return COMPLETIONS.build(("counted", "==", False), *of_one)


COMPLETED_TASKS = DeclaredQuery(tasks, where=equal("status"), order=[ascending(NAME)])


def completed_tasks() -> Query:
    """Select the completed tasks of all users, sorted by id."""
    return COMPLETED_TASKS.build(("status", "==", "completed"))


# --- Whole trees -------------------------------------------------------------------------------------------------

BELOW = DeclaredQuery(lambda: ("",), order=[ascending(NAME)], group=True)
"""All documents below a document. The client library has no query without a collection, so `stoker.queries.trees`
builds it."""

# --- Analytics ---------------------------------------------------------------------------------------------------

EVENTS_BY_MARK = DeclaredQuery(events, where=equal("rolledUp"), order=[ascending(NAME)])
"""The index has `rolledUp` alone, and sorts its entries by id. Ids are random, so clients that write many events at the
same time write to many places of the index, and make no hot spot at its end."""


def waiting_events() -> Query:
    """Select the events that are not rolled up yet, sorted by id."""
    return EVENTS_BY_MARK.build(("rolledUp", "==", False))


def rolled_up_events() -> Query:
    """Select the events that are rolled up, sorted by id."""
    return EVENTS_BY_MARK.build(("rolledUp", "==", True))


TOP_AGGREGATES = DeclaredQuery(
    aggregates, where=equal("granularity", "bucket"), order=[descending("count")], leaves_out=["count"]
)
"""The roll-up writes `count` into every aggregate, although the model does not require it."""


def top_aggregates(granularity: Granularity, bucket: str) -> Query:
    """Select the aggregates of an hour, a day or a month. The aggregates with the most events come first."""
    return TOP_AGGREGATES.build(("granularity", "==", granularity), ("bucket", "==", bucket))


AGGREGATES_OF = DeclaredQuery(
    aggregates, where=[*equal("granularity"), *between("bucket")], order=[ascending("bucket")]
)


def aggregates_of(granularity: Granularity, start: str, end: str) -> Query:
    """Select the aggregates from a first to a last bucket, both included, in the order of the buckets."""
    return AGGREGATES_OF.build(("granularity", "==", granularity), ("bucket", ">=", start), ("bucket", "<=", end))


DECLARED: Sequence[DeclaredQuery] = [
    one for one in [*vars(job_queries).values(), *list(vars().values())] if isinstance(one, DeclaredQuery)
]
"""All declared queries, including the queries of jobs."""
