"""The database and the bucket of firebase.json whose rules and indexes Stoker's are added to.

Source: firebase-tools 15.34.2, firestore/fsConfig.js and deploy/storage/prepare.js.
"""

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stoker_tools.install.foreign_codebases import FILE, imported
from stoker_tools.install.foreign_refusals import Refusal, Remark
from stoker_tools.install.foreign_settings import LinedSettings

DEFAULT_DATABASE = "(default)"
DEFAULT_BUCKETS = (".appspot.com", ".firebasestorage.app")
"""The ends of the names of default buckets."""


@dataclass(frozen=True)
class RulesEntry:
    """The entry of firebase.json that Stoker's rules are deployed with.

    Attributes:
        place: Its place in firebase.json, such as `("firestore", 1)`.
        rules: The file of its rules; empty if it names none.
        indexes: The file of its indexes; empty if it names none.
    """

    place: tuple[str | int, ...]
    rules: str = ""
    indexes: str = ""


def chosen_entry(
    settings: LinedSettings, service: str, wanted: str | None, targets: Mapping[str, Sequence[str]]
) -> RulesEntry | Refusal | None:
    """Return the entry for Stoker's database or bucket; None if firebase.json has no entry at all.

    Args:
        settings: The content of firebase.json.
        service: `firestore` or `storage`.
        wanted: The database or bucket that stoker.toml names; None if it names none. Then it is the default one.
        targets: The databases or buckets of each target in `.firebaserc`.
    """
    value = settings.value.get(service)
    if not value:
        return None
    if isinstance(value, str):
        return imported(settings, service)
    listed = value if isinstance(value, list) else [value]
    entries = [one if isinstance(one, dict) else {} for one in listed]
    found = [(index, entry) for index, entry in enumerate(entries) if _is_for(entry, service, wanted, targets)]
    if not found:
        return _absent(settings, service, wanted, entries, targets)
    if len(found) > 1:
        return _several(settings, service, entries, targets)
    index, entry = found[0]
    place = (service, index) if isinstance(value, list) else (service,)
    shared = [other for at, other in enumerate(entries) if at != index and _same(other, entry)]
    if shared or len(_resources(entry, service, targets)) > 1:
        return _shared(settings, (*place, "rules"), service, str(entry.get("rules")))
    return RulesEntry(place, str(entry.get("rules") or ""), str(entry.get("indexes") or ""))


def _key(service: str) -> str:
    return "database" if service == "firestore" else "bucket"


def _resources(entry: Mapping[str, Any], service: str, targets: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the databases or buckets of an entry."""
    if "target" in entry:
        return list(targets.get(str(entry["target"]), ()))
    named = entry.get(_key(service))
    return [str(named)] if named else []


def _is_for(
    entry: Mapping[str, Any],
    service: str,
    wanted: str | None,
    targets: Mapping[str, Sequence[str]],
) -> bool:
    resources = _resources(entry, service, targets)
    if not resources and "target" not in entry:
        return wanted is None or _is_default(wanted, service)
    if wanted is None:
        return any(_is_default(one, service) for one in resources)
    return wanted in resources


def _is_default(name: str, service: str) -> bool:
    return name == DEFAULT_DATABASE if service == "firestore" else name.endswith(DEFAULT_BUCKETS)


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    files = [str(entry.get("rules") or "") for entry in (one, other)]
    return bool(files[0]) and posixpath.normpath(files[0]) == posixpath.normpath(files[1])


def _names(entries: Sequence[Mapping[str, Any]], service: str, targets: Mapping[str, Sequence[str]]) -> str:
    named = [
        _resources(entry, service, targets) or [f"the target {entry['target']}" if "target" in entry else "the default"]
        for entry in entries
    ]
    return ", ".join(name for names in named for name in names)


def _first_name(entries: Sequence[Mapping[str, Any]], service: str, targets: Mapping[str, Sequence[str]]) -> str:
    return next(name for entry in entries for name in _resources(entry, service, targets))


def _several(
    settings: LinedSettings,
    service: str,
    entries: Sequence[Mapping[str, Any]],
    targets: Mapping[str, Sequence[str]],
) -> Refusal:
    key = _key(service)
    return Refusal(
        FILE,
        settings.line(service),
        f"{key}-unnamed",
        f'"{service}" has several entries for one {key}: {_names(entries, service, targets)}.',
        f'Keep one entry for each {key}, or name Stoker\'s in stoker.toml: {key} = "NAME"',
    )


def _absent(
    settings: LinedSettings,
    service: str,
    wanted: str | None,
    entries: Sequence[Mapping[str, Any]],
    targets: Mapping[str, Sequence[str]],
) -> Refusal:
    key, names = _key(service), _names(entries, service, targets)
    unknown = [str(one["target"]) for one in entries if "target" in one and str(one["target"]) not in targets]
    if unknown:
        return Refusal(
            FILE,
            settings.line(service),
            "target-unknown",
            f'"{service}" names the target {unknown[0]}, and .firebaserc does not say which {key} this is.',
            # The Firebase CLI has no command for targets of Firestore.
            f'Write "{key}": "NAME" in place of the target'
            + ("." if key == "database" else f", or run npx firebase-tools target:apply storage {unknown[0]} NAME"),
        )
    if wanted is None:
        return Refusal(
            FILE,
            settings.line(service),
            f"{key}-unnamed",
            f'"{service}" has no entry for the default {key}, which Stoker would use. It has entries for: {names}.',
            f'Name one in stoker.toml, such as {key} = "{_first_name(entries, service, targets)}", or add an entry.',
        )
    return Refusal(
        FILE,
        settings.line(service),
        f"no-{key}-entry",
        f'"{service}" has no entry for the {key} {wanted}, which is Stoker\'s. It has entries for: {names}.',
        f'Add an entry for it: {{ "{key}": "{wanted}", "rules": "{service}.{wanted.strip("()")}.rules" }}, or name '
        f"another {key} in stoker.toml.",
    )


def _shared(settings: LinedSettings, place: tuple[str | int, ...], service: str, rules: str) -> Refusal:
    key = _key(service)
    return Refusal(
        FILE,
        settings.line(*place),
        "rules-shared",
        f"{rules} has the rules of several {key}s. Stoker's rules would open all of them.",
        f"Copy {rules} to a file of its own for Stoker's {key}, and name it in an entry for this {key}.",
    )


def chosen_remark(entry: RulesEntry, service: str, wanted: str | None, settings: LinedSettings) -> Iterator[Remark]:
    """Yield a remark if firebase.json has several databases or buckets and stoker.toml names none.

    Args:
        entry: The entry for Stoker.
        service: `firestore` or `storage`.
        wanted: The database or bucket that stoker.toml names; None if it names none.
        settings: The content of firebase.json.
    """
    if wanted is None and len(entry.place) > 1 and len(settings.value[service]) > 1:
        key = _key(service)
        sentence = f'Stoker uses the default {key}. To use another, name it in stoker.toml: {key} = "NAME"'
        yield Remark(FILE, settings.line(*entry.place), f"{key}-chosen", sentence)


def unnamed_rules(entry: RulesEntry | None, service: str, settings: LinedSettings) -> Iterator[Remark]:
    """Yield a remark if firebase.json names no rules: a deployment would replace those that were written elsewhere.

    Args:
        entry: The entry for Stoker.
        service: `firestore` or `storage`.
        settings: The content of firebase.json.
    """
    if entry is None or not entry.rules:
        yield Remark(
            FILE,
            settings.line(service),
            "rules-elsewhere",
            f"firebase.json names no rules of {service}. If you have written rules in the Firebase console, copy them "
            f"into {service}.rules first, and name this file in firebase.json: a deployment replaces them.",
        )
