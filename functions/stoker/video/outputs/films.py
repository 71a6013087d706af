"""`mp4`, `webm` and `av1`: the film in one file, which can play before it is loaded completely."""

from stoker.models.video import Av1Output, Mp4Output, WebmOutput
from stoker.video.encode.copying import copyable_picture, copyable_sound
from stoker.video.encode.encoders import av1, h264, sound, vp9
from stoker.video.encode.graph import Graph
from stoker.video.outputs.finish import Finish, playing_file, with_chapters
from stoker.video.picture.sizes import size_name, sizes

INDEX_FIRST = {"movflags": "+faststart"}


def mp4(output: Mp4Output, graph: Graph) -> Finish:
    """Plan a film in H.264 and AAC. Streams of the source that fit are copied."""
    [size] = sizes(graph.film, output)
    name = graph.name(f"video-{size_name(size, output)}", "mp4")
    picture = copyable_picture(graph.film, size, output.quality)
    if picture is None:
        streams = [h264(graph, size, output.quality), *sound(graph, "aac")]
    else:
        track = copyable_sound(graph.film)
        streams = [graph.copied(picture), *([graph.copied(track)] if track else sound(graph, "aac"))]
    graph.mux(name, "mp4", streams, {}, INDEX_FIRST)
    return with_chapters(playing_file("mp4", name, "video/mp4"), name, graph.film.chapters)


def webm(output: WebmOutput, graph: Graph) -> Finish:
    """Plan a film in VP9 and Opus."""
    [size] = sizes(graph.film, output)
    name = graph.name(f"video-{size_name(size, output)}", "webm")
    graph.mux(name, "webm", [vp9(graph, size), *sound(graph, "opus")], {}, {"cues_to_front": "1"})
    return playing_file("webm", name, "video/webm")


def av1_mp4(output: Av1Output, graph: Graph) -> Finish:
    """Plan a film in AV1 and AAC."""
    [size] = sizes(graph.film, output)
    name = graph.name(f"video-{size_name(size, output)}-av1", "mp4")
    graph.mux(name, "mp4", [av1(graph, size), *sound(graph, "aac")], {}, INDEX_FIRST)
    return with_chapters(playing_file("av1", name, "video/mp4"), name, graph.film.chapters)
