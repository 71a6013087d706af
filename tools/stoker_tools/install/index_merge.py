"""Stoker's indexes in the app's file of indexes. They are added; those of the app are never removed or changed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from stoker_tools.install.errors import InstallError
from stoker_tools.install.json_edit import Added, Edited, Edits, Placed, appended, found, removed
from stoker_tools.install.json_text import parse

EMPTY = '{\n  "indexes": [],\n  "fieldOverrides": []\n}\n'
"""The text of the file before Stoker puts in the first index, if the app has none."""

LISTS = ("indexes", "fieldOverrides")


def put_in(text: str | None, name: str, wished: Mapping[str, Any], edits: Edits | None) -> Edited:
    """Return the app's file with Stoker's indexes behind its own.

    An index that the app has already is not added. A setting of the same field that differs is a conflict.

    Args:
        text: The text; None if there is no file.
        name: The path of the file, for messages.
        wished: Stoker's indexes, as in such a file.
        edits: All that was put in before; None before the first installation.

    Raises:
        InstallError: The text is no JSON, or is no object.
    """
    if edits is None or text is None:
        edits = Edits(base=EMPTY if text is None else None)
    edited = Edited(EMPTY if text is None else text, edits)
    root = parse(edited.text, name)
    if root.kind != "object":
        raise InstallError(f"{name} must hold an object.")
    for kind in LISTS:
        edited = _with_list(edited, name, kind, wished.get(kind, []))
    return edited


def _with_list(edited: Edited, name: str, kind: str, wished: Sequence[Mapping[str, Any]]) -> Edited:
    root = parse(edited.text, name)
    holder = root.child(kind)
    if holder is not None and holder.kind != "list":
        raise InstallError(f"{name}: {kind} must be a list.")
    theirs = [one.plain() for one in holder.children] if holder is not None else []
    known = {signature(one) for one in theirs}
    fields = {field_of(one) for one in theirs if "fieldPath" in one}
    new = [dict(one) for one in wished if signature(one) not in known]
    clashing = [one for one in new if "fieldPath" in one and field_of(one) in fields]
    if clashing:
        sentences = tuple(_clash(name, one) for one in clashing)
        return replace(edited, conflicts=(*edited.conflicts, *sentences))
    if not new:
        return edited
    if holder is None:
        text, (added,) = appended(edited.text, name, [], [(kind, new)])
        placed = [Placed((), added), *(Placed((kind,), Added("", one, "", "")) for one in new)]
    else:
        text, listed = appended(edited.text, name, [kind], [("", one) for one in new])
        placed = [Placed((kind,), one) for one in listed]
    # An index that is recorded already was taken out by hand since.
    again = {(kind, signature(one)) for one in new} | ({("", kind)} if holder is None else set())
    others = [one for one in edited.edits.placed if _identity(one) not in again]
    return replace(edited, text=text, edits=replace(edited.edits, placed=(*others, *placed)))


def _identity(placed: Placed) -> tuple[str, str]:
    return (str(placed.path[0]), signature(placed.added.value)) if placed.path else ("", placed.added.key)


def _clash(name: str, wished: Mapping[str, Any]) -> str:
    collection, field = field_of(wished)
    cure = f"Make the entry of your file equal to Stoker's, which is {_shown(wished)}, and try again."
    return f"{name} has other settings of the field {field} of {collection} than Stoker needs. {cure}"


def _shown(wished: Mapping[str, Any]) -> str:
    parts = [f"{one.get('order') or one.get('arrayConfig')} {one['queryScope']}" for one in wished.get("indexes", ())]
    listed = ", ".join(parts) or "without single-field indexes"
    return f"{listed} and TTL" if wished.get("ttl") else listed


def field_of(override: Mapping[str, Any]) -> tuple[str, str]:
    """Return the collection and the field of a setting of one field.

    Args:
        override: The setting.
    """
    return str(override.get("collectionGroup")), str(override.get("fieldPath"))


def signature(index: Mapping[str, Any]) -> str:
    """Return a text that two settings share exactly if Firestore takes them as equal.

    The order of keys does not count, nor do the defaults that the Firebase CLI writes in its exports.

    Args:
        index: A composite index, or a setting of one field.

    Example:
        >>> one = {"collectionGroup": "tasks", "fields": [{"fieldPath": "tag", "order": "ASCENDING"}]}
        >>> signature(one) == signature({**one, "queryScope": "COLLECTION", "density": "SPARSE_ALL"})
        True
    """
    if "fieldPath" in index:
        singles = sorted((_kind(one), one.get("queryScope", "COLLECTION")) for one in index.get("indexes", ()))
        return repr((field_of(index), singles, bool(index.get("ttl"))))
    fields = [(one.get("fieldPath"), _kind(one)) for one in index.get("fields", ())]
    if len(fields) > 1 and fields[-1][0] == "__name__" and fields[-1][1] in (fields[-2][1], "ASCENDING"):
        fields = _without_name(fields)
    scopes = (index.get("queryScope", "COLLECTION"), index.get("apiScope", "ANY_API"))
    return repr((index.get("collectionGroup"), scopes, fields))


def _without_name(fields: list[tuple[Any, str]]) -> list[tuple[Any, str]]:
    """Return the fields without the name of the document, if it has the direction that Firestore gives it anyway."""
    direction = "DESCENDING" if fields[-2][1] == "DESCENDING" else "ASCENDING"
    return fields[:-1] if fields[-1][1] == direction else fields


def _kind(part: Mapping[str, Any]) -> str:
    return str(part.get("order") or part.get("arrayConfig") or part.get("vectorConfig"))


def taken_out(text: str, name: str, edits: Edits) -> Edited:
    """Return the file without the indexes that were put in.

    Args:
        text: The text.
        name: The path of the file, for messages.
        edits: All that was put in.

    Raises:
        InstallError: The text is no JSON.
    """
    edited = Edited(text, edits)
    for kind in reversed(LISTS):
        made = next((one.added for one in edits.placed if not one.path and one.added.key == kind), None)
        ours = {signature(one.added.value): one.added for one in edits.placed if list(one.path) == [kind]}
        holder = found(parse(edited.text, name), [kind])
        if holder is None or holder.kind != "list":
            continue
        signatures = [signature(one.plain()) for one in holder.children]
        places = {at: ours[one] for at, one in enumerate(signatures) if one in ours}
        if made is not None and len(places) == len(holder.children):
            at = parse(edited.text, name).keys.index(kind)
            edited = replace(edited, text=removed(edited.text, name, [], {at: made}))
        elif places:
            edited = replace(edited, text=removed(edited.text, name, [kind], places))
    return edited
