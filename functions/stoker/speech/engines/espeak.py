"""eSpeak NG, the embedded engine. It needs no network and no account, but its voices sound like a robot's."""

import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from stoker import config
from stoker.errors import SpeechFailed
from stoker.sandbox.child import ENVIRONMENT
from stoker.speech.engine import Mark, Utterance
from stoker.speech.scripts import readable_form, unread
from stoker.speech.sentences import Sentence
from stoker.speech.voices import Voice

NORMAL_WORDS_PER_MINUTE = 175
LEAST_WORDS_PER_MINUTE, MOST_WORDS_PER_MINUTE = 80, 450
"""The speeds of eSpeak NG. Source: espeak-ng/speak_lib.h, `espeakRATE`."""

POLL_SECONDS = 0.5
"""The longest time between two calls of `check`, in seconds."""

STDERR_BYTES = 16 * 1024
"""The last bytes of the child's standard error that are kept, for the log."""


class Espeak:
    """eSpeak NG in a child process. Each job has its own child.

    Use it as a context manager. Leaving it ends the child.

    Args:
        folder: The working folder of the child.
        check: Called at least every `POLL_SECONDS`. An error that it raises ends the work.

    Raises:
        SpeechFailed: The child does not start.
    """

    name = "espeak"

    def __init__(self, folder: Path, check: Callable[[], None]) -> None:
        import espeakng_loader

        script = Path(__file__).with_name("espeak_child.py")
        limits = (str(os.getpid()), str(config.SPEECH_MEMORY_BYTES))
        self._check = check
        self._child = subprocess.Popen(
            [
                *(sys.executable, "-I", "-S", str(script), *limits),
                *(str(espeakng_loader.get_library_path()), str(espeakng_loader.get_data_path())),
            ],
            cwd=folder,
            env=ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._arrived = bytearray()
        self._complaint = bytearray()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._child.stdout, selectors.EVENT_READ, self._arrived)  # type: ignore[arg-type]
        self._selector.register(self._child.stderr, selectors.EVENT_READ, self._complaint)  # type: ignore[arg-type]
        try:
            there = self._answer()
        except BaseException:
            self._end()
            raise
        self.sample_rate = int(there["sample_rate"])
        self._voices = [_voice(one) for one in sorted(there["voices"], key=_priority)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, stack: TracebackType | None
    ) -> None:
        self._end()

    def voices(self) -> Sequence[Voice]:
        """Return all voices. Of the voices of a language, the best comes first."""
        return self._voices

    def speed(self, voice: Voice, wanted: float) -> float:
        """See `Engine`."""
        least, most = LEAST_WORDS_PER_MINUTE / NORMAL_WORDS_PER_MINUTE, MOST_WORDS_PER_MINUTE / NORMAL_WORDS_PER_MINUTE
        return min(max(wanted, least), most)

    def pitch(self, voice: Voice, wanted: float) -> float:
        """See `Engine`. ffmpeg changes the pitch, because eSpeak NG's scale is too short and is not in semitones."""
        return 0.0

    def unread(self, voice: Voice, text: str) -> list[str]:
        """See `Engine`. Most letters of scripts that a voice does not know are named one by one, in English."""
        return unread(text, voice.languages[0])

    def speak(self, sentences: Sequence[Sentence], voice: Voice, speed: float, pitch: float) -> Iterator[Utterance]:
        """See `Engine`."""
        self._ask({"voice": voice.name, "words_per_minute": round(speed * NORMAL_WORDS_PER_MINUTE)})
        for sentence in sentences:
            answer = self._ask({"text": readable_form(sentence.text)})
            yield Utterance(sentence, self._take(2 * answer["samples"]), _marks(answer["words"]))

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(json.dumps(request).encode() + b"\n")
            self._child.stdin.flush()
        except BrokenPipeError:
            pass  # The child is gone. Reading its answer raises the error.
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        while (end := self._arrived.find(b"\n")) < 0:
            self._read()
        answer: dict[str, Any] = json.loads(self._take(end + 1))
        return answer

    def _take(self, count: int) -> bytes:
        while len(self._arrived) < count:
            self._read()
        taken = bytes(self._arrived[:count])
        del self._arrived[:count]
        return taken

    def _read(self) -> None:
        """Wait until more output arrives.

        Raises:
            SpeechFailed: The child is gone, or writes nothing for `config.STALL_SECONDS`.
        """
        until = time.monotonic() + config.STALL_SECONDS
        while time.monotonic() < until:
            self._check()
            for key, _ in self._selector.select(POLL_SECONDS):
                data = os.read(key.fd, 1 << 20)
                if not data:
                    raise self._failed("The voice stopped in the middle of the text.")
                key.data.extend(data)
                del self._complaint[:-STDERR_BYTES]
            if self._arrived:
                return
        raise self._failed("The voice got stuck in the middle of the text.")

    def _failed(self, sentence: str) -> SpeechFailed:
        error = SpeechFailed(sentence)
        error.add_note(self._complaint.decode(errors="replace"))
        return error

    def _end(self) -> None:
        self._selector.close()
        self._child.kill()
        self._child.communicate()


def _priority(voice: dict[str, Any]) -> int:
    priority: int = voice["languages"][0][0]
    return priority


def _voice(listed: dict[str, Any]) -> Voice:
    return Voice(listed["name"], tuple(tag for _, tag in listed["languages"]))


def _marks(words: Sequence[tuple[int, int, int]]) -> list[Mark]:
    """Convert the words that eSpeak NG reports to marks.

    A number, or a run of characters without spaces, is reported as several words at the same place. Their marks are
    spread evenly over the place.

    Args:
        words: The position and the length in characters, and the first sample, of each word.
    """
    groups: dict[tuple[int, int], list[int]] = {}
    for position, length, sample in words:
        groups.setdefault((position, length), []).append(sample)
    return [
        Mark(position + length * number // len(samples), sample)
        for (position, length), samples in groups.items()
        for number, sample in enumerate(samples)
    ]
