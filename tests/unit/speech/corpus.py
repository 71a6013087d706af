"""Sentences in many languages, with their boundaries marked by hand in the files of `sentences/`."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FILES = tuple(Path(__file__).parent / "sentences" / name for name in ("known.txt", "unseen.txt"))


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a language.

    Attributes:
        language: A BCP 47 tag.
        text: The text without the marks.
        sentences: The sentences, each with its position in the text in characters.
    """

    language: str
    text: str
    sentences: tuple[tuple[int, str], ...]


def paragraphs() -> Iterator[Paragraph]:
    """Yield all paragraphs, in the order of the files."""
    language = ""
    for line in (line for file in FILES for line in file.read_text(encoding="utf-8").splitlines()):
        if line.startswith("["):
            language = line.strip("[]")
        elif line and not line.startswith("#"):
            yield marked(language, line)


def marked(language: str, line: str) -> Paragraph:
    """Return the paragraph of a line with `|` before each sentence but the first."""
    sentences, start = [], 0
    for sentence in line.split("|"):
        sentences.append((start, sentence.strip()))
        start += len(sentence)
    return Paragraph(language, line.replace("|", ""), tuple(sentences))
