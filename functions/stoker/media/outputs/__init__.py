"""The kinds of outputs: each plans its files in a graph, and says how they are finished once ffmpeg has run."""

from collections.abc import Callable, Mapping
from typing import Any

from stoker.media.graph import Graph
from stoker.media.outputs.finish import Finish
from stoker.media.outputs.hls import hls
from stoker.media.outputs.mp4 import mp4
from stoker.media.outputs.poster import poster

KINDS: Mapping[str, Callable[[Any, Graph], Finish]] = {"mp4": mp4, "hls": hls, "poster": poster}
"""What plans each kind; it takes the kind's own model."""
