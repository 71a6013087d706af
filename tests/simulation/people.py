"""People: users who create, cancel, retry and delete jobs, and an admin who pauses types and changes limits."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from google.api_core import exceptions
from google.cloud.firestore import SERVER_TIMESTAMP

from simulation.lives import ALIVE, ENDED, Life, Lives
from simulation.scheduler import Scheduler
from simulation.store import SETTINGS, SimulatedStore
from stoker import config, registry
from stoker.errors import PermanentError, RequestRefused, Unavailable
from stoker.firestore.api_errors import TRANSIENT, Conflict
from stoker.firestore.writes import Create, Delete, Update, Write
from stoker.jobs.commands import cancel_job, create_processing_job, retry_job

AUDIO: dict[str, Any] = {"text": "Hello."}
VIDEO: dict[str, Any] = {"source": "user-uploads/ada/cat.mov"}
AT_ONCE = 10
"""Jobs of a user that run at the same time, unless an admin changes that."""

CREATIONS = 9
"""Jobs that each user creates; batches make more."""


class User:
    """A user.

    Args:
        user_id: The uid.
        scheduler: Draws the numbers.
        store: The store.
        lives: The account of all jobs.
    """

    def __init__(self, user_id: str, scheduler: Scheduler, store: SimulatedStore, lives: Lives) -> None:
        self.user_id = user_id
        self._random = scheduler.random
        self._scheduler = scheduler
        self._store = store
        self._host = store.host
        self._lives = lives

    def live(self) -> None:
        """Do all that the user does."""
        created = 0
        while created < CREATIONS:
            self._host.sleep(self._random.expovariate(1 / 15))
            drawn = self._random.random()
            if drawn < 0.5:
                self._try(self._create)
                created += 1
                if self._random.random() < 0.2:
                    self._change_their_mind()
            elif drawn < 0.7:
                self._with_a_job(ALIVE, self._cancel)
            elif drawn < 0.95:
                self._retry()
            elif drawn < 0.98:
                self._with_a_job((*ALIVE, *ENDED), self._delete)
        self._host.sleep(self._random.uniform(0, 400))
        for life in self._lives.of(self.user_id):
            if life.state == "pending" and self._random.random() < 0.5:
                self._cancel(life)  # The user has no more patience.

    def _create(self) -> None:
        random = self._random
        job_type, job_input = self._content()
        run_after = (
            self._host.now() + timedelta(seconds=random.choice((30, 400, 900)) * random.random())
            if random.random() < 0.15
            else None
        )
        key = random.choice("xy") if random.random() < 0.25 else None
        if random.random() < 0.3:
            create_processing_job(self.user_id, job_type, job_input, run_after=run_after, dedupe_key=key)
            return
        job_id = f"{self.user_id}-{self._host.token()}"
        optional: dict[str, Any] = {"runAfter": run_after, "dedupeKey": key}
        if random.random() < 0.35:
            optional["maxAttempts"] = random.choice((1, 2))
        if random.random() < 0.03:
            job_input = {"nonsense": True}
        fields = {"id": job_id, "userId": self.user_id, "type": job_type, "input": job_input, "status": "pending"}
        present = {name: value for name, value in optional.items() if value is not None}
        self._write(Create(f"{config.JOBS}/{job_id}", {**fields, **present, "createdAt": SERVER_TIMESTAMP}))

    def _content(self) -> tuple[str, dict[str, Any]]:
        drawn = self._random.random()
        if drawn < 0.2:
            children = [self._random.choice(_CHILDREN) for _ in range(self._random.randint(1, 3))]
            return "batch-operation", {"operation": "run-jobs", "jobs": children}
        return ("audio-generation", AUDIO) if drawn < 0.8 else ("video-processing", VIDEO)

    def _change_their_mind(self) -> None:
        """Cancel the newest job, just as it begins."""
        self._host.sleep(5 * self._random.random())
        newest = [life for life in self._lives.of(self.user_id) if life.state in ALIVE][-1:]
        for life in newest:
            self._cancel(life)

    def _cancel(self, life: Life) -> None:
        if self._random.random() < 0.5:
            self._try(lambda: cancel_job(life.id))
        else:
            wish = {"cancelRequested": True, "updatedAt": SERVER_TIMESTAMP}
            self._try(lambda: self._write(Update(f"{config.JOBS}/{life.id}", wish)))

    def _retry(self) -> None:
        """Retry any job, a job of a batch, or a batch for what has failed of it. These are few, and have more to get
        wrong."""
        own = self._lives.of(self.user_id)
        over = [life for life in own if life.state in ("failed", "cancelled")]
        of_batches = [life for life in over if life.data.get("parentId") is not None]
        batches = [life for life in own if life.state == "completed" and "failed" in (life.data.get("output") or {})]
        if jobs := self._random.choice((over, of_batches, batches)) or over:
            job = self._random.choice(jobs)
            self._try(lambda: retry_job(job.id))

    def _delete(self, life: Life) -> None:
        self._try(lambda: self._write(Delete(f"{config.JOBS}/{life.id}")))

    def _with_a_job(self, states: tuple[str, ...], do: Callable[[Life], None]) -> None:
        there = [life for life in self._lives.of(self.user_id) if life.state in states]
        # Jobs that have made others are few, and have more to get wrong.
        batches = [life for life in there if life.data.get("children") is not None]
        if there:
            do(self._random.choice(batches if batches and self._random.random() < 0.5 else there))

    def _write(self, write: Write) -> None:
        """Write as a client does: without the engine, and after a while."""
        self._scheduler.note("client", type(write).__name__.lower(), write.path)
        self._host.sleep(0.05 * self._random.random())
        self._store.simulated.apply(None, [write])

    def _try(self, do: Callable[[], None]) -> None:
        try:
            do()
        except (RequestRefused, PermanentError, Unavailable, Conflict, exceptions.Aborted, *TRANSIENT) as error:
            self._scheduler.note("refused:", type(error).__name__)


_CHILDREN = ({"type": "audio-generation", "input": AUDIO}, {"type": "video-processing", "input": VIDEO})


class Admin:
    """An admin, who writes the settings.

    Args:
        scheduler: Draws the numbers.
        store: The store.
        limits: The limits of every user; None if they are lifted, empty if no admin has written any.
        changes: Whether the limits change.

    Attributes:
        paused: The types that are paused, with the virtual times since when.
        at_once: The number of a user's jobs that may run.
    """

    def __init__(
        self, scheduler: Scheduler, store: SimulatedStore, limits: dict[str, int] | None, *, changes: bool
    ) -> None:
        self.paused: dict[str, float] = {}
        self.at_once = limits.get("atOnce", AT_ONCE) if limits is not None else None
        self._limits = limits
        self._changes = changes
        self._scheduler = scheduler
        self._store = store
        if limits != {}:
            self._write()

    def live(self) -> None:
        """Pause types, resume them, and change limits."""
        random, host = self._scheduler.random, self._store.host
        for _ in range(random.randint(0, 3)):
            host.sleep(random.uniform(20, 120))
            if self._changes and self.at_once is not None and self._limits is not None and random.random() < 0.3:
                self.at_once = self._limits["atOnce"] = random.randint(1, 3)
                self._write()
                continue
            job_type = random.choice(tuple(registry.job_types()))
            self.paused[job_type] = self._scheduler.now
            self._write()
            host.sleep(5 + random.choice((200, 200, 600)) * random.random())
            self.resume(job_type)

    def resume(self, job_type: str) -> None:
        """Let the jobs of a type begin again."""
        self.paused.pop(job_type, None)
        self._write()

    def lift_daily_limit(self) -> None:
        """Let jobs begin on the next day that the limit of a day would hold back for days."""
        if self._limits is not None and self._limits.pop("aDay", None) is not None:
            self._write()

    def _write(self) -> None:
        limits = None if self._limits is None else dict(self._limits)
        fields: dict[str, Any] = {"paused": list(self.paused), "userLimits": limits}
        self._scheduler.note("admin", fields)
        there = self._store.simulated.inner.get(SETTINGS) is not None
        write: Write = Update(SETTINGS, fields) if there else Create(SETTINGS, fields)
        self._store.simulated.apply(None, [write])
