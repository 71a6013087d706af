"""The `match` blocks of an app that also cover paths of Stoker.

Rules are added up: what one block allows, no other block can refuse. So a block of the app that covers a path of Stoker
may allow no more than Stoker's own rules. Only what surely allows nothing there is accepted.

A block that names a collection of Stoker's shows that the app uses this collection itself. Then Stoker's rules would
open the app's documents, and the app's rules those of Stoker.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from stoker_tools.install.foreign_conditions import is_always_true, is_never_true
from stoker_tools.install.foreign_cures import cure_of_taken, cure_of_wider, shortened, some
from stoker_tools.install.foreign_paths import READING, ROOT_LENGTH, WRITING, GuardedPath
from stoker_tools.install.foreign_refusals import Refusal, Remark
from stoker_tools.install.foreign_region import region_of
from stoker_tools.install.foreign_scanner import (
    ForeignAllow,
    ForeignMatch,
    ScannedRules,
    UnreadableRules,
    line_of,
    scan,
)
from stoker_tools.install.foreign_segments import RulesSegment, bindings

FRESH = "no collection has this name"
FIRESTORE, STORAGE = "cloud.firestore", "firebase.storage"
NO_REGION = (0, 0)
METHODS = {"read": READING, "write": WRITING}


@dataclass(frozen=True)
class Coverage:
    """A block of an app and the paths of Stoker that it covers.

    Attributes:
        chain: The block behind the blocks around it.
        segments: Its whole path.
        taken: The paths whose collection or folder the block names.
        wider: The paths that it covers by a wildcard, and where it may allow something.
    """

    chain: tuple[ForeignMatch, ...]
    segments: tuple[RulesSegment, ...]
    taken: tuple[GuardedPath, ...]
    wider: tuple[GuardedPath, ...]

    @property
    def block(self) -> ForeignMatch:
        """The block itself."""
        return self.chain[-1]


def rules_refusals(
    text: str, file: str, service: str, paths: Sequence[GuardedPath], functions: Collection[str] = ()
) -> list[Refusal | Remark]:
    """Return the reasons not to put Stoker's region into rules, in the order of their lines.

    Args:
        text: The text of the app's rules. A region that is there already is left out.
        file: The name of the file, relative to the directory of `firebase.json`.
        service: The service: `cloud.firestore` or `firebase.storage`.
        paths: The paths of Stoker.
        functions: The names of the functions of Stoker's region.

    Example:
        >>> from stoker_tools.install.foreign_paths import firestore_paths
        >>> rules = "service cloud.firestore { match /databases/{d}/documents/{any=**} { allow read; } }"
        >>> [one.code for one in rules_refusals(rules, "firestore.rules", "cloud.firestore", firestore_paths())]
        ['wider-rights']
    """
    try:
        rules = scan(text)
        region = region_of(rules, text) or NO_REGION
    except UnreadableRules as error:
        return [_unreadable(file, error)]
    if service not in rules.services:
        return [_without_service(file, service)]
    found: list[Refusal | Remark] = list(_taken_functions(rules, text, service, file, functions, region))
    for one in coverages(rules, service, paths, region):
        if one.taken and _is_repeated(one):
            found.append(_repeated(file, one))
        elif one.taken:
            found.append(_taken(file, service, one))
        else:
            found.append(_wider(file, one))
    return sorted(found, key=lambda one: one.line)


def coverages(
    rules: ScannedRules, service: str, paths: Sequence[GuardedPath], region: tuple[int, int] = NO_REGION
) -> Iterator[Coverage]:
    """Yield each block that covers a path of Stoker and may allow something there, or names its collection.

    Args:
        rules: The scanned rules.
        service: The name of the service.
        paths: The paths of Stoker.
        region: The offsets of Stoker's region.
    """
    for chain in rules.services[service].walk():
        block = chain[-1]
        if not block.allows or region[0] < block.start < region[1]:
            continue
        segments = tuple(segment for part in chain for segment in part.segments)
        taken = [path for path in paths if _names(segments, path, rules.version)]
        wider = [path for path in paths if path not in taken and _allows(block, segments, path, rules.version)]
        if taken or wider:
            yield Coverage(chain, segments, tuple(taken), tuple(wider))


def _names(segments: Sequence[RulesSegment], path: GuardedPath, version: int) -> bool:
    if len(path.segments) == ROOT_LENGTH:
        return False  # The bucket has no name of Stoker's.
    return _covers(segments, path, version) and not _covers(segments, path.renamed(FRESH), version)


def _covers(segments: Sequence[RulesSegment], path: GuardedPath, version: int) -> bool:
    return any(True for form in path.forms(len(segments)) for _ in bindings(segments, form, version))


def _allows(block: ForeignMatch, segments: Sequence[RulesSegment], path: GuardedPath, version: int) -> bool:
    """Return whether a block may allow something on a path of Stoker that Stoker's own rules may refuse."""
    return any(
        not is_never_true(allow.condition, binding)
        for allow in block.allows
        if methods_of(allow) & path.methods and not _is_granted(allow, path)
        for form in path.forms(len(segments))
        for binding in bindings(segments, form, version)
    )


def methods_of(allow: ForeignAllow) -> frozenset[str]:
    """Return the methods of a permission, with `get` and `list` for `read`, and so on."""
    return frozenset().union(*(METHODS.get(method, {method}) for method in allow.methods))


def _is_granted(allow: ForeignAllow, path: GuardedPath) -> bool:
    """Return whether Stoker's own rules allow to everybody what a permission allows."""
    return path.readable and methods_of(allow) <= READING


def _is_repeated(one: Coverage) -> bool:
    """Return whether a block only repeats what Stoker's own rules allow to everybody."""
    return all(path.readable for path in (*one.taken, *one.wider)) and all(
        is_never_true(allow.condition, {}) or (methods_of(allow) <= READING and is_always_true(allow.condition))
        for allow in one.block.allows
    )


def _permissions(block: ForeignMatch) -> str:
    """Return the permissions of a block as text."""
    parts = []
    for allow in block.allows:
        condition = "" if allow.condition is None else f": if {shortened(allow.condition)}"
        parts.append(f"allow {', '.join(allow.methods)}{condition}")
    return "; ".join(parts)


def _wider(file: str, one: Coverage) -> Refusal:
    return Refusal(
        file,
        one.block.line,
        "wider-rights",
        f"`{one.block.text}` ({_permissions(one.block)}) also covers paths of Stoker: {some(one.wider)}. Rules are "
        "added up, so clients could do more there than Stoker's rules allow.",
        cure_of_wider(one.segments, one.block.allows, one.wider),
    )


def _taken(file: str, service: str, one: Coverage) -> Refusal:
    is_firestore = service == FIRESTORE
    thing, contents = ("collection", "documents") if is_firestore else ("folder", "files")
    return Refusal(
        file,
        one.block.line,
        f"{thing}-taken",
        f"`{one.block.text}` ({_permissions(one.block)}) names a {thing} of Stoker: {some(one.taken)}. The rights of "
        f"both would be added up, and the {contents} of the app and of Stoker mixed.",
        cure_of_taken(one.taken),
    )


def _repeated(file: str, one: Coverage) -> Remark:
    return Remark(
        file,
        one.block.line,
        "folder-shared",
        f"`{one.block.text}` lets everybody read {some(one.taken)}, and so do Stoker's rules. With them, users whose "
        "token has the role admin may also write there.",
    )


def _unreadable(file: str, error: UnreadableRules) -> Refusal:
    return Refusal(
        file,
        error.line,
        "unreadable-rules",
        f"These rules were understood up to this line only: {error.reason} So it is not sure that they leave Stoker's "
        "paths alone.",
        "Correct this line. `npx firebase-tools deploy --only firestore:rules --dry-run` names mistakes, too. If the "
        "rules are right, write this line in a simpler way.",
    )


def _without_service(file: str, service: str) -> Refusal:
    root = "/databases/{database}/documents" if service == FIRESTORE else "/b/{bucket}/o"
    return Refusal(
        file,
        0,
        "no-service",
        f"These rules have no `service {service}`, so Stoker's rules have no place in them.",
        f"Add `service {service} {{ match {root} {{ }} }}`, or name the right file in firebase.json.",
    )


def _taken_functions(
    rules: ScannedRules, text: str, service: str, file: str, names: Collection[str], region: tuple[int, int]
) -> Iterator[Refusal]:
    """Yield a refusal for each function of the app that has the name of a function of Stoker's region."""
    outer = rules.services[service]
    declared = [*rules.functions, *outer.functions, *(one for block in outer.blocks for one in block.functions)]
    for name, offset in declared:
        if name in names and not region[0] < offset < region[1]:
            yield Refusal(
                file,
                line_of(text, offset),
                "rules-function-taken",
                f"The app declares a function {name}, and Stoker's region does so, too.",
                f"Give another name to the app's function {name}.",
            )
