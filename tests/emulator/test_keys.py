"""De-duplication: of a user's jobs with one `dedupeKey`, one at a time is alive."""

from pathlib import Path

from stoker_tools.samples.user import SampleUser


def test_a_second_job_with_the_key_fails_and_names_the_first(user: SampleUser, clip: Path) -> None:
    source = user.upload(clip, "video/mp4")
    first = user.write_job({"source": source}, dedupeKey="holiday")
    user.firestore.collection("processingJobs").document(first).get()
    next(seen for seen in user.watch(first) if seen["status"] == "processing")
    second = user.result(user.write_job({"source": source}, dedupeKey="holiday"))
    assert (second["status"], second["errorCode"]) == ("failed", "duplicate")
    assert first in second["error"]
    assert user.result(first)["status"] == "completed"
    third = user.result(user.write_job({"source": source}, dedupeKey="holiday"))
    assert third["status"] == "completed"
