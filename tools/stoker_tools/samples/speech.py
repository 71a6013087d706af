"""Speak a text into a WAV file, for the clips of the demo and the tests.

It runs in a process of its own, because eSpeak NG keeps state in the process:
`python -m stoker_tools.samples.speech FILE TEXT`.
"""

import ctypes
import sys
import wave

import espeakng_loader

# Source of the numbers: espeak-ng/speak_lib.h
AUDIO_OUTPUT_SYNCHRONOUS = 2
POSITION_CHARACTER = 1
CHARACTERS_UTF8 = 1

SoundCallback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
"""Takes samples, their number and events. It returns 0 to go on."""


def speak(text: str, file: str) -> None:
    """Write a text as spoken English.

    Args:
        text: The text to speak.
        file: The WAV file to write: mono, 16 bits.
    """
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    data = espeakng_loader.get_data_path().encode()
    samples_per_second = library.espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, data, 0)
    spoken = bytearray()

    def heard(samples: "ctypes._Pointer[ctypes.c_short]", count: int, _events: int) -> int:
        if samples and count > 0:
            spoken.extend(ctypes.string_at(samples, count * ctypes.sizeof(ctypes.c_short)))
        return 0

    # The variable keeps the callback alive, because the library does not.
    callback = SoundCallback(heard)
    library.espeak_SetSynthCallback(callback)
    words = text.encode()
    library.espeak_Synth(words, len(words) + 1, 0, POSITION_CHARACTER, 0, CHARACTERS_UTF8, None, None)
    library.espeak_Synchronize()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(samples_per_second)
        sound.writeframes(bytes(spoken))


if __name__ == "__main__":
    speak(sys.argv[2], sys.argv[1])
