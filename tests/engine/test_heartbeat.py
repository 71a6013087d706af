"""The heartbeat of an attempt writes progress, and keeps the lease while the work is silent."""

from collections.abc import Sequence
from itertools import pairwise

from engine.driven import DrivenJob as Job
from engine.driven import Meddled
from engine.hosts import Hurried, Scripted
from stoker import config
from stoker.firestore.writes import Update, Write
from stoker.jobs.progress import Heartbeat
from stoker.jobs.store import Store
from stoker.logs import JobLog
from waiting import until


def test_progress_is_written_at_most_once_in_its_time_and_a_new_stage_sooner(
    job: Job, engine: Store, meddled: Meddled
) -> None:
    def report(progress: float, stage: str = "encoding") -> None:
        heartbeat.report(progress, stage)

    held = job.take()
    begun = config.BRISK_FOR_SECONDS
    steps = [(begun + step / 20, lambda step=step: report(step / 10)) for step in range(1, 701)]
    falls = [(begun + step / 20 + 0.01, lambda step=step: report(step / 20)) for step in range(1, 701)]
    last = begun + 36
    host = engine.host = Scripted([*steps, *falls, (last, lambda: report(80, "uploading"))], seconds=last + 5)
    writes: list[tuple[float, float, str]] = []

    def written(found: Sequence[Write]) -> None:
        assert isinstance(found[0], Update)
        fields = found[0].fields
        writes.append((host.monotonic(), fields["progress"], fields["stage"]))

    meddled.after = written
    heartbeat = Heartbeat(held, JobLog(job.id))
    with heartbeat:
        host.play()
    times, progress, seen = zip(*writes, strict=True)
    assert seen[0] == "encoding"
    assert list(progress) == sorted(progress)
    slow = [time for time in times if time > begun + config.PROGRESS_SECONDS and time < last]
    assert all(later - earlier >= config.PROGRESS_SECONDS - 0.01 for earlier, later in pairwise(slow))
    assert len(slow) >= 15
    assert (progress[-1], seen[-1]) == (80, "uploading")
    assert times[-1] - times[-2] >= config.BRISK_PROGRESS_SECONDS - 0.01
    assert times[-1] <= last + config.BRISK_PROGRESS_SECONDS


def test_silent_work_keeps_its_lease(job: Job, engine: Store) -> None:
    engine.host = Hurried(200)
    held = job.take()
    first = job.data()["lease"]["expiresAt"]
    with Heartbeat(held, JobLog(job.id)):
        until(lambda: job.data()["lease"]["expiresAt"] > first, 10, "The heartbeat renews the lease")
