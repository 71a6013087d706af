"""Warnings about text that a voice does not speak as it is written."""

from collections.abc import Sequence

from stoker.models.warnings import OutputWarning

LETTERS_SHOWN = 8
SENTENCE_SHOWN = 40
"""Characters of the first sentence that a warning shows."""


def unspoken_warnings(letters: Sequence[str], sentences: Sequence[str], voice: str) -> tuple[OutputWarning, ...]:
    """Return the warnings about letters and sentences.

    Args:
        letters: The letters that the voice names or skips.
        sentences: The sentences for which the voice has no sound.
        voice: The name of the voice.

    Example:
        >>> [warning.message for warning in unspoken_warnings(["今", "日"], [], "ja")]
        ["The voice 'ja' can't read 2 letters, but names or skips each of them: 今 日"]
    """
    messages = []
    if letters:
        first = list(dict.fromkeys(letters))
        listed = " ".join(first[:LETTERS_SHOWN]) + (" …" if len(first) > LETTERS_SHOWN else "")
        count, names = ("1 letter", "it") if len(letters) == 1 else (f"{len(letters)} letters", "each of them")
        messages.append(f"The voice {voice!r} can't read {count}, but names or skips {names}: {listed}")
    if sentences:
        count, are = ("1 sentence", "is") if len(sentences) == 1 else (f"{len(sentences)} sentences", "are")
        first_one = sentences[0][:SENTENCE_SHOWN]
        messages.append(
            f"{count} {are} left out, because the voice {voice!r} has no sound for it, first: {first_one!r}"
        )
    return tuple(OutputWarning(code="unspoken-text", message=message) for message in messages)
