"""Checks of Firestore: its indexes are ready, and its TTL policies delete documents."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stoker_tools.deploy.findings import Finding
from stoker_tools.doctor.expected import Expected
from stoker_tools.doctor.place import Place

Index = tuple[str, str, tuple[tuple[str, str], ...]]
"""A collection, the scope of its queries, and its fields with their modes."""


def check_indexes(found: Sequence[Mapping[str, Any]], wanted: Expected, place: Place) -> Iterator[Finding]:
    """Yield a finding for each composite index that is missing or not ready.

    Args:
        found: The indexes of the database, as Firestore lists them.
        wanted: The things that the project should have.
        place: The place that is looked at.
    """
    states = {_index(one["name"].split("/")[-3], one): str(one.get("state", "")) for one in found}
    for one in wanted.indexes["indexes"]:
        index = _index(one["collectionGroup"], one)
        yield from _state(states.get(index), f"The index of {_shown(index)}", "index", place)


def check_fields(found: Sequence[Mapping[str, Any]], wanted: Expected, place: Place) -> Iterator[Finding]:
    """Yield a finding for each TTL policy that is not active, and for each index of one field that is missing.

    Args:
        found: The fields of the database with settings of their own, as Firestore lists them.
        wanted: The things that the project should have.
        place: The place that is looked at.
    """
    fields = {_field(one["name"]): one for one in found}
    for one in wanted.indexes["fieldOverrides"]:
        collection, path = one["collectionGroup"], one["fieldPath"]
        field = fields.get((collection, path), {})
        if one.get("ttl"):
            state = field.get("ttlConfig", {}).get("state")
            yield from _state(state, f"The TTL policy of {collection}.{path}", "ttl", place)
        listed = field.get("indexConfig", {}).get("indexes", [])
        # An index of one field is ready at once if it is not building, and then may have no state.
        states = {_index(collection, index): str(index.get("state", "READY")) for index in listed}
        for index in one["indexes"]:
            key = _index(collection, {**index, "fields": [{"fieldPath": path, **index}]})
            yield from _state(states.get(key), f"The index of {_shown(key)}", "index", place)


def _state(state: str | None, subject: str, code: str, place: Place) -> Iterator[Finding]:
    cure = f"npx firebase-tools deploy --only firestore:indexes --project {place.project}"
    if state is None:
        yield Finding(f"{code}-missing", f"{subject} is missing.", cure)
    elif state == "CREATING":
        yield Finding(f"{code}-creating", f"{subject} is being made.", "Wait, and look again.", "warning")
    elif state not in ("READY", "ACTIVE"):
        yield Finding(f"{code}-broken", f"{subject} has the state {state or 'unknown'}.", cure)


def _index(collection: str, index: Mapping[str, Any]) -> Index:
    fields = [(one["fieldPath"], one.get("order") or one.get("arrayConfig", "")) for one in index["fields"]]
    if len(fields) > 1 and fields[-1][0] == "__name__":
        fields.pop()  # Firestore adds it to each index.
    return collection, index["queryScope"], tuple(fields)


def _field(name: str) -> tuple[str, str]:
    """Return the collection and the path of a field, from its name in Firestore."""
    collection, _, path = name.partition("/collectionGroups/")[2].partition("/fields/")
    return collection, path.replace("`", "")


def _shown(index: Index) -> str:
    collection, scope, fields = index
    group = " (all collections of this name)" if scope == "COLLECTION_GROUP" else ""
    return f"{collection}{group} by {', '.join(f'{field} {mode.lower()}' for field, mode in fields)}"
