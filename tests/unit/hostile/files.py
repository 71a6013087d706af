"""Files for tests of harmful files, and their outcomes."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest

from conftest import Ffmpeg
from stoker import config
from stoker.errors import PermanentError
from stoker.jobs.context import JobContext
from stoker.video.outputs.finish import MadeOutput
from unit.runs import Run
from unit.video.films import outputs_of

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="Stoker is deployed on Linux")
PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25:duration=1")
SOUND = ("-f", "lavfi", "-i", "sine=frequency=440:duration=1")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
ALL = tuple({"kind": kind} for kind in ("mp4", "webm", "hls", "poster", "sprite", "preview", "audio", "waveform"))
PEAK_BYTES = 5 * config.GIB // 4
"""Less than half of the memory that a child may have. A picture of 16,000 x 16,000 in four colours alone is 1 GB."""

TOLD = ("Upload", "upload one", "Cut it", "Ask for", "Name a file", "are allowed", "begins at")
"""Words of an error message that say what to do."""


def refused(source: Path, *outputs: Mapping[str, object], **also: object) -> PermanentError:
    """Return the error with which a film is refused."""
    with pytest.raises(PermanentError) as error:
        outputs_of(source, *outputs, **also)
    assert any(words in error.value.message for words in TOLD)
    assert str(source.parent) not in error.value.message
    return error.value


def small(ffmpeg: Ffmpeg, name: str = "small.mp4", *options: str) -> Path:
    """Make a valid film of a second."""
    return ffmpeg(name, *PICTURE, *SOUND, *H264, "-c:a", "aac", "-shortest", *options)


def written(folder: Path, content: bytes, name: str = "film.mp4") -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


def outcome(source: Path, *outputs: Mapping[str, object], **also: object) -> list[MadeOutput] | PermanentError:
    """Return the outputs, or the error."""
    try:
        return outputs_of(source, *outputs, **also)
    except PermanentError as error:
        found = error
    assert any(words in found.message for words in TOLD), found.message
    return found


def run_in(folder: Path) -> JobContext:
    return cast(JobContext, Run(folder))


def pieces(parts: list[MadeOutput]) -> list[str]:
    return [part.kind for part in parts]


HLS = "#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n{}\n#EXT-X-ENDLIST\n"
CONCAT = "ffconcat version 1.0\nfile {}\n"
