"""The entries of "functions" in firebase.json that collide with Stoker's entry.

Source: firebase-tools 15.34.2, `validate` in functions/projectConfig.js and `applyEndpointPrefix` in
deploy/functions/build.js.
"""

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stoker_tools.install.foreign_refusals import Refusal, Remark
from stoker_tools.install.foreign_settings import LinedSettings
from stoker_tools.setup.functions_folder import CODEBASE

FILE = "firebase.json"
PREFIX = re.compile(r"[a-z](?:[a-z0-9-]*[a-z0-9])?")
LONGEST_PREFIX = 30
"""The longest prefix that the Firebase CLI accepts."""

LONGEST_NAME = 63
"""The longest name of a function, with its prefix, that the Firebase CLI accepts."""


@dataclass(frozen=True)
class ForeignCodebase:
    """A codebase of the app beside Stoker's.

    Attributes:
        name: Its name, or the name of a kit's instance.
        source: Its folder, relative to firebase.json; empty if it is in another repository.
        prefix: The prefix of the names of its functions, without the hyphen; empty if there is none.
        line: The line of its entry in firebase.json.
        is_kit: Whether its code is a published kit.
    """

    name: str
    source: str
    prefix: str
    line: int
    is_kit: bool = False

    def deployed_name(self, name: str) -> str:
        """Return the name under which a function of this codebase is deployed."""
        return f"{self.prefix}-{name}" if self.prefix else name


def codebase_refusals(
    settings: LinedSettings, folder: str, functions: Collection[str], *, installed: bool = False
) -> Iterator[Refusal | Remark]:
    """Yield each reason for which Stoker's entry can't stand beside the entries of the app.

    Args:
        settings: The content of firebase.json.
        folder: The folder of Stoker's functions, relative to firebase.json.
        functions: The names of Stoker's functions.
        installed: Whether an entry with the codebase `stoker` and this folder is Stoker's own.
    """
    if isinstance(settings.value.get("functions"), str):
        yield imported(settings, "functions")
        return
    for place, entry in _entries(settings):
        line = settings.line(*place)
        if installed and _is_ours(entry, folder):
            yield from _prefix_refusals(settings, place, str(entry.get("prefix") or ""), functions)
            continue
        names = [entry.get("codebase", "default"), *_instances(entry)]
        if CODEBASE in names:
            yield Refusal(
                FILE,
                line,
                "codebase-taken",
                f'An entry of "functions" has the name "{CODEBASE}" already, and names of codebases are unique.',
                'Give that entry another name, such as "codebase": "app". The Firebase CLI keeps its deployed '
                "functions: it finds them by their own names.",
            )
        if _folder(str(entry.get("source", ""))) == _folder(folder):
            yield Refusal(
                FILE,
                line,
                "source-taken",
                f'An entry of "functions" has the source "{entry["source"]}" already, in which Stoker\'s functions '
                "would lie.",
                "Choose another folder for Stoker, such as functions-stoker.",
            )


def own_prefix(settings: LinedSettings, folder: str) -> str:
    """Return the prefix of Stoker's own entry; empty if it has none, or is not there yet.

    Args:
        settings: The content of firebase.json.
        folder: The folder of Stoker's functions, relative to firebase.json.
    """
    return next((str(entry.get("prefix") or "") for _, entry in _entries(settings) if _is_ours(entry, folder)), "")


def foreign_codebases(settings: LinedSettings, folder: str) -> list[ForeignCodebase]:
    """Return the app's own codebases.

    Args:
        settings: The content of firebase.json.
        folder: The folder of Stoker's functions, relative to firebase.json.
    """
    found = []
    for place, entry in _entries(settings):
        if _is_ours(entry, folder):
            continue
        line, source = settings.line(*place), str(entry.get("source") or "")
        if "kit" in entry:
            found += [ForeignCodebase(one, source, f"kit-{one}", line, is_kit=True) for one in _instances(entry)]
        else:
            name = str(entry.get("codebase") or "default")
            found.append(ForeignCodebase(name, source, str(entry.get("prefix") or ""), line))
    return found


def _entries(settings: LinedSettings) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any]]]:
    functions = settings.value.get("functions") or []
    if isinstance(functions, dict):
        yield ("functions",), functions
    elif isinstance(functions, list):
        yield from ((("functions", index), entry) for index, entry in enumerate(functions) if isinstance(entry, dict))


def _instances(entry: Mapping[str, Any]) -> list[str]:
    instances = entry.get("instances") if "kit" in entry else None
    return list(instances) if isinstance(instances, dict) else []


def _is_ours(entry: Mapping[str, Any], folder: str) -> bool:
    return entry.get("codebase") == CODEBASE and _folder(str(entry.get("source", ""))) == _folder(folder)


def _folder(path: str) -> str:
    return posixpath.normpath(path) if path else ""


def _prefix_refusals(
    settings: LinedSettings, place: tuple[str | int, ...], prefix: str, functions: Collection[str]
) -> Iterator[Refusal]:
    """Yield a refusal if the Firebase CLI can't deploy Stoker's functions under a prefix."""
    if not prefix:
        return
    longest = max(functions, key=len, default="")
    if len(prefix) > LONGEST_PREFIX or not PREFIX.fullmatch(prefix):
        reason = (
            f"A prefix has at most {LONGEST_PREFIX} small letters, digits and hyphens. It begins with a letter, and "
            "does not end with a hyphen."
        )
    elif len(f"{prefix}-{longest}") > LONGEST_NAME:
        reason = f"With it, the name of {longest} is longer than {LONGEST_NAME} characters."
    else:
        return
    yield Refusal(
        FILE,
        settings.line(*place, "prefix"),
        "prefix-refused",
        f'The prefix "{prefix}" does not fit: {reason}',
        'Write a shorter "prefix" without other signs, such as "app", or remove it.',
    )


def imported(settings: LinedSettings, name: str) -> Refusal:
    """Return the refusal for a part of firebase.json that is in a file of its own."""
    return Refusal(
        FILE,
        settings.line(name),
        "imported-settings",
        f'"{name}" is in a file of its own ({settings.value[name]}), and Stoker changes firebase.json only.',
        f'Copy the content of that file into firebase.json, in place of "{settings.value[name]}".',
    )


def unread_codebases(codebases: Collection[ForeignCodebase]) -> Iterator[Remark]:
    """Yield a remark for each codebase whose code is not in this folder, so that nobody has looked at it."""
    for one in codebases:
        if not one.source:
            yield Remark(
                FILE,
                one.line,
                "not-looked-at",
                f"The functions of the codebase {one.name} are in another repository. stoker has not looked for names "
                "there that Stoker has, too, nor for blocking functions.",
            )
