"""The pages of a declared query, for code that runs in an event loop."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any, Generic, overload

from stoker.firestore.values import Item
from stoker.host import SYSTEM, Host
from stoker.models.document import Model
from stoker.pages.page import Page
from stoker.pages.paginated_query import TOKEN_SECONDS, M, PaginatedQuery, T
from stoker.pages.position import Position
from stoker.queries.asking import Filters
from stoker.queries.query import DeclaredQuery


class AsyncPaginatedQuery(Generic[T]):
    """The pages of a declared query, as `PaginatedQuery`, for code that runs in an event loop.

    Each read runs in a thread of the loop's pool, because the client of a process belongs to no event loop. A read that
    is cancelled goes on in its thread until its deadline, and its answer is dropped.

    Args:
        collection, page_size, filters, order, principal, model, token_seconds, host: As in `PaginatedQuery`.

    Raises:
        QueryNotDeclared, InvalidArgument: As in `PaginatedQuery`.

    Example:
        >>> tasks = AsyncPaginatedQuery("tasks", filters={"userId": "ada"}, principal="ada")  # doctest: +SKIP
        >>> page = await tasks.page()  # doctest: +SKIP
    """

    @overload
    def __init__(
        self: "AsyncPaginatedQuery[Item]",
        collection: str | DeclaredQuery,
        page_size: int = 25,
        *,
        filters: Filters | None = None,
        order: Sequence[str] | None = None,
        principal: str = "",
        model: None = None,
        token_seconds: float = TOKEN_SECONDS,
        host: Host = SYSTEM,
    ) -> None: ...

    @overload
    def __init__(
        self: "AsyncPaginatedQuery[M]",
        collection: str | DeclaredQuery,
        page_size: int = 25,
        *,
        filters: Filters | None = None,
        order: Sequence[str] | None = None,
        principal: str = "",
        model: type[M],
        token_seconds: float = TOKEN_SECONDS,
        host: Host = SYSTEM,
    ) -> None: ...

    def __init__(
        self,
        collection: str | DeclaredQuery,
        page_size: int = 25,
        *,
        filters: Filters | None = None,
        order: Sequence[str] | None = None,
        principal: str = "",
        model: type[Model] | None = None,
        token_seconds: float = TOKEN_SECONDS,
        host: Host = SYSTEM,
    ) -> None:
        made: Any = PaginatedQuery
        self._pages: PaginatedQuery[T] = made(
            collection,
            page_size,
            filters=filters,
            order=order,
            principal=principal,
            model=model,
            token_seconds=token_seconds,
            host=host,
        )

    async def page(self, after: str | None = None, before: str | None = None) -> Page[T]:
        """Read a page; see `PaginatedQuery.page`."""
        return await asyncio.to_thread(self._pages.page, after, before)

    async def get_page(self, filters: Filters | None = None) -> list[T]:
        """Read the first page, and with each further call the next page; see `PaginatedQuery.get_page`."""
        return await asyncio.to_thread(self._pages.get_page, filters)

    async def total(self) -> int:
        """Count all documents of the query; see `PaginatedQuery.total`."""
        return await asyncio.to_thread(self._pages.total)

    async def __aiter__(self) -> AsyncIterator[T]:
        position: Position | None = None
        while True:
            items, position = await asyncio.to_thread(self._pages.walk, position)
            for item in items:
                yield item
            if position is None:
                return
