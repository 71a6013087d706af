"""Every query that the functions and the commands run: its declaration, and below it what builds it.

To add one, declare it here. `scripts/generate` then writes the index that serves it, and the tests refuse a query that
is not here: the emulator answers any, production those alone that have an index.
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
    """Return the collection of tasks."""
    return (config.TASKS,)


def events() -> tuple[str]:
    """Return the collection of events."""
    return (config.ANALYTICS_EVENTS,)


def aggregates() -> tuple[str]:
    """Return the collection of what events add up to."""
    return (config.ANALYTICS_AGGREGATES,)


def with_owners() -> tuple[str, ...]:
    """Return all collections at the root whose documents name the user that they belong to."""
    return (*config.user_trees(), *config.user_documents(), config.JOB_KEYS)


# --- A user's documents ------------------------------------------------------------------------------------------

TASKS_OF_A_USER = DeclaredQuery(
    tasks,
    where=[*equal("userId"), *perhaps([*equal("status", "priority", "category", "projectId"), *contains("tags")])],
    order=[ascending(NAME)],
)


def tasks_of(user_id: str, where: TaskFilter) -> Query:
    """Return a user's tasks that a filter finds, by their ids. Equality alone: Firestore merges the single-field indexes."""
    return TASKS_OF_A_USER.build(("userId", "==", user_id), *where.filters())


OWNED = DeclaredQuery(with_owners, where=equal("userId"), order=[ascending(NAME)])


def owned(collection: str, user_id: str) -> Query:
    """Return a user's documents in a collection of `with_owners`, by their ids."""
    return OWNED.build(("userId", "==", user_id), collection=collection)


OWNERS = DeclaredQuery(with_owners, where=between("userId"), order=[ascending("userId")])


def next_owner(collection: str, after: str) -> Query:
    """Return a document of the first owner behind a uid, in a collection of `with_owners`: asked again and again, it steps
    from owner to owner. An empty uid stands for the beginning."""
    return OWNERS.build(("userId", ">", after), collection=collection).limit(1)


# --- Profiles and progress ---------------------------------------------------------------------------------------


def users() -> tuple[str]:
    """Return the collection of profiles."""
    return (config.USERS,)


def completions() -> tuple[str]:
    """Return the collections, one below each profile, of what XP was given for."""
    return (config.COMPLETIONS,)


PROFILES = DeclaredQuery(users, where=perhaps(equal("provisional")), order=[ascending(NAME)])


def profiles() -> Query:
    """Return all profiles, by their ids."""
    return PROFILES.build()


def provisional_profiles() -> Query:
    """Profiles that were made while the sign-up was still under way, by their ids."""
    return PROFILES.build(("provisional", "==", True))


COMPLETIONS = DeclaredQuery(completions, where=perhaps(equal("userId", "counted")), order=[ascending(NAME)], group=True)


def completions_of(user_id: str) -> Query:
    """Return all that a user got XP for, by the tasks' ids."""
    return COMPLETIONS.build(("userId", "==", user_id))


def waiting_completions(user_id: str | None = None) -> Query:
    """What is not yet in a user's progress: a user's, or everyone's."""
    of_one: list[Filter] = [] if user_id is None else [("userId", "==", user_id)]
    return COMPLETIONS.build(("counted", "==", False), *of_one)


COMPLETED_TASKS = DeclaredQuery(tasks, where=equal("status"), order=[ascending(NAME)])


def completed_tasks() -> Query:
    """Everyone's tasks that are completed, by their ids."""
    return COMPLETED_TASKS.build(("status", "==", "completed"))


# --- Whole trees -------------------------------------------------------------------------------------------------

BELOW = DeclaredQuery(lambda: ("",), order=[ascending(NAME)], group=True)
"""All documents below one. The client library knows no query without a collection: `stoker.queries.trees` builds it."""

# --- Analytics ---------------------------------------------------------------------------------------------------

EVENTS_BY_MARK = DeclaredQuery(events, where=equal("rolledUp"), order=[ascending(NAME)])
"""The index behind it is of `rolledUp` alone, and its entries are sorted by ids, which are random: clients that write
many events at the same time write all over it, and not to its end."""


def waiting_events() -> Query:
    """Events that are not rolled up, by their ids."""
    return EVENTS_BY_MARK.build(("rolledUp", "==", False))


def rolled_up_events() -> Query:
    """Events that the aggregates have, by their ids."""
    return EVENTS_BY_MARK.build(("rolledUp", "==", True))


TOP_AGGREGATES = DeclaredQuery(aggregates, where=equal("granularity", "bucket"), order=[descending("count")])


def top_aggregates(granularity: Granularity, bucket: str) -> Query:
    """Return the aggregates of an hour, a day or a month; those of the most events first."""
    return TOP_AGGREGATES.build(("granularity", "==", granularity), ("bucket", "==", bucket))


AGGREGATES_OF = DeclaredQuery(
    aggregates, where=[*equal("granularity"), *between("bucket")], order=[ascending("bucket")]
)


def aggregates_of(granularity: Granularity, start: str, end: str) -> Query:
    """Return the aggregates from one bucket to another, both included, in their order."""
    return AGGREGATES_OF.build(("granularity", "==", granularity), ("bucket", ">=", start), ("bucket", "<=", end))


DECLARED: Sequence[DeclaredQuery] = [
    one for one in [*vars(job_queries).values(), *list(vars().values())] if isinstance(one, DeclaredQuery)
]
"""All of them, with those of jobs."""
