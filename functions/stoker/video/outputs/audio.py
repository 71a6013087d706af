"""`audio`: the sound alone."""

from stoker.models.video import AudioOutput
from stoker.video.encode.encoders import sound
from stoker.video.encode.graph import Graph
from stoker.video.outputs.finish import Finish, playing_file, with_chapters

FORMATS = {
    "mp3": ("mp3", "mp3", "audio/mpeg"),
    "ogg": ("opus", "ogg", "audio/ogg"),
    "m4a": ("aac", "ipod", "audio/mp4"),
    "wav": ("pcm", "wav", "audio/wav"),
}
"""The codec, ffmpeg's muxer and the media type of each format."""


def audio(output: AudioOutput, graph: Graph) -> Finish:
    """Plan the sound file."""
    codec, muxer, content_type = FORMATS[output.format]
    name = graph.name("audio", output.format)
    graph.mux(name, muxer, sound(graph, codec), {}, {"movflags": "+faststart"} if output.format == "m4a" else {})
    finish = playing_file("audio", name, content_type, of=("audio",))
    return with_chapters(finish, name, graph.film.chapters) if output.format == "m4a" else finish
