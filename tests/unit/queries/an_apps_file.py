"""A file as an app's developer writes it, with every public name of pages, live queries and aggregations.

mypy checks it strictly, as every file of the tests. `tests/emulator/test_an_apps_file.py` runs it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, assert_type

from stoker import (
    CLIENT,
    Aggregations,
    AsyncPaginatedQuery,
    Bucket,
    Cost,
    Figures,
    Group,
    OwnedDocument,
    Page,
    PageTokenRefused,
    PaginatedQuery,
    Percentiles,
    QueryNotDeclared,
    RealtimeSync,
    Streamed,
    SyncUpdate,
    TooManyDocuments,
    TooManyGroups,
    alternative,
    any_of,
    query,
)


class Chore(OwnedDocument):
    """A chore."""

    title: Annotated[str, CLIENT]
    minutes: Annotated[int, CLIENT]


CHORES = query(
    "chores", equals=["userId"], order=["-createdAt"], sums=["minutes"], name="newest-chores", backwards=True
)
EITHER = query(
    "chores",
    equals=["userId"],
    any_of=[alternative(equals=["title"]), alternative(ranges_over="minutes")],
    order=["createdAt"],
)


def titles(user_id: str, token: str | None) -> tuple[list[str], str | None]:
    """Return the titles of a page, and the token of the next page."""
    chores = PaginatedQuery(CHORES, 10, filters={"userId": user_id}, principal=user_id, model=Chore)
    assert_type(chores, PaginatedQuery[Chore])
    try:
        page = chores.page(after=token)
    except PageTokenRefused:
        page = chores.page()
    assert_type(page, Page[Chore])
    return [chore.title for chore in page.items], page.next


def walked(user_id: str) -> list[Any]:
    """Return all titles, by a walk over dictionaries."""
    either = any_of(("title", "==", "Sweep"), ("minutes", "<", 5))
    chores = PaginatedQuery(EITHER, filters=[("userId", "==", user_id), either])
    assert_type(chores.get_page(), list[dict[str, Any]])
    assert_type(chores.total(), int)
    return [chore["title"] for chore in chores]


async def awaited(user_id: str) -> list[str]:
    """Return the titles of the first page, and then all titles, in an event loop."""
    chores = AsyncPaginatedQuery("chores", filters={"userId": user_id}, order=["-createdAt"], model=Chore)
    page = await chores.page()
    assert_type(page, Page[Chore])
    return [*(chore.title for chore in page.items), *[chore.title async for chore in chores]]


def followed(user_id: str) -> Sequence[str]:
    """Return what an update shows."""
    shown: list[str] = []

    def show(update: SyncUpdate[Chore]) -> None:
        shown.extend(chore.title for chore in [*update.items, *update.added, *update.modified, *update.removed])

    def failed(error: Exception) -> None:
        shown.append(str(error))

    with RealtimeSync(CHORES, {"userId": user_id}, show, failed, model=Chore) as sync:
        sync.wait_until_live(timeout=10)
        shown.append(sync.state)
    return shown


def measured(user_id: str) -> tuple[float | None, list[datetime], list[Any]]:
    """Return figures of every kind."""
    chores = Aggregations(CHORES, {"userId": user_id})
    assert_type(chores.figures(sums=["minutes"], averages=["minutes"]), Figures)
    assert_type(chores.cost(), Cost)
    try:
        groups = chores.group_by("title", sums=["minutes"])
    except (TooManyGroups, TooManyDocuments, QueryNotDeclared):
        groups = chores.group_by("title", limit=100_000, max_documents=10**7)
    assert_type(groups, Streamed[Group])
    weeks = chores.buckets("createdAt", timedelta(weeks=1))
    assert_type(weeks, Streamed[Bucket])
    shares = chores.percentiles("minutes", [50, 95])
    assert_type(shares, Percentiles)
    return chores.average("minutes"), [week.start for week in weeks], list(chores.top("minutes", 3))
