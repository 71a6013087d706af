"""`export-user-data`: all that there is of the owner, in ZIP files. A crash repeats the one that was being made."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from typing import Annotated, Any

from google.cloud.firestore_v1.types import Document
from google.cloud.storage import Blob
from pydantic import Field

from stoker import config
from stoker.access import account
from stoker.batch.archive import ArchivePart
from stoker.batch.batch_tally import BatchTally
from stoker.errors import InputNotFound, Unavailable
from stoker.firestore import raw
from stoker.firestore.readable import readable
from stoker.jobs.context import JobContext
from stoker.models.job import BatchOutput, OutputFile
from stoker.queries import trees
from stoker.storage.client import bucket
from stoker.storage.sources import CHUNK_BYTES, Source

PART_BYTES = 256 * 1024**2
"""A part is closed once it holds so much: a download that breaks off, or a crash, costs no more than that."""

PART_FILES = 10_000
"""Or so many files: what is known of them is kept until the part is closed."""

EXPORTS = re.compile(r"job-outputs/[^/]+/[^/]+/[^/]+/export-\d+\.zip")
"""What earlier exports have made."""

README = """\
This is all that is kept of you here, as far as it was there when the export was made.

data/account-*.json   your account: how you sign in
data/users-*.json     your profile and all that belongs to it
data/*.json           your other documents, by kind
data/files-*.json     your files: under which name each is kept here, and what it was called
files/                your files

A large export has several parts: export-001.zip, export-002.zip and so on. No document or file is in two of them.
"""


class ExportPosition(BatchTally):
    """The checkpoint.

    Attributes:
        kind: Where the next part begins: the kind of things that the last one ended with,
        after: and the last of them.
        files: The parts that there are.
        files_seen: Numbers the owner's files.
        complete: Nothing is left to be put into a part.
    """

    kind: str | None = None
    after: str | None = None
    files: Annotated[list[OutputFile], Field(default_factory=list)]
    files_seen: int = 0
    complete: bool = False


def export_user_data(context: JobContext) -> BatchOutput:
    """Export what there is.

    Args:
        context: The attempt.
    """
    context.report(0, "exporting")
    position = ExportPosition.from_firestore(context.checkpoint)
    expected = _expected(context.user_id)
    while not position.complete:
        position = _make_part(context, position, expected)
        context.save(position.to_firestore())
    return position.output(position.files)


def _make_part(context: JobContext, position: ExportPosition, expected: int) -> ExportPosition:
    done = position.model_copy(deep=True)
    number = len(position.files) + 1
    with (
        context.outputs.open(f"export-{number:03}.zip", "application/zip") as stream,
        ArchivePart(stream, number) as part,
    ):
        if number == 1:
            part.add_text("README.txt", README)
        done.complete = _fill(context, part, done, expected)
    file = OutputFile(
        kind="export",
        path=stream.path,
        content_type="application/zip",
        bytes=stream.bytes,
        sha256=stream.sha256,
    )
    done.files.append(file)
    return done


def _fill(context: JobContext, part: ArchivePart, done: ExportPosition, expected: int) -> bool:
    """Put things into a part until it is full; returns whether that was all."""
    files_before = done.files_seen
    for kind, name, thing in _exported(context.user_id, done.kind, done.after):
        context.report(100 * done.total / max(expected, done.total, 1), "exporting")
        if isinstance(thing, Blob):
            done.files_seen += 1
            _add_file(context, part, done, thing)
        else:
            part.add_document(kind, readable(thing) if isinstance(thing, Document) else thing)
            done.succeeded += 1
        done.kind, done.after = kind, name
        if part.size >= PART_BYTES or done.files_seen - files_before >= PART_FILES:
            return False
    return True


def _add_file(context: JobContext, part: ArchivePart, done: ExportPosition, blob: Blob) -> None:
    source = Source(blob)
    try:
        first = source.read(0, CHUNK_BYTES)
    except InputNotFound as error:
        done.fail(source.path, error.message, error.code)
        return

    def rest() -> Iterator[bytes]:
        for offset in range(CHUNK_BYTES, source.size, CHUNK_BYTES):
            context.check()
            try:
                yield source.read(offset, CHUNK_BYTES)
            except InputNotFound as error:
                # Half of it is in the part: that is made again, without the file.
                raise Unavailable(error.message) from error

    facts = {
        "path": source.path,
        "contentType": source.content_type,
        "bytes": source.size,
        "updated": blob.updated.isoformat() if blob.updated else None,
    }
    part.add_file(done.files_seen, facts, chain([first], rest()))
    done.succeeded += 1


Exported = Any
"""A document, an object in Cloud Storage, or JSON."""


def _exported(user_id: str, kind: str | None, after: str | None) -> Iterator[tuple[str, str, Exported]]:
    """Yield all that there is of a user behind some place: its kind, its name, and itself."""
    sources: dict[str, Callable[[str | None], Iterator[tuple[str, Exported]]]] = {
        "account": partial(_account, user_id),
        config.USERS: partial(_profile, user_id),
        **{name: partial(_trees, name, user_id) for name in config.user_trees()},
        **{name: partial(_documents, name, user_id) for name in config.user_documents()},
        "files": partial(_files, user_id),
    }
    kinds = list(sources)
    for one in kinds[kinds.index(kind) if kind is not None else 0 :]:
        for name, thing in sources[one](after if one == kind else None):
            yield one, name, thing


def _account(user_id: str, after: str | None) -> Iterator[tuple[str, Exported]]:
    found = account.find(user_id)
    if found is not None and after is None:
        yield user_id, account.readable(found)


def _profile(user_id: str, after: str | None) -> Iterator[tuple[str, Exported]]:
    path = f"{config.USERS}/{user_id}"
    if not raw.possible_id(user_id):
        return
    profile = raw.get(path) if after is None else None
    if profile is not None:
        yield path, profile
    yield from _named(trees.below(path, after if after != path else None))


def _trees(collection: str, user_id: str, after: str | None) -> Iterator[tuple[str, Exported]]:
    root = None
    if after is not None:
        root = "/".join(after.split("/")[:2])
        yield from _named(trees.below(root, after if after != root else None))
    for path, document in _named(trees.owned(collection, user_id, root)):
        yield path, document
        yield from _named(trees.below(path))


def _documents(collection: str, user_id: str, after: str | None) -> Iterator[tuple[str, Exported]]:
    return _named(trees.owned(collection, user_id, after))


def _named(documents: Iterator[Document]) -> Iterator[tuple[str, Exported]]:
    return ((raw.path_of(document), document) for document in documents)


def _files(user_id: str, after: str | None) -> Iterator[tuple[str, Exported]]:
    folder = f"user-uploads/{user_id}"
    yield from _files_below(f"job-outputs/{user_id}/", after)
    # Older rules let clients write an object with the name of their folder.
    if (after is None or after.encode() < folder.encode()) and (blob := bucket().get_blob(folder)) is not None:
        yield folder, blob
    yield from _files_below(f"{folder}/", after)


def _files_below(prefix: str, after: str | None) -> Iterator[tuple[str, Exported]]:
    if after is None or after.encode() < prefix.encode() or after.startswith(prefix):
        # From the last one on, which is passed by.
        begin = after if after is not None and after.startswith(prefix) else None
        for blob in bucket().list_blobs(prefix=prefix, start_offset=begin):
            if not EXPORTS.fullmatch(blob.name) and (begin is None or blob.name.encode() > begin.encode()):
                yield blob.name, blob


def _expected(user_id: str) -> int:
    """About how many things there are; only the progress hangs on it."""
    count = 1
    for collection in (*config.user_trees(), *config.user_documents()):
        count += trees.count_owned(collection, user_id)
    return count + sum(1 for _ in _files(user_id, None))
