"""Invariants of each commit: what must hold of a job's document before and after it, whatever goes wrong.

They are written apart from the engine. Each has a name, which a failure and the table of mutants state.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from simulation.lives import ALIVE, ENDED, Life, Lives, state_of
from simulation.scheduler import Process
from simulation.store import Change, creates
from simulation.work import EFFECTS, saves_checkpoints, steps_of
from stoker import config
from stoker.firestore.documents import StoredDocument
from stoker.firestore.writes import Write

ALLOWED = {
    *((state, state) for state in (*ALIVE, *ENDED)),
    *(("pending", after) for after in ("processing", "failed", "cancelled")),
    *(("processing", after) for after in ("pending", "running-jobs", *ENDED)),
    *(("running-jobs", after) for after in ENDED),
    *((before, "pending") for before in ENDED),
}
"""States before and after a commit. A document that has ended changes by its client alone (`cancelRequested`), but for
the figures of a batch."""

CLOCK_ERROR = timedelta(seconds=1)
"""Clocks differ by less."""

SETTINGS_TRAVEL_SECONDS = 2.0
"""Virtual seconds between a read of the settings and the commit that follows from it."""

KEPT_BY_RETRY = ("id", "userId", "type", "input", "createdAt", "attempts", "dedupeKey", "parentId", "maxAttempts")

Fail = Callable[[str, str], None]
"""Takes an invariant's name, and a sentence."""


@dataclass
class Commit:
    """A commit that is judged.

    Attributes:
        process: The process whose commit it is; None if it is no process of the engine.
        writes: The writes.
        life: The job's life so far, this commit included.
        old: The job before; empty if there was none.
        new: The job after; empty if it is gone.
        now: The database's clock.
    """

    process: Process | None
    writes: Sequence[Write]
    life: Life
    old: Mapping[str, Any]
    new: Mapping[str, Any]
    now: datetime

    @property
    def token(self) -> str | None:
        """The lease that the job had before."""
        return (self.old.get("lease") or {}).get("token")

    @property
    def new_token(self) -> str | None:
        """The lease that the job has now."""
        return (self.new.get("lease") or {}).get("token")

    @property
    def is_own(self) -> bool:
        """True if the attempt that holds the job makes the commit."""
        return self.process is not None and self.process.tokens.get(self.life.id) == self.token is not None

    @property
    def takes_lease(self) -> bool:
        """True if an attempt takes the job."""
        return self.new_token is not None and self.new_token != self.token

    def grown_by(self) -> Mapping[str, Any] | None:
        """The failed attempt that the history has gained; None if it has gained nothing.

        Raises:
            ValueError: The history has changed otherwise.
        """
        before, after = list(self.old.get("attempts", [])), list(self.new.get("attempts", []))
        if before == after:
            return None
        if not after or after != [*before, after[-1]][-config.ATTEMPTS_KEPT :]:
            raise ValueError(f"{before} became {after}")
        return dict(after[-1])


class CommitInvariants:
    """Judges every commit.

    Args:
        lives: The account of all jobs.
        fail: Called for each invariant that is broken.
        outputs: The names of all objects.

    Attributes:
        calm: Whether nothing goes wrong in this world.
        limited: Whether users are limited.
        at_once: The greatest number of a user's jobs that may run; None if users are not limited.
        paused: The types that are paused, with the virtual times since when.
    """

    def __init__(self, lives: Lives, fail: Fail, outputs: set[str]) -> None:
        self._lives = lives
        self.fail = fail
        self._outputs = outputs
        self.calm = False
        self.limited = False
        self.at_once: int | None = None
        self.paused: Mapping[str, float] = {}
        self._seconds = 0.0

    def judge(
        self, process: Process | None, writes: Sequence[Write], changes: Sequence[Change], now: datetime, seconds: float
    ) -> None:
        """Judge a commit, and take note of it."""
        self._seconds = seconds
        ends: list[str] = []
        for path, before, after in changes:
            collection, _, job_id = path.partition("/")
            if collection == config.JOBS:
                ends += self._job(process, writes, job_id, before, after, now, seconds)
            elif collection == EFFECTS:
                self._effect(job_id, before, after)
        events = sorted(str(write.fields["name"]) for write in creates(writes, config.ANALYTICS_EVENTS))
        if events != sorted(ends):
            self.fail("one event per end", f"the ends are {ends}, the events {events}")

    def judge_deletion(self, names: Sequence[str]) -> None:
        """Judge the deletion of objects."""
        for name in names:
            _, _, job_id, attempt, _ = name.split("/", 4)
            life = self._lives.by_id[job_id]
            if not life.deleted and life.state in ALIVE and attempt.partition("-")[2] in life.tokens:
                self.fail("objects are kept until the end", f"{job_id} is {life.state} and loses {name}")

    def _job(
        self,
        process: Process | None,
        writes: Sequence[Write],
        job_id: str,
        before: StoredDocument | None,
        after: StoredDocument | None,
        now: datetime,
        seconds: float,
    ) -> list[str]:
        life = self._lives.update(job_id, before, after, seconds)
        if process is not None:
            process.wrote.add(job_id)
        if after is None:
            return []
        commit = Commit(process, writes, life, before.data if before is not None else {}, after.data, now)
        self._shape(commit)
        if before is None:
            self._created(commit)
            return []
        old, new = state_of(commit.old), state_of(commit.new)
        if (old, new) not in ALLOWED or (old == new and old in ENDED and _server_fields_differ(commit)):
            self.fail("only the table's transitions", f"{job_id} went from {old} to {new}")
        self._zombie(commit)
        self._progress(commit, old, new)
        if commit.takes_lease:
            self._begun(commit)
        elif commit.token is not None and commit.new_token is None:
            self._left(commit, new)
        if old in ENDED and new == "pending":
            self._retried(commit)
        if old in ENDED and new in ENDED:
            self._counted_again(commit)
        if old in ALIVE and new in ENDED:
            self._ended(commit, old, new)
            return [f"job.{new}"]
        return []

    def _shape(self, commit: Commit) -> None:
        new, job_id = commit.new, commit.life.id
        if (new.get("lease") is not None) != (state_of(new) == "processing"):
            self.fail("a lease only while processing", f"{job_id} is {state_of(new)} with lease {new.get('lease')}")
        attempt, most = new.get("attempt", 0), new.get("maxAttempts", config.MAX_ATTEMPTS)
        if not 0 <= attempt <= most:
            self.fail("bounded attempts", f"{job_id} is at attempt {attempt} of {most}")
        if (new.get("progress") == 100) != (new["status"] == "completed"):
            self.fail("progress", f"{job_id} is {new['status']} at {new.get('progress')} percent")

    def _created(self, commit: Commit) -> None:
        parent_id = commit.new.get("parentId")
        if parent_id is None:
            return
        parent = self._lives.documents.get(f"{config.JOBS}/{parent_id}")
        if parent is None or state_of(parent.data) != "running-jobs" or parent.update_time != commit.new["createdAt"]:
            self.fail("one set of children", f"{commit.life.id} was made without its parent's change")

    def _zombie(self, commit: Commit) -> None:
        """An attempt that has lost its job changes nothing of it."""
        process, job_id = commit.process, commit.life.id
        token = process.tokens.get(job_id) if process is not None else None
        # A worker that stalls between two tries of its lease write may take the job with the second try.
        if process is None or token is None or token in (commit.token, commit.new_token):
            return
        changed = {name for name in {*commit.old, *commit.new} if commit.old.get(name) != commit.new.get(name)}
        # The same process may ask for the end of a job as its parent's helper.
        takes_part = commit.token is not None and not changed <= {"cancelRequested", "updatedAt"}
        if takes_part or ("endedBy" in changed and commit.new.get("endedBy") == token):
            self.fail("a zombie changes nothing", f"{process.name} wrote {job_id} without holding it")

    def _progress(self, commit: Commit, old: str, new: str) -> None:
        job_id = commit.life.id
        same = old == new == "running-jobs" or (commit.token is not None and commit.token == commit.new_token)
        if same and commit.new.get("progress", 0) < commit.old.get("progress", 0):
            self.fail("progress", f"{job_id} fell from {commit.old.get('progress')} to {commit.new.get('progress')}")
        saved = commit.new.get("checkpoint") != commit.old.get("checkpoint")
        if saved and commit.new.get("checkpoint") and not any(w.path == f"{EFFECTS}/{job_id}" for w in commit.writes):
            self.fail("one effect", f"{job_id} has a checkpoint without its effect")
        if saved and not commit.new.get("checkpoint") and new not in ENDED and old not in ENDED:
            self.fail("checkpoints last", f"{job_id} lost {commit.old.get('checkpoint')}")

    def _begun(self, commit: Commit) -> None:
        life, old, new = commit.life, commit.old, commit.new
        assert commit.new_token is not None
        life.attempts += 1
        life.tokens.add(commit.new_token)
        if commit.process is not None:
            commit.process.tokens[life.id] = commit.new_token
        lease = old.get("lease")
        if lease is not None and lease["expiresAt"] > commit.now + CLOCK_ERROR:
            self.fail("one attempt at a time", f"{life.id} was taken before its lease had lapsed")
        if lease is None and old.get("status") != "pending":
            self.fail("one attempt at a time", f"{life.id} was taken while {state_of(old)}")
        due = old.get("runAfter")
        if lease is None and due is not None and due > commit.now + 2 * CLOCK_ERROR:
            self.fail("not before its time", f"{life.id} began at {commit.now}, and is due at {due}")
        if old.get("cancelRequested") is True:
            self.fail("a cancel wins", f"{life.id} began after its owner had asked for its end")
        if new.get("attempt") != old.get("attempt", 0) + 1:
            self.fail("attempts are counted", f"{life.id} went from {old.get('attempt')} to {new.get('attempt')}")
        if lease is not None:
            self._work(commit)
        if self.calm:
            self._begun_in_calm(commit)
        self._gained(commit, "lease-lost" if lease is not None else None)
        self._places(commit)
        self._dedupe(commit)

    def _begun_in_calm(self, commit: Commit) -> None:
        """Nothing goes wrong: no attempt dies, and settings are known everywhere after a while."""
        job_id, job_type = commit.life.id, str(commit.new["type"])
        if commit.token is not None:
            self.fail("living attempts keep their jobs", f"{job_id} was taken from an attempt that was alive")
        if self._seconds - self.paused.get(job_type, self._seconds) > config.SETTINGS_SECONDS + SETTINGS_TRAVEL_SECONDS:
            self.fail("pauses hold", f"{job_id} began while {job_type} was paused")

    def _places(self, commit: Commit) -> None:
        user_id = commit.life.user_id
        running = self._lives.holding[user_id]
        if self.at_once is not None and len(running) > self.at_once:
            self.fail("limits", f"{user_id} runs {sorted(running)}, and may run {self.at_once}")
        if self.limited and commit.life.id not in self._taken_places(user_id):
            self.fail("places are kept", f"{commit.life.id} runs without a place")

    def _dedupe(self, commit: Commit) -> None:
        key = commit.new.get("dedupeKey")
        if key is None:
            return
        for other in self._lives.of(commit.life.user_id):
            alike = other.id != commit.life.id and other.data.get("dedupeKey") == key
            if alike and other.data.get("status") == "processing":
                self.fail("one job per dedupe key", f"{commit.life.id} began while {other.id} runs with {key}")

    def _left(self, commit: Commit, new: str) -> None:
        """An attempt no longer holds the job."""
        life, old = commit.life, commit.old
        if commit.is_own and commit.process is not None:
            commit.process.left.add(life.id)
        try:
            gained = commit.grown_by()
        except ValueError as error:
            self.fail("history", f"{life.id}: {error}")
            return
        counted = commit.new.get("attempt") == old.get("attempt")
        if commit.is_own and old.get("cancelRequested") is True and new != "cancelled":
            self.fail("a cancel wins", f"{life.id} became {new} after its owner had asked for its end")
        if new in ("completed", "running-jobs"):
            as_it_should = gained is None and counted and commit.is_own
        elif not commit.is_own:
            lapsed = old["lease"]["expiresAt"] <= commit.now + CLOCK_ERROR
            as_it_should = lapsed and counted and (new in ENDED or (gained or {}).get("errorCode") == "lease-lost")
        elif gained is None:  # It was handed back.
            as_it_should = new == "pending" and commit.new.get("attempt") == old.get("attempt", 0) - 1
        else:
            most = old.get("maxAttempts", config.MAX_ATTEMPTS)
            waits = new != "pending" or (commit.new.get("runAfter") is not None and old["attempt"] < most)
            as_it_should = waits and counted and gained["errorCode"] == commit.new.get("errorCode")
        if not as_it_should:
            self.fail("history", f"{life.id} became {new} at attempt {commit.new.get('attempt')}, gaining {gained}")
        if self.limited and life.id in self._taken_places(life.user_id):
            self.fail("places are given back", f"{life.id} is {new} and still has a place")
        self._work(commit)

    def _work(self, commit: Commit) -> None:
        """The time of an attempt that is over is counted, once."""
        seconds = commit.new.get("workSeconds", 0) - commit.old.get("workSeconds", 0)
        if not 0 < seconds <= 2 * config.ATTEMPT_SECONDS:
            self.fail("work is counted", f"{commit.life.id} has ended an attempt of {seconds} s")

    def _gained(self, commit: Commit, code: str | None) -> None:
        try:
            gained = commit.grown_by()
        except ValueError as error:
            self.fail("history", f"{commit.life.id}: {error}")
            return
        if (gained or {}).get("errorCode") != code:
            self.fail("history", f"{commit.life.id} gained {gained}, and should have gained {code}")

    def _retried(self, commit: Commit) -> None:
        for field in KEPT_BY_RETRY:
            if commit.old.get(field) != commit.new.get(field):
                self.fail("what a retry keeps", f"{commit.life.id} lost {field}")
        figures = failed_of(commit.old)
        if commit.old["status"] == "completed" and not figures:
            self.fail("what is done stays done", f"{commit.life.id} was retried, and no item of it had failed")
        if figures is not None and commit.new.get("output") != commit.old["output"]:
            self.fail("what a retry keeps", f"{commit.life.id} lost its figures")
        reset = ("checkpoint", "cancelRequested", "error", "lease", *(("output",) if figures is None else ()))
        left = [name for name in reset if name in commit.new]
        if left or commit.new.get("attempt") != 0 or commit.new.get("progress") != 0:
            self.fail("what a retry resets", f"{commit.life.id} kept {left}, attempt {commit.new.get('attempt')}")

    def _counted_again(self, commit: Commit) -> None:
        """No job of a batch counts as done before it is."""
        if commit.old.get("output") == commit.new.get("output"):
            return
        failed = {failure["item"] for failure in commit.new["output"]["failures"]}
        for child in self._lives.children(commit.life.id):
            if child.state != "completed" and item_of(child) not in failed:
                self.fail("figures follow", f"{commit.life.id} counts {child.id} as done, which is {child.state}")

    def _ended(self, commit: Commit, old: str, new: str) -> None:
        life = commit.life
        if new == "completed":
            if commit.old.get("cancelRequested") is True:
                self.fail("a cancel wins", f"{life.id} was completed after its owner had asked for its end")
            files = [file["path"] for file in (commit.new.get("output") or {}).get("files", [])]
            if missing := [path for path in files if path not in self._outputs]:
                self.fail("results exist", f"{life.id} was completed without {missing}")
            if old == "processing" and saves_checkpoints(life.id) and life.steps != steps_of(life.id):
                self.fail("one effect", f"{life.id} was completed after {life.steps} of {steps_of(life.id)} effects")
        if old == "running-jobs":
            alive = [child.id for child in self._lives.children(life.id) if child.state in ALIVE]
            if alive:
                self.fail("parents end after children", f"{life.id} has ended before {alive}")

    def _effect(self, job_id: str, before: StoredDocument | None, after: StoredDocument | None) -> None:
        life = self._lives.by_id[job_id]
        life.steps += 1
        step = (life.data.get("checkpoint") or {}).get("step")
        if step != life.steps:
            self.fail("one effect", f"{job_id} has made effect {life.steps} at checkpoint {step}")

    def _taken_places(self, user_id: str) -> Mapping[str, Any]:
        found = self._lives.documents.get(f"{config.JOB_USERS}/{user_id}")
        places: Mapping[str, Any] = found.data.get("running", {}) if found is not None else {}
        return places


def failed_of(data: Mapping[str, Any]) -> int | None:
    """Return how many items of a batch have failed; None if the job has no figures. Written apart from the engine's."""
    failed = (data.get("output") or {}).get("failed")
    return failed if isinstance(failed, int) else None


def item_of(child: Life) -> str:
    """Return the place of a child in its batch's list, as failures name it."""
    return str(int(child.id.rpartition("-")[2]))


def _server_fields_differ(commit: Commit) -> bool:
    names = {*commit.old, *commit.new} - {"cancelRequested", "updatedAt"}
    if commit.old.get("endHook") == "due":
        names -= {"endHook"}
    if failed_of(commit.old) is not None:
        names -= {"output", "stage"}
    return any(commit.old.get(name) != commit.new.get(name) for name in names)
