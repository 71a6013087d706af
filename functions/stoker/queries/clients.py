"""The queries that clients run, through the rules. The server does not run them; they are declared for their indexes.

Add the queries of your app, and run scripts/generate. A query of a user's own documents needs `userId`, because the
rules refuse queries without it.
"""

from collections.abc import Sequence

from stoker import config
from stoker.queries.query import DeclaredQuery, ascending, between, descending, equal

JOBS_NEWEST_FIRST = DeclaredQuery(
    lambda: (config.JOBS,), where=equal("userId"), order=[descending("createdAt")], backwards=True
)

JOBS_OF_A_STATUS = DeclaredQuery(
    lambda: (config.JOBS,), where=equal("userId", "status"), order=[descending("createdAt")], backwards=True
)

TASKS_NEWEST_FIRST = DeclaredQuery(
    lambda: (config.TASKS,), where=equal("userId"), order=[descending("createdAt")], backwards=True
)

TASKS_OF_A_STATUS_BY_DUE_DATE = DeclaredQuery(
    lambda: (config.TASKS,), where=equal("userId", "status"), order=[ascending("dueDate")], leaves_out=["dueDate"]
)
"""Tasks without a due date are not in the result."""

TASKS_DUE = DeclaredQuery(
    lambda: (config.TASKS,), where=[*equal("userId"), *between("dueDate")], order=[ascending("dueDate")]
)

TASKS_OF_A_PROJECT = DeclaredQuery(
    lambda: (config.TASKS,), where=equal("userId", "projectId"), order=[descending("createdAt")]
)

PROJECTS_NEWEST_FIRST = DeclaredQuery(
    lambda: (config.PROJECTS,), where=equal("userId"), order=[descending("createdAt")], backwards=True
)

COMPLETIONS_NEWEST_FIRST = DeclaredQuery(lambda: (config.COMPLETIONS,), order=[descending("completedAt")])

CLIENTS: Sequence[DeclaredQuery] = [one for one in list(vars().values()) if isinstance(one, DeclaredQuery)]
"""All queries of clients."""
