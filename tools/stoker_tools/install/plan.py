"""The plan of an installation, an update or a removal: the changes of files, from the app's state and the wished state.

Nothing here reads or writes the disk.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from stoker_tools.install import firebase_json, index_merge, installed, rules_region
from stoker_tools.install.errors import InstallError
from stoker_tools.install.installed import Installed
from stoker_tools.install.journal import Change
from stoker_tools.install.json_edit import Edited, Edits
from stoker_tools.install.rules_region import RegionRecord
from stoker_tools.install.wish import Wished
from stoker_tools.setup.place import STAMP


@dataclass(frozen=True)
class AppState:
    """The app as it is.

    Attributes:
        read: Returns the content of a file, by its path from the root; None if there is no such file.
        has_folder: Returns whether a directory exists.
    """

    read: Callable[[str], bytes | None]
    has_folder: Callable[[str], bool]

    def text(self, path: str) -> str | None:
        """Return the text of a file; None if there is no such file.

        Args:
            path: Its path from the root.

        Raises:
            InstallError: The file is not UTF-8.
        """
        content = self.read(path)
        try:
            return None if content is None else content.decode()
        except UnicodeDecodeError:
            raise InstallError(f"{path} is not in UTF-8. Save it in UTF-8 first.") from None


@dataclass(frozen=True)
class Choices:
    """The user's choices about parts of Stoker that were edited by hand.

    Attributes:
        keeps_edits: Whether they stay as they are, so that the next update asks about newer texts only.
        leaves_edits: Whether the decision is left to an update. They stay, and the update asks.
        overwritten: The paths of the files in which they are overwritten.
    """

    keeps_edits: bool = False
    leaves_edits: bool = False
    overwritten: frozenset[str] = frozenset()


@dataclass(frozen=True)
class LocalEdit:
    """A part of Stoker that was edited by hand.

    Attributes:
        path: The file.
        before: The text as Stoker has written it, or would write it now if that is not known.
        now: The text as it is.
    """

    path: str
    before: str
    now: str


@dataclass
class Plan:
    """The changes, and all that there is to say about them.

    Attributes:
        changes: The changes of files.
        emptied: The directories that are removed if they are empty, the inner ones first.
        caches: The directories of installed packages. They are removed first, because a command can make them again.
        notes: Sentences.
        conflicts: Sentences. With one of them, nothing may be changed.
        local_edits: Parts that were edited by hand, and about which the user must decide.
        left: The paths of parts that were edited by hand, and about which an update will ask.
    """

    changes: list[Change] = field(default_factory=list)
    emptied: list[str] = field(default_factory=list)
    caches: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    local_edits: list[LocalEdit] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


OF_DEPLOYMENT = b"STOKER_SERVICE_ACCOUNT=stoker\n"
"""The line that the first `stoker deploy` adds to `.env`. It is no edit of the user."""


def fingerprint(content: bytes) -> str:
    """Return the SHA-256 of a file's content. Line breaks count as `\\n`, because version control may change them.

    Args:
        content: The content.
    """
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def installation(state: AppState, wished: Wished, record: Installed | None, choices: Choices) -> Plan:
    """Return the plan of an installation, or of an update if there is a record.

    Args:
        state: The app.
        wished: All that Stoker needs there.
        record: The record of the last installation; None before the first.
        choices: The user's choices.

    Raises:
        InstallError: A file of the app can't be read, or the app has a newer version of Stoker.
    """
    before = record or Installed(wished.version, wished.folder)
    refuse_older(before, wished.version)
    draft = _Draft(state, before, choices)
    edited, named = firebase_json.put_in(
        state.text(firebase_json.FILE), wished.firebase, before.edits.get(firebase_json.FILE)
    )
    edits = {firebase_json.FILE: draft.edited(firebase_json.FILE, edited)}
    if named.indexes:
        merged = index_merge.put_in(
            state.text(named.indexes), named.indexes, wished.indexes, before.edits.get(named.indexes)
        )
        edits[named.indexes] = draft.edited(named.indexes, merged)
    regions = {}
    for path, block, rules in (
        (named.rules, rules_region.FIRESTORE, wished.firestore_rules),
        (named.storage_rules, rules_region.STORAGE, wished.storage_rules),
    ):
        if path and rules:
            try:
                regions[path] = draft.with_region(path, block, rules)
            except InstallError as error:
                draft.plan.conflicts.append(str(error))
    for path in before.edits.keys() - edits.keys():
        draft.without_edits(path)
    for path in before.regions.keys() - regions.keys():
        draft.without_region(path)
    files = {path: draft.with_file(path, content) for path, content in wished.files.items()}
    seeds = {path: draft.with_seed(path, content) for path, content in wished.seeds.items()}
    for path, content in wished.generated.items():
        draft.with_generated(path, content)
    for path in before.files.keys() - files.keys():
        draft.without_file(path)
    for path in set(before.generated) - wished.generated.keys():
        draft.put(path, None)
    known = sorted({*before.directories, *draft.new_directories()})
    after = Installed(
        wished.version, wished.folder, files, {**before.seeds, **seeds}, tuple(sorted(wished.generated)), tuple(known),
        edits, regions,
    )  # fmt: skip
    draft.put(installed.FILE, installed.written(after))
    return draft.plan


def removal(state: AppState, record: Installed, choices: Choices) -> Plan:
    """Return the plan of a removal: all that was put in goes, and what the app has changed since stays.

    Args:
        state: The app.
        record: The record of the last installation.
        choices: The user's choices.

    Raises:
        InstallError: A file of the app can't be read.
    """
    draft = _Draft(state, record, choices)
    for path in record.edits:
        draft.without_edits(path)
    for path in record.regions:
        draft.without_region(path)
    for path in record.files:
        draft.without_file(path)
    for path, was in record.seeds.items():
        content = state.read(path)
        if content is not None and was not in _fingerprints_of_seed(content):
            draft.plan.notes.append(f"{path} stays, because you have changed it. Remove it if you don't need it.")
        else:
            draft.put(path, None)
    for path in (*record.generated, installed.FILE):
        draft.put(path, None)
    draft.plan.emptied = [path for path in reversed(record.directories) if state.has_folder(path)]
    draft.plan.caches = [path for path in (f"{record.folder}/venv",) if state.read(f"{path}/{STAMP}") is not None]
    return draft.plan


def _fingerprints_of_seed(content: bytes) -> tuple[str, str]:
    """Return the fingerprints of a seed with and without what a deployment adds to it."""
    text = content.replace(b"\r\n", b"\n")
    return fingerprint(text), fingerprint(text.removesuffix(OF_DEPLOYMENT))


def refuse_older(record: Installed, version: str) -> None:
    """Refuse tools that are older than the Stoker of an app.

    Args:
        record: The record of the last installation.
        version: The version of the tools.

    Raises:
        InstallError: The tools are older.

    Example:
        >>> refuse_older(Installed("0.9.0", "functions"), "0.10.0")
    """
    if _numbers(record.version) > _numbers(version):
        reason = f"The app has Stoker {record.version}, and this command is of version {version}."
        raise InstallError(f"{reason} Nothing was changed. Install the newer stoker_tools.")


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split("+")[0].split(".") if part.isdigit()]


class _Draft:
    """A plan that grows."""

    def __init__(self, state: AppState, before: Installed, choices: Choices) -> None:
        self.state = state
        self.before = before
        self.choices = choices
        self.plan = Plan()

    def put(self, path: str, new: bytes | None) -> None:
        old = self.state.read(path)
        if old != new:
            self.plan.changes.append(Change(path, old, new))

    def put_text(self, path: str, text: str) -> None:
        self.put(path, text.encode())

    def new_directories(self) -> set[str]:
        paths = [change.path for change in self.plan.changes if change.new is not None]
        parents = {"/".join(path.split("/")[:count]) for path in paths for count in range(1, path.count("/") + 1)}
        return {path for path in parents if not self.state.has_folder(path)}

    def edited(self, path: str, edited: Edited) -> Edits:
        self.plan.conflicts += edited.conflicts
        self.plan.notes += edited.notes
        self.put_text(path, edited.text)
        return edited.edits

    def without_edits(self, path: str) -> None:
        text, edits = self.state.text(path), self.before.edits[path]
        if text is None:
            return
        is_firebase = path == firebase_json.FILE
        edited = firebase_json.taken_out(text, edits) if is_firebase else index_merge.taken_out(text, path, edits)
        self.plan.notes += edited.notes
        self._rest(path, edited.text, edits.base)

    def _rest(self, path: str, text: str, base: str | None) -> None:
        """Put what is left of a file. A file that was made for Stoker goes, if nothing else is in it."""
        is_ours = base is not None and text.replace("\r\n", "\n") == base
        self.put(path, None if is_ours else text.encode())

    def is_left(self, path: str, before: str, now: str, is_news: bool) -> bool:
        """Return whether a part that was edited by hand stays. If the user must decide, it stays, and the plan says it.

        Without news, Stoker would write the same text as before, so there is nothing to decide.
        """
        if path in self.choices.overwritten:
            return False
        if not is_news:
            self.plan.notes.append(f"{path}: your edits of Stoker's part stay. Nothing new is lost by that.")
        elif self.choices.leaves_edits:
            self.plan.left.append(path)
            self.plan.notes.append(
                f"{path}: you have edited Stoker's part, and there is a new one. An update asks you."
            )
        elif self.choices.keeps_edits:
            self.plan.notes.append(f"{path}: your edits of Stoker's part stay, and the new part is left out.")
        else:
            self.plan.local_edits.append(LocalEdit(path, before, now))
        return True

    def with_region(self, path: str, block: str, rules: str) -> RegionRecord:
        text, record = self.state.text(path), self.before.regions.get(path)
        wanted = rules_region.wanted(text, path, block, rules)
        region = rules_region.region_of(text, path) if text is not None else None
        new_text, new_record = rules_region.put_in(text, path, block, wanted, record)
        if region is None:
            self.put_text(path, new_text)
        elif record is None:
            sentence = (
                f"{path} has a region of Stoker that is not recorded. Remove it from `// BEGIN` to `// END stoker`."
            )
            self.plan.conflicts.append(sentence)
        elif rules_region.is_same(region.text, wanted):
            pass
        elif rules_region.is_same(region.text, record.text):
            self.put_text(path, new_text)
        else:
            is_news = not rules_region.is_same(record.text, wanted)
            if self.is_left(path, record.text, region.text, is_news):
                return record if path in self.plan.left else new_record
            self.put_text(path, new_text)
        return new_record

    def without_region(self, path: str) -> None:
        text, record = self.state.text(path), self.before.regions[path]
        region = rules_region.region_of(text, path) if text is not None else None
        if text is None or region is None:
            return
        if rules_region.is_same(region.text, record.text) or not self.is_left(path, record.text, region.text, True):
            self._rest(path, rules_region.taken_out(text, path, record), record.base)

    def with_file(self, path: str, content: bytes) -> str:
        now, was, wish = self.state.read(path), self.before.files.get(path), fingerprint(content)
        if now is None or fingerprint(now) == was != wish:
            self.put(path, content)
        elif was is None and now != content:
            self.plan.conflicts.append(f"{path} exists already, and Stoker needs a file of this name. Rename yours.")
        elif fingerprint(now) not in (was, wish):
            if self.is_left(path, _shown(content), _shown(now), was != wish):
                return str(was) if path in self.plan.left else wish
            self.put(path, content)
        return wish

    def without_file(self, path: str) -> None:
        now = self.state.read(path)
        if now is None:
            return
        if fingerprint(now) == self.before.files[path] or not self.is_left(path, "", _shown(now), True):
            self.put(path, None)

    def with_seed(self, path: str, content: bytes) -> str:
        """Put a file that belongs to the app from then on. If the app has changed or removed it, that stays so."""
        was = self.before.seeds.get(path)
        if was is not None:
            return was
        now = self.state.read(path)
        if now is None:
            self.put(path, content)
        elif now != content:
            self.plan.notes.append(f"{path} exists already, so it stays as it is.")
            return ""
        return fingerprint(content)

    def with_generated(self, path: str, content: bytes) -> None:
        now = self.state.read(path)
        if path not in self.before.generated and now is not None and now != content:
            self.plan.conflicts.append(f"{path} exists already, and Stoker needs a file of this name. Rename yours.")
        elif now is None or fingerprint(now) != fingerprint(content):
            self.put(path, content)


def _shown(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return f"{len(content):,} bytes, SHA-256 {fingerprint(content)}\n"
