"""The worker of `audio-generation` jobs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stoker import config
from stoker.errors import NothingToSpeak, UnknownLanguage, UnknownVoice
from stoker.jobs.context import JobContext
from stoker.languages import preferred
from stoker.models.job import JobOutput, OutputFile
from stoker.models.speech import AudioInput
from stoker.models.warnings import OutputWarning
from stoker.sound.mastering import ENCODINGS, MeasuredSound, master
from stoker.speech.captions import webvtt, word_timings
from stoker.speech.engine import Engine
from stoker.speech.engines.espeak import Espeak
from stoker.speech.reshape import Shape, reshaped
from stoker.speech.sentences import split_sentences
from stoker.speech.track import SpeechTrack, SpokenSentence
from stoker.speech.unspoken import unspoken_warnings
from stoker.speech.voices import DEFAULT_LANGUAGE, Voice, choose_voice

SYNTHESIZED = {"espeak": 15.0, "google": 60.0}
MASTERED = 95.0
"""The progress of the job at the end of each stage, in percent. It was measured with 10,000 characters as MP3."""


@dataclass(frozen=True)
class Narration:
    """A text as a voice has spoken it.

    Attributes:
        file: The sound before mastering, a WAV file.
        sentences: The sentences, with their times.
        voice: The voice.
        language: The language, a BCP 47 tag.
        exact: Whether the engine reported the time of each word, and not only of each sentence.
        warnings: Warnings about parts of the text that are not spoken as they are written.
    """

    file: Path
    sentences: Sequence[SpokenSentence]
    voice: Voice
    language: str
    exact: bool
    warnings: tuple[OutputWarning, ...] = ()


@dataclass(frozen=True)
class SpeechFile:
    """A file to upload.

    Attributes:
        kind: The kind of output.
        path: The file.
        content_type: The media type.
        seconds: The duration in seconds; None if the file does not play.
    """

    kind: str
    path: Path
    content_type: str
    seconds: float | None = None


def process_audio(context: JobContext, audio_input: AudioInput) -> JobOutput:
    """Speak the text of an audio job, and upload the files.

    Args:
        context: The attempt.
        audio_input: The input of the job.

    Raises:
        PermanentError: There is nothing to speak, there is no such voice, or the text is too long.
        TransientError: The engine or the encoder stopped, or did not answer.
    """
    context.report(0, "synthesizing")
    with speech_engine(context) as engine:
        narration, sound, made = make_speech(context, engine, audio_input)
        files = _upload(context, made)
    return JobOutput(
        files=files,
        media={
            "loudness": sound.loudness,
            "truePeak": sound.peak,
            "engine": engine.name,
            "voice": narration.voice.name,
            "language": narration.language,
        },
        warnings=list(narration.warnings) or None,
    )


@contextmanager
def speech_engine(context: JobContext) -> Iterator[Engine]:
    """Start the engine that `config.speech_engine` names. Stop it on leaving the context.

    Google's answers are cached for a retry, because they cost money. The cache is emptied at the end. eSpeak NG needs
    no cache, because it speaks a sentence faster than Cloud Storage finds a file.

    Args:
        context: The attempt.
    """
    if config.speech_engine() == "espeak":
        with Espeak(context.workspace, context.check) as espeak:
            yield espeak
        return
    from stoker.speech.engines.answer_cache import AnswerCache
    from stoker.speech.engines.google import Google

    kept = AnswerCache(context)
    with Google(kept, context.check, context.log) as google:
        yield google
    kept.forget()


def make_speech(
    context: JobContext, engine: Engine, audio_input: AudioInput
) -> tuple[Narration, MeasuredSound, list[SpeechFile]]:
    """Speak a text and make all files of the job. Only the upload is left.

    Args:
        context: The attempt. The files are made in its workspace.
        engine: The speech engine.
        audio_input: The input of the job.
    """
    narration = narrate(context, engine, audio_input)
    spoken = SYNTHESIZED[engine.name]
    context.report(spoken, "mastering")
    file, sound = master(
        narration.file,
        audio_input.format,
        audio_input.loudness,
        lambda done: context.report(spoken + (MASTERED - spoken) * done, "mastering"),
    )
    files = [SpeechFile("audio", file, ENCODINGS[audio_input.format].content_type, round(sound.seconds, 3))]
    if audio_input.captions:
        captions, words = context.workspace / "captions.vtt", context.workspace / "words.json"
        captions.write_text(webvtt(narration.sentences, sound.seconds), encoding="utf-8")
        timings = word_timings(
            narration.sentences, audio_input.text, narration.language, sound.seconds, narration.exact
        )
        words.write_text(timings, encoding="utf-8")
        files += [SpeechFile("captions", captions, "text/vtt"), SpeechFile("words", words, "application/json")]
    return narration, sound, files


def narrate(context: JobContext, engine: Engine, audio_input: AudioInput) -> Narration:
    """Speak a text.

    Args:
        context: The attempt. The sound is written into its workspace.
        engine: The speech engine.
        audio_input: The input of the job.

    Raises:
        UnknownLanguage, UnknownVoice: The engine has no such voice.
        NothingToSpeak: The text has nothing that can be spoken, or the voice has no sound for it.
        InputTooLarge: The speech is longer than `config.MAX_SPEECH_SECONDS`.
    """
    text = audio_input.text
    try:
        voice = choose_voice(engine.voices(), audio_input.language, audio_input.voice)
    except (UnknownLanguage, UnknownVoice) as error:
        raise type(error)(f"{error.message} (The speech engine here is {engine.name}.)") from None
    own = voice.languages[0] if audio_input.voice else DEFAULT_LANGUAGE
    language = preferred(audio_input.language) if audio_input.language else own
    sentences = split_sentences(text, language, audio_input.lines, audio_input.markdown)
    if not sentences:
        raise NothingToSpeak("The text has nothing that can be spoken: no letter, no digit, no symbol.")
    speed, pitch = engine.speed(voice, audio_input.speed), engine.pitch(voice, audio_input.pitch)
    shape = Shape(audio_input.speed / speed, audio_input.pitch - pitch)
    file = context.workspace / "track.wav"
    spoken, silent, exact = [], [], True
    with SpeechTrack(file, engine.sample_rate, audio_input.speed) as track:
        utterances = engine.speak(sentences, voice, speed, pitch)
        for utterance in reshaped(utterances, shape, engine.sample_rate, context.workspace, context.check):
            heard = track.add(utterance)
            if heard is None:
                silent.append(utterance.sentence.text)
            else:
                spoken.append(heard)
                exact = exact and bool(utterance.marks)
            done = utterance.sentence.position(len(utterance.sentence.text)) / len(text)
            context.report(SYNTHESIZED[engine.name] * done, "synthesizing")
    if not spoken:
        raise NothingToSpeak("The voice has no sound for this text. Write it in the language of the voice.")
    warnings = unspoken_warnings(engine.unread(voice, text), silent, voice.name)
    return Narration(file, spoken, voice, language, exact, warnings)


def _upload(context: JobContext, made: Sequence[SpeechFile]) -> list[OutputFile]:
    files = []
    for number, one in enumerate(made):
        context.report(MASTERED + (100 - MASTERED) * number / len(made), "uploading")
        size = one.path.stat().st_size
        name, sha256 = context.outputs.upload(one.path, one.content_type, context.check)
        files.append(
            OutputFile(
                kind=one.kind,
                path=name,
                content_type=one.content_type,
                bytes=size,
                sha256=sha256,
                duration_seconds=one.seconds,
            )
        )
    return files
