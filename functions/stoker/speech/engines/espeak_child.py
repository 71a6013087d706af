"""The child process that speaks with eSpeak NG.

eSpeak NG keeps global state, and a text might crash it. So it runs in a process of its own.

The child first writes a line with its sample rate and its voices to standard output:

    {"sample_rate": 22050, "voices": [{"name": "de", "languages": [[5, "de"]]}, ...]}

Then it answers each line of standard input. The answer to `{"voice": ..., "words_per_minute": ...}` is `{}`. The answer
to `{"text": ...}` is

    {"samples": 23445, "words": [[0, 3, 0], [4, 4, 3279], ...]}

followed by this number of samples: mono, 16 bits, in the byte order of the machine. A word is given as its position in
the text, its length in characters, and its first sample.

    python -I -S espeak_child.py PARENT MEMORY_BYTES LIBRARY DATA_FOLDER
"""

import ctypes
import json
import os
import sys
from typing import Any

sys.path.insert(0, os.path.abspath(__file__ + "/../../../.."))  # -I leaves `functions` out

from stoker.sandbox.child import confine
from stoker.sandbox.seccomp import go_offline

# Source of the numbers and structures: espeak-ng/speak_lib.h, version 1.52
AUDIO_OUTPUT_SYNCHRONOUS = 2
EVENT_WORD = 1
POSITION_CHARACTER = 1
CHARACTERS_UTF8 = 1
RATE = 1


class EspeakEvent(ctypes.Structure):
    """`espeak_EVENT`."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


class EspeakVoice(ctypes.Structure):
    """`espeak_VOICE`."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_void_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("unused", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(EspeakEvent))
"""The callback of eSpeak NG. It gets samples, their number, and events, of which the last has type 0. It returns 0 to
go on."""


class EspeakLibrary:
    """The library eSpeak NG. A process may have only one instance, because the library keeps global state.

    Args:
        library: The path of `libespeak-ng`.
        data: The folder with its voices and dictionaries.
    """

    def __init__(self, library: str, data: str) -> None:
        self._library = ctypes.CDLL(library)
        self._library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(EspeakVoice))
        self.sample_rate: int = self._library.espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, data.encode(), 0)
        if self.sample_rate <= 0:
            sys.exit(f"eSpeak NG found no data in {data}.")
        self._sound = bytearray()
        self._words: list[tuple[int, int, int]] = []
        # Kept in an attribute, because the library does not keep it alive.
        self._callback = Callback(self._receive)
        self._library.espeak_SetSynthCallback(self._callback)

    def voices(self) -> list[dict[str, Any]]:
        """Return all voices, by the names of their files.

        Each has its languages, each with a priority: the lower, the better the voice speaks the language.
        """
        listed = self._library.espeak_ListVoices(None)
        found, number = [], 0
        while listed[number]:
            voice = listed[number].contents
            name = voice.identifier.decode().rpartition("/")[2]
            found.append({"name": name, "languages": _languages(voice.languages)})
            number += 1
        return found

    def select(self, voice: str, words_per_minute: int) -> None:
        """Select the voice and the speed of the next texts.

        Args:
            voice: The name of the voice.
            words_per_minute: The speed.
        """
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            sys.exit(f"eSpeak NG can't load its voice {voice}.")
        self._library.espeak_SetParameter(RATE, words_per_minute, 0)

    def speak(self, text: str) -> tuple[bytes, list[tuple[int, int, int]]]:
        """Speak a sentence. Return its samples and its words.

        Args:
            text: The sentence.
        """
        self._sound, self._words = bytearray(), []
        spoken = text.encode()
        self._library.espeak_Synth(spoken, len(spoken) + 1, 0, POSITION_CHARACTER, 0, CHARACTERS_UTF8, None, None)
        self._library.espeak_Synchronize()
        return bytes(self._sound), self._words

    def _receive(self, samples: Any, count: int, events: Any) -> int:
        if samples and count > 0:
            self._sound += ctypes.string_at(samples, count * ctypes.sizeof(ctypes.c_short))
        number = 0
        while events[number].type:
            event = events[number]
            if event.type == EVENT_WORD:
                self._words.append((event.text_position - 1, event.length, event.sample))
            number += 1
        return 0


def _languages(address: int) -> list[tuple[int, str]]:
    """Read the languages of a voice from memory.

    Each language is a byte with the priority and a text that ends with a zero byte. The list ends with a priority of 0.
    """
    found = []
    while priority := ctypes.string_at(address, 1)[0]:
        tag = ctypes.string_at(address + 1)
        found.append((priority, tag.decode()))
        address += len(tag) + 2
    return found


def main() -> None:
    """Answer requests until the parent closes the pipe."""
    confine(int(sys.argv[1]), int(sys.argv[2]), file_bytes=0)
    go_offline()
    espeak = EspeakLibrary(sys.argv[3], sys.argv[4])
    _answer({"sample_rate": espeak.sample_rate, "voices": espeak.voices()})
    for line in sys.stdin.buffer:
        request = json.loads(line)
        if "voice" in request:
            espeak.select(request["voice"], request["words_per_minute"])
            _answer({})
        else:
            sound, words = espeak.speak(request["text"])
            _answer({"samples": len(sound) // 2, "words": words}, sound)


def _answer(answer: dict[str, Any], sound: bytes = b"") -> None:
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + sound)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
