"""`sprite`: sheets of small pictures for the seek bars of players, and a WebVTT with the position of each picture.

Source: https://www.w3.org/TR/media-frags/#naming-space (`#xywh`).
"""

from itertools import count
from math import ceil
from pathlib import Path

from stoker.captions.webvtt import Cue, to_webvtt
from stoker.models.video import SpriteOutput
from stoker.probe.picture_parameters import Size
from stoker.probe.probe import NotReadable
from stoker.sandbox.formats import PICTURES
from stoker.video.encode.graph import Graph
from stoker.video.outputs.finish import WEBVTT, Finish, FinishContext, MadeFile, MadeOutput
from stoker.video.outputs.moments import frames_on_screen
from stoker.video.picture.colours import JPEG

COLUMNS, ROWS = 10, 10
"""The columns and rows of a sheet."""

MAX_PICTURES = 3000
"""The largest number of pictures: more than a seek bar has pixels. They fill thirty sheets."""

QUALITY = {"c:v": "mjpeg", "q:v": "3"}


def sprite(output: SpriteOutput, graph: Graph) -> Finish:
    """Plan the sheets. ffmpeg first writes a file for each small picture, so that it reports its progress."""
    # The last frame stays on the screen while the sound goes on.
    seconds = max(graph.film.picture_end, graph.film.seconds)
    interval = max(output.interval, seconds / MAX_PICTURES)
    size = graph.film.fitted(width=output.width)
    track = graph.name("sprite", "vtt")
    stem = track.removesuffix(".vtt")
    pattern = f"{stem}-picture-%05d.jpg"
    filters = (*middles(interval, seconds, seconds - graph.film.picture_end), JPEG)
    graph.write_picture(pattern, size, filters, {**QUALITY, "f": "image2", "start_number": "0"})

    def finish(context: FinishContext) -> MadeOutput:
        starts = _starts(context.folder, pattern, interval, seconds)
        columns, rows = min(COLUMNS, len(starts)), min(ROWS, -(-len(starts) // COLUMNS))
        sheets = [f"{stem}-{number + 1}.jpg" for number in range(-(-len(starts) // (columns * rows)))]
        context.run_ffmpeg(
            [
                *("-f", "image2", "-framerate", "1", "-i", pattern, "-frames:v", str(len(sheets))),
                *("-vf", f"trim=end_frame={len(starts)},tile={columns}x{rows}"),
                *("-c:v", "mjpeg", "-q:v", "3", "-f", "image2", "-start_number", "1", f"{stem}-%d.jpg"),
            ]
        )
        found = [context.probe(sheet, PICTURES).video for sheet in sheets]
        if any(video is None or (video.width, video.height) != (columns * size[0], rows * size[1]) for video in found):
            raise NotReadable("a sheet is not of the size that it should have")
        cues = _cues(starts, max(seconds, starts[-1] + 0.001), sheets, size, (columns, rows))
        (context.folder / track).write_text(to_webvtt(cues))
        parts = tuple(MadeFile(sheet, "image/jpeg") for sheet in sheets)
        return MadeOutput("sprite", MadeFile(track, WEBVTT), parts, width=size[0], height=size[1])

    return finish


def middles(interval: float, seconds: float, beyond: float = 0) -> tuple[str, ...]:
    """Return filters that take the frame in the middle of each interval, because films often begin with a black frame.

    Args:
        interval: The interval, in seconds.
        seconds: The end of the film and of the last interval, in seconds; 0 if it is unknown.
        beyond: How long the sound goes on after the end of the picture, in seconds.
    """
    half = interval / 2
    last = max(0, ceil(seconds / interval - 0.001) - 1) * interval
    middle = (last + seconds) / 2 if seconds else last + half
    # Times are shifted, so that the middle of each interval lies at its start. The last interval is stretched.
    moved = f"if(lt(T\\,{last:.6f})\\,T-{half:.6f}\\,{last - half:.6f}+(T-{last:.6f})*{half / (middle - last):.6f})"
    hold, every = frames_on_screen(0, interval, beyond)
    return (hold, f"setpts=({moved})/TB", every)


def _starts(folder: Path, pattern: str, interval: float, seconds: float) -> list[float]:
    """Return the start of each picture that was written, in seconds. A last picture at the film's end is left out."""
    made = next(number for number in count() if not (folder / (pattern % number)).exists())
    if made == 0:
        raise NotReadable("no picture came out")
    return [number * interval for number in range(made) if number == 0 or not seconds or number * interval < seconds]


def _cues(starts: list[float], end: float, sheets: list[str], size: Size, grid: Size) -> list[Cue]:
    cues = []
    for number, (start, stop) in enumerate(zip(starts, [*starts[1:], end], strict=True)):
        sheet, place = divmod(number, grid[0] * grid[1])
        row, column = divmod(place, grid[0])
        fragment = f"#xywh={column * size[0]},{row * size[1]},{size[0]},{size[1]}"
        cues.append(Cue(start, stop, sheets[sheet] + fragment))
    return cues
