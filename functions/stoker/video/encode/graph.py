"""One run of ffmpeg: a single decode feeds every output, and files of the same stream share its encode.

Streams that are encoded go through ffmpeg's `tee` muxer, which writes each of them into any number of files.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from stoker import config
from stoker.probe.probe import AudioStream, VideoStream
from stoker.sandbox.ffmpeg import input_options
from stoker.sandbox.formats import CLOCK_OF_USED, PIPE, PROTOCOLS, WATERMARKS
from stoker.sound.downmix import SAMPLES_PER_SECOND, STEREO, at_own_level, stereo
from stoker.video.encode.decoders import decoder_options
from stoker.video.picture.alpha import over_white
from stoker.video.picture.last_frame import held
from stoker.video.picture.picture import picture_filters, scaled
from stoker.video.source.film import Film, Size

SEEK_SECONDS = 20
"""How far before the wanted time reading begins: further than key frames usually lie apart, so that nothing is lost
where a container's index is coarse, and a film that ends a little early still has a last frame."""

TOLERANCE_SECONDS = 0.0005
"""A frame that begins so little before a time begins at that time: containers and users write milliseconds."""

CLOCK = 90_000
"""Units of a second, of the times of encoded pictures. ffmpeg's default unit is the average time of a frame. It rounds
all times to that unit, and of a variable rate it loses frames that come too close together. Source: the clock of MPEG-2
systems. It holds the times of all usual frame rates, and those in milliseconds, to 11 us."""

LEAST_GAP_SECONDS = 0.015
"""Sound that is off its time by more than that is put right, by silence or a cut: ears notice from 20 ms on, and one
lost packet of AAC or Opus has as many. Times that are rounded to milliseconds are not off. Source of the 20 ms:
https://www.itu.int/rec/R-REC-BT.1359 (detectability is 45 ms; half of it is left to players)."""

LATE_SECONDS = 0.1
"""Sound that begins later than that after the picture gets silence before it. Less is kept by the times of a film."""

LASTING = ("-t", str(config.MAX_SOURCE_SECONDS))
"""No output plays longer than a source may, whatever the times in a source say."""

Options = Mapping[str, str]
"""ffmpeg's options without their dash, by name."""


@dataclass(frozen=True)
class _Branch:
    """What one taker does with the picture or the sound.

    Attributes:
        stream: The sound that it takes; None for that of the film.
    """

    filters: tuple[str, ...]
    size: Size | None = None
    stream: AudioStream | None = None


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
        begin, _ = film.on_screen(film.start + skip)
        self._seek = 0.0 if film.remote or _seeks_badly(film) else max(0.0, begin - SEEK_SECONDS)
        self._pictures: list[_Branch] = []
        self._sounds: dict[AudioStream | None, list[_Branch]] = {}
        self._video = _Encodes("v")
        self._audio = _Encodes("a")
        self.films: list[str] = []
        self._tee: list[str] = []
        self._others: list[str] = []

    def name(self, stem: str, ending: str) -> str:
        """A name for a file that no other file of the job has.

        Example:
            >>> from stoker.probe.probe import MediaInfo
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
        timed = {"fps_mode": "vfr", "enc_time_base": f"1:{CLOCK}", **held(self.film), **options}
        return self._video.place(_Branch(filters, size), timed, self._picture)

    def audio(self, options: Options, stream: AudioStream | None = None) -> str:
        """A stream of encoded sound, stereo; as `video`.

        Args:
            options: The encoder's.
            stream: The sound of the source; None for that of the film. Another one ends with silence where it is
                shorter than that of the film.
        """
        told = self.film.audio.end_seconds if self.film.audio else None
        seconds = self.film.part_of(told)
        padded = (f"apad=whole_dur={seconds:.6f}",) if stream and seconds else ()
        filters = (*self._levelled(stream, options["c"]), *padded)
        return self._audio.place(_Branch(filters, stream=stream), options, self._sound)

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
                files have left by then (`stoker.video.encode.streaming_upload`, which arranges them itself).
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
        # Passed through, because ffmpeg would fill the time before the first picture with copies of it.
        self._write(name, self._picture(_Branch(filters, size)), {"fps_mode": "passthrough", **options})

    def write_sound(
        self, name: str, filters: tuple[str, ...], options: Options, stream: AudioStream | None = None
    ) -> None:
        """A file of the sound alone, or of another sound of the source; as `write_picture`."""
        self._write(name, self._sound(_Branch((*self._levelled(stream), *filters), stream=stream)), options)

    def arguments(self) -> list[str]:
        """The command, for `run_ffmpeg`."""
        pictures = self._picture_chains()
        sounds = [chain for stream in self._direct for chain in self._sound_chains(stream, self._sounds[stream])]
        graphs = [pictures, sounds] if self._apart else [[*pictures, *sounds]]
        graphs += [self._sound_chains(stream, self._sounds[stream]) for stream in self._decoded]
        filters = [part for chains in graphs if chains for part in ("-filter_complex", ";".join(chains))]
        tee = [
            *self._video.arguments(),
            *self._audio.arguments(),
            *("-flags", "+global_header", "-map_metadata", "-1", "-map_chapters", "-1"),
            *(*LASTING, "-f", "tee", "|".join(self._tee)),
        ]
        mark = [*input_options(WATERMARKS), "-i", self.film.mark.file] if self.film.mark and self._pictures else []
        decoded = [part for file in self._decoded.values() for part in (*input_options(), "-i", file)]
        inputs = [*self._input(*self._whole_graph()), *(self._input() if self._apart else ()), *decoded, *mark]
        return [*inputs, *filters, *(tee if self._tee else []), *self._others, *self._anchors()]

    def _anchors(self) -> list[str]:
        """Outputs that are nothing. ffmpeg begins the clock of some formats with the first stream that it uses. So an
        input must use both streams, or picture and sound would have a clock each."""
        video, audio = self.film.video, self.film.audio
        if not video or not audio or not CLOCK_OF_USED & set(self.film.info.container.split(",")):
            return []
        nothing = ("-c", "copy", "-f", "null", "-")
        until = () if self.film.end is None else ("-t", f"{max(0.1, self.film.end - self._seek):.3f}")
        anchors: list[str] = []
        if self._pictures and (self._apart or self._decoded):
            anchors += ["-map", f"0:{audio.index}", *until, *nothing]
        elif not self._direct:
            # A picture alone is not held up: a poster ends where it has its frame.
            anchors += ["-map", f"0:{audio.index}", "-frames:a", "1", *nothing]
        if self._direct and (self._apart or not self._pictures):
            anchors += ["-map", f"{self._sound_input}:{video.index}", *until, *nothing]
        return anchors

    @property
    def _apart(self) -> bool:
        """Whether the source is opened twice, once for the picture and once for the sound, with a filter graph for
        each. ffmpeg restarts a whole graph where the sound changes, such as its channels, and a restart loses frames
        of the picture. Two graphs that read one input can wait for each other for ever. A pipe can't be read twice."""
        return bool(self._pictures and self._direct) and self.film.remote is None

    @property
    def _direct(self) -> list[AudioStream | None]:
        """The sounds that are read from the source."""
        return [stream for stream in self._sounds if stream not in self._decoded]

    @property
    def _decoded(self) -> dict[AudioStream | None, str]:
        """The sounds that are read from files of their own."""
        files = {stream: self.film.decoded.get(self._audio_of(stream).index) for stream in self._sounds}
        return {stream: file for stream, file in files.items() if file}

    def _audio_of(self, stream: AudioStream | None) -> AudioStream:
        audio = stream or self.film.audio
        assert audio is not None  # it is asked for
        return audio

    @property
    def _sound_input(self) -> int:
        return 1 if self._apart else 0

    def _input(self, *options: str) -> list[str]:
        seek = ("-ss", f"{self._seek:.3f}") if self._seek else ()
        protocols = PIPE if self.film.remote else PROTOCOLS
        return [*input_options(protocols=protocols), *seek, *decoder_options(self.film), *options, "-i", self._source]

    @property
    def sounds(self) -> Mapping[AudioStream | None, Sequence[Options]]:
        """The sounds that it decodes, each with the options of what encodes it. None is the sound of the film."""
        encodes = [(branch.stream, options) for branch, options in self._audio.wanted]
        return {stream: [options for of, options in encodes if of == stream] for stream in self._sounds}

    @property
    def empty(self) -> bool:
        """Whether nothing is wanted of it."""
        return not self._tee and not self._others

    def _picture(self, branch: _Branch) -> str:
        self._pictures.append(branch)
        return f"[picture{len(self._pictures) - 1}]"

    def _sound(self, branch: _Branch) -> str:
        branches = self._sounds.setdefault(branch.stream, [])
        branches.append(branch)
        return f"[{_label(branch.stream)}{len(branches) - 1}]"

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
        marks = self._sound_input + len(self._decoded) + 1
        base = picture_filters(self.film, largest, self._part(), marks)
        branches = [
            _Branch((*(scaled(branch.size) if branch.size and branch.size != largest else ()), *branch.filters))
            for branch in self._pictures
        ]
        return _chains(f"[0:{video.index}]", base, "split", "picture", branches)

    def _whole_graph(self) -> list[str]:
        """Lets the filters go on where the picture changes its size: a restart would lose their frames and times. The
        first filter must then be one that takes frames of any size. ffmpeg's `transpose`, by which it turns a picture,
        and the filters that lay a picture over white do not."""
        video = self.film.video
        restarts = not video or video.steady or video.rotation or over_white(video.pixel_format)
        return [] if restarts else ["-reinit_filter:v", "0"]

    def _sound_chains(self, stream: AudioStream | None, branches: Sequence[_Branch]) -> list[str]:
        audio, decoded = self._audio_of(stream), list(self._decoded)
        if stream in decoded:
            source, base = f"{self._sound_input + 1 + decoded.index(stream)}:0", [*STEREO]
        else:
            source, base = f"{self._sound_input}:{audio.index}", [*self._sound_part(), *stereo(audio)]
        # Gaps become silence and sound that begins late begins with it, so that no format loses its place.
        first = ":first_pts=0" if stream in decoded or self._late(audio) else ""
        steady = f"aresample={SAMPLES_PER_SECOND}:async=1:min_hard_comp={LEAST_GAP_SECONDS}{first}"
        changed = any(index == audio.index for index, _ in self.film.levels)
        base += [steady, "aformat=channel_layouts=stereo", *(() if changed else at_own_level(audio))]
        return _chains(f"[{source}]", base, "asplit", _label(stream), branches)

    def _levelled(self, stream: AudioStream | None, encoder: str = "") -> list[str]:
        """Filters that give a sound its loudness, where one is wanted."""
        audio = stream or self.film.audio
        level = self.film.levels.get((audio.index, encoder)) if audio else None
        return level.filters if level else []

    def _late(self, audio: AudioStream) -> bool:
        """Whether the sound begins after the wanted part does. The silence before it would come again where the sound
        changes, because ffmpeg restarts the graph there."""
        if audio.changes:
            return False
        video = self.film.video
        starts = min(video.start_seconds, audio.start_seconds) if video else audio.start_seconds
        return audio.start_seconds - max(starts, self.film.start) > LATE_SECONDS

    def _part(self) -> list[str]:
        """Filters that cut out the wanted part of the picture, exact to the frame, and let its time begin at 0. A still
        that is on the screen at the beginning begins there."""
        return self._cut("trim", "setpts", self.film.picture_start)

    def _sound_part(self) -> list[str]:
        """The same, of the sound."""
        return self._cut("atrim", "asetpts", self.film.start)

    def _cut(self, trim: str, setpts: str, start: float) -> list[str]:
        offset = self.film.start - self._seek
        end = "" if self.film.end is None else f":end={self.film.end - self._seek - TOLERANCE_SECONDS:.6f}"
        if not offset and not end:
            return []
        cut = f"{trim}=start={max(0, start - self._seek - TOLERANCE_SECONDS):.6f}{end}"
        moved = f"PTS-({offset:.6f})/TB"
        moved = moved if start == self.film.start else rf"max({moved}\,0)"
        return [*([cut] if offset > 0 or end else []), f"{setpts}={moved}"]


def _seeks_badly(film: Film) -> bool:
    # Matroska finds a time by the key frames of its picture. Between two slides, ffmpeg then loses the sound.
    return film.has_stills and "matroska" in film.info.container.split(",")


def _label(stream: AudioStream | None) -> str:
    return "sound" if stream is None else f"sound{stream.index}_"


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
