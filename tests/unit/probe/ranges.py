"""Films that are read by ranges, and the outputs that a worker makes of them."""

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

from stoker.jobs.context import JobContext
from stoker.models.video import VideoInput
from stoker.probe.probe import Prober
from stoker.probe.ranged_source import Remote
from stoker.video.outputs.finish import MadeOutput
from stoker.video.source.fetching import open_film
from stoker.video.worker import make_outputs
from unit.runs import Run

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
AAC = ("-c:a", "aac")


class Kept:
    """A file that is read by ranges, as a file in Cloud Storage.

    Attributes:
        most: The most bytes that were read at once.
    """

    def __init__(self, content: bytes, on_read: Callable[[int], None] = lambda offset: None) -> None:
        self.size = len(content)
        self.path = "user-uploads/ada/film"
        self.most = 0
        self._content = io.BytesIO(content)
        self._on_read = on_read

    def read(self, offset: int, length: int) -> bytes:
        self._on_read(offset)
        self.most = max(self.most, length)
        self._content.seek(offset)
        return self._content.read(length)


def outputs_by_ranges(
    folder: Path, source: Kept | None, *outputs: Mapping[str, object], run: Run | None = None, **also: object
) -> list[MadeOutput]:
    """Return the outputs of a film that is read by ranges. Without a source, the film in the folder is used."""
    asked = {"outputs": list(outputs)} if outputs else {}
    video_input = VideoInput.from_firestore({"source": "user-uploads/ada/film", **asked, **also})
    run = run or Run(folder)
    remote = Remote(source, run.check) if source else None
    with Prober() as prober:
        film = open_film(video_input, folder, prober, remote)
        return make_outputs(cast(JobContext, run), prober, film, video_input.source, video_input.outputs)
