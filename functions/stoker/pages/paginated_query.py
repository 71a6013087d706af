"""The pages of a declared query."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, Generic, TypeVar, overload

from stoker.errors import InvalidArgument, PageTokenInvalid, QueryNotDeclared
from stoker.firestore.documents import FirestoreDocuments
from stoker.firestore.raw import name_of
from stoker.firestore.values import Item
from stoker.host import SYSTEM, Host
from stoker.models.document import Model
from stoker.pages.page import Page
from stoker.pages.position import Position
from stoker.pages.reading import position_of, read
from stoker.pages.token import BEGIN_AGAIN, decode, encode, key_id_of
from stoker.queries.asking import Asked, Filters, asked
from stoker.queries.item_maker import Unfit, maker_of
from stoker.queries.message import message_of
from stoker.queries.query import DeclaredQuery
from stoker.signing.keyring_store import keyring_store

T = TypeVar("T")
M = TypeVar("M", bound=Model)

MAX_PAGE_SIZE = 1000
"""The most documents of a page. More would not fit into the memory of a small function."""

WALK_SIZE = 300
"""The documents of a read when all documents of a query are walked over."""

TOKEN_SECONDS = 24 * 3600
"""The time for which a token is valid, in seconds. A user may leave a list open for a day."""

MAX_TOKEN_SECONDS = 400 * 24 * 3600
"""The longest life of a token, in seconds. Keys are rotated before that."""


class PaginatedQuery(Generic[T]):
    """The pages of a declared query. Iterating over it walks over all documents.

    A page is read by a cursor, so each page costs the same, however far it lies behind the first. A document whose
    fields in the order do not change is seen once, even if others come and go between two pages.

    Args:
        collection: The name of a collection, or a declared query. For a name, see `stoker.queries.asking.asked`.
        page_size: The documents of a page, 1 to 1,000.
        filters: The filters: a mapping of fields to equal values, or a list of (field, operator, value) and `any_of`.
        order: The fields by which the documents must be sorted, if several declared queries fit a name.
        principal: The caller to whom tokens are given, such as the uid. Another caller can't use the tokens. Without
            it, everybody who has a token can use it.
        model: The model of the documents. An item is then an object of the model. Otherwise it is a dictionary.
        token_seconds: The time for which a token is valid, in seconds.
        host: The machine whose clock is used.

    Raises:
        QueryNotDeclared: No declared query fits.
        InvalidArgument: An argument has not this form.

    Example:
        >>> tasks = PaginatedQuery("tasks", page_size=25, filters={"userId": "ada"}, principal="ada")  # doctest: +SKIP
        >>> first = tasks.page()  # doctest: +SKIP
        >>> second = tasks.page(after=first.next)  # doctest: +SKIP
    """

    @overload
    def __init__(
        self: "PaginatedQuery[Item]",
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
        self: "PaginatedQuery[M]",
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
        if isinstance(page_size, bool) or not isinstance(page_size, int) or not 1 <= page_size <= MAX_PAGE_SIZE:
            raise InvalidArgument(
                f"page_size must be a whole number from 1 to {MAX_PAGE_SIZE:,}. Filters are passed as filters={{...}}."
            )
        if not isinstance(principal, str):
            raise InvalidArgument("principal must be a text, such as the uid of the caller.")
        if model is not None and not (isinstance(model, type) and issubclass(model, Model)):
            raise InvalidArgument("model must be a class that derives from stoker.Model.")
        if not 0 < token_seconds <= MAX_TOKEN_SECONDS:
            raise InvalidArgument(f"token_seconds must be more than 0, and at most {MAX_TOKEN_SECONDS:,}.")
        self._collection = collection
        self._page_size = page_size
        self._order = order
        self._principal = principal
        self._make = maker_of(model)
        self._lifetime = timedelta(seconds=token_seconds)
        self._host = host
        # Without filters, the query of `get_page` is not known yet.
        self._asked = None if filters is None else asked(collection, filters, order)
        self._got: tuple[dict[str, Any], Position | None] | None = None

    def page(self, after: str | None = None, before: str | None = None) -> Page[T]:
        """Read a page.

        Args:
            after: The `next` of a page, to read the page behind it. None or an empty text for the first page, because a
                form on the web sends an empty text.
            before: The `previous` of a page, to read the page before it. None and an empty text are as if left out.

        Raises:
            PageTokenRefused: The token can't be used. Its subclass says why.
            QueryNotDeclared: `before` is given, but the query is not declared for reading backwards.
            InvalidArgument: Both `after` and `before` are given.
        """
        after, before = (None if token == "" else token for token in (after, before))
        if after is not None and before is not None:
            raise InvalidArgument("Both after and before are given. Pass only one of them.")
        query, backwards = self._query(), before is not None
        if backwards and not query.declared.is_reversible:
            raise QueryNotDeclared(
                f"The query {query.name!r} is not declared for pages before a token, so it has no index for them. "
                "Declare it with backwards=True and an order, and generate the indexes."
            )
        token = before if backwards else after
        bound_to = self._bound_to(query)
        start = None if token is None else self._position(bound_to, token, backwards)
        found = read(query.selection, start, self._page_size + 1, backwards=backwards, host=self._host)
        has_more = len(found) > self._page_size
        found = found[-self._page_size :] if backwards else found[: self._page_size]
        following, preceding = self._ends(query, found, start)
        before_it = has_more if backwards else start is not None
        items, warnings = self._items(found)
        return Page(
            items=items,
            next=self._token(bound_to, following, False) if backwards or has_more else None,
            previous=self._token(bound_to, preceding, True) if before_it and query.declared.is_reversible else None,
            has_more=has_more,
            warnings=tuple(warnings),
        )

    def get_page(self, filters: Filters | None = None) -> list[T]:
        """Read the first page, and with each further call the next page. Other filters begin with the first page again.

        The position is kept in this object, and not in a token. So this is for a script or a job that reads page by
        page. A function that answers a client uses `page`, because the next call may reach another instance.

        Args:
            filters: The filters; None for those that the object was made with.

        Returns:
            The documents of the page; an empty list after the last page. Documents that do not fit the model are left
            out; `page` names them.
        """
        query = self._query() if filters is None else asked(self._collection, filters, self._order)
        bound_to, start = self._bound_to(query), None
        if self._got is not None and self._got[0] == bound_to:
            start = self._got[1]
        found = read(query.selection, start, self._page_size, host=self._host)
        self._got = (bound_to, position_of(query.selection, found[-1]) if found else start)
        return self._items(found)[0]

    def total(self) -> int:
        """Count all documents of the query. It costs a read for each 1,000 documents, at least one."""
        return FirestoreDocuments().count(self._query().selection)

    def __iter__(self) -> Iterator[T]:
        position: Position | None = None
        while True:
            items, position = self.walk(position)
            yield from items
            if position is None:
                return

    def walk(self, start: Position | None) -> tuple[list[T], Position | None]:
        """Read the next documents of a walk over all documents.

        Args:
            start: The position that the call before has returned; None at first.

        Returns:
            The documents, and the position for the next call; None if there are no more documents.
        """
        selection, size = self._query().selection, max(self._page_size, WALK_SIZE)
        found = read(selection, start, size, host=self._host)
        position = position_of(selection, found[-1]) if len(found) == size else None
        return self._items(found)[0], position

    def _query(self) -> Asked:
        if self._asked is None:
            self._asked = asked(self._collection, (), self._order)
        return self._asked

    def _ends(self, query: Asked, found: Sequence[Any], start: Position | None) -> tuple[Position, Position]:
        """Return the positions behind and before a page. All documents of an empty page were deleted meanwhile."""
        if not found:
            at_start = Position(start.values if start else (), inclusive=True)
            return at_start, at_start
        return position_of(query.selection, found[-1]), position_of(query.selection, found[0])

    def _items(self, found: Sequence[Any]) -> tuple[list[T], list[str]]:
        items: list[Any] = []
        warnings = []
        for document in found:
            try:
                items.append(self._make(document))
            except Unfit as unfit:
                warnings.append(str(unfit))
        return items, warnings

    def _bound_to(self, query: Asked) -> dict[str, Any]:
        """Return what a token is bound to: the query, everything that makes it another query, and the caller."""
        message = message_of(query.selection)
        if message.where.HasField("composite_filter"):  # The filters may come in any order.
            filters = message.where.composite_filter.filters
            in_order = sorted(filters, key=lambda one: bytes(one.SerializeToString(deterministic=True)))
            del filters[:]
            filters.extend(in_order)
        shape = name_of("").encode() + message.SerializeToString(deterministic=True)
        return {"query": query.name, "shape": shape, "principal": self._principal}

    def _token(self, bound_to: dict[str, Any], position: Position, backwards: bool) -> str:
        expires = self._host.now() + self._lifetime
        return encode(position, backwards=backwards, expires=expires, keyring=keyring_store().ring(), **bound_to)

    def _position(self, bound_to: dict[str, Any], token: str, backwards: bool) -> Position:
        ring = keyring_store().ring(key_id_of(token))
        position, leads_back = decode(token, now=self._host.now(), keyring=ring, **bound_to)
        if leads_back != backwards:
            raise PageTokenInvalid(
                f"The page token leads the other way. Pass `next` as after, and `previous` as before. {BEGIN_AGAIN}"
            )
        return position
