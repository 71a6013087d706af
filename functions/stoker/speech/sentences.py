"""The division of a text into sentences. A sentence is one request to an engine, and begins a caption."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from stoker.models.speech import LineEnds
from stoker.speech.boundaries import TextContext, sentence_spans
from stoker.speech.markdown import unmarked
from stoker.speech.markdown_inline import LEFT_OUT
from stoker.speech.width import cut_to_fit

MAX_SENTENCE_BYTES = 1500
"""The most bytes of a sentence in UTF-8. A longer sentence is cut. So no request comes near Google's limit of 5,000
bytes, a cancelled job stops soon, and a retry repeats little work."""

INNER = re.compile(r"[^\s\u200b\u2060\ufeff](?:.*[^\s\u200b\u2060\ufeff])?", re.DOTALL)
SPACES_OR_NOT = re.compile(r"\s[\s\u200b\u2060\ufeff]*|\S+")
"""A run of spaces, which may contain spaces without width; or a run of other characters."""

PARAGRAPH_END = re.compile(r"\n[^\S\n\u2028\u2029]*\n|\u2029")
LINE_END = re.compile(r"[\n\u2028]")
ENDED_LINE = re.compile(r"\u2028")
"""The end of a line that ends a sentence in any case: Unicode's line separator."""

Break = Literal["clause", "sentence", "paragraph"]


@dataclass(frozen=True)
class Sentence:
    """A part of a text that is spoken at once.

    Attributes:
        text: The spoken text. Each run of spaces, tabs and line breaks is one space.
        start: The position of the sentence in the text of the job, in characters.
        ends: The unit that ends with the sentence. `clause` means that a sentence was cut because it was too long.
        left_out: The places in `text` where characters of the job's text are left out, each with their number.
    """

    text: str
    start: int
    ends: Break
    left_out: tuple[tuple[int, int], ...] = ()

    def position(self, place: int) -> int:
        """Return the position of a place in the text of the job, in characters.

        Args:
            place: The position in `text`, in characters.

        Example:
            >>> Sentence("Two of them.", 10, "sentence", ((4, 3),)).position(4)
            17
        """
        return self.start + place + sum(count for at, count in self.left_out if at <= place)


def split_sentences(text: str, language: str, lines: LineEnds = "join", markdown: bool = False) -> list[Sentence]:
    """Split a text into sentences. Only parts without anything to speak are dropped.

    Args:
        text: The text. Its only control characters are line breaks and tabs. A blank line ends a paragraph.
        language: The language, a BCP 47 tag such as `de-AT`.
        lines: The meaning of a line break: with `join`, it is a space. With `keep`, it ends a sentence.
        markdown: Whether the text is Markdown, whose marks are not spoken.

    Example:
        >>> [sentence.text for sentence in split_sentences("Dr. Who came.\\n\\n***\\n\\nDid he?", "en")]
        ['Dr. Who came.', 'Did he?']
    """
    # The prepared text has the same length, so that positions in it are positions in the text of the job.
    prepared = unmarked(text) if markdown else text.replace("\r\n", " \n").replace("\r", "\n")
    context = TextContext.of(prepared.replace(LEFT_OUT, ""), language)
    spoken: list[Sentence] = []
    for start, end in _parts(prepared, PARAGRAPH_END):
        sentences = [
            part
            for first, last in _parts(prepared, LINE_END if lines == "keep" else ENDED_LINE, start, end)
            for part in _sentences(prepared, first, last, context)
        ]
        if sentences:
            sentences[-1] = replace(sentences[-1], ends="paragraph")
        spoken += sentences
    return spoken


def is_spoken(text: str) -> bool:
    """Return whether a text has anything to speak: a letter, a digit, or a symbol such as € or an emoji.

    Args:
        text: The text.

    Example:
        >>> is_spoken("... ---"), is_spoken("🎉")
        (False, True)
    """
    return any(unicodedata.category(character)[0] in "LNS" for character in text)


def _parts(text: str, ends: re.Pattern[str], start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    end = len(text) if end is None else end
    for found in ends.finditer(text, start, end):
        yield start, found.start()
        start = found.end()
    yield start, end


def _sentences(text: str, start: int, end: int, context: TextContext) -> Iterator[Sentence]:
    """Yield the sentences of a line, or of lines that are read as one."""
    kept = [place for place in range(start, end) if text[place] != LEFT_OUT]
    line = "".join(text[place] for place in kept)
    for begin, stop in sentence_spans(line, 0, len(line), context):
        for first, last in _cut(line, begin, stop):
            sentence = _sentence(line, first, last, kept, "sentence" if last == stop else "clause")
            if sentence is not None:
                yield sentence


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        part = cut_to_fit(text[start:end], MAX_SENTENCE_BYTES, lambda part: len(part.encode()))
        yield start, start + len(part)
        start += len(part)


def _sentence(line: str, begin: int, stop: int, kept: Sequence[int], ends: Break) -> Sentence | None:
    """Return a part of a line as a sentence, with single spaces; None if it has nothing to speak.

    Args:
        line: The line.
        begin: The start of the part, in characters.
        stop: The end of the part, in characters.
        kept: The position of each character of the line in the text of the job.
        ends: The unit that ends with the part.
    """
    inner = INNER.search(line, begin, stop)
    if inner is None or not is_spoken(inner.group()):
        return None
    text: list[str] = []
    places: list[int] = []
    for run in SPACES_OR_NOT.finditer(line, *inner.span()):
        word = " " if run.group()[0].isspace() else run.group()
        text.append(word)
        places += kept[run.start() : run.start() + len(word)]
    left_out = [(at, places[at] - places[at - 1] - 1) for at in range(1, len(places))]
    return Sentence("".join(text), places[0], ends, tuple((at, count) for at, count in left_out if count))
