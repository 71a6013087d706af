"""The fields by which queries sort. Firestore leaves out documents without such a field from every result."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from stoker.models.writers import CLIENT, CLIENT_ONCE
from stoker.queries.presence import is_required, model_of
from stoker.queries.query import NAME, DeclaredQuery
from stoker_tools.generate.errors import GenerateError
from stoker_tools.generate.fields import fields_of, without_null

INDEXED_BYTES = 1500
"""The bytes of a text that an index keeps. A text that may be longer gets no index.
Source: https://firebase.google.com/docs/firestore/quotas#indexes"""

UTF_8_BYTES = 3
"""The most bytes of a UTF-16 unit in UTF-8. The length of a text is counted in such units."""


def check_sorted_fields(queries: Iterable[DeclaredQuery]) -> None:
    """Refuse a query with a field that the model does not have, or by whose order it can't sort all documents.

    A collection without a model that Stoker knows is not checked.

    Args:
        queries: The declared queries.

    Raises:
        GenerateError: The model has no such field. Or a document may lack a field by which a query sorts, or its texts
            may be too long. The message says what to do.
    """
    for query in queries:
        for collection in query.collections():
            for field in unknown_fields(query, collection):
                near = get_close_matches(field, known_fields(collection), 1)
                raise GenerateError(
                    f"A query of {collection} names {field}, but the model has no such field."
                    f"{f' Is {near[0]} meant?' if near else ''} Name a field as Firestore has it."
                )
            for field in lacked_fields(query, collection):
                name = f"The query {query.name!r}" if query.name else "A query"
                compared = ", ".join(one.field for one in query.where) or "no field"
                raise GenerateError(
                    f"{name} of {collection}, which compares {compared}, sorts by {field}, but the model does not "
                    f"require it. Firestore leaves out documents without {field}. Either make {field} a required field "
                    f"of the model, or add leaves_out=[{field!r}] to the query, if these documents are left out on "
                    "purpose."
                )
            for field in long_fields(query, collection):
                raise GenerateError(
                    f"A query of {collection} sorts by {field}, whose texts may have more than {INDEXED_BYTES:,} "
                    f"bytes. An index keeps no more of a text, and a page token holds no long text. Give {field} a "
                    f"max_length of at most {INDEXED_BYTES // UTF_8_BYTES}, or sort by another field."
                )


def known_fields(collection: str) -> list[str]:
    """Return the names of a collection's fields, as Firestore has them; an empty list if it has no known model.

    Args:
        collection: The collection.
    """
    fields = getattr(model_of(collection), "model_fields", {})
    return [field.alias or name for name, field in fields.items()]


def unknown_fields(query: DeclaredQuery, collection: str) -> Iterator[str]:
    """Yield the fields that a query names and the model does not have. Of an inner field, the outermost map counts.

    Args:
        query: The query.
        collection: The collection.
    """
    known = known_fields(collection)
    conditions = [one for branch in ([*query.where], *query.any_of) for one in branch]
    named = [*(one.field for one in conditions), *(field for field, _ in query.order), *query.sums]
    for field in named if known else ():
        if field != NAME and field.partition(".")[0] not in known:
            yield field


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
    for field, _ in query.order_of_alternatives:
        if field not in (NAME, *compared, *query.leaves_out) and not is_required(collection, field):
            yield field


def long_fields(query: DeclaredQuery, collection: str) -> Iterator[str]:
    """Yield the texts of clients by which a query sorts, and which may be longer than an index keeps.

    A text whose form the model declares by a pattern or a choice has no length to check, and neither has a text that
    the server writes.

    Args:
        query: The query.
        collection: The collection.
    """
    model = model_of(collection)
    fields = fields_of(model, model.model_json_schema(by_alias=True)) if model is not None else []
    sorted_by = {field for field, _ in query.order}
    for field in fields:
        schema, _ = without_null(field.schema)
        is_text = schema.get("type") == "string" and not {"enum", "const", "pattern", "format"} & schema.keys()
        is_long = is_text and schema.get("maxLength", INDEXED_BYTES) * UTF_8_BYTES > INDEXED_BYTES
        if is_long and field.name in sorted_by and field.writer in (CLIENT, CLIENT_ONCE):
            yield field.name
