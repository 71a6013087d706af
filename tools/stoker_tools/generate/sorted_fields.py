"""The fields by which queries sort. Firestore leaves out documents without such a field from every result."""

from collections.abc import Iterable, Iterator

from stoker.queries.presence import is_required, model_of
from stoker.queries.query import NAME, DeclaredQuery, in_full
from stoker_tools.generate.errors import GenerateError


def check_sorted_fields(queries: Iterable[DeclaredQuery]) -> None:
    """Refuse a query that sorts by a field that a document may lack.

    A collection without a model that Stoker knows is not checked.

    Args:
        queries: The declared queries.

    Raises:
        GenerateError: A document may lack a field by which a query sorts. The message says what to do.
    """
    for query in queries:
        for collection in query.collections():
            for field in lacked_fields(query, collection):
                name = f"The query {query.name!r}" if query.name else "A query"
                compared = ", ".join(one.field for one in query.where) or "no field"
                raise GenerateError(
                    f"{name} of {collection}, which compares {compared}, sorts by {field}, but the model does not "
                    f"require it. Firestore leaves out documents without {field}. Either make {field} a required field "
                    f"of the model, or add leaves_out=[{field!r}] to the query, if these documents are left out on "
                    "purpose."
                )


def lacked_fields(query: DeclaredQuery, collection: str) -> Iterator[str]:
    """Yield the fields by which a query sorts, and which a document that it should find may lack.

    The fields of ranges belong to the order. A field that is always compared is not among them, because no document
    without it is asked for. If only some alternatives of an OR compare it, it is.

    Args:
        query: The query.
        collection: The collection.
    """
    if model_of(collection) is None:
        return
    compared = {one.field for one in query.where if not one.optional}
    branches = [{one.field for one in branch} for branch in query.any_of]
    if branches:
        compared |= set.intersection(*branches)
    alternatives = [(one.field, one.kind) for branch in query.any_of for one in branch]
    for field, _ in in_full(query.order, alternatives):
        if field not in (NAME, *compared, *query.leaves_out) and not is_required(collection, field):
            yield field
