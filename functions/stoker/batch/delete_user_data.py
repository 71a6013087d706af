"""The operation `delete-user-data`: it deletes all data of the owner, and counts it exactly, even after crashes."""

import contextlib
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import Any

from google.cloud.firestore_v1.types import Document
from google.cloud.storage import Blob
from pydantic import Field

from stoker import config
from stoker.access import account, departure
from stoker.batch.same_account import find_same_account
from stoker.errors import AccountLocked, LeaseLost
from stoker.firestore import raw
from stoker.firestore.api_errors import Conflict
from stoker.firestore.writes import Delete, ExtraWrites
from stoker.jobs.ceiling import deleted_work_writes
from stoker.jobs.context import JobContext
from stoker.jobs.lease import WritesRefused
from stoker.jobs.store import store
from stoker.models.document import Model, Timestamp
from stoker.models.job import DeletionReceipt, Stage
from stoker.queries import trees
from stoker.queries.query import NAME
from stoker.storage.client import bucket

PAGE = 200
"""The documents that are deleted in a commit."""

FILES = 100
"""The files that are removed between two checkpoints. The first checkpoint names them."""

LEASE_END = "lease.expiresAt"

FIELDS = (NAME, LEASE_END, "completedAt", "workSeconds")
"""The fields of a document that its deletion depends on."""


class DoomedFile(Model):
    """An object that is counted as removed, and is removed next.

    Attributes:
        name: The object's name.
        generation: The object's generation. Another object that was uploaded under the same name since has another
            generation.
    """

    name: str
    generation: int


class DeletionPosition(Model):
    """The checkpoint. No cursor is needed, because deleted documents are not found again.

    Attributes:
        removed: The numbers of removed documents and files, by kind.
        doomed: The files that are counted already, and are removed before the next checkpoint.
        is_begun: Whether the record of the deletion is written. From then on, the account may be locked.
        account_made: The time at which the account was created, in milliseconds since 1970; None if there was no
            account.
        quiet_at: The time by which all attempts of the user's other jobs have noticed that their job was deleted; None
            if no other job ran.
        expected: An estimate of the number of documents and files; 0 before they are counted. They are counted once,
            also if the deletion takes several attempts.
    """

    removed: dict[str, int] = Field(default_factory=dict)
    doomed: list[DoomedFile] = Field(default_factory=list)
    is_begun: bool = False
    account_made: int | None = None
    quiet_at: Timestamp | None = None
    expected: int = 0

    def with_removed(self, kind: str, count: int) -> "DeletionPosition":
        """Return the position after some items of a kind were removed."""
        removed = {**self.removed, kind: self.removed.get(kind, 0) + count}
        return self.model_copy(update={"removed": removed, "doomed": []})

    @property
    def total(self) -> int:
        """The number of all removed items."""
        return sum(self.removed.values())


def delete_user_data(context: JobContext) -> DeletionReceipt:
    """Delete all data of the owner, search again until nothing is found, and delete the account last.

    If the job does not complete, its end hook unlocks the account: see `stoker.accounts.account_deletion`.

    Args:
        context: The attempt.

    Raises:
        AccountLocked: Somebody else has locked the account.
    """
    deletion = Deletion(context)
    if deletion.lock_account():
        deletion.delete_until_nothing_is_found()
        deletion.delete_account()
    removed = deletion.position.removed
    total = deletion.position.total
    return DeletionReceipt(total=total, succeeded=total, failed=0, removed=removed)


class Deletion:
    """An attempt at the deletion of a user's data.

    Args:
        context: The attempt.

    Attributes:
        position: The current checkpoint.
    """

    def __init__(self, context: JobContext) -> None:
        self.position = DeletionPosition.from_firestore(context.checkpoint)
        self._run = context
        self._user_id = context.user_id

    def lock_account(self) -> bool:
        """Lock the account before anything is deleted, so that the user writes as little as possible meanwhile.

        Returns:
            Whether to go on. The late pass has nothing to do if the account was made again.

        Raises:
            AccountLocked: Somebody else has locked the account. A deletion would remove the evidence.
            JobCancelled: The uid has a new account by now.
            LeaseLost: The job has ended meanwhile.
        """
        found, record = account.find(self._user_id), departure.find(self._user_id)
        if record is not None and record.late_job_id == self._run.id:
            if found is None:
                self._begin()
            return found is None
        own = record if record is not None and record.is_held_by(self._run.id) else None
        if not self.position.is_begun and not self._run.owner_is_gone and found is not None:
            # The account is counted here, because after the next commit some attempt will delete it.
            made = own.account_made if own is not None else account.made_at(found)
            self.position = self.position.with_removed("accounts", 1).model_copy(update={"account_made": made})
        found = find_same_account(self._user_id, self.position.account_made)
        if not self.position.is_begun or own is None:
            self._take_record(record, is_locked=found is not None and bool(found.disabled))
        if found is not None:
            self._lock()
        return True

    def _take_record(self, record: departure.Departure | None, *, is_locked: bool) -> None:
        made = self.position.account_made
        # An earlier run of this deletion, or another deletion, has locked the account. That lock counts as ours.
        ours = record if record is not None and record.is_of(made) else None
        locked_before = ours.locked_before if ours is not None else is_locked
        # An operator may allow one job to delete a locked account.
        if locked_before and (ours is None or ours.job_id != self._run.id):
            raise AccountLocked(
                "This account is locked, so that its owner can't delete it. Ask the people who run this app."
            )
        self._begin(
            [departure.begin_write(self._user_id, self._run.id, locked_before=locked_before, account_made=made)]
        )

    def _lock(self) -> None:
        account.lock(self._user_id)
        kept = departure.find(self._user_id)
        if kept is None or kept.is_ending or kept.gone_at is not None:
            # The job has ended while this attempt was suspended. Its end hook unlocks the account, or has done so.
            if kept is None or kept.gone_at is not None or not kept.locked_before:
                account.unlock(self._user_id)
            raise LeaseLost("The job has ended, and its account is unlocked.")

    def delete_until_nothing_is_found(self) -> None:
        """Delete documents and files in rounds, until a round finds nothing.

        There are at least two rounds, because a job that was running when its document was deleted may have written
        once more.
        """
        self._remove(self.position.doomed)
        if not self.position.expected:
            self.position = self.position.model_copy(update={"expected": self._count()})
        while True:
            before = self.position.total
            for collection in config.user_trees():
                self._delete_trees(collection)
            for collection in (*config.user_documents(), config.JOB_KEYS):
                self._delete(collection, partial(self._owned, collection))
            if raw.possible_id(self._user_id):
                self._delete_profile()
            self.delete_files()
            if not self._wait_until_quiet() and self.position.total == before:
                return

    def delete_account(self) -> None:
        """Delete the account, and the engine's record of the user's jobs."""
        self._run.check()
        # If there was no account at the beginning, an account that exists now is a new account, and stays.
        if find_same_account(self._user_id, self.position.account_made) is not None:
            account.delete(self._user_id)
        if raw.possible_id(self._user_id):
            # The engine has no record of a user who has never had a job with a limit.
            with contextlib.suppress(Conflict):
                store().documents.commit([Delete(f"{config.JOB_USERS}/{self._user_id}")])

    def _delete_trees(self, collection: str) -> None:
        while True:
            page = self._owned(collection, with_own_job=True)
            for document in page:
                path = raw.path_of(document)
                self._delete("subcollections", partial(trees.below_page, path, PAGE, (NAME,)))
            found = [document for document in page if not self._is_own_job(document)]
            if not found:
                return
            self.delete_page(collection, found)

    def _delete_profile(self) -> None:
        path = f"{config.USERS}/{self._user_id}"
        self._delete("subcollections", partial(trees.below_page, path, PAGE, (NAME,)))
        self._delete(config.USERS, lambda: [found] if (found := raw.get(path)) else [])

    def _delete(self, kind: str, find: Callable[[], Iterator[Document] | list[Document]]) -> None:
        while page := list(find()):
            self.delete_page(kind, page)

    def delete_page(self, kind: str, page: list[Document]) -> None:
        """Delete some documents and count them, in one commit.

        Nothing is deleted or counted if somebody else has deleted one of the documents.

        Args:
            kind: The kind by which they are counted.
            page: The documents.
        """
        self._report()
        position = self.position.with_removed(kind, len(page))
        ends = [end for document in page if (end := _lease_end(document)) is not None]
        if ends:
            position.quiet_at = max([*ends, *([position.quiet_at] if position.quiet_at else [])])

        jobs = page if kind == config.JOBS else []
        counted = [write for job in jobs for write in deleted_work_writes(_work_of(job), datetime.now(UTC))]
        try:
            self._save(position, [*(Delete(raw.path_of(document)) for document in page), *counted])
        except WritesRefused:
            return  # Somebody else has deleted one of them. The caller searches again.

    def delete_files(self) -> None:
        """Delete all files of the user."""
        for prefix in (f"user-uploads/{self._user_id}/", f"job-outputs/{self._user_id}/"):
            while found := list(bucket().list_blobs(prefix=prefix, max_results=FILES)):
                self._delete_found(found)
        # Older rules let clients write an object with the name of their folder.
        if (found_one := bucket().get_blob(f"user-uploads/{self._user_id}")) is not None:
            self._delete_found([found_one])

    def _delete_found(self, found: list[Blob]) -> None:
        self._report()
        files = [DoomedFile(name=blob.name, generation=blob.generation) for blob in found]
        self._save(self.position.with_removed("files", len(files)).model_copy(update={"doomed": files}))
        self._remove(files)

    def _remove(self, files: list[DoomedFile]) -> None:
        blobs = [bucket().blob(file.name, generation=file.generation) for file in files]
        # An object that is gone already is no error. Another object of the same name belongs to a new user, or the next
        # round finds it.
        bucket().delete_blobs(blobs, on_error=lambda blob: None, preserve_generation=True)

    def _wait_until_quiet(self) -> bool:
        """Wait until the user's running jobs have noticed that they were deleted, and have removed their files.

        Returns:
            Whether there were running jobs.
        """
        if self.position.quiet_at is None:
            return False
        while datetime.now(UTC) < self.position.quiet_at:
            self._report("waiting-for-running-jobs")
            time.sleep(0.5)
        self._save(self.position.model_copy(update={"quiet_at": None, "doomed": []}))
        return True

    def _owned(self, collection: str, *, with_own_job: bool = False) -> list[Document]:
        page = trees.owned_page(collection, self._user_id, PAGE, FIELDS)
        return [document for document in page if with_own_job or not self._is_own_job(document)]

    def _is_own_job(self, document: Document) -> bool:
        return raw.path_of(document) == f"{config.JOBS}/{self._run.id}"

    def _count(self) -> int:
        """Estimate the number of documents and files. Only the progress depends on it."""
        collections = (*config.user_trees(), *config.user_documents())
        documents = sum(trees.count_owned(collection, self._user_id) for collection in collections)
        prefixes = (f"user-uploads/{self._user_id}/", f"job-outputs/{self._user_id}/")
        files = sum(1 for prefix in prefixes for _ in islice(bucket().list_blobs(prefix=prefix), 100_000))
        return self.position.total + documents + files

    def _report(self, stage: Stage = "deleting") -> None:
        self._run.report(99 * min(1, self.position.total / max(self.position.expected, 1)), stage)

    def _begin(self, extra: ExtraWrites = ()) -> None:
        """Ask for the end hook, before anything is locked."""
        self._save(self.position.model_copy(update={"is_begun": True}), extra, end_hook=True)

    def _save(self, position: DeletionPosition, extra: ExtraWrites = (), *, end_hook: bool = False) -> None:
        find_same_account(self._user_id, position.account_made)
        self._run.save(position.to_firestore(), extra, end_hook=end_hook)
        self.position = position


def _work_of(document: Document) -> dict[str, Any]:
    """Return the fields of a deleted job that still count towards the project's limits of the day."""
    fields = Document.pb(document).fields
    found: dict[str, Any] = {}
    if "completedAt" in fields and fields["completedAt"].HasField("timestamp_value"):
        found["completedAt"] = fields["completedAt"].timestamp_value.ToDatetime(UTC)
    if "workSeconds" in fields and fields["workSeconds"].HasField("integer_value"):
        found["workSeconds"] = int(fields["workSeconds"].integer_value)
    return found


def _lease_end(document: Document) -> datetime | None:
    lease = document.fields.get("lease")
    if lease is None or "map_value" not in lease or "expiresAt" not in lease.map_value.fields:
        return None
    end = Document.pb(document).fields["lease"].map_value.fields["expiresAt"].timestamp_value
    return end.ToDatetime(UTC) if end.seconds else None
