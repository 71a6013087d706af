"""Captions are read as Chromium's own WebVTT parser reads them."""

import json
import re
import unicodedata
from pathlib import Path

import pytest

from browser import evaluated
from stoker.captions.cues import UnreadableCaptions, parse
from stoker.captions.webvtt import Cue, timing
from unit.captions.webvtt_files import webvtt_file

pytestmark = pytest.mark.slow

PAGE = """<!doctype html><meta charset="utf-8"><video></video><script>
async function cues(content) {
  const track = document.createElement('track');
  track.src = URL.createObjectURL(new Blob([Uint8Array.from(content)], { type: 'text/vtt' }));
  const loaded = new Promise((resolve) => {
    track.onload = () => resolve(true);
    track.onerror = () => resolve(false);
  });
  document.querySelector('video').append(track);
  track.track.mode = 'hidden';
  const whole = await loaded;
  const found = whole && Array.from(track.track.cues).map((cue) => {
    const text = cue.getCueAsHTML().textContent;
    return [cue.startTime, cue.endTime, text];
  });
  track.remove();
  return found;
}
async function all() {
  const files = await (await fetch('files.json')).json();
  return Promise.all(files.map(cues));
}
</script>"""

Shown = tuple[float, float, str]

KEPT = "\u200c\u200d\u200e\u200f"
"""Joiners and marks of direction."""

TEAMS = re.compile(r"(?<![0-9:])[0-9]{1,2}:(?:[0-9]:[0-9]{1,2}|[0-9]{1,2}:[0-9])\.|:[0-9]{2}\.[0-9]{1,2}(?![0-9])")


def seen(text: str) -> str:
    """Return a text as a viewer sees it.

    Chromium's text differs from ours here, on purpose: `white-space: pre-line` shows a row of spaces as a space and no
    spaces at the ends of a line, and a separator of lines (U+2028) is a space here. Control characters and unassigned
    ones are not drawn. Lines without any text are not kept. An arrow is written as `→`, because it would begin a cue in
    our file.
    """
    lines = re.sub(r"[ \t\f\u2028]", " ", text.replace("-->", "→")).split("\n")
    return "\n".join(filter(None, (re.sub(r" +", " ", "".join(filter(_drawn, line))).strip(" ") for line in lines)))


def _drawn(letter: str) -> bool:
    return letter in KEPT or unicodedata.category(letter) not in ("Cc", "Cf", "Cn", "Co")


def chromium(folder: Path, contents: list[bytes]) -> list[list[Shown] | None]:
    """The cues of files as Chromium reads them; None for a file that it refuses."""
    (folder / "files.json").write_text(json.dumps([list(content) for content in contents]))
    (folder / "page.html").write_text(PAGE)
    return [
        found and [(start, end, seen(text)) for start, end, text in found]
        for found in evaluated(folder, "page.html", "all()")
    ]


def never_shown(cue: Shown) -> bool:
    """Chromium keeps these cues, but no viewer ever sees them: they have no text, or end before they begin."""
    return not cue[2] or cue[1] <= cue[0]


def of_teams(content: bytes, cue: Cue) -> bool:
    """Teams pads no part of a time. Chromium skips such cues; people have them, so that they are read here."""
    lines = re.split(r"[\r\n]", content.decode(errors="replace"))
    return any(TEAMS.search(line) and timing(line) == (cue.start, cue.end) for line in lines)


def differences(contents: list[bytes], folder: Path) -> dict[int, object]:
    """The files that are read in another way, by number, with what is different."""
    found: dict[int, object] = {}
    for number, (content, theirs) in enumerate(zip(contents, chromium(folder, contents), strict=True)):
        try:
            ours = parse(content).cues
        except UnreadableCaptions as reason:
            if theirs and not all(map(never_shown, theirs)):
                found[number] = (str(reason), theirs, content)
            continue
        expected = sorted(cue for cue in theirs or () if not never_shown(cue))
        given = sorted((cue.start, cue.end, seen(cue.text)) for cue in ours)
        if given == expected:
            continue
        more = [cue for cue in ours if (cue.start, cue.end, seen(cue.text)) not in expected]
        fewer = [cue for cue in expected if cue not in given]
        # Where Chromium reads no cue at all, we take the times of SubRip under the signature too.
        if fewer or (expected and not all(of_teams(content, cue) for cue in more)):
            found[number] = (more, fewer, content)
    return found


def test_captions_are_read_as_chromium_reads_them(tmp_path: Path) -> None:
    assert differences([webvtt_file(number) for number in range(60)], tmp_path) == {}


@pytest.mark.soak
def test_many_captions_are_read_as_chromium_reads_them(tmp_path: Path) -> None:
    assert differences([webvtt_file(number) for number in range(500)], tmp_path) == {}
