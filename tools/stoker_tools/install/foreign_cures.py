"""The ways out of a `match` block that covers paths of Stoker, as text with an example."""

from collections.abc import Iterable, Sequence
from textwrap import fill

from stoker_tools.install.foreign_paths import LIST, ROOT_LENGTH, GuardedPath
from stoker_tools.install.foreign_scanner import ForeignAllow
from stoker_tools.install.foreign_segments import RulesSegment

SHOWN = 4
"""The most names that a sentence lists."""

OTHER_FOLDER = "Keep the app's files in another folder, and name it in this block."

WIDTH = 80
"""The most characters of a line of names."""

LONGEST = 100
"""The most characters of a condition that a sentence shows."""


def cure_of_wider(
    segments: Sequence[RulesSegment], allows: Sequence[ForeignAllow], paths: Sequence[GuardedPath]
) -> str:
    """Return the way out of a block that covers paths of Stoker by a wildcard.

    Args:
        segments: The whole path of the block.
        allows: Its permissions.
        paths: The paths of Stoker that it covers.
    """
    things = "collection" if _is_firestore(segments) else "folder"
    ways = [f"Remove this block, or write a block for each {things} of the app by its name."]
    if all(path.methods == LIST for path in paths):
        ways.append("Or write get in place of read and list: one file is then still read.")
    if example := narrowed(segments, allows, paths):
        ways.append(f"Or narrow it:\n{example}")
    return "\n".join(ways)


def _is_firestore(segments: Sequence[RulesSegment]) -> bool:
    # A path of rules may begin with a wildcard. In a bucket, all paths begin with /b.
    return segments[0].literal != "b"


def narrowed(
    segments: Sequence[RulesSegment], allows: Sequence[ForeignAllow], paths: Sequence[GuardedPath]
) -> str | None:
    """Return a block that leaves Stoker's paths alone; None if there is no simple one.

    Its path begins at the database or the bucket.

    Args:
        segments: The whole path of the block.
        allows: Its permissions.
        paths: The paths of Stoker that it covers.
    """
    paths = [path for path in paths if len(path.segments) > ROOT_LENGTH]
    if not paths or len(segments) <= ROOT_LENGTH:
        return None
    at = max(ROOT_LENGTH, min(_last_name_at(path) for path in paths))
    names = list(dict.fromkeys(str(path.segments[at]) for path in paths))
    below = segments[ROOT_LENGTH:]
    globs = [index for index, segment in enumerate(segments) if segment.is_glob]
    if globs and globs[0] < ROOT_LENGTH:
        return None
    if globs and globs[0] <= at:
        between = [RulesSegment(name=f"parent{index}") for index in range(globs[0], at)]
        name = _unused("collection" if _is_firestore(segments) else "folder", segments)
        below = (*segments[ROOT_LENGTH : globs[0]], *between, RulesSegment(name=name), segments[globs[0]])
    elif segments[at].literal is None:
        name = segments[at].name
    else:
        return None
    path = "".join(f"/{_written(segment)}" for segment in below)
    texts = fill(", ".join(f"'{one}'" for one in names), WIDTH, subsequent_indent="      ", break_long_words=False)
    lines = [f"  allow {', '.join(one.methods)}: if !({name} in [{texts}]){_and(one)};" for one in allows]
    return "\n".join([f"match {path} {{", *lines, "}"])


def _last_name_at(path: GuardedPath) -> int:
    return max(index for index, segment in enumerate(path.segments) if segment is not None)


def _unused(name: str, segments: Iterable[RulesSegment]) -> str:
    names = {segment.name for segment in segments}
    return next(one for one in (name, f"{name}Name", f"{name}OfApp") if one not in names)


def _written(segment: RulesSegment) -> str:
    if segment.literal is not None:
        return segment.literal
    return f"{{{segment.name}{'=**' if segment.is_glob else ''}}}"


def _and(allow: ForeignAllow) -> str:
    if allow.condition is None or allow.condition == "true":
        return ""
    return f" && ({' '.join(allow.condition.split())})" if "//" not in allow.condition else " && (...)"


def cure_of_taken(paths: Sequence[GuardedPath]) -> str:
    """Return the way out of a block that names a collection or a folder of Stoker.

    Args:
        paths: The paths of Stoker that it names.
    """
    removed = "If the block was copied from Stoker's rules, or the app keeps nothing there, delete it."
    names = dict.fromkeys(path.default for path in paths if path.renamable)
    if not names:
        is_document = paths[0].segments[0] == "databases"
        kept = "Give the document of stoker.document another collection." if is_document else OTHER_FOLDER
        return f"{kept} {removed}"
    lines = [f'{name} = "{stoker_name(name)}"' for name in names]
    return "\n".join(["Give Stoker's collection another name in stoker.toml:", "[names]", *lines, removed])


def stoker_name(name: str) -> str:
    """Return a name for a collection of Stoker that hardly any app uses, such as `stokerTasks`."""
    return f"stoker{name[:1].upper()}{name[1:]}"


def some(paths: Iterable[GuardedPath]) -> str:
    """Return the names of the first paths, and the number of the others."""
    names = list(dict.fromkeys(path.name for path in paths))
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"


def shortened(condition: str) -> str:
    """Return a condition in one line, without its end if it is long."""
    line = " ".join(condition.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 3]}..."
