"""Stoker's entries in `firebase.json`: its codebase, and the files of rules and indexes if the app names none."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from stoker_tools.install.errors import InstallError
from stoker_tools.install.json_edit import (
    Added,
    Edited,
    Edits,
    Path,
    Placed,
    appended,
    found,
    removed,
    replaced,
    unit_of,
)
from stoker_tools.install.json_text import Part, line_indent, newline_of, parse

FILE = "firebase.json"
CODEBASE = "stoker"
EMPTY = "{\n}\n"
"""The text of a `firebase.json` before Stoker puts in the first part, if the app has none."""

OURS: Path = ("functions", {"codebase": CODEBASE})


@dataclass(frozen=True)
class FirebaseWish:
    """The entries that Stoker needs.

    Attributes:
        entry: The entry of `functions`.
        rules: The file of Firestore's rules, if the app names none.
        indexes: The file of Firestore's indexes, if the app names none.
        storage_rules: The file of Storage's rules, if the app names none; empty if Stoker needs no rules of Storage.
        database: The id of the database.
        bucket: The name of the bucket; empty for the default bucket.
        emulators: The emulators, for an app without `firebase.json`.
    """

    entry: Mapping[str, Any]
    rules: str = "firestore.rules"
    indexes: str = "firestore.indexes.json"
    storage_rules: str = "storage.rules"
    database: str = "(default)"
    bucket: str = ""
    emulators: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class NamedFiles:
    """The files that `firebase.json` names after the installation. They are empty if it names none.

    Attributes:
        rules: The file of Firestore's rules.
        indexes: The file of Firestore's indexes.
        storage_rules: The file of Storage's rules.
    """

    rules: str
    indexes: str
    storage_rules: str


def put_in(text: str | None, wish: FirebaseWish, edits: Edits | None) -> tuple[Edited, NamedFiles]:
    """Return `firebase.json` with Stoker's entries, and the files that it names.

    Args:
        text: The text; None if there is no file.
        wish: The entries.
        edits: All that was put in before; None before the first installation.

    Raises:
        InstallError: The text is no JSON, or is no object.
    """
    is_new = text is None
    if edits is None or is_new:
        edits = Edits(base=EMPTY if is_new else None)
    edited = Edited(EMPTY if text is None else text, edits)
    if parse(edited.text, FILE).kind != "object":
        raise InstallError(f"{FILE} must hold an object.")
    edited = _with_codebase(edited, wish.entry)
    edited = _with_firestore(edited, wish)
    if wish.storage_rules:
        edited = _with_storage(edited, wish)
    if is_new and wish.emulators:
        edited = _with_part(edited, [], "emulators", wish.emulators)
    return edited, _named(edited.text, wish)


def _with_part(edited: Edited, path: Path, key: str, value: Any) -> Edited:
    text, (added,) = appended(edited.text, FILE, path, [(key, value)])
    # A part that is recorded already was taken out by hand since.
    others = [one for one in edited.edits.placed if not key or (tuple(one.path), one.added.key) != (tuple(path), key)]
    placed = (*others, Placed(path, added))
    return replace(edited, text=text, edits=replace(edited.edits, placed=placed))


def _with_codebase(edited: Edited, entry: Mapping[str, Any]) -> Edited:
    root = parse(edited.text, FILE)
    functions = root.child("functions")
    if functions is None:
        return _with_part(edited, [], "functions", [dict(entry)])
    ours = _ours(functions)
    if ours is None:
        # A recorded entry that is gone was taken out by hand: it is put in again.
        mine = tuple(one for one in edited.edits.placed if not _is_codebase(one))
        edited = replace(edited, edits=replace(edited.edits, placed=mine))
        return _wrapped(edited, root, functions, entry) if functions.kind == "object" else _listed(edited, entry)
    before = _recorded(edited.edits)
    if before is None:
        sentence = f'{FILE} has a codebase "{CODEBASE}" already, which `stoker install` has not put in. Rename it.'
        return replace(edited, conflicts=(*edited.conflicts, sentence))
    return _renewed(edited, ours.plain(), before, dict(entry))


def _renewed(edited: Edited, now: Any, before: Any, entry: dict[str, Any]) -> Edited:
    """Return the text with our entry renewed. Keys that the app has changed or added stay as they are."""
    news = {key: value for key, value in entry.items() if before.get(key) != value and now.get(key) != value}
    changed = {key: value for key, value in news.items() if now.get(key) == before.get(key)}
    gone = {key for key in before if key not in entry and now.get(key) == before[key]}
    notes = [_kept(key, news[key]) for key in news if key not in changed]
    edited = replace(edited, notes=(*edited.notes, *notes))
    if not changed and not gone:
        return edited
    value = {key: one for key, one in (now | changed).items() if key not in gone}
    placed = tuple(_of_entry(one, entry) if _is_codebase(one) else one for one in edited.edits.placed)
    path: Path = OURS if parse(edited.text, FILE).child("functions").kind == "list" else ("functions",)  # type: ignore[union-attr] # there
    return replace(edited, text=replaced(edited.text, FILE, path, value), edits=replace(edited.edits, placed=placed))


def _kept(key: str, value: Any) -> str:
    return f'{FILE}: you have changed "{key}" of Stoker\'s entry, so it stays. Stoker has {json.dumps(value)} now.'


def _of_entry(placed: Placed, entry: dict[str, Any]) -> Placed:
    value = [entry] if placed.added.key else entry
    return replace(placed, added=replace(placed.added, value=value))


def _ours(functions: Part) -> Part | None:
    listed = functions.children if functions.kind == "list" else [functions]
    return next((one for one in listed if one.kind == "object" and one.plain().get("codebase") == CODEBASE), None)


def _is_codebase(placed: Placed) -> bool:
    return list(placed.path) == ["functions"] or (not placed.path and placed.added.key == "functions")


def _recorded(edits: Edits) -> Any:
    for one in edits.placed:
        if _is_codebase(one):
            return one.added.value[0] if one.added.key else one.added.value
    return None


def _listed(edited: Edited, entry: Mapping[str, Any]) -> Edited:
    return _with_part(edited, ["functions"], "", dict(entry))


def _wrapped(edited: Edited, root: Part, functions: Part, entry: Mapping[str, Any]) -> Edited:
    """Return the text with a list around the app's one entry, and ours behind it."""
    text = edited.text
    newline = newline_of(text) + line_indent(text, functions.start)
    texts = (f"[{newline}{unit_of(text, root)}", f"{newline}]")
    inner = text[functions.start : functions.end]
    text = text[: functions.start] + texts[0] + inner + texts[1] + text[functions.end :]
    return _listed(replace(edited, text=text, edits=replace(edited.edits, wrapped=texts)), entry)


def _with_firestore(edited: Edited, wish: FirebaseWish) -> Edited:
    part = parse(edited.text, FILE).child("firestore")
    selected = {"database": wish.database}
    files = {"rules": wish.rules, "indexes": wish.indexes}
    whole = files if wish.database == "(default)" else {**selected, **files}
    if part is None:
        return _with_part(edited, [], "firestore", whole)
    if part.kind == "list":
        if found(part, [selected]) is None:
            return _with_part(edited, ["firestore"], "", {**selected, **files})
        path: Path = ["firestore", selected]
    elif part.kind == "object" and part.plain().get("database", "(default)") == wish.database:
        path = ["firestore"]
    else:
        reason = f"{FILE} has settings of one other database under firestore, and Stoker uses {wish.database}."
        cure = 'Make "firestore" a list with an entry for each database, or set `database` in stoker.toml.'
        return replace(edited, conflicts=(*edited.conflicts, f"{reason} {cure}"))
    settings = found(parse(edited.text, FILE), path)
    for key, value in files.items():
        if settings is not None and settings.child(key) is None:
            edited = _with_part(edited, path, key, value)
    return edited


def _with_storage(edited: Edited, wish: FirebaseWish) -> Edited:
    part = parse(edited.text, FILE).child("storage")
    if part is None:
        return _with_part(edited, [], "storage", {"rules": wish.storage_rules})
    if part.kind == "object" and part.child("rules") is None:
        return _with_part(edited, ["storage"], "rules", wish.storage_rules)
    if not _storage_rules(part, wish.bucket):
        sentence = f"{FILE} names several buckets under storage: name Stoker's as `bucket` in stoker.toml."
        return replace(edited, conflicts=(*edited.conflicts, sentence))
    return edited


def _storage_rules(part: Part | None, bucket: str) -> str:
    """Return the file of the rules of a bucket; empty if it is not clear."""
    plain = part.plain() if part else {}
    if isinstance(plain, dict):
        return str(plain.get("rules", ""))
    named = [one for one in plain if bucket and one.get("bucket") == bucket] or (plain if len(plain) == 1 else [])
    return str(named[0].get("rules", "")) if named else ""


def _named(text: str, wish: FirebaseWish) -> NamedFiles:
    root = parse(text, FILE)
    part = root.child("firestore")
    listed = part is not None and part.kind == "list"
    settings = found(root, ["firestore", {"database": wish.database}] if listed else ["firestore"])
    values = settings.plain() if settings is not None else {}
    values = values if isinstance(values, dict) else {}
    storage = _storage_rules(root.child("storage"), wish.bucket) if wish.storage_rules else ""
    return NamedFiles(str(values.get("rules", "")), str(values.get("indexes", "")), storage)


def taken_out(text: str, edits: Edits) -> Edited:
    """Return `firebase.json` without Stoker's entries. Entries that the app has changed since stay, with a note.

    Args:
        text: The text.
        edits: All that was put in.

    Raises:
        InstallError: The text is no JSON.
    """
    edited = Edited(text, edits)
    for placed in reversed(edits.placed):
        edited = _without_codebase(edited, placed) if _is_codebase(placed) else _without_part(edited, placed)
    return replace(edited, text=_unwrapped(edited.text, edits.wrapped))


def _without_codebase(edited: Edited, placed: Placed) -> Edited:
    functions = parse(edited.text, FILE).child("functions")
    ours = _ours(functions) if functions is not None else None
    if functions is None or ours is None:
        return edited
    is_made = bool(placed.added.key or edited.edits.wrapped)
    if functions.kind == "object" or (is_made and len(functions.children) == 1):
        added = placed.added if placed.added.key else Added("functions", None, "", "")
        return replace(edited, text=_without_key(edited.text, [], added))
    added = Added("", None, "", "") if placed.added.key else placed.added
    places = {functions.children.index(ours): added}
    return replace(edited, text=removed(edited.text, FILE, ["functions"], places))


def _without_part(edited: Edited, placed: Placed) -> Edited:
    holder = found(parse(edited.text, FILE), placed.path)
    if holder is None:
        return edited
    added = placed.added
    way = ".".join([*(step for step in placed.path if isinstance(step, str)), *([added.key] if added.key else [])])
    kept = f'{FILE}: "{way}" was changed since it was put in, so it stays.'
    if holder.kind == "list":
        index = next((at for at, one in enumerate(holder.children) if one.plain() == added.value), None)
        if index is None:
            return replace(edited, notes=(*edited.notes, kept))
        return replace(edited, text=removed(edited.text, FILE, placed.path, {index: added}))
    part = holder.child(added.key)
    if part is None:
        return edited
    if part.plain() != added.value:
        return replace(edited, notes=(*edited.notes, kept))
    return replace(edited, text=_without_key(edited.text, placed.path, added))


def _without_key(text: str, path: Path, added: Added) -> str:
    holder = found(parse(text, FILE), path)
    index = len(holder.keys) - 1 - holder.keys[::-1].index(added.key) if holder else 0
    return removed(text, FILE, path, {index: added})


def _unwrapped(text: str, wrapped: tuple[str, ...]) -> str:
    """Return the text with the app's one entry of `functions` as an object again, if the list is as we have made it."""
    functions = parse(text, FILE).child("functions")
    if not wrapped or functions is None or functions.kind != "list" or len(functions.children) != 1:
        return text
    inner = functions.children[0]
    if (text[functions.start : inner.start], text[inner.end : functions.end]) != wrapped:
        return text
    return text[: functions.start] + text[inner.start : inner.end] + text[functions.end :]
