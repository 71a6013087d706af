"""`hls`: HTTP Live Streaming, in fragmented MP4.

Each size is one file, and its playlist names ranges of bytes. So a film of hours is a few objects, not ten thousand.
Source: https://datatracker.ietf.org/doc/html/rfc8216#section-4.3.2.2 (EXT-X-BYTERANGE).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stoker.captions.webvtt import Cue, to_webvtt
from stoker.models.video import HlsOutput
from stoker.probe.picture_parameters import Size
from stoker.probe.probe import NotReadable
from stoker.video.encode.encoders import KEY_FRAME_SECONDS, h264, sound
from stoker.video.encode.graph import Graph
from stoker.video.hls.fragments import Fragment, fragments
from stoker.video.hls.master import Picture, Rendition, master_playlist
from stoker.video.hls.playlist import captions_playlist, key_frame_playlist, media_playlist
from stoker.video.hls.segments import (
    SEGMENT_SECONDS,
    Rates,
    Segment,
    frame_rate,
    key_frames,
    rates,
    segments,
    target_seconds,
)
from stoker.video.hls.sounds import ChosenSound, chosen_sounds
from stoker.video.outputs.finish import PLAYLIST, WEBVTT, WHOLE, Finish, FinishContext, MadeFile, MadeOutput
from stoker.video.picture.sizes import size_name, sizes

FLAGS = "+frag_keyframe+delay_moov+default_base_moof+negative_cts_offsets+skip_trailer"
"""Flags of the muxer: a fragment for each key frame, and times from 0, for players that ignore edit lists."""

TIMESTAMP_MAP = "X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0"
"""The times of cues are those of the film, which begin at 0. Source: RFC 8216, 3.5."""


@dataclass(frozen=True)
class _Stream:
    """A file of segments, and the playlists that name its segments.

    Attributes:
        media: The name of the file.
        content_type: The media type of the file.
        size: The size of a picture; None for a sound.
        sound: The choice of a sound; None for a picture.
    """

    media: str
    content_type: str
    size: Size | None = None
    sound: ChosenSound | None = None

    @property
    def playlist(self) -> str:
        return self.media.replace(".m4s", ".m3u8")

    @property
    def key_frames(self) -> str:
        return self.media.replace(".m4s", "-iframes.m3u8")

    @property
    def files(self) -> list[MadeFile]:
        names = [self.playlist, *([self.key_frames] if self.size else [])]
        return [*(MadeFile(name, PLAYLIST) for name in names), MadeFile(self.media, self.content_type)]


def hls(output: HlsOutput, graph: Graph) -> Finish:
    """Plan a picture in each size, a sound in each language, their playlists, and the master playlist."""
    master = graph.name("hls", "m3u8")
    stem = master.removesuffix(".m3u8")
    pictures = [_planned_picture(graph, stem, size, output) for size in sizes(graph.film, output)]
    film = graph.film
    sounds = [_planned_sound(graph, stem, chosen) for chosen in chosen_sounds(film.info, film.start, film.end)]
    # Captions that are burnt in are not offered again.
    cues = graph.film.cues if not graph.film.subtitles else ()

    def finish(context: FinishContext) -> MadeOutput:
        found = {stream: _checked(context, stream) for stream in (*pictures, *sounds)}
        parts = {stream: segments(of_stream) for stream, of_stream in found.items()}
        # All playlists must have the same target duration. Source: RFC 8216, 6.2.4.
        target = target_seconds([part for of_stream in parts.values() for part in of_stream], SEGMENT_SECONDS)
        for stream, of_stream in parts.items():
            (context.folder / stream.playlist).write_text(media_playlist(stream.media, of_stream, target))
        seconds = max(sum(part.seconds for part in of_stream) for of_stream in parts.values())
        captions = _captions(context.folder, stem, cues, film.cues_language, seconds)
        text = master_playlist(
            [_picture(context.folder, stream, found[stream], rates(parts[stream], target)) for stream in pictures],
            [_track(stream, rates(parts[stream], target)) for stream in sounds],
            captions,
        )
        (context.folder / master).write_text(text, encoding="utf-8")
        files = [file for stream in found for file in stream.files]
        for track in captions:
            files += [MadeFile(track.playlist, PLAYLIST), MadeFile(_words(track.playlist), WEBVTT)]
        width, height = (pictures[0].size if pictures else None) or (None, None)
        return MadeOutput("hls", MadeFile(master, PLAYLIST), tuple(files), width, height, seconds, WHOLE)

    return finish


def _planned_picture(graph: Graph, stem: str, size: Size, output: HlsOutput) -> _Stream:
    media = graph.name(f"{stem}-{size_name(size, output)}", "m4s")
    graph.mux(media, "mp4", [h264(graph, size, "medium")], {"movflags": FLAGS})
    return _Stream(media, "video/mp4", size)


def _planned_sound(graph: Graph, stem: str, chosen: ChosenSound) -> _Stream:
    spoken = f"-{chosen.language}" if chosen.stream else ""
    media = graph.name(f"{stem}-audio{spoken}", "m4s")
    # Each sample of sound is a key frame, so fragments are made by their duration instead.
    flags = {"movflags": FLAGS.replace("+frag_keyframe", ""), "frag_duration": str(KEY_FRAME_SECONDS * 1_000_000)}
    graph.mux(media, "mp4", sound(graph, "aac", chosen.stream), flags)
    return _Stream(media, "audio/mp4", sound=chosen)


def _checked(context: FinishContext, stream: _Stream) -> list[Fragment]:
    info = context.probe(stream.media)
    if stream.size and (info.video is None or (info.video.width, info.video.height) != stream.size):
        raise NotReadable(f"{stream.media} is not of the size that it should have")
    return fragments(context.folder / stream.media)


def _picture(folder: Path, stream: _Stream, found: list[Fragment], of_segments: Rates) -> Picture:
    """Return the entry of a picture in the master playlist, and write the playlist of its key frames."""
    keys = key_frames(found)
    target = target_seconds(keys)
    (folder / stream.key_frames).write_text(key_frame_playlist(stream.media, keys, target))
    return Picture(
        playlist=stream.playlist,
        key_frames=stream.key_frames,
        codec=_h264_codec(folder / stream.media),
        size=stream.size or (0, 0),
        frame_rate=frame_rate(found),
        rates=of_segments,
        key_rates=rates(keys, target),
    )


def _track(stream: _Stream, of_segments: Rates) -> Rendition:
    assert stream.sound is not None
    return Rendition(stream.playlist, stream.sound.name, stream.sound.language, of_segments)


def _captions(folder: Path, stem: str, cues: Sequence[Cue], language: str | None, seconds: float) -> list[Rendition]:
    """Write the captions and their playlist, and return their rendition; empty if there are no cues."""
    if not cues:
        return []
    playlist = f"{stem}-captions.m3u8"
    words = folder / _words(playlist)
    text = to_webvtt(cue.escaped() for cue in cues).replace("WEBVTT\n", f"WEBVTT\n{TIMESTAMP_MAP}\n", 1)
    words.write_text(text, encoding="utf-8")
    (folder / playlist).write_text(captions_playlist(words.name, seconds))
    whole = [Segment(0, words.stat().st_size, seconds)]
    return [Rendition(playlist, language or "captions", language, rates(whole, target_seconds(whole)))]


def _words(playlist: str) -> str:
    """Return the name of the WebVTT file for a playlist of captions."""
    return playlist.replace(".m3u8", ".vtt")


def _h264_codec(media: Path) -> str:
    """Return the codec of a file in the form of RFC 6381: the profile, constraints and level from its `avcC` box."""
    with media.open("rb") as file:
        head = file.read(4096)
    at = head.find(b"avcC")
    if at < 0:
        raise NotReadable("a stream gives no profile")
    return f"avc1.{head[at + 5 : at + 8].hex()}"
