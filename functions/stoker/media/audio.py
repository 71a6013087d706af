"""The worker of `audio-generation` jobs."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from stoker.errors import NothingToSpeak
from stoker.jobs.run import JobRun
from stoker.media.speech.captions import webvtt, word_timings
from stoker.media.speech.engine import Engine
from stoker.media.speech.espeak import Espeak
from stoker.media.speech.mastering import ENCODINGS, Sound, master, reshape
from stoker.media.speech.sentences import split_sentences
from stoker.media.speech.track import SpokenSentence, Track
from stoker.media.speech.voices import DEFAULT_LANGUAGE, choose_voice
from stoker.models.audio import AudioInput
from stoker.models.job import JobOutput, OutputFile

SYNTHESIZED = {"espeak": 15.0, "google": 60.0}
MASTERED = 95.0
"""Percent of the job at the end of each stage, from the times of 10,000 characters as MP3."""


@dataclass(frozen=True)
class MadeFile:
    """A file to be uploaded.

    Attributes:
        seconds: How long it plays, if it does.
    """

    kind: str
    file: Path
    content_type: str
    seconds: float | None = None


@dataclass(frozen=True)
class Speech:
    """What was made of a text.

    Attributes:
        sound: What was measured of the sound.
    """

    files: Sequence[MadeFile]
    sound: Sound
    engine: str
    voice: str | None
    language: str


def process_audio(run: JobRun, audio_input: AudioInput) -> JobOutput:
    """Speaks the text of an audio job.

    Args:
        run: The attempt.
        audio_input: What to speak, and how.

    Raises:
        PermanentError: There is nothing to speak, no such voice, or too much of it.
        TransientError: The voice or the encoder was stopped, or did not answer.
    """
    speech = make_speech(run, audio_input)
    files = []
    for number, made in enumerate(speech.files):
        run.report(MASTERED + (100 - MASTERED) * number / len(speech.files), "uploading")
        size = made.file.stat().st_size
        name, sha256 = run.outputs.upload(made.file, made.content_type, run.check)
        files.append(
            OutputFile(
                kind=made.kind,
                path=name,
                content_type=made.content_type,
                bytes=size,
                sha256=sha256,
                duration_seconds=made.seconds,
            )
        )
    return JobOutput(
        files=files,
        media={
            "loudness": speech.sound.loudness,
            "truePeak": speech.sound.true_peak,
            "engine": speech.engine,
            "language": speech.language,
            **({"voice": speech.voice} if speech.voice else {}),
        },
    )


def make_speech(run: JobRun, audio_input: AudioInput) -> Speech:
    """All but the upload: the media time of a job.

    Args:
        run: The attempt; the files are made in its workspace.
        audio_input: What to speak, and how.
    """
    run.report(0, "synthesizing")
    with _engine(run) as engine:
        voice = choose_voice(engine.voices(), audio_input.language, audio_input.voice)
        language = audio_input.language or (voice.languages[0] if audio_input.voice else DEFAULT_LANGUAGE)
        sentences = split_sentences(audio_input.text, language)
        if not sentences:
            raise NothingToSpeak("The text holds nothing that can be spoken: no letter, no digit, no symbol.")
        speed, pitch = engine.speed(voice, audio_input.speed), engine.pitch(voice, audio_input.pitch)
        tempo, semitones = audio_input.speed / speed, audio_input.pitch - pitch
        track_file = run.workspace / "track.wav"
        share = SYNTHESIZED[engine.name] / len(audio_input.text)
        spoken: list[SpokenSentence] = []
        exact = True
        with Track(track_file, engine.sample_rate, audio_input.speed, tempo) as track:
            for piece in engine.speak(sentences, voice, speed, pitch):
                exact = exact and bool(piece.marks)
                if (heard := track.add(piece)) is not None:
                    spoken.append(heard)
                run.report(share * (piece.sentence.start + len(piece.sentence.text)), "synthesizing")
    if not spoken:
        raise NothingToSpeak("The voice has no sound for this text. Write it in the language of the voice.")
    synthesized = SYNTHESIZED[engine.name]
    run.report(synthesized, "mastering")
    if (tempo, semitones) != (1, 0):
        track_file = reshape(track_file, tempo, semitones, lambda _: run.check())
    file, sound = master(
        track_file,
        audio_input.format,
        audio_input.loudness,
        lambda done: run.report(synthesized + (MASTERED - synthesized) * done, "mastering"),
    )
    files = [MadeFile("audio", file, ENCODINGS[audio_input.format].content_type, round(sound.seconds, 3))]
    if audio_input.captions:
        captions, words = run.workspace / "captions.vtt", run.workspace / "words.json"
        captions.write_text(webvtt(spoken))
        words.write_text(word_timings(spoken, audio_input.text, language, sound.seconds, exact))
        files += [MadeFile("captions", captions, "text/vtt"), MadeFile("words", words, "application/json")]
    return Speech(files, sound, engine.name, voice.name, language)


def _engine(run: JobRun) -> AbstractContextManager[Engine]:
    return Espeak(run.workspace, run.check)
