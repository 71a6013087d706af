"""`hls`: HTTP Live Streaming, in fragmented MP4.

Each size is one file, of which the playlist names ranges of bytes: a film of hours is a handful of objects, and not
ten thousand. Source: https://datatracker.ietf.org/doc/html/rfc8216#section-4.3.2.2 (EXT-X-BYTERANGE).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from stoker.media.encoders import KEY_FRAME_SECONDS, h264, sound
from stoker.media.film import Size
from stoker.media.graph import Graph
from stoker.media.outputs.finish import PLAYLIST, WEBVTT, WHOLE, Bench, Finish, MadeFile, MadeOutput
from stoker.media.outputs.fragments import Fragment, fragments
from stoker.media.probe import NotReadable
from stoker.media.webvtt import Cue, written
from stoker.models.video import HlsOutput

SEGMENT_SECONDS = 6
"""Source: https://developer.apple.com/documentation/http-live-streaming/hls-authoring-specification-for-apple-devices
(7.5, target durations should be 6 seconds)."""

SOUND_CODEC = "mp4a.40.2"
"""AAC-LC. Source: RFC 6381, section 3.3."""

FLAGS = "+frag_keyframe+delay_moov+default_base_moof+negative_cts_offsets+skip_trailer"
"""A fragment for each key frame, and times that begin at 0 for players that know no edit lists."""


@dataclass(frozen=True)
class _Segment:
    """A range of bytes of a file.

    Attributes:
        seconds: How long it plays.
    """

    offset: int
    size: int
    seconds: float


@dataclass(frozen=True)
class _Rendition:
    """One stream of the set: `{name}.m3u8`, and the file whose ranges it names."""

    name: str
    content_type: str
    size: Size | None = None

    @property
    def playlist(self) -> str:
        return f"{self.name}.m3u8"

    @property
    def media(self) -> str:
        return f"{self.name}.m4s"

    @property
    def files(self) -> tuple[MadeFile, MadeFile]:
        return MadeFile(self.playlist, PLAYLIST), MadeFile(self.media, self.content_type)


def hls(output: HlsOutput, graph: Graph) -> Finish:
    """Plans the set: a picture in each size, one sound for all, a playlist for each, and the one that names them."""
    master = graph.name("hls", "m3u8")
    stem = master.removesuffix(".m3u8")
    pictures = []
    sizes = {graph.film.fitted(height=height) for height in output.heights}
    for size in sorted(sizes, key=lambda size: size[1], reverse=True):
        rendition = _Rendition(f"{stem}-{size[1]}p", "video/mp4", size)
        graph.mux(rendition.media, "mp4", [h264(graph, size, "medium")], {"movflags": FLAGS})
        pictures.append(rendition)
    streams = sound(graph, "aac")
    audio = _Rendition(f"{stem}-audio", "audio/mp4") if streams else None
    if audio:
        # Sound has a key frame with every sample.
        flags = {"movflags": FLAGS.replace("+frag_keyframe", ""), "frag_duration": str(KEY_FRAME_SECONDS * 1_000_000)}
        graph.mux(audio.media, "mp4", streams, flags)

    # Burnt in, they would be read twice.
    cues = graph.film.cues if not graph.film.subtitles else ()

    def finish(bench: Bench) -> MadeOutput:
        renditions = [*pictures, *([audio] if audio else [])]
        segments = {rendition: _checked(bench, rendition) for rendition in renditions}
        for rendition, parts in segments.items():
            (bench.folder / rendition.playlist).write_text(_playlist(rendition.media, parts))
        seconds = max(sum(part.seconds for part in parts) for parts in segments.values())
        words = _write_captions(bench.folder, stem, cues, seconds) if cues else []
        codecs = {picture: _h264_codec(bench.folder / picture.media) for picture in pictures}
        (bench.folder / master).write_text(_master(codecs, audio, segments, words))
        width, height = pictures[0].size or (0, 0)
        return MadeOutput(
            "hls",
            MadeFile(master, PLAYLIST),
            parts=(*(file for rendition in renditions for file in rendition.files), *words),
            width=width,
            height=height,
            duration_seconds=seconds,
            of=WHOLE,
        )

    return finish


def _checked(bench: Bench, rendition: _Rendition) -> list[_Segment]:
    info = bench.probe(rendition.media)
    if rendition.size and (info.video is None or (info.video.width, info.video.height) != rendition.size):
        raise NotReadable(f"{rendition.name} is not of the size that it should have")
    return _segments(fragments(bench.folder / rendition.media))


def _segments(parts: list[Fragment]) -> list[_Segment]:
    """Puts fragments together to segments. Sizes whose fragments begin at the same times get the same segments."""
    firsts = [parts[0]]
    for part in parts[1:]:
        if part.start // SEGMENT_SECONDS > firsts[-1].start // SEGMENT_SECONDS:
            firsts.append(part)
    ends = [(part.offset, part.start) for part in firsts[1:]]
    ends.append((parts[-1].offset + parts[-1].size, parts[-1].end))
    return [
        _Segment(first.offset, end - first.offset, stops - first.start)
        for first, (end, stops) in zip(firsts, ends, strict=True)
    ]


def _playlist(media: str, segments: list[_Segment]) -> str:
    longest = max(segment.seconds for segment in segments)
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{max(1, round(longest))}",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        f'#EXT-X-MAP:URI="{media}",BYTERANGE="{segments[0].offset}@0"',
    ]
    for segment in segments:
        lines += [f"#EXTINF:{segment.seconds:.6f},", f"#EXT-X-BYTERANGE:{segment.size}@{segment.offset}", media]
    return "\n".join([*lines, "#EXT-X-ENDLIST"]) + "\n"


def _write_captions(folder: Path, stem: str, cues: Sequence[Cue], seconds: float) -> list[MadeFile]:
    """A playlist of one segment: words are too small to be worth more."""
    playlist, track = f"{stem}-captions.m3u8", f"{stem}-captions.vtt"
    head = ["#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{max(1, round(seconds))}"]
    lines = [*head, "#EXT-X-PLAYLIST-TYPE:VOD", f"#EXTINF:{seconds:.6f},", track, "#EXT-X-ENDLIST"]
    (folder / playlist).write_text("\n".join(lines) + "\n")
    (folder / track).write_text(written(cue.escaped() for cue in cues), encoding="utf-8")
    return [MadeFile(playlist, PLAYLIST), MadeFile(track, WEBVTT)]


def _master(
    codecs: dict[_Rendition, str],
    audio: _Rendition | None,
    segments: dict[_Rendition, list[_Segment]],
    words: list[MadeFile],
) -> str:
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    peak_audio, mean_audio = _bits(segments[audio]) if audio else (0, 0)
    if audio:
        told = 'TYPE=AUDIO,GROUP-ID="audio",NAME="audio",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2"'
        lines.append(f'#EXT-X-MEDIA:{told},URI="{audio.playlist}"')
    if words:
        told = 'TYPE=SUBTITLES,GROUP-ID="captions",NAME="captions",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO'
        lines.append(f'#EXT-X-MEDIA:{told},URI="{words[0].name}"')
    for picture, codec in codecs.items():
        peak, mean = _bits(segments[picture])
        width, height = picture.size or (0, 0)
        attributes = [
            f"BANDWIDTH={peak + peak_audio}",
            f"AVERAGE-BANDWIDTH={mean + mean_audio}",
            f'CODECS="{codec},{SOUND_CODEC}"' if audio else f'CODECS="{codec}"',
            f"RESOLUTION={width}x{height}",
            *(['AUDIO="audio"'] if audio else []),
            *(['SUBTITLES="captions"'] if words else []),
        ]
        lines += [f"#EXT-X-STREAM-INF:{','.join(attributes)}", picture.playlist]
    return "\n".join(lines) + "\n"


def _bits(segments: list[_Segment]) -> tuple[int, int]:
    """The most bits a second, and the mean.

    The peak is that of any segments between a half and one and a half target durations, so that a last segment of a
    few frames tells nothing. Source: RFC 8216, section 4.1.
    """
    mean = 8 * sum(segment.size for segment in segments) / sum(segment.seconds for segment in segments)
    runs = [(segment.size, segment.seconds) for segment in segments]
    runs += [(one.size + two.size, one.seconds + two.seconds) for one, two in pairwise(segments)]
    told = [8 * size / seconds for size, seconds in runs if 0.5 <= seconds / SEGMENT_SECONDS <= 1.5]
    return round(max([mean, *told])), round(mean)


def _h264_codec(media: Path) -> str:
    """Profile, constraints and level, as RFC 6381 wants them, from the `avcC` box of a file."""
    with media.open("rb") as file:
        head = file.read(4096)
    at = head.find(b"avcC")
    if at < 0:
        raise NotReadable("a stream tells no profile")
    return f"avc1.{head[at + 5 : at + 8].hex()}"
