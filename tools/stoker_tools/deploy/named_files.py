"""The files of rules and indexes that `firebase.json` names: they are deployed, so they must hold what Stoker needs.

An app that had rules and indexes before keeps them in files of its own, and takes over those of Stoker by hand.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stoker_tools.deploy.findings import Finding
from stoker_tools.generate.files import FIRESTORE_RULES, INDEXES, STORAGE_RULES
from stoker_tools.install.json_text import load, parse
from stoker_tools.setup import app_root

PAGE = 'docs/deploy.md, "Install into an app", step 3'

MATCH = re.compile(r"^\s*match\s+(/\S+)\s*\{", re.MULTILINE)
WILDCARD = re.compile(r"\{[^}]*?(=\*\*)?\}")

SHOWN = 3
"""The most rules or indexes that a message names."""


def named_findings(root: Path, database: str = "(default)") -> Iterator[Finding]:
    """Yield a finding for each file that is not named, does not exist, or lacks a part of Stoker's.

    Args:
        root: The directory of `firebase.json`.
        database: The id of the database that Stoker uses.
    """
    settings = load(root / "firebase.json")
    for service, kind, ours in (
        ("firestore", "rules", FIRESTORE_RULES),
        ("firestore", "indexes", INDEXES),
        ("storage", "rules", STORAGE_RULES),
    ):
        named = _named(settings, service, kind, database)
        if not named or not (root / named).is_file():
            reason = f"names {named}, which does not exist" if named else "names no file for them"
            cure = f'Write "{service}": {{ "{kind}": "{ours}" }} into firebase.json, or the path of your own file.'
            message = f"The {kind} of {service} are not deployed, because firebase.json {reason}."
            yield Finding("not-named", message, cure)
        elif app_root.checkout() and (root / ours).is_file() and (root / named).resolve() != (root / ours).resolve():
            texts = [(root / path).read_text(encoding="utf-8") for path in (named, ours)]
            yield from (_rules if kind == "rules" else _indexes)(named, str(ours), *texts)


def _named(settings: Mapping[str, Any], service: str, kind: str, database: str) -> str:
    """Return the path that `firebase.json` names for the database or the bucket; empty if it names none."""
    entries = settings.get(service) or {}
    listed = entries if isinstance(entries, list) else [entries]
    # Only entries of Firestore name a database.
    ours = [one for one in listed if service == "storage" or one.get("database", "(default)") == database]
    return str(next((one[kind] for one in ours if kind in one), ""))


def _rules(named: str, ours: str, text: str, our_text: str) -> Iterator[Finding]:
    lacking = [path for path in matched(our_text) if path not in matched(text)]
    if lacking:
        message = f"{named} lacks these blocks of {ours}, so clients can't use them: {_some(lacking)}."
        yield Finding("rules-lacking", message, f"Copy them: {PAGE}.", "warning")


def _indexes(named: str, ours: str, text: str, our_text: str) -> Iterator[Finding]:
    lacking = sorted(index_names(json.loads(our_text)) - index_names(parse(text, named).plain()))
    if lacking:
        message = f"{named} lacks settings of {ours}, without which queries fail or are slow: {_some(lacking)}."
        yield Finding("indexes-lacking", message, f"Copy them: {PAGE}.")


def _some(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"


def matched(rules: str) -> list[str]:
    """Return the paths that rules match, without the names of their wildcards.

    Args:
        rules: The text of the rules.

    Example:
        >>> matched("match /tasks/{id} { allow read; }\\nmatch /public/{path=**} { }")
        ['/tasks/{}', '/public/{=**}']
    """
    return [WILDCARD.sub(lambda found: f"{{{found[1] or ''}}}", path) for path in MATCH.findall(rules)]


def index_names(indexes: Mapping[str, Any]) -> set[str]:
    """Return a name for each composite index, each index of one field, each exemption from those, and each TTL policy.

    Args:
        indexes: The content of a file of indexes.

    Example:
        >>> field = {"fieldPath": "tag", "order": "ASCENDING"}
        >>> index_names({"indexes": [{"collectionGroup": "tasks", "queryScope": "COLLECTION", "fields": [field]}]})
        {'tasks (tag ASCENDING)'}
    """
    names = set()
    for one in indexes.get("indexes", ()):
        parts = [f"{part['fieldPath']} {_direction(part)}" for part in one["fields"]]
        scope = "" if one.get("queryScope", "COLLECTION") == "COLLECTION" else f" {one['queryScope']}"
        names.add(f"{one['collectionGroup']} ({', '.join(parts)}){scope}")
    for one in indexes.get("fieldOverrides", ()):
        path = f"{one['collectionGroup']}.{one['fieldPath']}"
        names |= {f"{path} {_direction(part)} {part.get('queryScope', '')}".strip() for part in one.get("indexes", ())}
        names |= {f"TTL of {path}"} if one.get("ttl") else set()
        names |= set() if one.get("indexes") else {f"exemption of {path}"}
    return names


def _direction(part: Mapping[str, Any]) -> str:
    return str(part.get("order") or part.get("arrayConfig") or "VECTOR")
