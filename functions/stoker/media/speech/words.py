"""The words of a sentence: what is shown one by one, and has a time each."""

import re

from stoker.media.speech.sentences import is_spoken

WIDE = r"\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Chinese and Japanese, in Unicode's blocks: they have no spaces."""

WORD = re.compile(rf"[{WIDE}]|[^\s{WIDE}]{{1,40}}")
"""What stands between spaces; of Chinese and Japanese each character. Nothing is longer than a line of a caption."""


def word_spans(text: str) -> list[tuple[int, int]]:
    """Where each word of a sentence begins and ends, in characters.

    Punctuation stays with the word before it, or else after it, since it has no sound of its own.

    Args:
        text: A sentence; there is something to speak in it.

    Example:
        >>> text = "“Well ... it's 5 °C.”"
        >>> [text[begin:end] for begin, end in word_spans(text)]
        ['“Well ...', "it's", '5', '°C.”']
    """
    words: list[tuple[int, int]] = []
    for found in WORD.finditer(text):
        begin, end = found.span()
        if words and not (is_spoken(text[begin:end]) and is_spoken(text[slice(*words[-1])])):
            words[-1] = (words[-1][0], end)
        else:
            words.append((begin, end))
    return words
