"""`mp4`: H.264 and AAC in a file that starts to play before it is loaded."""

from stoker.media.encoders import h264, sound
from stoker.media.graph import Graph
from stoker.media.outputs.finish import Finish, plays
from stoker.models.video import Mp4Output


def mp4(output: Mp4Output, graph: Graph) -> Finish:
    """Plans the file."""
    size = graph.film.fitted(height=output.height)
    name = graph.name(f"video-{size[1]}p", "mp4")
    graph.mux(name, "mp4", [h264(graph, size, output.quality), *sound(graph, "aac")], {"movflags": "+faststart"})
    return plays("mp4", name, "video/mp4")
