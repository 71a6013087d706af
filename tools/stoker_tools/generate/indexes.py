"""The indexes of Firestore. Only the declared queries get indexes, because an index makes every write more expensive.

Each write of a document writes all its indexes. An index of a field whose value grows with time limits a collection to
500 writes a second, and a map has an index for each of its fields. So timestamps, maps and long texts are exempt from
Firestore's automatic indexes, unless a declared query needs the index.
Source: https://firebase.google.com/docs/firestore/query-data/index-overview#indexing_best_practices
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from stoker import config, features
from stoker.aggregations.request_plan import MAX_SHARED, sum_fields
from stoker.queries.clients import CLIENTS
from stoker.queries.declared import DECLARED
from stoker.queries.own_queries import own_queries
from stoker.queries.query import NAME, Condition, DeclaredQuery, in_full, opposite
from stoker_tools.generate.documents import documents
from stoker_tools.generate.errors import GenerateError
from stoker_tools.generate.fields import Schema, without_null
from stoker_tools.generate.sorted_fields import INDEXED_BYTES, check_sorted_fields

MAX_COMPOSITE = 200
MAX_EXEMPTIONS = 200
"""The most composite indexes and the most exemptions of a database without billing.
Source: https://firebase.google.com/docs/firestore/quotas#indexes"""

EXPIRING: Mapping[str, str] = dict.fromkeys(
    (
        *(config.JOBS, config.JOB_KEYS, config.CALL_COUNTS, config.DELETED_JOBS),
        *(config.DEPARTURES, config.ANALYTICS_EVENTS),
    ),
    "expiresAt",
)
"""The fields by which Firestore deletes documents, by collection."""

NEVER_ASKED_FOR: Mapping[str, Sequence[str]] = {
    config.JOB_USERS: ("accountCreatedAt", "running", "types", "work", "outputBytes", "mediaSeconds", "stored"),
    config.CALL_COUNTS: ("calls",),
    config.ANALYTICS_EVENTS: ("id", "name", "value", "skipped", "schemaVersion"),
    config.ANALYTICS_SKETCHES: ("users", "sum"),
    config.ANALYTICS_LEASES: ("expiresAt",),
    config.SERVER_KEYS: ("keys", "current"),
}
"""Other fields without an index, by collection. These documents are written often or hold secrets, and no query uses
the fields."""

ASCENDING = {"order": "ASCENDING"}
DESCENDING = {"order": "DESCENDING"}
CONTAINS = {"arrayConfig": "CONTAINS"}
Mode = dict[str, str]


@dataclass(frozen=True)
class Single:
    """An index of a single field that a query needs."""

    collection: str
    field: str
    mode: str
    group: bool


def indexes(declared: Iterable[DeclaredQuery] | None = None) -> str:
    """Return the text of `firestore.indexes.json`.

    Args:
        declared: The queries that need indexes. If left out: those of Stoker, of its clients, and of the app.

    Raises:
        GenerateError: The queries need more indexes than a database may have, or a query sorts by a field that a
            document may lack.
    """
    queries = [_of_used(one) for one in (all_queries() if declared is None else declared)]
    check_sorted_fields(queries)
    composite = {json.dumps(index): index for query in queries for index in composite_indexes(query)}
    overrides = list(_overrides({one for query in queries for one in _singles(query)}))
    if len(composite) > MAX_COMPOSITE or len(overrides) > MAX_EXEMPTIONS:
        raise GenerateError(
            f"The queries need {len(composite)} indexes and {len(overrides)} exemptions, which is more than "
            f"{MAX_COMPOSITE} and {MAX_EXEMPTIONS}: let several queries share one order."
        )
    made = {"indexes": [composite[key] for key in sorted(composite)], "fieldOverrides": overrides}
    return json.dumps(made, indent=2) + "\n"


def all_queries() -> Sequence[DeclaredQuery]:
    """Return the queries of Stoker, of its clients, and of the app."""
    return (*DECLARED, *CLIENTS, *own_queries())


def _of_used(query: DeclaredQuery) -> DeclaredQuery:
    """Return a query of only the collections that the features of the app use."""
    used = tuple(filter(features.is_used, query.collections()))
    return replace(query, collections=lambda: used)


def composite_indexes(query: DeclaredQuery) -> Iterator[dict[str, Any]]:
    """Yield the composite indexes of a query: the fields with equal values, the sorted fields, and the summed fields.

    If conditions are optional, there is an index for each of them. Firestore merges indexes with the same end.
    Source: https://firebase.google.com/docs/firestore/query-data/index-overview#taking_advantage_of_index_merging

    Raises:
        GenerateError: The query adds up more fields that the model requires than a request can name.
    """
    for collection, one in _requested(query):
        for prefix, rest in _columns(one):
            if rest and len(prefix) + len(rest) > 1:
                fields = [{"fieldPath": field, **mode} for field, mode in (*prefix, *rest)]
                scope = "COLLECTION_GROUP" if query.group else "COLLECTION"
                yield {"collectionGroup": collection, "queryScope": scope, "fields": fields}


def _requested(query: DeclaredQuery) -> Iterator[tuple[str, DeclaredQuery]]:
    """Yield each collection, with the query as each of its requests sends it: without sums, and with sums."""
    for collection in query.collections():
        fields = sum_fields(query, collection)
        if len(fields.shared) > MAX_SHARED:
            raise GenerateError(
                f"The query of {collection} adds up {len(fields.shared)} fields that the model requires: "
                f"{', '.join(fields.shared)}. Divide them among several queries, each of at most {MAX_SHARED}."
            )
        if not query.only_sums:
            yield collection, replace(query, sums=())
        fields_of_order = [one for one in query.order if one[0] != NAME]
        for together in fields.together():
            yield collection, replace(query, sums=together, order=fields_of_order, backwards=False)


def _columns(query: DeclaredQuery) -> Iterator[tuple[list[tuple[str, Mode]], list[tuple[str, Mode]]]]:
    """Yield the fields of each index: the fields with equal values, and the others."""
    if query.is_reversible:
        yield from _columns(replace(query, order=opposite(query.order), backwards=False))
    if query.any_of:
        order = query.order_of_alternatives
        for branch in query.any_of:
            yield from _columns(replace(query, where=[*query.where, *branch], order=order, any_of=()))
        return
    where = [(one.field, one.kind) for one in query.where]
    order = in_full(query.order, where)
    rest = [(field, {"order": str(direction)}) for field, direction in order]
    equal = {field for field, kind in where if kind != "range"}
    rest += [(field, ASCENDING) for field in query.sums if field not in {*dict(rest), *equal}]
    needed = [_column(one) for one in query.where if one.kind != "range" and not one.optional]
    optional = [_column(one) for one in query.where if one.kind != "range" and one.optional]
    if needed or not optional or not rest:
        yield [*needed, *([] if rest else optional)], rest
    else:
        yield [], rest
    if rest:
        for one in optional:
            yield [*needed, one], rest


def _column(condition: Condition) -> tuple[str, Mode]:
    return condition.field, CONTAINS if condition.kind == "contains" else ASCENDING


def _singles(query: DeclaredQuery) -> Iterator[Single]:
    """Yield the single-field indexes of a query.

    A query without an order needs an index for each field with an equal value. A query with an order needs a
    single-field index only if the order has one field and no value is compared.
    """
    for collection, one in _requested(query):
        for prefix, rest in _columns(one):
            for field, mode in prefix if not rest else rest if len(rest) == 1 and not prefix else []:
                if field != NAME:
                    yield Single(collection, field, next(iter(mode.values())), query.group)


def _overrides(needed: set[Single]) -> Iterator[dict[str, Any]]:
    exempt = {(collection, field) for collection, field in _costly() if field != EXPIRING.get(collection)}
    expiring = {(collection, field) for collection, field in EXPIRING.items() if features.is_used(collection)}
    in_groups = {(one.collection, one.field) for one in needed if one.group}
    for collection, field in sorted(exempt | expiring | in_groups):
        served = [one for one in needed if (one.collection, one.field) == (collection, field)]
        kept = {(one.mode, one.group) for one in served}
        if (collection, field) not in exempt | expiring:
            # An override replaces all automatic indexes of the field.
            kept |= {("ASCENDING", False), ("DESCENDING", False), ("CONTAINS", False)}
        yield {
            "collectionGroup": collection,
            "fieldPath": field,
            **({"ttl": True} if (collection, field) in expiring else {}),
            "indexes": [
                {
                    **(CONTAINS if mode == "CONTAINS" else {"order": mode}),
                    "queryScope": "COLLECTION_GROUP" if group else "COLLECTION",
                }
                for mode, group in sorted(kept)
            ],
        }


def _costly() -> Iterator[tuple[str, str]]:
    """Yield the fields whose automatic indexes cost more than they are worth, with their collections."""
    for document in documents():
        if document.collection != config.ADMIN_DATA:  # a handful of documents
            schema = document.model.model_json_schema(by_alias=True)
            for field in _costly_fields("", schema, schema.get("$defs", {})):
                yield document.collection, field
    for collection, fields in NEVER_ASKED_FOR.items():
        for field in fields if features.is_used(collection) else ():
            yield collection, field


def _costly_fields(within: str, schema: Schema, definitions: Mapping[str, Schema]) -> Iterator[str]:
    for name, declared in schema["properties"].items():
        path = f"{within}{name}"
        field, _ = without_null(declared)
        if "$ref" in field:
            definition = definitions[field["$ref"].rpartition("/")[2]]
            yield from _costly_fields(f"{path}.", definition, definitions)
        elif _is_costly(field, definitions):
            yield path


def _is_costly(field: Schema, definitions: Mapping[str, Schema]) -> bool:
    if "$ref" in field:
        return True  # a map in a list, or one of several maps
    if "anyOf" in field:
        return any(_is_costly(kind, definitions) for kind in field["anyOf"])
    match field.get("type"):
        case "object":
            return True
        case "array":
            return _is_costly(field["items"], definitions)
        case "string":
            return field.get("format") == "date-time" or field.get("maxLength", 0) > INDEXED_BYTES
        case _:
            return False
