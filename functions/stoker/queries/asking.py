"""A caller's query: find its declaration, and check its filters."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from google.cloud.firestore_v1 import _helpers

from stoker.errors import InvalidArgument, QueryNotDeclared
from stoker.firestore.selection import NAME, AnyOf, Filter, Order, Selection, flat
from stoker.queries.clients import CLIENTS
from stoker.queries.declared import DECLARED
from stoker.queries.message import full_order
from stoker.queries.own_queries import own_queries
from stoker.queries.presence import is_required
from stoker.queries.query import KINDS, DeclaredQuery, Kind, compared, comparisons, order_of

Filters = Mapping[str, object] | Sequence[Filter | AnyOf]
"""The filters of a caller: a mapping of fields to equal values, or filters of a field, an operator and a value."""

SINGLE: dict[str, Kind] = {"is_one_of": "one-of", "has": "contains", "ranges_over": "range"}
"""The arguments of `stoker.query` that take a single field, with the kinds of comparison."""

MAX_VALUE_BYTES = 1_048_487
"""The most bytes of a value. Source: https://firebase.google.com/docs/firestore/quotas#limits (field value)"""

RESERVED = re.compile("__.*__", re.DOTALL)
"""The names of fields that Firestore keeps for itself. Source: as above (field names)"""

MAX_DISJUNCTIONS = 30
"""The most alternatives of a query, after its `in` filters and its OR are multiplied out.
Source: https://firebase.google.com/docs/firestore/query-data/queries#limits_on_or_queries"""


@dataclass(frozen=True)
class Asked:
    """A query that is declared and can be run.

    Attributes:
        declared: The declaration.
        selection: The query with its filters.
    """

    declared: DeclaredQuery
    selection: Selection

    @property
    def name(self) -> str:
        """The name of the query; the name of its collection if it has no other."""
        return self.declared.name or self.selection.collection


def asked(
    query: str | DeclaredQuery,
    filters: Filters = (),
    order: Sequence[str] | None = None,
    sums: Sequence[str] = (),
) -> Asked:
    """Return a query with its declaration.

    Args:
        query: A declared query, or the name of a collection. For a name, the first declared query is taken that has
            these filters and this order. An app's own queries come before Stoker's. Without an order, a query that
            leaves documents out (`leaves_out`) is not taken. With sums, the query must find the same documents as the
            first without them.
        filters: The filters.
        order: The fields by which the results must be sorted, with a hyphen for the greatest value first; None for the
            order of the declared query. Only for the name of a collection.
        sums: The fields that the declared query must be able to add up. For a declared query, they only tell that it is
            not run without sums.

    Raises:
        QueryNotDeclared: No declared query has these filters, this order and these sums. Or the query is declared for
            its sums alone.
        InvalidArgument: A filter has no form that Firestore takes.

    Example:
        >>> asked("tasks", {"userId": "ada"}).selection.order
        (('createdAt', 'DESCENDING'),)
    """
    conditions = _conditions(filters)
    order = [order] if isinstance(order, str) else order
    if isinstance(query, DeclaredQuery):
        if order is not None:
            raise InvalidArgument("A declared query has its own order. Pass order only with the name of a collection.")
        if query.only_sums and not sums:
            raise QueryNotDeclared(
                f"The query {query.name or query.collections()[0]!r} is declared for its sums alone (only_sums), so no "
                "index serves it without them. Declare a query without only_sums."
            )
        found = Asked(query, query.selection(*conditions))
    else:
        found = _first(query, conditions, None if order is None else [order_of(field) for field in order], sums)
    _check_values(conditions)
    return found


def any_of(*branches: Filter | Sequence[Filter]) -> AnyOf:
    """Return a filter that holds if any of its branches holds.

    Args:
        branches: Each branch is a filter, or a list of filters that must all hold.

    Raises:
        InvalidArgument: There is no branch, or a branch has no filter.

    Example:
        >>> any_of(("priority", "==", "urgent"), [("status", "==", "todo"), ("category", "==", "home")]).branches[0]
        (('priority', '==', 'urgent'),)
    """
    made = tuple((branch,) if _is_filter(branch) else tuple(branch) for branch in branches)
    if not made or not all(made):
        raise InvalidArgument("any_of needs a filter in each of its branches.")
    return AnyOf(made)  # type: ignore[arg-type] # `_conditions` checks each filter, which may come from a client.


def _first(
    collection: object, conditions: tuple[Filter | AnyOf, ...], order: list[Order] | None, sums: Sequence[str]
) -> Asked:
    first: Selection | None = None
    others: Selection | None = None
    for declared in (*own_queries(), *CLIENTS, *DECLARED):
        if collection not in declared.collections() or declared.group or declared.only_sums:
            continue
        if order is not None and [one for one in declared.order if one[0] != NAME] != order:
            continue
        if order is None and declared.leaves_out:
            continue  # It would leave documents out, and the caller has not asked for this order.
        try:
            selection = declared.selection(*conditions, collection=str(collection))
        except QueryNotDeclared:
            continue  # Another declaration may fit.
        first = first or selection
        if not {*sums} <= {*declared.sums}:
            continue
        if _may_lack(selection) == _may_lack(first):
            return Asked(declared, selection)
        others = selection  # Its sums would be of other documents than the count, which `first` serves.
    if others is not None:
        raise QueryNotDeclared(
            f"The declared query of {collection!r} with the sums {', '.join(sums)} sorts by other fields than "
            "the first with these filters, so it finds other documents. Pass the query itself instead of the "
            "collection's name."
        )
    sorting = "" if order is None else f", sorted by {', '.join(field for field, _ in order) or 'the id'}"
    adding = f", and adds up {', '.join(sums)}" if sums else ""
    advice = (
        f"Add sums={[*sums]!r} to your query"
        if first is not None
        else f"Declare {_declaration(collection, conditions, order, sums)}"
    )
    raise QueryNotDeclared(
        f"No declared query of {collection!r} compares {compared(conditions)}{sorting}{adding}. {advice} in main.py, "
        "and run `stoker generate`. A script imports main before it asks."
    )


def _declaration(
    collection: object, conditions: Sequence[Filter | AnyOf], order: Sequence[Order] | None, sums: Sequence[str]
) -> str:
    """Return the declaration of a query that has these filters, this order and these sums, as code."""
    plain = [one for one in conditions if not isinstance(one, AnyOf)]
    fields = {kind: sorted({field for field, one in comparisons(plain) if one == kind}) for kind in KINDS.values()}
    alternatives = [_alternative(branch) for one in conditions if isinstance(one, AnyOf) for branch in one.branches]
    sorted_by = "..." if order is None else repr([f"-{one}" if way == "DESCENDING" else one for one, way in order])
    parts = [
        repr(collection),
        *([f"equals={fields['equal']!r}"] if fields["equal"] else []),
        *(f"{name}={fields[kind][0]!r}" for name, kind in SINGLE.items() if fields[kind]),
        *([f"any_of=[{', '.join(dict.fromkeys(alternatives))}]"] if alternatives else []),
        *([f"sums={[*sums]!r}"] if sums else ["order=[...]" if order is None else f"order={sorted_by}"]),
    ]
    return f"stoker.query({', '.join(parts)})"


def _alternative(branch: Sequence[Filter]) -> str:
    found = comparisons(branch)
    equals = sorted(field for field, kind in found if kind == "equal")
    ranges = sorted(field for field, kind in found if kind == "range")
    parts = [*([f"equals={equals!r}"] if equals else []), *([f"ranges_over={ranges[0]!r}"] if ranges else [])]
    return f"alternative({', '.join(parts)})"


def _may_lack(selection: Selection) -> set[str]:
    """Return the fields whose absence leaves a document out: those of the order that the model does not require."""
    compared = {one[0] for one in selection.filters if not isinstance(one, AnyOf)}
    fields = {field for field, _ in full_order(selection)} - compared - {NAME}
    return {field for field in fields if not is_required(selection.collection, field)}


def _conditions(filters: Filters) -> tuple[Filter | AnyOf, ...]:
    found: Iterable[object]
    if isinstance(filters, Mapping):
        found = [(field, "==", value) for field, value in filters.items()]
    elif isinstance(filters, Sequence) and not isinstance(filters, str | bytes):
        found = filters
    else:
        raise InvalidArgument("The filters are a mapping of fields to values, or a list of filters.")
    conditions = tuple(found)
    for one in flat(conditions):  # type: ignore[arg-type] # They may come from a client, so each is checked here.
        _check_filter(one)
    return tuple(one if isinstance(one, AnyOf) else tuple(one) for one in conditions)  # type: ignore[arg-type, misc]


def _is_filter(value: object) -> bool:
    return isinstance(value, tuple | list) and len(value) == 3 and all(isinstance(part, str) for part in value[:2])


def _check_filter(value: Any) -> None:
    if not _is_filter(value):
        raise InvalidArgument(f"{value!r:.100} is no filter. Write (field, operator, value).")
    field, operator, _ = value
    if operator not in KINDS:
        raise InvalidArgument(f"{operator!r:.50} is no operator for {field}. Use one of {', '.join(KINDS)}.")


def _check_values(conditions: Sequence[Filter | AnyOf]) -> None:
    """Refuse values that Firestore does not store, and too many alternatives."""
    for field, operator, value in flat(conditions):
        try:
            encoded = _helpers.encode_value(value)._pb
        except (TypeError, ValueError, AttributeError, OverflowError) as error:
            raise InvalidArgument(f"Firestore stores no value like that of {field} {operator}.") from error
        if encoded.ByteSize() > MAX_VALUE_BYTES or any(RESERVED.fullmatch(name) for name in _names_in(encoded)):
            raise InvalidArgument(f"Firestore stores no value like that of {field} {operator}.")
        if operator == "in" and (not isinstance(value, list | tuple) or not value):
            raise InvalidArgument(f"{field} `in` needs a list with at least one value.")
        if operator != "==" and (value is None or value != value):
            raise InvalidArgument(f"{field} {operator} can't be compared with null or NaN. Only == can.")
    branches = [one.branches if isinstance(one, AnyOf) else ((one,),) for one in conditions]
    count = prod(sum(prod(_values(one) for one in branch) for branch in each) for each in branches)
    if count > MAX_DISJUNCTIONS:
        raise InvalidArgument(
            f"The query has {count} alternatives, but Firestore takes at most {MAX_DISJUNCTIONS}. Pass fewer values to "
            "`in` or any_of."
        )


def _names_in(value: Any) -> Iterator[str]:
    """Yield the names of all fields in maps."""
    for name, inner in value.map_value.fields.items():
        yield name
        yield from _names_in(inner)
    for inner in value.array_value.values:
        yield from _names_in(inner)


def _values(one: Filter) -> int:
    return len(one[2]) if one[1] == "in" and isinstance(one[2], list | tuple) else 1
