"""A voice speaks a text as it is meant, and its captions and words match."""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from stoker.jobs.context import JobContext
from stoker.models.speech import AudioInput
from stoker.speech.captions import webvtt, word_timings
from stoker.speech.engines.espeak import Espeak
from stoker.speech.worker import narrate
from unit.runs import Run
from unit.speech.corpus import paragraphs


@pytest.fixture
def espeak(tmp_path: Path) -> Iterator[Espeak]:
    with Espeak(tmp_path, lambda: None) as engine:
        yield engine


def narrated(espeak: Espeak, folder: Path, text: str, **options: Any) -> tuple[dict[str, Any], list[Any]]:
    """The words of a text, and the cues: start, end and text."""
    asked = AudioInput.from_firestore({"text": text, **options})
    narration = narrate(cast(JobContext, Run(folder)), espeak, asked)
    seconds = narration.sentences[-1].end + 0.25
    words = json.loads(word_timings(narration.sentences, text, narration.language, seconds, narration.exact))
    clock = r"(\d\d):(\d\d):(\d\d\.\d\d\d)"
    cues = [
        (60 * int(minutes) + float(first), 60 * int(until) + float(last), html.unescape(shown))
        for _, minutes, first, _, until, last, shown in re.findall(
            rf"{clock} --> {clock}\n(.*?)\n(?=\n|\Z)", webvtt(narration.sentences, seconds), re.DOTALL
        )
    ]
    return words, cues


MARKDOWN = """# The *plan*

We **meet** at `noon`, see [the page](https://example.com/a).

1. Dr. Ada speaks 🎉
2. Lunch, approx. 12 €
"""


def test_markdown_is_spoken_without_its_marks(espeak: Espeak, tmp_path: Path) -> None:
    words, cues = narrated(espeak, tmp_path, MARKDOWN, markdown=True, language="en-US")
    expected = ["The plan", "We meet at noon, see the page.", "1. Dr. Ada speaks 🎉", "2. Lunch, approx. 12 €"]
    assert [one["text"] for one in words["sentences"]] == expected
    assert [shown for *_, shown in cues] == expected
    units = MARKDOWN.encode("utf-16-le")
    for sentence in words["sentences"]:
        for word in sentence["words"]:
            assert units[2 * word["position"] :].decode("utf-16-le").startswith(word["text"][:3])


def test_a_poem_is_spoken_line_by_line(espeak: Espeak, tmp_path: Path) -> None:
    poem = "Roses are red\nviolets are blue\n\nsugar is sweet"
    words, cues = narrated(espeak, tmp_path, poem, lines="keep", language="en")
    first, second, third = words["sentences"]
    assert [shown for *_, shown in cues] == ["Roses are red", "violets are blue", "sugar is sweet"]
    assert second["start"] - first["end"] == pytest.approx(0.4, abs=0.05)
    assert third["start"] - second["end"] == pytest.approx(0.8, abs=0.05)


LANGUAGES = sorted({paragraph.language for paragraph in paragraphs()})
SAMPLE = {"ar", "de", "en", "zh"}


@pytest.mark.parametrize(
    "language", [pytest.param(one, marks=() if one in SAMPLE else pytest.mark.soak) for one in LANGUAGES]
)
def test_every_word_is_spoken_once_in_its_place_and_can_be_read(espeak: Espeak, tmp_path: Path, language: str) -> None:
    text = "\n\n".join(one.text for one in paragraphs() if one.language == language)
    words, cues = narrated(espeak, tmp_path, text, language=language)
    found = [word for sentence in words["sentences"] for word in sentence["words"]]
    assert "".join("".join(word["text"].split()) for word in found) == "".join(text.split())
    assert all(text[word["position"] :].startswith(word["text"]) for word in found)
    nexts = [*(start for start, *_ in cues[1:]), float("inf")]
    hasty = [
        shown
        for (start, end, shown), following in zip(cues, nexts, strict=True)
        if len(shown) / (end - start) > 20.5 and following - end > 0.01
    ]
    assert set(hasty) <= {cues[-1][2]}  # the last ends with the sound
