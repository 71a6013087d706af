"""The tracks of a file, as the demuxer and the decoders find them. The child process that opens files imports it."""

from fractions import Fraction
from typing import Any

import av

from stoker.languages import match
from stoker.probe.candidate import Candidate
from stoker.probe.metadata import tag
from stoker.probe.packet_statistics import TimestampCorrection
from stoker.probe.tracks import Track, is_thumbnail, pictures, sounds
from stoker.sandbox.formats import DISCONTINUOUS_TIMESTAMPS

HDR = {16: "pq", 18: "hlg"}
"""Transfer functions. Source: ITU-T H.273, table 3."""

MAX_CANDIDATES = 32
"""The largest number of pictures, and of sounds, that are tried. A source may not have more streams."""

MAX_PACKETS = 2_000_000
"""Packets that are read: four hours at 60 frames a second, with sound, have 1.5 million. Each takes about 6 us."""

SOUND_PACKETS = 3000
"""Packets within which each sound must have a sample: about ten seconds of a film."""


class TrackReader:
    """The tracks of a file, and the choice of the picture and the sound to use.

    Args:
        container: The open file, of PyAV.
        language: The language of the sound to prefer.
    """

    def __init__(self, container: Any, language: str) -> None:
        self._container = container
        self._candidates = {
            stream.index: Candidate(stream) for stream in _candidates(container) if stream.time_base is not None
        }
        self._timestamps = (
            TimestampCorrection() if DISCONTINUOUS_TIMESTAMPS & set(container.format.name.split(",")) else None
        )
        self._ends: dict[int, Fraction] = {}
        self._measured = False
        self._ranked = {
            "video": [track.index for track in pictures(self._tracks("video"))],
            "audio": [
                track.index for track in sounds(self._tracks("audio"), lambda other: int(match(language, other)))
            ],
        }

    def _tracks(self, kind: str) -> list[Track]:
        return [_track(candidate) for candidate in self._candidates.values() if candidate.stream.type == kind]

    def read(self, *, to_end: bool) -> None:
        """Read packets.

        Args:
            to_end: Whether to read all packets; otherwise reading ends when the tracks to use are certain.
        """
        try:
            for number, packet in enumerate(self._container.demux()):
                if number >= MAX_PACKETS:
                    return
                self._take(packet)
                if not to_end and self._certain() and (number >= SOUND_PACKETS or self._all_heard()):
                    return
        except av.FFmpegError:
            pass  # ffmpeg, too, treats this error as the end of the file.
        self._measured = True
        for candidate in self._candidates.values():
            candidate.statistics.finish()

    def _take(self, packet: Any) -> None:
        stream = packet.stream_index
        candidate = self._candidates.get(stream)
        if candidate is None:
            if packet.pts is not None and packet.time_base and not packet.is_discard:
                end = (packet.pts + (packet.duration or 0)) * packet.time_base
                self._ends[stream] = max(end, self._ends.get(stream, end))
            return
        shift = 0
        if self._timestamps and packet.size:
            shift = self._timestamps.shift(stream, packet.dts, packet.duration or 0, candidate.statistics.time_base)
        candidate.take(packet, shift)

    def _certain(self) -> bool:
        return all(self._best(kind) is not None or not ranked for kind, ranked in self._ranked.items())

    def _sounds(self) -> list[Candidate]:
        """Return the sounds, the best first."""
        return [self._candidates[index] for index in self._ranked["audio"]]

    def _all_heard(self) -> bool:
        return all(candidate.frame is not None or not candidate.usable for candidate in self._sounds())

    def _best(self, kind: str) -> Candidate | None:
        """Return the best track that can be decoded; None while a better track may still turn out to be decodable."""
        for index in self._ranked[kind]:
            candidate = self._candidates[index]
            if candidate.frame is not None:
                return candidate
            if candidate.usable and not self._measured:
                return None
        return None

    def answer(self, declared: float, missing: float | None) -> dict[str, Any]:
        """Return the fields of `stoker.probe.probe.MediaInfo`.

        Args:
            declared: The duration by the demuxer, in seconds; 0 if it does not know.
            missing: The share of the file that is missing at its end, by the sizes in its container.

        Raises:
            av.FFmpegError: The file has a picture, but no track can be decoded.
        """
        video, audio = self._best("video"), self._best("audio")
        if video is None and audio is None and any(map(self._candidates.get, self._ranked["video"])):
            raise av.InvalidDataError(0, "no frame can be decoded")
        used = [candidate for candidate in (video, audio) if candidate is not None]
        zero = self._zero(used)
        ends = [self._seconds(candidate, candidate.statistics.end, zero) for candidate in used]
        seconds = max(ends) if ends and self._measured else declared
        return {
            "streams": len(self._container.streams),
            "video": self._video(video, zero) if video else None,
            "audio": self._audio(audio, zero) if audio else None,
            "sounds": [self._audio(candidate, zero) for candidate in self._sounds() if candidate.frame is not None],
            "duration_seconds": seconds if seconds > 0 else None,
            "container": self._container.format.name,
            "bits_per_second": self._container.bit_rate or None,
            "measured": self._measured,
            "declared_seconds": declared if declared > 0 else None,
            "reached_seconds": self._reached(zero) if self._measured else None,
            "missing_share": missing,
            "tracks": [self._listed(candidate, used) for candidate in self._candidates.values()],
        }

    def _zero(self, used: list[Candidate]) -> Fraction:
        """Return the time of the file's clock that ffmpeg takes as 0, in seconds."""
        starts: list[Fraction] = [
            candidate.stream.start_time * candidate.statistics.time_base
            for candidate in used
            if candidate.stream.start_time is not None
        ]
        if self._timestamps and starts:
            return min(starts)
        return Fraction(self._container.start_time or 0, av.time_base)

    @staticmethod
    def _seconds(candidate: Candidate, ticks: int, zero: Fraction) -> float:
        return float(ticks * candidate.statistics.time_base - zero)

    def _reached(self, zero: Fraction) -> float:
        ends = [candidate.statistics.end * candidate.statistics.time_base for candidate in self._candidates.values()]
        return float(max([*ends, *self._ends.values()], default=Fraction(0)) - zero)

    def _span(self, candidate: Candidate, zero: Fraction) -> dict[str, Any]:
        """Return the start, the duration and the number of packets of a track."""
        statistics, stream = candidate.statistics, candidate.stream
        if self._measured and statistics.first is not None:
            start = self._seconds(candidate, statistics.first, zero)
            return {
                "start_seconds": start,
                "duration_seconds": self._seconds(candidate, statistics.end, zero) - start,
                "packets": statistics.packets,
                "decodable_seconds": max(
                    start,
                    self._seconds(candidate, statistics.first if statistics.key is None else statistics.key, zero),
                ),
            }
        declared = stream.duration
        ticks = stream.start_time if statistics.first is None else statistics.first
        start = 0.0 if ticks is None else self._seconds(candidate, ticks, zero)
        return {
            "start_seconds": start,
            "duration_seconds": None if declared is None else float(declared * statistics.time_base),
            "packets": stream.frames or None,
            "decodable_seconds": start,
        }

    def _video(self, candidate: Candidate, zero: Fraction) -> dict[str, Any]:
        stream, frame, statistics = candidate.stream, candidate.frame, candidate.statistics
        width, height = round(stream.width * (stream.sample_aspect_ratio or Fraction(1))), stream.height
        if frame.rotation % 180:
            width, height = height, width
        declared = float(stream.average_rate or 0)
        measured = self._measured and statistics.frames_per_second
        return {
            "index": stream.index,
            "codec": candidate.codec,
            "width": width,
            "height": height,
            "square_pixels": (stream.sample_aspect_ratio or 1) == 1,
            "frames_per_second": measured or declared,
            "moving_frames_per_second": (measured and statistics.moving_frames_per_second) or measured or declared,
            **self._span(candidate, zero),
            "pixel_format": frame.format.name,
            "bit_depth": frame.format.components[0].bits,
            "rotation": int(frame.rotation),
            "interlaced": bool(frame.interlaced_frame),
            "hidden": statistics.hidden,
            "last_seconds": self._seconds(candidate, statistics.last, zero) if self._measured else None,
            "stills": [[self._seconds(candidate, at, zero) for at in still] for still in statistics.stills],
            "hdr": HDR.get(int(frame.color_trc or 0)),
            "bits_per_second": stream.bit_rate or None,
            "colours": {
                "primaries": int(frame.color_primaries),
                "transfer": int(frame.color_trc),
                "matrix": int(frame.colorspace),
                "full_range": {1: False, 2: True}.get(int(frame.color_range)),
            },
            "progressive": self._progressive(candidate),
            "steady": self._progressive(candidate) and candidate.parameters.steady and self._all_seen(candidate),
            "changes": candidate.changes(),
        }

    @staticmethod
    def _progressive(candidate: Candidate) -> bool:
        parameters = candidate.parameters
        known = parameters.known or candidate.codec != "h264"
        return bool(known and parameters.progressive and not candidate.frame.interlaced_frame)

    def _all_seen(self, candidate: Candidate) -> bool:
        # In a track of `avc1`, the index must have all parameters. A program that puts parameters into packets in spite
        # of this begins with its first packets.
        # Source: ISO/IEC 14496-15, 5.4.2.1.2
        in_index = candidate.stream.codec_context.codec_tag == "avc1" and not candidate.parameters.in_band
        return self._measured or in_index

    def _audio(self, candidate: Candidate, zero: Fraction) -> dict[str, Any]:
        stream = candidate.stream
        return {
            "index": stream.index,
            "codec": candidate.codec,
            "channels": stream.channels or candidate.frame.layout.nb_channels,
            "layout": stream.layout.name,
            "samples_per_second": stream.rate or candidate.frame.sample_rate,
            "profile": stream.codec_context.profile,
            **self._span(candidate, zero),
            "changes": candidate.changes(),
            "language": _language(stream),
            "title": tag(stream.metadata, "title") or tag(stream.metadata, "name"),  # MP4 has a `name` box
        }

    def _beside_a_film(self, candidate: Candidate) -> bool:
        tracks = self._tracks("video")
        return any(is_thumbnail(track, tracks) for track in tracks if track.index == candidate.stream.index)

    def _listed(self, candidate: Candidate, used: list[Candidate]) -> dict[str, Any]:
        kind, index = candidate.stream.type, candidate.stream.index
        state = "ignored"
        if candidate in used:
            state = "used"
        elif index not in self._ranked[kind] or self._beside_a_film(candidate):
            state = "still"
        elif self._measured and not candidate.statistics.packets:
            state = "empty"
        elif candidate.frame is None and (self._measured or not candidate.usable):
            state = "undecodable"
        return {
            "index": index,
            "kind": kind,
            "state": state,
            "codec": candidate.codec,
            "language": _language(candidate.stream),
        }


def _candidates(container: Any) -> list[Any]:
    films = [stream for stream in container.streams.video if stream.codec_context is None or stream.width]
    return [*films[:MAX_CANDIDATES], *container.streams.audio[:MAX_CANDIDATES]]


def _track(candidate: Candidate) -> Track:
    stream, picture = candidate.stream, candidate.picture and candidate.codec is not None
    flags = frozenset(name for name, flag in av.stream.Disposition.__members__.items() if stream.disposition & flag)
    return Track(
        index=stream.index,
        flags=flags,
        area=stream.width * stream.height if picture else 0,
        rate=float(stream.average_rate or 0) if picture else 0,
        language=_language(stream),
        title=stream.metadata.get("title") or stream.metadata.get("handler_name") or "",
    )


def _language(stream: Any) -> str:
    language = tag(stream.metadata, "language")
    return "" if language == "und" else str(language)
