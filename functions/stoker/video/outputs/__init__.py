"""The kinds of outputs: each plans its files in a graph, and says how they are finished once ffmpeg has run."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from stoker.video.encode.graph import Graph
from stoker.video.outputs.audio import audio
from stoker.video.outputs.captions import captions
from stoker.video.outputs.films import av1_mp4, mp4, webm
from stoker.video.outputs.finish import Finish
from stoker.video.outputs.hls import hls
from stoker.video.outputs.poster import poster
from stoker.video.outputs.preview import preview
from stoker.video.outputs.sprite import sprite
from stoker.video.outputs.waveform import waveform

KINDS: Mapping[str, Callable[[Any, Graph], Finish]] = {
    "mp4": mp4,
    "webm": webm,
    "av1": av1_mp4,
    "hls": hls,
    "poster": poster,
    "sprite": sprite,
    "preview": preview,
    "audio": audio,
    "waveform": waveform,
    "captions": captions,
}
"""What plans each kind; it takes the kind's own model."""

OF_SOUND = frozenset({"audio", "waveform"})
"""The kinds that need sound, and no picture. All others go without sound where there is none."""

OF_EITHER = frozenset({"hls"})
"""The kinds that go without a picture where there is none. All others need one, unless they are of sound."""


def of_sound(outputs: Iterable[Any]) -> bool:
    """Whether all of some outputs are of sound, captions aside."""
    return {output.kind for output in outputs} - {"captions"} <= OF_SOUND
