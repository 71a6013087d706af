"""The paths of Stoker's documents and files, which an app's rules must leave alone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from stoker.app_settings import COLLECTIONS
from stoker_tools.install.foreign_segments import Wanted

PARENTS = {"completions": "users"}
"""The collections that lie below the documents of another."""

FOLDERS = ("user-uploads", "job-outputs", "public")
"""The folders of Stoker in the bucket."""

READING = frozenset({"get", "list"})
WRITING = frozenset({"create", "update", "delete"})
ALL = READING | WRITING
LIST = frozenset({"list"})
ROOT_LENGTH = 3
"""The number of segments that lead to the collections of a database, and to the folders of a bucket."""


@dataclass(frozen=True)
class GuardedPath:
    """A path of Stoker's.

    Attributes:
        default: The last collection's usual name, or the folder's name.
        name: The name that the app's stoker.toml gives to it.
        segments: The whole path, from the database or bucket on.
        methods: The methods that matter for this path.
        is_tree: Whether everything below the path belongs to it too.
        readable: Whether Stoker's rules let everybody read it.
        renamable: Whether stoker.toml can give it another name.
    """

    default: str
    name: str
    segments: tuple[Wanted, ...]
    methods: frozenset[str] = ALL
    is_tree: bool = False
    readable: bool = False
    renamable: bool = True

    def forms(self, length: int) -> Iterator[tuple[Wanted, ...]]:
        """Yield the path, and for a tree the paths below it.

        Args:
            length: The number of segments of a path in rules. Longer paths add nothing.
        """
        deepest = max(0, length - len(self.segments)) if self.is_tree else 0
        for depth in range(deepest + 1):
            yield self.segments + (None,) * depth

    def renamed(self, name: str) -> "GuardedPath":
        """Return the path as it is if stoker.toml gives another name to its last collection or folder."""
        at = max(index for index, segment in enumerate(self.segments) if segment is not None)
        return replace(self, name=name, segments=(*self.segments[:at], name, *self.segments[at + 1 :]))


def firestore_paths(
    names: Mapping[str, str] | None = None,
    database: str = "(default)",
    own: Iterable[str] = (),
    collections: Iterable[str] = COLLECTIONS,
) -> list[GuardedPath]:
    """Return the paths of Stoker's documents.

    Args:
        names: The names of collections in the app, by their usual names: the table `[names]` of
            stoker.toml. A collection that is missing has its usual name.
        database: The id of Stoker's database.
        own: The collections that the app declares with `stoker.document`.
        collections: The collections that the app's features need, by their usual names.

    Example:
        >>> firestore_paths({"users": "members"}, collections=["completions"])[0].segments
        ('databases', '(default)', 'documents', 'members', None, 'completions', None)
    """
    named = names or {}
    paths = []
    for collection in (*collections, *own):
        parts = [PARENTS[collection], collection] if collection in PARENTS else [collection]
        actual = [named.get(part, part) for part in parts]
        below = tuple(segment for part in actual for segment in (part, None))
        segments = ("databases", database, "documents", *below)
        paths.append(GuardedPath(collection, actual[-1], segments, renamable=collection in COLLECTIONS))
    return paths


def storage_paths(folders: Iterable[str] = FOLDERS, bucket: str | None = None) -> list[GuardedPath]:
    """Return the paths of Stoker's files. A file may lie in folders of any depth.

    Args:
        folders: The folders that the app's features need.
        bucket: The name of Stoker's bucket; None if it is not known.
    """
    # The list of all files is asked for with the path of the bucket.
    whole = GuardedPath("the list of all files", "the list of all files", ("b", bucket, "o"), LIST, renamable=False)
    return [whole, *(path for folder in folders for path in _files(folder, bucket))]


def _files(folder: str, bucket: str | None) -> Iterator[GuardedPath]:
    root = ("b", bucket, "o", folder)
    readable = folder == "public"
    # The list of a folder's files is asked for with the path of the folder.
    yield GuardedPath(folder, folder, root, LIST, readable=readable, renamable=False)
    yield GuardedPath(folder, folder, (*root, None), is_tree=True, readable=readable, renamable=False)
