"""One run of ffmpeg: a single decode feeds every output, and files of the same stream share its encode.

Streams that are encoded go through ffmpeg's `tee` muxer, which writes each of them into any number of files.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from stoker import config
from stoker.media.alpha import over_white
from stoker.media.decoders import decoder_options
from stoker.media.ffmpeg import input_options
from stoker.media.film import Film, Size
from stoker.media.formats import PIPE, PROTOCOLS, WATERMARKS
from stoker.media.last_frame import held
from stoker.media.probe import AudioStream, VideoStream
from stoker.media.watermark import overlay

SEEK_SECONDS = 20
"""How far before the wanted time reading begins: further than key frames usually lie apart, so that nothing is lost
where a container's index is coarse, and a film that ends a little early still has a last frame."""

TOLERANCE_SECONDS = 0.0005
"""A frame that begins so little before a time begins at that time: containers and users write milliseconds."""

MAX_FRAMES_PER_SECOND = 60
SAMPLES_PER_SECOND = 48_000
"""What video players and Opus work with."""

TIME_BASE = "1:90000"
"""Of the encoders of pictures. Their default is the average time of a frame, to which ffmpeg rounds all times: of a
picture of a variable rate, frames that come too close together are then lost. Source: the clock of MPEG-2 systems, which
holds the times of all usual frame rates, and those in milliseconds, to 11 us."""

FONTS = "fonts"
"""The folder, in the working folder, of what subtitles are written with."""

PLAIN = "format=pix_fmts=yuv420p:color_ranges=tv"
"""What every player shows. Said before the ways part: JPEG wants the full range, and all others would get it too."""

TO_SDR = (
    "zscale=transfer=linear:npl=100",
    "format=gbrpf32le",
    "zscale=primaries=bt709",
    "tonemap=hable:desat=0",
    "zscale=transfer=bt709:matrix=bt709:range=limited",
)
"""From PQ or HLG to BT.709, at a white of 100 cd/m2. Source: https://ffmpeg.org/ffmpeg-filters.html#tonemap-1, and
the white of Rec. ITU-R BT.1886."""

LASTING = ("-t", str(config.MAX_SOURCE_SECONDS))
"""No output plays longer than a source may, whatever the times in a source say."""

Options = Mapping[str, str]
"""ffmpeg's options without their dash, by name."""


@dataclass(frozen=True)
class _Branch:
    """What one taker does with the picture or the sound."""

    filters: tuple[str, ...]
    size: Size | None = None


@dataclass
class _Encodes:
    """The encoded streams of one medium, each with what feeds it."""

    letter: str
    wanted: list[tuple[_Branch, Options]] = field(default_factory=list)
    pads: list[str] = field(default_factory=list)

    def place(self, branch: _Branch, options: Options, pad: Callable[[_Branch], str]) -> str:
        """How files name the stream; the same branch with the same options is the same stream."""
        stream = (branch, options)
        if stream not in self.wanted:
            self.wanted.append(stream)
            self.pads.append(pad(branch))
        return f"{self.letter}:{self.wanted.index(stream)}"

    def arguments(self) -> list[str]:
        maps, options = [], []
        for number, ((_, named), pad) in enumerate(zip(self.wanted, self.pads, strict=True)):
            maps += ["-map", pad]
            for name, value in named.items():
                options += [f"-{name}:{self.letter}:{number}", value]
        return maps + options


class Graph:
    """Gathers what the outputs want, and makes one command of it.

    Args:
        source: The source's path, relative to the working folder; it does not matter where the film is remote.
        film: What it holds, and which part of it is wanted.
        names: File names that are taken; this graph adds its own.
        skip: Seconds of the film that nobody wants, from its start: reading begins a little before their end.

    Attributes:
        films: The files that hold encoded streams, and so may be large.
    """

    def __init__(self, source: str, film: Film, names: set[str] | None = None, skip: float = 0) -> None:
        self.film = film
        self._source = f"{PIPE}:0" if film.remote else source
        self._names = set() if names is None else names
        # A pipe can't jump, and formats differ in how near they come to a time where they can't.
        self._seek = 0.0 if film.remote else max(0.0, film.start + skip - SEEK_SECONDS)
        self._pictures: list[_Branch] = []
        self._sounds: list[_Branch] = []
        self._video = _Encodes("v")
        self._audio = _Encodes("a")
        self.films: list[str] = []
        self._tee: list[str] = []
        self._others: list[str] = []

    def name(self, stem: str, ending: str) -> str:
        """A name for a file that no other file of the job has.

        Example:
            >>> from stoker.media.probe import MediaInfo
            >>> graph = Graph("source", Film(MediaInfo(1, 0, None, None)))
            >>> graph.name("poster", "jpg"), graph.name("poster", "jpg")
            ('poster.jpg', 'poster-2.jpg')
        """
        name, number = f"{stem}.{ending}", 1
        while name in self._names:
            number += 1
            name = f"{stem}-{number}.{ending}"
        self._names.add(name)
        return name

    def video(self, size: Size, filters: tuple[str, ...], options: Options) -> str:
        """A stream of encoded picture.

        Args:
            size: How large the picture is.
            filters: What it goes through in that size.
            options: The encoder's.

        Returns:
            What `mux` calls it.
        """
        timed = {"fps_mode": "vfr", "enc_time_base": TIME_BASE, **held(self.film), **options}
        return self._video.place(_Branch(filters, size), timed, self._picture)

    def audio(self, options: Options) -> str:
        """A stream of encoded sound, stereo; as `video`."""
        return self._audio.place(_Branch(()), options, self._sound)

    def copied(self, stream: VideoStream | AudioStream) -> str:
        """A stream of the source, as it is; as `video`."""
        encodes = self._video if isinstance(stream, VideoStream) else self._audio
        return encodes.place(_Branch((f"0:{stream.index}",)), {"c": "copy"}, lambda branch: branch.filters[0])

    def mux(
        self, name: str, muxer: str, streams: Sequence[str], options: Options, arranged: Options | None = None
    ) -> None:
        """A file of encoded streams.

        Args:
            name: The file.
            muxer: What writes it.
            streams: What it holds.
            options: The muxer's; their values are ours, so that none needs escaping.
            arranged: Those by which it goes back and arranges the whole file anew, once that is written. A large film's
                files have left by then (`stoker.media.departures`, which arranges them itself).
        """
        options = {**options, **(arranged or {})} if self.film.remote is None else options
        told = ":".join(f"{key}={value}" for key, value in {"f": muxer, "onfail": "abort", **options}.items())
        self.films.append(name)
        self._tee.append(rf"[select=\'{','.join(streams)}\':{told}]{name}")

    def write_picture(self, name: str, size: Size, filters: tuple[str, ...], options: Options) -> None:
        """A file of the picture alone, which shares its encode with no other, such as a still.

        Args:
            name: The file, or a pattern of names.
            size: How large the picture is.
            filters: What it goes through in that size.
            options: The encoder's and the muxer's.
        """
        self._write(name, self._picture(_Branch(filters, size)), options)

    def write_sound(self, name: str, filters: tuple[str, ...], options: Options) -> None:
        """A file of the sound alone; as `write_picture`."""
        self._write(name, self._sound(_Branch(filters)), options)

    def arguments(self) -> list[str]:
        """The command, for `run_ffmpeg`."""
        seek = ["-ss", f"{self._seek:.3f}"] if self._seek else []
        # A graph for each medium: ffmpeg restarts a whole graph when a stream changes, such as its size, and a restart
        # of the picture must not make the sound begin anew.
        media = (self._picture_chains(), self._sound_chains())
        filters = [part for chains in media if chains for part in ("-filter_complex", ";".join(chains))]
        tee = [
            *self._video.arguments(),
            *self._audio.arguments(),
            *("-flags", "+global_header", "-map_metadata", "-1", "-map_chapters", "-1"),
            *(*LASTING, "-f", "tee", "|".join(self._tee)),
        ]
        mark = [*input_options(WATERMARKS), "-i", self.film.mark.file] if self.film.mark and self._pictures else []
        protocols = PIPE if self.film.remote else PROTOCOLS
        inputs = [*input_options(protocols=protocols), *seek, *decoder_options(self.film), "-i", self._source, *mark]
        return [*inputs, *filters, *(tee if self._tee else []), *self._others]

    @property
    def listens(self) -> bool:
        """Whether it decodes the sound."""
        return bool(self._sounds)

    @property
    def empty(self) -> bool:
        """Whether nothing is wanted of it."""
        return not self._tee and not self._others

    def _picture(self, branch: _Branch) -> str:
        self._pictures.append(branch)
        return f"[picture{len(self._pictures) - 1}]"

    def _sound(self, branch: _Branch) -> str:
        self._sounds.append(branch)
        return f"[sound{len(self._sounds) - 1}]"

    def _write(self, name: str, pad: str, options: Options) -> None:
        named = [part for key, value in options.items() for part in (f"-{key}", value)]
        self._others += ["-map", pad, *named, *LASTING, "-map_metadata", "-1", name]

    def _picture_chains(self) -> list[str]:
        video = self.film.video
        if video is None or not self._pictures:
            return []
        sizes = [branch.size for branch in self._pictures if branch.size]
        # What is smaller is scaled from the largest that is wanted: a fraction of the work, where the source is large.
        largest = max(sizes, key=lambda size: size[0] * size[1])
        base = [*self._part(""), *over_white(video.pixel_format)]
        if video.interlaced:
            base.append("bwdif=mode=send_frame:deint=interlaced")
        if video.frames_per_second > MAX_FRAMES_PER_SECOND:
            base.append(f"fps={MAX_FRAMES_PER_SECOND}")
        if largest != (video.width, video.height) or not video.square_pixels:
            base += _scaled(largest)
        if video.hdr:
            base += TO_SDR
        base.append(PLAIN)
        if self.film.subtitles:
            base.append(f"subtitles=filename={self.film.subtitles}:fontsdir={FONTS}")
        if self.film.mark:
            base.append(overlay(self.film.mark, largest))
        branches = [
            _Branch((*(_scaled(branch.size) if branch.size and branch.size != largest else ()), *branch.filters))
            for branch in self._pictures
        ]
        return _chains(f"[0:{video.index}]", base, "split", "picture", branches)

    def _sound_chains(self) -> list[str]:
        audio = self.film.audio
        if audio is None or not self._sounds:
            return []
        # Gaps become silence and sound that begins late begins with it, so that no format loses its place.
        steady = f"aresample={SAMPLES_PER_SECOND}:async=1:first_pts=0"
        base = [*self._part("a"), steady, "aformat=channel_layouts=stereo"]
        return _chains(f"[0:{audio.index}]", base, "asplit", "sound", self._sounds)

    def _part(self, prefix: str) -> list[str]:
        """Filters that cut out the wanted part, exact to the frame, and let its time begin at 0."""
        offset = self.film.start - self._seek
        end = "" if self.film.end is None else f":end={self.film.end - self._seek - TOLERANCE_SECONDS:.6f}"
        if not offset and not end:
            return []
        start = f"{prefix}trim=start={max(0, offset - TOLERANCE_SECONDS):.6f}{end}"
        return [*([start] if offset > 0 or end else []), f"{prefix}setpts=PTS-({offset:.6f})/TB"]


def _scaled(size: Size) -> list[str]:
    return [f"scale={size[0]}:{size[1]}:flags=lanczos", "setsar=1"]


def _chains(source: str, base: Sequence[str], split: str, label: str, branches: Sequence[_Branch]) -> list[str]:
    """The filters that all share, and those of each branch."""
    inner = "".join(f"[{label}{number}in]" for number in range(len(branches)))
    shared = ",".join([*base, f"{split}={len(branches)}"])
    none = "anull" if split == "asplit" else "null"
    return [
        f"{source}{shared}{inner}",
        *(
            f"[{label}{number}in]{','.join(branch.filters) or none}[{label}{number}]"
            for number, branch in enumerate(branches)
        ),
    ]
