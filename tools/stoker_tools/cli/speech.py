"""Speaks a text into a WAV file, for the clips that the demo and the tests make.

A command of its own, `python -m stoker_tools.cli.speech FILE TEXT`, because eSpeak NG keeps its state in the process.
"""

import ctypes
import sys
import wave

import espeakng_loader

# Source of the numbers: espeak-ng/speak_lib.h
AUDIO_OUTPUT_SYNCHRONOUS = 2
POSITION_CHARACTER = 1
CHARACTERS_UTF8 = 1

Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
"""Samples, how many, and events; 0 means go on."""


def speak(text: str, file: str) -> None:
    """Writes a text as spoken English.

    Args:
        text: What to say.
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

    # Kept in a variable, since the library does not keep it alive.
    callback = Callback(heard)
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
