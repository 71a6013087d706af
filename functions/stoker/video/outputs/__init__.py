"""The kinds of outputs. Each plans its files in a graph, and returns a function that finishes them after ffmpeg."""

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
"""The function that plans each kind. Its argument is the kind's own model."""

OF_SOUND = frozenset({"audio", "waveform"})
"""The kinds that need sound, and no picture. All other kinds can be made without sound."""

OF_EITHER = frozenset({"hls"})
"""The kinds that need a picture or a sound. All other kinds need a picture, except those in `OF_SOUND`."""


def of_sound(outputs: Iterable[Any]) -> bool:
    """Return whether all outputs are of sound. Captions do not count."""
    return {output.kind for output in outputs} - {"captions"} <= OF_SOUND
