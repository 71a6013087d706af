"""A user writes a text, and gets speech that plays, with captions that match it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from google.api_core.exceptions import PermissionDenied
from google.cloud import firestore

from emulator.left import left_behind
from engine.driven import DrivenJob
from stoker import config
from stoker.jobs.attempt import run_attempt
from stoker.jobs.context import JobContext
from stoker.models.job import JobOutput, Stage
from stoker.models.speech import AudioInput
from stoker.probe.probe import Prober
from stoker.speech.engines import google
from stoker.speech.worker import process_audio
from stoker.storage.client import bucket
from stoker_tools.samples.user import SampleUser
from unit.speech.engines.google_stub import GoogleStub, google_stub, refusal
from unit.speech.speaking import loudness, sounds

TEXT = """Dr. Ada Lovelace came at 3 p.m. on Monday. It cost $1,234.50 didn't it? “Nobody knew” she said.

Then it was over & <b>done</b>. See https://example.com/a.b?c=1 for more. The end…"""

SENTENCES = [
    "Dr. Ada Lovelace came at 3 p.m. on Monday.",
    "It cost $1,234.50 didn't it?",
    "“Nobody knew” she said.",
    "Then it was over & <b>done</b>.",
    "See https://example.com/a.b?c=1 for more.",
    "The end…",
]
CODECS = {"mp3": "mp3float", "ogg": "opus", "m4a": "aac", "wav": "pcm_s16le"}


def write(user: SampleUser, text: str = TEXT, **options: Any) -> str:
    return user.write_job({"text": text, **options}, type="audio-generation")


def cue_times(captions: str) -> list[tuple[float, float]]:
    clock = r"(\d\d):(\d\d):(\d\d\.\d\d\d)"
    found = re.findall(f"{clock} --> {clock}", captions)
    return [
        (int(h) * 3600 + int(m) * 60 + float(s), int(h2) * 3600 + int(m2) * 60 + float(s2))
        for h, m, s, h2, m2, s2 in found
    ]


def readable(spoken: list[tuple[float, float]], seconds: float) -> list[tuple[float, float]]:
    """When the cues of `SENTENCES` are shown: 0.8 s and a second for 20 characters, if the pause has room."""
    nexts = [*(start for start, _ in spoken[1:]), seconds]
    return [
        (start, max(end, min(start + max(0.8, len(sentence) / 20), after)))
        for sentence, (start, end), after in zip(SENTENCES, spoken, nexts, strict=True)
    ]


def saved(user: SampleUser, job: dict[str, Any], folder: Path) -> dict[str, Path]:
    """Downloads the outputs of a job, by kind."""
    files = {}
    for output in job["output"]["files"]:
        file = folder / Path(output["path"]).name
        file.write_bytes(user.download(output["path"]))
        assert file.stat().st_size == output["bytes"]
        files[output["kind"]] = file
    return files


@pytest.mark.usefixtures("nothing_left_in_tmp")
@pytest.mark.parametrize("audio_format", ["mp3", "ogg", "m4a", "wav"])
def test_a_text_becomes_speech_with_captions_that_match_it(user: SampleUser, audio_format: str, tmp_path: Path) -> None:
    seen = list(user.watch(write(user, format=audio_format)))
    job = seen[-1]
    assert job["status"] == "completed", job.get("error")
    progress = [float(one.get("progress", 0)) for one in seen]
    assert progress == sorted(progress)
    assert progress[-1] == 100

    files = saved(user, job, tmp_path)
    assert [file["kind"] for file in job["output"]["files"]] == ["audio", "captions", "words"]
    with Prober() as prober:
        info = prober.probe(files["audio"])
    assert info.audio is not None
    assert (info.audio.codec, info.audio.channels) == (CODECS[audio_format], 1)
    assert info.duration_seconds == pytest.approx(job["output"]["files"][0]["durationSeconds"], abs=0.1)

    found, peak = loudness(files["audio"])
    assert found == pytest.approx(-16, abs=0.5)
    assert peak <= -1
    media = {"loudness": found, "truePeak": peak, "engine": "espeak", "voice": "en-US", "language": "en-US"}
    assert job["output"]["media"] == media

    spoken = sounds(files["audio"], least_silence=0.3)
    cues = cue_times(files["captions"].read_text())
    words = json.loads(files["words"].read_text())
    assert [sentence["text"] for sentence in words["sentences"]] == SENTENCES
    seconds = job["output"]["files"][0]["durationSeconds"]
    assert cues == [pytest.approx(times, abs=0.05) for times in readable(spoken, seconds)]
    assert [(one["start"], one["end"]) for one in words["sentences"]] == [
        pytest.approx(times, abs=0.05) for times in spoken
    ]
    assert "over &amp; &lt;b&gt;done" in files["captions"].read_text()


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("今日は晴れです。「本当？」と聞いた。はい！", {"language": "ja"}),
        ("你好世界。今天天气很好！", {"language": "zh-CN"}),
        ("مرحبا بالعالم. كيف حالك؟", {"language": "ar"}),
        ("Das ist z. B. ein Test. Ende.", {"language": "de-AT", "format": "wav", "captions": False}),
        ("😀🎉🚀", {}),
        ("<speak><break time='99s'/></speak>", {}),
        ("Faster than it likes to be. And higher.", {"speed": 4, "pitch": 20}),
        ("Slower than it likes.", {"speed": 0.25, "pitch": -20, "loudness": -23}),
        ("A", {"voice": "en-GB-X-RP"}),
    ],
    ids=lambda value: ascii(value)[:24],
)
def test_texts_of_all_kinds_are_spoken(user: SampleUser, text: str, options: dict[str, Any], tmp_path: Path) -> None:
    job = user.result(write(user, text, **options))
    assert job["status"] == "completed", job.get("error")
    files = saved(user, job, tmp_path)
    assert ("captions" in files) == ("words" in files) == options.get("captions", True)
    found, peak = loudness(files["audio"])
    assert found == pytest.approx(options.get("loudness", -16), abs=0.5)
    assert peak <= -1
    if "captions" in files:
        # At speed 4, sentences are 0.1 s apart.
        spoken = sounds(files["audio"], least_silence=0.3 / options.get("speed", 1))
        cues = cue_times(files["captions"].read_text())
        last = max(spoken[-1][1], min(cues[-1][0] + 0.8, job["output"]["files"][0]["durationSeconds"]))
        assert (cues[0][0], cues[-1][1]) == pytest.approx((spoken[0][0], last), abs=0.05)


@pytest.mark.parametrize(
    ("job_input", "code", "words"),
    [
        ({"text": "... !!! ---\n\n***"}, "nothing-to-speak", "nothing that can be spoken"),
        ({"text": "\u200b\u200d"}, "nothing-to-speak", "nothing that can be spoken"),
        ({"text": "Hi", "language": "xx"}, "unknown-language", "There are voices for: af, am, an, ar"),
        ({"text": "Hi", "voice": "Bob"}, "unknown-voice", "There is no voice 'Bob'. There are: "),
        ({"text": "Hi", "voice": "de", "language": "en"}, "unknown-voice", "The speech engine here is espeak."),
        ({"text": "Hi\x07"}, "invalid-job", "input.text: holds the control character U+0007 at position 2"),
        ({"text": ""}, "invalid-job", "input.text: must not be empty"),
        ({"speed": 9, "pitch": 30}, "invalid-job", "input.text: is missing; input.speed: "),
        ({"text": "Hi", "language": "../en"}, "invalid-job", "input.language: must have the form"),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_what_can_not_be_spoken_fails_with_a_reason(
    user: SampleUser, job_input: dict[str, Any], code: str, words: str
) -> None:
    job = user.result(user.write_job(job_input, type="audio-generation"))
    assert (job["status"], job["errorCode"]) == ("failed", code)
    assert words in job["error"]
    assert job.get("attempt", 0) <= 1


def test_the_rules_let_no_more_in_than_could_be_spoken(user: SampleUser) -> None:
    hello = {"text": "Hi"}
    for wrong in ({"text": "a" * 100_001}, {"text": 5}, {**hello, "source": "x"}, {**hello, "voice": "x" * 101}):
        with pytest.raises(PermissionDenied):
            user.write_job(wrong, type="audio-generation")
    with pytest.raises(PermissionDenied):
        user.write_job({"text": "Hi"}, type="video-processing")


@pytest.mark.usefixtures("nothing_left_in_tmp")
def test_the_longest_text_is_spoken_while_its_progress_is_reported(user: SampleUser) -> None:
    text = ("All work and no play makes Jack a dull boy. " * 2273)[:100_000]
    seen = list(user.watch(write(user, text, speed=2.5, format="wav", captions=True)))
    assert seen[-1]["status"] == "completed", seen[-1].get("error")
    assert {"synthesizing", "mastering"} <= {one.get("stage") for one in seen}
    assert seen[-1]["output"]["files"][0]["durationSeconds"] > 1800


@pytest.mark.usefixtures("nothing_left_in_tmp")
@pytest.mark.parametrize("stage", ["synthesizing", "mastering"])
def test_the_owner_cancels_it(user: SampleUser, stage: str) -> None:
    job_id = write(user, "All work and no play makes Jack a dull boy. " * 500)
    reference = user.firestore.collection("processingJobs").document(job_id)
    job: dict[str, Any] = {}
    asked = False
    for job in user.watch(job_id):
        if job.get("stage") == stage and not asked:
            reference.update({"cancelRequested": True, "updatedAt": firestore.SERVER_TIMESTAMP})
            asked = True
    assert (asked, job["status"], job["stage"]) == (True, "cancelled", stage)
    assert list(bucket().list_blobs(prefix=f"job-outputs/{user.id}/")) == []


@pytest.mark.usefixtures("undelivered", "own_tmp")
@pytest.mark.parametrize("stage", ["synthesizing", "mastering", "uploading"])
def test_a_cancelled_attempt_leaves_no_process_no_file_and_no_object(stage: Stage) -> None:
    job = DrivenJob(type="audio-generation", input={"text": TEXT})
    reached = False

    def worker(context: JobContext, audio_input: AudioInput) -> JobOutput:
        report = context.report

        def cancelling(progress: float, now: Stage) -> None:
            nonlocal reached
            report(progress, now)
            # In the midst of the stage: something of it has been done.
            if now == stage and progress > {"synthesizing": 1, "mastering": 20, "uploading": 96}[stage]:
                reached = True
                job.update({"cancelRequested": True})
                while True:  # until the reporter has heard of it
                    context.check()

        context.report = cancelling  # type: ignore[assignment, method-assign] # Only for this attempt.
        return process_audio(context, audio_input)

    run_attempt(job.id, worker)
    assert (reached, job.status) == (True, "cancelled")
    assert left_behind(job) == ([], [], [])


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[GoogleStub]:
    monkeypatch.setenv("STOKER_SPEECH", "google")
    monkeypatch.setattr(google, "session", requests.Session)
    monkeypatch.setattr(google, "FIRST_WAIT_SECONDS", 0.01)
    with google_stub() as running:
        monkeypatch.setattr(config, "SPEECH_ENDPOINT", running.url)
        yield running


@pytest.mark.usefixtures("undelivered", "own_tmp", "queued")
def test_a_retry_pays_for_no_sentence_twice(stub: GoogleStub, tmp_path: Path) -> None:
    job = DrivenJob(type="audio-generation", input={"text": TEXT, "format": "wav"})
    stub.faults = [lambda body: refusal(503, "down") if "over" in str(body) else None]
    run_attempt(job.id, process_audio)
    assert (job.status, job.data()["errorCode"]) == ("pending", "unavailable")
    paid = {text for text in stub.spoken() if "over" not in text}
    assert set(SENTENCES[:3]) <= paid

    stub.faults, stub.requests = [], []
    job.become_due()
    run_attempt(job.id, process_audio)
    assert job.status == "completed"
    assert sorted(stub.spoken()) == sorted(set(SENTENCES) - paid)
    output = job.data()["output"]
    assert output["media"]["engine"] == "google"
    assert output["media"]["voice"] == "en-US-Neural2-A"
    objects, folders, processes = left_behind(job)
    assert sorted(objects) == sorted(file["path"] for file in output["files"])
    assert (folders, processes) == ([], [])

    by_kind = {file["kind"]: bucket().blob(file["path"]).download_as_bytes() for file in output["files"]}
    (tmp_path / "speech.wav").write_bytes(by_kind["audio"])
    spoken = sounds(tmp_path / "speech.wav", least_silence=0.3)
    seconds = output["files"][0]["durationSeconds"]
    shown = [pytest.approx(times, abs=0.05) for times in readable(spoken, seconds)]
    assert cue_times(by_kind["captions"].decode()) == shown
    assert json.loads(by_kind["words"])["wordTimes"] == "exact"


@pytest.mark.usefixtures("undelivered", "own_tmp")
def test_a_first_attempt_leaves_nothing_of_what_it_kept(stub: GoogleStub) -> None:
    job = DrivenJob(type="audio-generation", input={"text": TEXT, "voice": "en-US-Chirp3-HD-Kore", "speed": 3})
    run_attempt(job.id, process_audio)
    output = job.data()["output"]
    assert left_behind(job)[0] == sorted(file["path"] for file in output["files"])
    words = next(file["path"] for file in output["files"] if file["kind"] == "words")
    assert json.loads(bucket().blob(words).download_as_bytes())["wordTimes"] == "estimated"


@pytest.mark.usefixtures("undelivered", "own_tmp")
@pytest.mark.parametrize(
    ("job_input", "code"),
    [
        ({"text": "Hi", "voice": "en-US-Nobody"}, "unknown-voice"),
        ({"text": "Hi", "language": "tlh"}, "unknown-language"),
        ({"text": "Hi"}, "speech-refused"),
    ],
)
def test_what_google_does_not_take_fails_with_a_reason(stub: GoogleStub, job_input: dict[str, Any], code: str) -> None:
    stub.faults = [lambda body: refusal(400, "The voice takes no such thing.") if body else None]
    job = DrivenJob(type="audio-generation", input=job_input)
    run_attempt(job.id, process_audio)
    assert (job.status, job.data()["errorCode"]) == ("failed", code)
    assert left_behind(job) == ([], [], [])
