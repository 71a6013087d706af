"""The operation `export-user-data`: it writes all data of the owner into ZIP files, the parts of the export.

After a crash, only the part that was being written is written again.
"""

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
"""The size at which a part is closed, in bytes before compression. An interrupted download or a crash costs no more
than a part."""

PART_FILES = 10_000
"""The number of files at which a part is closed, because their descriptions stay in memory until then."""

EXPORTS = re.compile(r"job-outputs/[^/]+/[^/]+/[^/]+/export-\d+\.zip")
"""The files of earlier exports, which are not exported again."""

README = """\
This is all data that is kept about you here. It has everything that was there when the export was made.

data/account-*.json   your account: how you sign in
data/users-*.json     your profile and all that belongs to it
data/*.json           your other documents, by kind
data/files-*.json     a list of your files: the name of each in this export, and its original name
files/                your files

A large export has several parts: export-001.zip, export-002.zip and so on. Each document and each file is in one part.
"""


class ExportPosition(BatchTally):
    """The checkpoint.

    Attributes:
        kind: The kind of the last item that was exported; None before the first.
        after: The name of the last item that was exported; None before the first.
        files: The parts that are complete.
        files_seen: The number of the owner's files so far, which numbers the next file.
        complete: Whether everything is exported.
    """

    kind: str | None = None
    after: str | None = None
    files: Annotated[list[OutputFile], Field(default_factory=list)]
    files_seen: int = 0
    complete: bool = False


def export_user_data(context: JobContext) -> BatchOutput:
    """Export all data of the owner.

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
    """Add items to a part until it is full. Return whether everything is exported."""
    files_before = done.files_seen
    for kind, name, item in _exported(context.user_id, done.kind, done.after):
        context.report(100 * done.total / max(expected, done.total, 1), "exporting")
        if isinstance(item, Blob):
            done.files_seen += 1
            _add_file(context, part, done, item)
        else:
            part.add_document(kind, readable(item) if isinstance(item, Document) else item)
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
        done.fail(source.path, _vanished(source), error.code)
        return

    def rest() -> Iterator[bytes]:
        for offset in range(CHUNK_BYTES, source.size, CHUNK_BYTES):
            context.check()
            try:
                yield source.read(offset, CHUNK_BYTES)
            except InputNotFound as error:
                # Half of the file is in the part. So the next attempt writes the part again, without the file.
                raise Unavailable(_vanished(source)) from error

    facts = {
        "path": source.path,
        "contentType": source.content_type,
        "bytes": source.size,
        "updated": blob.updated.isoformat() if blob.updated else None,
    }
    part.add_file(done.files_seen, facts, chain([first], rest()))
    done.succeeded += 1


def _vanished(source: Source) -> str:
    # The message of the error itself advises to write a job for the new file, which does not fit an export.
    return f"The file {source.path!r} was deleted or replaced while it was exported."


Exported = Any
"""An item of an export: a document, an object in Cloud Storage, or JSON."""


def _exported(user_id: str, kind: str | None, after: str | None) -> Iterator[tuple[str, str, Exported]]:
    """Yield all data of a user after a place. Each item comes with its kind and its name."""
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
        # `start_offset` includes the last file that was exported, so that file is skipped below.
        begin = after if after is not None and after.startswith(prefix) else None
        for blob in bucket().list_blobs(prefix=prefix, start_offset=begin):
            if not EXPORTS.fullmatch(blob.name) and (begin is None or blob.name.encode() > begin.encode()):
                yield blob.name, blob


def _expected(user_id: str) -> int:
    """Estimate the number of items. Only the progress depends on it."""
    count = 1
    for collection in (*config.user_trees(), *config.user_documents()):
        count += trees.count_owned(collection, user_id)
    return count + sum(1 for _ in _files(user_id, None))
