"""The requests that answer a wish for figures.

One request counts and adds up the documents that have every field that it aggregates. So a request for two fields, of
which a document may lack one, gives figures that are too small. Fields that the model requires share a request, and
each other field has its own.
Source: measured on the emulator, and https://github.com/firebase/flutterfire/issues/17494 for production.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from stoker.errors import QueryNotDeclared
from stoker.queries.presence import is_required
from stoker.queries.query import DeclaredQuery

MAX_AGGREGATES: Final = 5
"""The most aggregations of a request.
Source: https://cloud.google.com/firestore/docs/reference/rest/v1/StructuredAggregationQuery (aggregations)"""

MAX_SHARED: Final = MAX_AGGREGATES - 1
"""The most fields of a shared request. Each request also counts its documents."""


@dataclass(frozen=True)
class Aggregate:
    """A figure of a request.

    Attributes:
        kind: The kind of figure.
        field: The path of the field; empty for a count.
    """

    kind: Literal["count", "sum", "average"]
    field: str = ""


COUNT: Final = Aggregate("count")

Request = tuple[Aggregate, ...]
"""The figures of one request. The first is always a count, which tells the price of the request."""


@dataclass(frozen=True)
class SumFields:
    """The fields of a declared query that may be added up.

    Attributes:
        shared: The fields that every document has. One index holds all of them.
        alone: The other fields. Each has an index of its own.
    """

    shared: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()

    def together(self) -> list[tuple[str, ...]]:
        """Return the sets of fields that a request may name. There is an index for each of them."""
        return [*([self.shared] if self.shared else []), *((field,) for field in self.alone)]


def sum_fields(declared: DeclaredQuery, collection: str) -> SumFields:
    """Return the fields of a declared query that may be added up, by whether every document has them.

    Args:
        declared: The declared query.
        collection: The collection, because the query may be declared for several.
    """
    shared = tuple(field for field in declared.sums if is_required(collection, field))
    return SumFields(shared, tuple(field for field in declared.sums if field not in shared))


def planned(fields: SumFields, *, count: bool, sums: Iterable[str], averages: Iterable[str]) -> list[Request]:
    """Return the requests that give the wanted figures.

    The count has a request of its own, because a sum counts only the documents that have its field. Documents from
    before the model required a field may lack it.

    Args:
        fields: The fields that the query declares.
        count: Whether the number of documents is wanted.
        sums: The fields to add up.
        averages: The fields whose average is wanted.

    Raises:
        QueryNotDeclared: A wanted field is not declared, or more fields share an index than a request can name.

    Example:
        >>> fields = SumFields(shared=("minutes",), alone=("rating",))
        >>> [[one.kind for one in request] for request in planned(fields, count=True, sums=["minutes"], averages=[])]
        [['count'], ['count', 'sum']]
        >>> len(planned(fields, count=True, sums=["minutes"], averages=["rating"]))
        3
    """
    wanted = [*(Aggregate("sum", field) for field in dict.fromkeys(sums))]
    wanted += [Aggregate("average", field) for field in dict.fromkeys(averages)]
    declared = (*fields.shared, *fields.alone)
    if missing := [one.field for one in wanted if one.field not in declared]:
        raise QueryNotDeclared(
            f"The query declares no sum of {missing[0]}. Declare it in main.py with stoker.query(..., "
            f"sums=[{missing[0]!r}]), and run `stoker generate`."
        )
    if len(fields.shared) > MAX_SHARED:
        raise QueryNotDeclared(
            f"The query declares the sums of {len(fields.shared)} fields that the model requires. Divide them among "
            f"several queries of at most {MAX_SHARED} such fields."
        )
    requests: list[Request] = [(COUNT,)] if count else []
    requests += _shared(fields.shared, [one for one in wanted if one.field in fields.shared])
    for field in fields.alone:
        own = tuple(one for one in wanted if one.field == field)
        if own:
            requests.append((COUNT, *own))
    return requests


def _shared(fields: Sequence[str], wanted: Sequence[Aggregate]) -> Iterator[Request]:
    """Yield the requests for fields that every document has. Each names all of them, because one index serves all."""
    left = list(wanted)
    while left:
        request = []
        for field in fields:
            # A sum that nobody wants fills the place of a field, so that the index of all fields serves the request.
            found = next((one for one in left if one.field == field), None)
            request.append(found or Aggregate("sum", field))
            if found:
                left.remove(found)
        more = left[: MAX_SHARED - len(request)]
        left = left[len(more) :]
        yield (COUNT, *request, *more)
