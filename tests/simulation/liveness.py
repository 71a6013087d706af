"""Liveness: no job waits for longer than it must, and nothing is left over at the end of a world."""

from collections.abc import Callable
from datetime import datetime

from simulation.hooks import CLOSED
from simulation.invariants import Fail, failed_of, item_of
from simulation.lives import ALIVE, Life, Lives
from simulation.machine import SimulatedHost
from simulation.work import EFFECTS
from stoker import config, registry

AT_ONCE_SECONDS = 20.0
"""Virtual seconds within which an event, a task or an effect must have moved a job on, if nothing goes wrong."""

SWEPT_SECONDS = 140.0
"""Virtual seconds within which the sweeper must have moved a job on, if nothing goes wrong: two sweeps."""

FAULTY_SECONDS = 1500.0
"""Virtual seconds within which a job must move on once faults have stopped: the sweeper looks at everything every ten
minutes, and stalled processes run again."""

REDELIVERED_SECONDS = 90.0
"""Virtual seconds within which Cloud Tasks has sent a task again, three times in a row."""

LIMITS = {
    **dict.fromkeys(("unpaused", "cancelled while it waits", "silent", "due", "places are free again"), SWEPT_SECONDS),
    **dict.fromkeys(("children of a cancelled parent", "parent without children"), SWEPT_SECONDS),
    "handed back": REDELIVERED_SECONDS,
}
"""Virtual seconds for which a job may wait, by the reason to move on, if nothing goes wrong."""


class Liveness:
    """Demands that jobs move on.

    Args:
        lives: The account of all jobs.
        host: The clock.
        fail: Called for each invariant that is broken.
        is_paused: Returns whether the jobs of a type are paused.
        at_once: Returns how many jobs of a user may run; None if users are not limited.
    """

    def __init__(
        self,
        lives: Lives,
        host: SimulatedHost,
        fail: Fail,
        is_paused: Callable[[str], bool],
        at_once: Callable[[], int | None],
    ) -> None:
        self._lives = lives
        self._host = host
        self.fail = fail
        self._is_paused = is_paused
        self._at_once = at_once

    def look(self, seconds: float, *, calm: bool) -> None:
        """Judge how long each job has waited.

        Args:
            seconds: The virtual time.
            calm: Whether nothing goes wrong in this world.
        """
        now = self._host.true_time()
        for life in self._lives.there():
            reason = self._reason(life, now) if life.state in ALIVE else None
            if reason is None:
                life.waits_for = None
                continue
            if life.waits_for is None or life.waits_for[0] != reason:
                life.waits_for = (reason, seconds)
            slow = not calm or reason in ("a deletion before its turn", "made again")
            most = FAULTY_SECONDS if slow else LIMITS.get(reason, AT_ONCE_SECONDS)
            if seconds - life.waits_for[1] > most:
                self.fail("nothing waits for ever", f"{life.id} ({life.state}) waits for {most:.0f} s: {reason}")

    def _reason(self, life: Life, now: datetime) -> str | None:
        """Why a job should move on; None if it may wait."""
        data = life.data
        if life.state == "processing":
            return "silent" if data["lease"]["expiresAt"] < now else None
        if life.state == "running-jobs":
            children = [child for child in self._lives.children(life.id) if child.state in ALIVE]
            waiting = data.get("cancelRequested") is True and any(child.state == "pending" for child in children)
            if waiting:
                return "children of a cancelled parent"
            if children:
                return None
            # If its children had ended before it was retried, or were deleted, no child's end moves it on.
            gone = any(one.deleted for one in self._lives.by_id.values() if one.id.startswith(f"{life.id}-"))
            return "parent without children" if life.retried or gone else "parent"
        if data.get("cancelRequested") is True:
            return "cancelled while it waits"
        due = data.get("runAfter")
        if (due is not None and due > now) or self._is_paused(str(data["type"])):
            return None
        if data.get("stage") == "paused":
            return "unpaused"
        at_once = self._at_once()
        if at_once is not None and len(self._places(life.user_id)) >= at_once:
            return None
        if data.get("stage") == "waiting-for-other-users" and self._shares(life):
            return None
        if life.made_again:
            return "made again"  # Cloud Tasks drops its task, which has the name of an earlier task.
        if data.get("stage") == "waiting-for-other-users":
            return "places are free again"
        if data.get("stage") == "waiting-for-other-jobs" and any(
            one.deleted for one in self._lives.by_id.values() if one.user_id == life.user_id
        ):
            return "a deletion before its turn"
        if data.get("stage") == "queued" and life.handed_back:
            return "handed back"
        # A new job has a task for its time. A job that was held back until a time is found by the sweeper.
        return "due" if data.get("stage") == "waiting-for-tomorrow" else f"runnable ({data.get('stage')})"

    def _shares(self, life: Life) -> bool:
        """Return whether the job's owner holds as many places of its queue as are free.

        This is half of the places that a user alone may hold.
        """
        job_type = life.data.get("type")
        held: dict[str, int] = {
            user_id: sum(self._lives.by_id[job].data.get("type") == job_type for job in self._lives.holding[user_id])
            for user_id in self._lives.holding
        }
        own, places = held.get(life.user_id, 0), registry.job_types()[str(job_type)].at_once
        return own > 0 and own >= 3 * places / 4 - sum(held.values())

    def _places(self, user_id: str) -> set[str]:
        """The jobs that take a user's places: those that run, and for an hour those that were deleted as they ran."""
        found = self._lives.documents.get(f"{config.JOB_USERS}/{user_id}")
        running = found.data.get("running", {}) if found is not None else {}
        return self._lives.holding[user_id] | {job for job in running if self._lives.by_id[job].deleted}

    def judge_end(self, outputs: set[str], excused: set[str]) -> None:
        """Judge what is left once every job has ended.

        Args:
            outputs: The names of all objects.
            excused: The jobs that died together with the last process that could have removed their objects.
        """
        documents = self._lives.documents
        for life in self._lives.there():
            if life.state in ALIVE:
                self.fail("no job is lost", f"{life.id} is {life.state} at the end: {dict(life.data)}")
            if (life.data.get("lease") or life.data.get("checkpoint")) is not None:
                self.fail("nothing is left", f"{life.id} has ended with {dict(life.data)}")
            self._hook(life)
            self._figures(life)
            self._leftovers(life, outputs, excused)
            found = documents.get(f"{EFFECTS}/{life.id}")
            effects = int(found.data["steps"]) if found is not None else 0
            if effects < life.steps or (not (life.retried or life.made_again) and effects != life.steps):
                self.fail("one effect", f"{life.id} has {effects} effects, of which {life.steps} were counted")
            minutes = (self._host.monotonic() - life.born) / 60
            if life.tasks > 10 + 4 * life.attempts + 3 * life.runs + minutes:
                self.fail("bounded work", f"{life.id} had {life.tasks} tasks for {life.attempts} attempts")
        deleted = {(life.user_id, life.id) for life in self._lives.by_id.values() if life.deleted}
        kept = [name for name in outputs if tuple(name.split("/")[1:3]) in deleted]
        if kept and self._lives.there():  # Without any job, the reconcile removes nothing.
            self.fail("deleted jobs leave nothing", f"the reconcile has left {sorted(kept)}")
        for path in documents.paths(config.JOB_USERS):
            found = documents.get(path)
            running = found.data.get("running", {}) if found is not None else {}
            if held := [job for job in running if not self._was_deleted(job)]:
                self.fail("places are given back", f"{path} still holds {held}")

    def _was_deleted(self, job_id: str) -> bool:
        """Return whether a job was deleted while it may have had a place. The place lapses after an hour."""
        life = self._lives.by_id[job_id]
        return life.deleted or life.made_again

    def _hook(self, life: Life) -> None:
        found = self._lives.documents.get(f"{CLOSED}/{life.id}")
        runs = found.data if found is not None else {}
        hook = life.data.get("endHook")
        if hook == "due" or (hook is not None and not (life.retried or life.made_again or runs.get(life.state))):
            self.fail(
                "end hooks run", f"{life.id} is {life.state}, its endHook is {hook}, and its hook saw {dict(runs)}"
            )

    def _figures(self, life: Life) -> None:
        """The figures of a batch are those of its jobs as they are at the end, also of those that were retried."""
        if failed_of(life.data) is None:
            return
        output = life.data["output"]
        listed = {failure["item"]: failure["errorCode"] for failure in output["failures"]}
        for child in self._lives.children(life.id):
            if child.data.get("errorCode") != listed.get(item_of(child)):
                self.fail("figures follow", f"{life.id} says {listed}, and {child.id} is {child.state}")
        if (output["failed"], output["succeeded"]) != (len(listed), output["total"] - len(listed)):
            self.fail("figures follow", f"{life.id} has the figures {output}")
        if life.data.get("stage") == "running-jobs-again":
            self.fail("figures follow", f"{life.id} waits to be counted again")

    def _leftovers(self, life: Life, outputs: set[str], excused: set[str]) -> None:
        files = (life.data.get("output") or {}).get("files", [])
        published = {file["path"] for file in files}
        mine = {name for name in outputs if name.startswith(f"job-outputs/{life.user_id}/{life.id}/")}
        if life.state == "completed" and not published <= mine:
            self.fail("results exist", f"{life.id} is completed without {sorted(published - mine)}")
        # The objects of a job that was deleted stay when its id is used again.
        if life.id not in excused and not life.made_again and mine - published:
            self.fail("no leftovers", f"{life.id} ({life.state}) left {sorted(mine - published)}")
