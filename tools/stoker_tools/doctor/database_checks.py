"""Checks of Firestore: its indexes are ready, and its TTL policies delete documents."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stoker_tools.deploy.findings import Finding
from stoker_tools.doctor.expected import Expected
from stoker_tools.doctor.place import Place

Index = tuple[str, str, tuple[tuple[str, str], ...]]
"""A collection, the scope of its queries, and its fields with their modes."""

READY = ("READY", "ACTIVE")
"""The states of an index and of a TTL policy that work."""

SUBJECTS = {"index": "These indexes", "ttl": "These TTL policies"}

MOST = 5
"""The most names in a sentence."""


def check_indexes(found: Sequence[Mapping[str, Any]], wanted: Expected, place: Place) -> Iterator[Finding]:
    """Yield a finding for the composite indexes that are missing, and for those that are not ready.

    Args:
        found: The indexes of the database, as Firestore lists them.
        wanted: The things that the project should have.
        place: The place that is looked at.
    """
    there = {_index(one["name"].split("/")[-3], one): str(one.get("state", "")) for one in found}
    ours = [_index(one["collectionGroup"], one) for one in wanted.indexes["indexes"]]
    yield from _findings("index", {_shown(index): there.get(index) for index in ours}, place)


def check_fields(found: Sequence[Mapping[str, Any]], wanted: Expected, place: Place) -> Iterator[Finding]:
    """Yield a finding for the TTL policies that are not active, and for the indexes of one field that are missing.

    Args:
        found: The fields of the database with settings of their own, as Firestore lists them.
        wanted: The things that the project should have.
        place: The place that is looked at.
    """
    fields = {_field(one["name"]): one for one in found}
    policies, indexes = dict[str, str | None](), dict[str, str | None]()
    for one in wanted.indexes["fieldOverrides"]:
        collection, path = one["collectionGroup"], one["fieldPath"]
        field = fields.get((collection, path), {})
        if one.get("ttl"):
            policies[f"{collection}.{path}"] = field.get("ttlConfig", {}).get("state")
        listed = field.get("indexConfig", {}).get("indexes", [])
        # An index of one field is ready at once if it is not building, and then may have no state.
        there = {_index(collection, index): str(index.get("state", "READY")) for index in listed}
        for index in one["indexes"]:
            key = _index(collection, {**index, "fields": [{"fieldPath": path, **index}]})
            indexes[_shown(key)] = there.get(key)
    yield from _findings("ttl", policies, place)
    yield from _findings("index", indexes, place)


def _findings(code: str, states: Mapping[str, str | None], place: Place) -> Iterator[Finding]:
    """Yield a finding for each state that is not the end of a deployment. A thing without a state is missing."""
    cure = f"npx firebase-tools deploy --only firestore:indexes --project {place.project}"
    missing = tuple(name for name, state in states.items() if state is None)
    creating = tuple(name for name, state in states.items() if state == "CREATING")
    broken = {name: state or "unknown" for name, state in states.items() if state not in (None, "CREATING", *READY)}
    if missing:
        yield Finding(f"{code}-missing", f"{SUBJECTS[code]} are missing: {_listed(missing)}.", cure, names=missing)
    if creating:
        message = f"{SUBJECTS[code]} are being made: {_listed(creating)}."
        yield Finding(f"{code}-creating", message, "Wait, and look again.", "warning", creating)
    if broken:
        listed = _listed([f"{name} ({state})" for name, state in broken.items()])
        message = f"{SUBJECTS[code]} have a state in which they do not work: {listed}."
        yield Finding(f"{code}-broken", message, cure, names=tuple(broken))


def _listed(names: Sequence[str]) -> str:
    """Return some of the names. `--json` has all of them."""
    more = f"; and {len(names) - MOST} more" if len(names) > MOST else ""
    return f"{'; '.join(names[:MOST])}{more}"


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
