"""The filter graph and the command of one run of ffmpeg.

The source is decoded once for all outputs, and files with the same stream share its encoding. Encoded streams go
through ffmpeg's `tee` muxer, which can write a stream into many files.
"""

from collections.abc import Mapping, Sequence

from stoker import config
from stoker.probe.picture_parameters import Size
from stoker.probe.probe import AudioStream, VideoStream
from stoker.sandbox.ffmpeg import input_options
from stoker.sandbox.formats import DISCONTINUOUS_TIMESTAMPS, PIPE, PROTOCOLS, WATERMARKS
from stoker.sound.downmix import SAMPLES_PER_SECOND, STEREO, at_own_level, stereo
from stoker.video.encode.decoders import decoder_options
from stoker.video.encode.streams import Branch, EncodedStreams, Options
from stoker.video.picture.alpha import over_white
from stoker.video.picture.last_frame import last_frame_options
from stoker.video.picture.picture import picture_filters, scaled
from stoker.video.source.film import Film

SEEK_SECONDS = 20
"""Reading begins this long before the wanted time. It is longer than the usual distance of key frames. So nothing is
lost if a container's index is coarse, and a film that ends a little early still has a last frame."""

TOLERANCE_SECONDS = 0.0005
"""A frame that begins less than this before a time counts as beginning at that time, because containers and users round
times to milliseconds."""

CLOCK = 90_000
"""Units of the times of encoded pictures, in a second. ffmpeg's default unit is the average duration of a frame. It
rounds all times to that unit, and at a variable rate it drops frames that are too close together. This unit can express
the times of all usual frame rates, and milliseconds, to 11 us. Source: the clock of MPEG-2 systems."""

LEAST_GAP_SECONDS = 0.015
"""Sound that is early or late by more than this is corrected, by silence or a cut. Viewers notice 20 ms, and a single
lost packet of AAC or Opus is as long. Times that are rounded to milliseconds need no correction. Source of the 20 ms:
https://www.itu.int/rec/R-REC-BT.1359 (detectability is 45 ms; half of it is left to players)."""

LATE_SECONDS = 0.1
"""Sound that begins later than this after the picture gets silence before it. A shorter delay is kept by timestamps."""

LASTING = ("-t", str(config.MAX_SOURCE_SECONDS))
"""Options that cut an output at the longest duration of a source, because the times in a source may be wrong."""


class Graph:
    """The requests of all outputs, from which one ffmpeg command is made.

    Args:
        source: The source's path, relative to the working folder. It is ignored if the film is remote.
        film: The film.
        names: File names that are taken. The graph adds its own names.
        skip: Seconds at the start of the film that no output needs. Reading begins a little before their end.

    Attributes:
        large_files: The files of encoded streams, which may be large.
    """

    def __init__(self, source: str, film: Film, names: set[str] | None = None, skip: float = 0) -> None:
        self.film = film
        self._source = f"{PIPE}:0" if film.remote else source
        self._names = set() if names is None else names
        # A pipe can't seek, and some sources seek badly. Then all of the source is read.
        begin, _ = film.still_at(film.start + skip)
        self._seek = 0.0 if film.remote or _seeks_badly(film) else max(0.0, begin - SEEK_SECONDS)
        self._pictures: list[Branch] = []
        self._sounds: dict[AudioStream | None, list[Branch]] = {}
        self._video = EncodedStreams("v")
        self._audio = EncodedStreams("a")
        self.large_files: list[str] = []
        self._tee: list[str] = []
        self._others: list[str] = []

    def name(self, stem: str, ending: str) -> str:
        """Return a file name that no other file of the job has.

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
        """Add a stream of encoded picture.

        Args:
            size: The size of the picture.
            filters: The filters that the picture of that size goes through.
            options: The encoder's options.

        Returns:
            The stream's name, for `mux`.
        """
        timed = {"fps_mode": "vfr", "enc_time_base": f"1:{CLOCK}", **last_frame_options(self.film), **options}
        return self._video.add(Branch(filters, size), timed, self._picture)

    def audio(self, options: Options, stream: AudioStream | None = None) -> str:
        """Add a stream of encoded sound, in stereo. Return its name, for `mux`.

        Args:
            options: The encoder's options.
            stream: A sound of the source; None for the film's own sound. A sound that is shorter than the film's own
                sound is extended with silence.
        """
        end = self.film.audio.end_seconds if self.film.audio else None
        seconds = self.film.part_of(end)
        padded = (f"apad=whole_dur={seconds:.6f}",) if stream and seconds else ()
        filters = (*self._levelled(stream, options["c"]), *padded)
        return self._audio.add(Branch(filters, stream=stream), options, self._sound)

    def copied(self, stream: VideoStream | AudioStream) -> str:
        """Add a stream of the source without encoding it. Return its name, for `mux`."""
        encodes = self._video if isinstance(stream, VideoStream) else self._audio
        return encodes.add(Branch((f"0:{stream.index}",)), {"c": "copy"}, lambda branch: branch.filters[0])

    def mux(
        self, name: str, muxer: str, streams: Sequence[str], options: Options, arranged: Options | None = None
    ) -> None:
        """Add a file of encoded streams.

        Args:
            name: The name of the file.
            muxer: ffmpeg's name of the muxer.
            streams: The names of the streams.
            options: The muxer's options. Their values are constants that need no escaping.
            arranged: Options by which the muxer rewrites the whole file at its end. They are not used for a remote
                film, whose files are uploaded by then. `stoker.video.encode.streaming_upload` rearranges those files.
        """
        options = {**options, **(arranged or {})} if self.film.remote is None else options
        settings = ":".join(f"{key}={value}" for key, value in {"f": muxer, "onfail": "abort", **options}.items())
        self.large_files.append(name)
        self._tee.append(rf"[select=\'{','.join(streams)}\':{settings}]{name}")

    def write_picture(self, name: str, size: Size, filters: tuple[str, ...], options: Options) -> None:
        """Add a file of the picture alone that shares its encoding with no other file, such as a still.

        Args:
            name: The name of the file, or a pattern of names.
            size: The size of the picture.
            filters: The filters that the picture of that size goes through.
            options: The options of the encoder and the muxer.
        """
        # `passthrough`, because ffmpeg would fill the time before the first picture with copies of it.
        self._write(name, self._picture(Branch(filters, size)), {"fps_mode": "passthrough", **options})

    def write_sound(
        self, name: str, filters: tuple[str, ...], options: Options, stream: AudioStream | None = None
    ) -> None:
        """Add a file of the sound alone. The arguments are as for `write_picture`.

        Args:
            name: The name of the file.
            filters: The filters that the sound goes through.
            options: The options of the encoder and the muxer.
            stream: A sound of the source; None for the film's own sound.
        """
        self._write(name, self._sound(Branch((*self._levelled(stream), *filters), stream=stream)), options)

    def arguments(self) -> list[str]:
        """Return the arguments for `run_ffmpeg`."""
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
        watermark = (
            [*input_options(WATERMARKS), "-i", self.film.watermark.file]
            if self.film.watermark and self._pictures
            else []
        )
        decoded = [part for file in self._decoded.values() for part in (*input_options(), "-i", file)]
        inputs = [*self._input(*self._whole_graph()), *(self._input() if self._apart else ()), *decoded, *watermark]
        return [*inputs, *filters, *(tee if self._tee else []), *self._others, *self._anchors()]

    def _anchors(self) -> list[str]:
        """Return outputs that are discarded, so that each input uses both the picture and the sound.

        ffmpeg's clock for some formats begins with the first stream that it uses. Without these outputs, the picture
        and the sound would have different clocks.
        """
        video, audio = self.film.video, self.film.audio
        if not video or not audio or not DISCONTINUOUS_TIMESTAMPS & set(self.film.info.container.split(",")):
            return []
        nothing = ("-c", "copy", "-f", "null", "-")
        until = () if self.film.end is None else ("-t", f"{max(0.1, self.film.end - self._seek):.3f}")
        anchors: list[str] = []
        if self._pictures and (self._apart or self._decoded):
            anchors += ["-map", f"0:{audio.index}", *until, *nothing]
        elif not self._direct:
            # One frame of sound is enough, so that a run for a poster alone can end with its frame.
            anchors += ["-map", f"0:{audio.index}", "-frames:a", "1", *nothing]
        if self._direct and (self._apart or not self._pictures):
            anchors += ["-map", f"{self._sound_input}:{video.index}", *until, *nothing]
        return anchors

    @property
    def _apart(self) -> bool:
        """Return whether the source is opened twice, once for the picture and once for the sound.

        Each then has a filter graph of its own. When the sound changes its channels, for example, ffmpeg restarts a
        whole graph, and a restart loses frames of the picture. With two graphs on one input, each graph may wait for
        the other for ever. A pipe can't be read twice.
        """
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
        assert audio is not None  # only sounds that exist are asked for
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
        """The sounds that the run decodes, each with its encoders' options. None stands for the film's own sound."""
        encodes = [(branch.stream, options) for branch, options in self._audio.wanted]
        return {stream: [options for of, options in encodes if of == stream] for stream in self._sounds}

    @property
    def empty(self) -> bool:
        """Return whether no output needs this run."""
        return not self._tee and not self._others

    def _picture(self, branch: Branch) -> str:
        self._pictures.append(branch)
        return f"[picture{len(self._pictures) - 1}]"

    def _sound(self, branch: Branch) -> str:
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
        # Smaller sizes are scaled from the largest wanted size, because scaling from a large source is far more work.
        largest = max(sizes, key=lambda size: size[0] * size[1])
        watermark_input = self._sound_input + len(self._decoded) + 1
        base = picture_filters(self.film, largest, self._part(), watermark_input)
        branches = [
            Branch((*(scaled(branch.size) if branch.size and branch.size != largest else ()), *branch.filters))
            for branch in self._pictures
        ]
        return _chains(f"[0:{video.index}]", base, "split", "picture", branches)

    def _whole_graph(self) -> list[str]:
        """Return the option that keeps the filters running when the picture changes its size.

        A restart would lose frames and times. The option needs a first filter that takes frames of any size. ffmpeg's
        `transpose`, which turns a picture, and the filters that lay a picture over white are no such filters.
        """
        video = self.film.video
        restarts = not video or video.steady or video.rotation or over_white(video.pixel_format)
        return [] if restarts else ["-reinit_filter:v", "0"]

    def _sound_chains(self, stream: AudioStream | None, branches: Sequence[Branch]) -> list[str]:
        audio, decoded = self._audio_of(stream), list(self._decoded)
        if stream in decoded:
            source, base = f"{self._sound_input + 1 + decoded.index(stream)}:0", [*STEREO]
        else:
            source, base = f"{self._sound_input}:{audio.index}", [*self._sound_part(), *stereo(audio)]
        # Gaps, and the time before a late beginning, become silence, so that the sound stays in time in every format.
        first = ":first_pts=0" if stream in decoded or self._late(audio) else ""
        steady = f"aresample={SAMPLES_PER_SECOND}:async=1:min_hard_comp={LEAST_GAP_SECONDS}{first}"
        changed = any(index == audio.index for index, _ in self.film.levels)
        base += [steady, "aformat=channel_layouts=stereo", *(() if changed else at_own_level(audio))]
        return _chains(f"[{source}]", base, "asplit", _label(stream), branches)

    def _levelled(self, stream: AudioStream | None, encoder: str = "") -> list[str]:
        """Return the filters that give a sound the wanted loudness; empty if none is wanted."""
        audio = stream or self.film.audio
        level = self.film.levels.get((audio.index, encoder)) if audio else None
        return level.filters if level else []

    def _late(self, audio: AudioStream) -> bool:
        """Return whether silence is inserted before a sound, because it begins later than the film.

        This is not done for a sound that changes: ffmpeg restarts the graph at the change, and would insert the silence
        again.
        """
        if audio.changes:
            return False
        video = self.film.video
        starts = min(video.start_seconds, audio.start_seconds) if video else audio.start_seconds
        return audio.start_seconds - max(starts, self.film.start) > LATE_SECONDS

    def _part(self) -> list[str]:
        """Return filters that cut out the film's picture, exact to the frame, with times from 0.

        A still that is on the screen when the film begins starts at 0.
        """
        return self._cut("trim", "setpts", self.film.picture_start)

    def _sound_part(self) -> list[str]:
        """Return filters that cut out the film's sound, with times from 0."""
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
    # In Matroska, ffmpeg seeks by the key frames of the picture. A seek to a time between two slides loses the sound.
    return film.has_stills and "matroska" in film.info.container.split(",")


def _label(stream: AudioStream | None) -> str:
    return "sound" if stream is None else f"sound{stream.index}_"


def _chains(source: str, base: Sequence[str], split: str, label: str, branches: Sequence[Branch]) -> list[str]:
    """Return the chain of filters that all branches share, and the chain of each branch."""
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
