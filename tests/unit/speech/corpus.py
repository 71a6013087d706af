"""Sentences in many languages, with their boundaries marked by hand: `sentences.txt`."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "sentences.txt"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a language.

    Attributes:
        language: A BCP 47 tag.
        text: Without the marks.
        sentences: Each with its position in the text, in characters.
    """

    language: str
    text: str
    sentences: tuple[tuple[int, str], ...]


def paragraphs() -> Iterator[Paragraph]:
    """All paragraphs, in the order of the file."""
    language = ""
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            language = line.strip("[]")
        elif line and not line.startswith("#"):
            yield marked(language, line)


def marked(language: str, line: str) -> Paragraph:
    """A paragraph, of a line with `|` before each sentence but the first."""
    sentences, start = [], 0
    for sentence in line.split("|"):
        sentences.append((start, sentence.strip()))
        start += len(sentence)
    return Paragraph(language, line.replace("|", ""), tuple(sentences))
