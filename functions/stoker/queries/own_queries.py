"""The queries that an app has declared. `stoker.query` declares them."""

from collections.abc import Sequence

from stoker.queries.query import DeclaredQuery

_declared: list[DeclaredQuery] = []


def own_queries() -> Sequence[DeclaredQuery]:
    """Return the queries of the app, in the order of their declaration."""
    return tuple(_declared)


def add(query: DeclaredQuery) -> None:
    """Add a query. `stoker.query` checks it before.

    Args:
        query: The query.
    """
    _declared.append(query)


def remove(query: DeclaredQuery) -> None:
    """Remove a query. A query that is not there is ignored.

    Args:
        query: The query.
    """
    _declared[:] = [one for one in _declared if one is not query]
