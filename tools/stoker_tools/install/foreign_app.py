"""Everything in an app's folder that speaks against installing Stoker there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stoker.app_settings import COLLECTIONS
from stoker_tools.install.errors import InstallError
from stoker_tools.install.foreign_codebases import (
    FILE,
    codebase_refusals,
    foreign_codebases,
    own_prefix,
    unread_codebases,
)
from stoker_tools.install.foreign_databases import (
    DEFAULT_DATABASE,
    RulesEntry,
    chosen_entry,
    chosen_remark,
    unnamed_rules,
)
from stoker_tools.install.foreign_functions import function_refusals
from stoker_tools.install.foreign_paths import FOLDERS, firestore_paths, storage_paths
from stoker_tools.install.foreign_refusals import Refusal, Remark
from stoker_tools.install.foreign_rules import FIRESTORE, STORAGE, rules_refusals
from stoker_tools.install.foreign_settings import LinedSettings, UnreadableSettings, settings_of
from stoker_tools.install.foreign_sources import source_files
from stoker_tools.install.foreign_uses import use_remarks
from stoker_tools.install.json_text import load


@dataclass(frozen=True)
class PlannedInstall:
    """The parts of Stoker that an app gets, as far as they may collide with the app's own.

    Attributes:
        folder: The folder of Stoker's functions, relative to firebase.json.
        functions: The names of Stoker's functions, without a prefix.
        blocking: Whether the app wants Stoker's blocking functions: `STOKER_BLOCKING=true`.
        installed: Whether Stoker's entry stands in firebase.json already.
        names: The table `[names]` of stoker.toml.
        own: The collections that the app declares with `stoker.document`.
        database: The database that stoker.toml names; None if it names none.
        bucket: The bucket that stoker.toml names; None if it names none.
        collections: The collections of Stoker, by their usual names; fewer if features are off.
        folders: The folders of Stoker in the bucket; none if no feature needs files.
        rules_functions: The names of the functions of Stoker's region in the rules.
    """

    folder: str = "functions"
    functions: frozenset[str] = frozenset()
    blocking: bool = False
    installed: bool = False
    names: Mapping[str, str] = field(default_factory=dict)
    own: tuple[str, ...] = ()
    database: str | None = None
    bucket: str | None = None
    collections: tuple[str, ...] = COLLECTIONS
    folders: tuple[str, ...] = FOLDERS
    rules_functions: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ForeignFindings:
    """The result of looking at an app.

    Attributes:
        refusals: The reasons not to install Stoker; empty if there is none.
        remarks: The facts that the owner should know.
        entries: The entries of firebase.json for Stoker's rules, by service: `firestore` and `storage`. A service is
            missing if firebase.json has no entry, or if a refusal is about it.
    """

    refusals: tuple[Refusal, ...]
    remarks: tuple[Remark, ...]
    entries: Mapping[str, RulesEntry]


def foreign_findings(root: Path, planned: PlannedInstall) -> ForeignFindings:
    """Look at an app, and return what speaks against installing Stoker there.

    Args:
        root: The directory of firebase.json. A missing file counts as an empty one.
        planned: The parts of Stoker that the app gets.
    """
    file = root / FILE
    entries: dict[str, RulesEntry] = {}
    try:
        settings = settings_of(file.read_text(encoding="utf-8") if file.exists() else "{}")
    except (UnreadableSettings, UnicodeDecodeError) as error:
        line = error.line if isinstance(error, UnreadableSettings) else 0
        found: list[Refusal | Remark] = [_unreadable(line)]
    else:
        found = [
            *codebase_refusals(settings, planned.folder, planned.functions, installed=planned.installed),
            *_of_code(root, settings, planned),
            *_of_rules(root, settings, "firestore", planned, entries),
            *(_of_rules(root, settings, "storage", planned, entries) if planned.folders else ()),
        ]
    refusals = tuple(one for one in found if isinstance(one, Refusal))
    return ForeignFindings(refusals, tuple(one for one in found if isinstance(one, Remark)), entries)


def _of_code(root: Path, settings: LinedSettings, planned: PlannedInstall) -> Iterator[Refusal | Remark]:
    codebases = foreign_codebases(settings, planned.folder)
    yield from unread_codebases(codebases)
    prefix = own_prefix(settings, planned.folder)
    deployed = {f"{prefix}-{name}" if prefix else name for name in planned.functions}
    for codebase in codebases:
        files, remarks = source_files(root, codebase, planned.folder)
        yield from remarks
        yield from function_refusals(codebase, files, deployed, blocking=planned.blocking)
        yield from use_remarks(files, firestore_paths(planned.names, collections=planned.collections))


def _of_rules(
    root: Path, settings: LinedSettings, service: str, planned: PlannedInstall, entries: dict[str, RulesEntry]
) -> Iterator[Refusal | Remark]:
    is_firestore = service == "firestore"
    wanted = planned.database if is_firestore else planned.bucket
    entry = chosen_entry(settings, service, wanted, _targets(root, service))
    if isinstance(entry, Refusal):
        yield entry
        return
    if entry is not None:
        entries[service] = entry
        yield from chosen_remark(entry, service, wanted, settings)
    if entry is None or not entry.rules:
        yield from unnamed_rules(entry, service, settings)
        return
    try:
        text = (root / entry.rules).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        yield _missing(settings, entry)
        return
    if is_firestore:
        paths = firestore_paths(planned.names, planned.database or DEFAULT_DATABASE, planned.own, planned.collections)
    else:
        paths = storage_paths(planned.folders, planned.bucket)
    name = FIRESTORE if is_firestore else STORAGE
    yield from rules_refusals(text, entry.rules, name, paths, planned.rules_functions)


def _targets(root: Path, service: str) -> dict[str, list[str]]:
    """Return the databases or buckets of each target: those of the default project, or of the first that has any."""
    try:
        content = load(root / ".firebaserc")
        default = content.get("projects", {}).get("default")
        targets = content.get("targets", {})
        ordered = [targets.get(default, {}), *targets.values()]
        return next((dict(one[service]) for one in ordered if service in one), {})
    except (OSError, InstallError, AttributeError, TypeError):
        return {}  # Without a readable file there are no targets. An unknown target is a refusal.


def _missing(settings: LinedSettings, entry: RulesEntry) -> Refusal:
    return Refusal(
        FILE,
        settings.line(*entry.place, "rules"),
        "rules-missing",
        f"firebase.json names {entry.rules}, which does not exist or is no text in UTF-8.",
        "Correct the path, or make the file: npx firebase-tools init firestore storage.",
    )


def _unreadable(line: int) -> Refusal:
    return Refusal(
        FILE,
        line,
        "unreadable-settings",
        f"{FILE} is not JSON, so stoker can't add its entry.",
        "Correct it: the first mistake is in this line. Comments are allowed, and a comma behind the last item is not.",
    )
