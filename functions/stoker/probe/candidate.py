"""A track that may be used, with its packets and its first frame. The child process that opens files imports it."""

from fractions import Fraction
from typing import Any

import av

from stoker.probe.packet_statistics import PacketStatistics
from stoker.probe.picture_parameters import MAX_CHANGES, PictureParameters
from stoker.probe.sound_parameters import sound_parameters

MAX_TRIES = 1000
"""Packets of a track that its decoder may get before the first frame comes out."""

HIDDEN_FRAMES = ("vp8",)
"""Codecs with packets that show no frame. Source: RFC 6386, 9.1."""


class Candidate:
    """A track that may be used.

    Args:
        stream: PyAV's stream of the track.

    Attributes:
        stream: PyAV's stream of the track.
        frame: The first frame that its decoder returned.
        statistics: The sums over its packets.
        tries: Packets that were decoded before the first frame came out.
        heard: The parameters in the packets of a sound, each once.
    """

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.frame: Any = None
        self.tries = 0
        self.statistics = PacketStatistics(Fraction(stream.time_base or 0), in_order=stream.type == "video")
        codec = stream.codec_context
        self.codec = codec.name if codec is not None else None
        self.picture = stream.type == "video"
        self.parameters = PictureParameters(self.codec or "", bytes(codec.extradata or b"") if codec else b"")
        self.heard: list[tuple[int, int] | None] = []
        self._longest = 0
        self._rate = 0 if self.picture or codec is None else stream.rate or 0

    @property
    def usable(self) -> bool:
        """Return whether there is a decoder for the track, which has succeeded or may still succeed."""
        return self.codec is not None and (self.frame is not None or self.tries < MAX_TRIES)

    def take(self, packet: Any, shift: int) -> None:
        """Examine a packet, and decode it if no frame was decoded yet.

        Args:
            packet: The packet.
            shift: Ticks to add to the packet's times.
        """
        if packet.size:
            self._look(packet, shift)
        if self.frame is None and self.usable:
            self._decode(packet)

    def _decode(self, packet: Any) -> None:
        self.tries += bool(packet.size)
        try:
            frames = packet.decode()
        except av.FFmpegError:
            return  # The next packet may succeed: a recording may begin in the middle of a stream.
        self.frame = frames[0] if frames else None

    def _look(self, packet: Any, shift: int) -> None:
        pts, dts, key, content = packet.pts, packet.dts, packet.is_keyframe, memoryview(packet)
        shown, cut = not packet.is_discard, (0, 0)
        if self.picture:
            self.parameters.look(content, key)
            if self.codec in HIDDEN_FRAMES:
                shown = shown and bool(content[0] & 0x10)
        else:
            self._hear(sound_parameters(self.codec or "", bytes(content[:8])))
            self._longest = max(self._longest, packet.duration or 0)
        for side in packet.iter_sidedata():
            if side.data_type == "skip_samples":
                cut = self._cut(bytes(side), packet.duration or 0)
            elif side.data_type == "new_extradata":
                self._changed(bytes(side))
        self.statistics.add(
            None if pts is None else pts + shift,
            None if dts is None else dts + shift,
            packet.duration or 0,
            key=key,
            shown=shown,
            cut=cut,
        )

    def _cut(self, samples: bytes, duration: int) -> tuple[int, int]:
        """Return the ticks at the start and at the end that are not played.

        Source: AV_PKT_DATA_SKIP_SAMPLES in packet.h
        """
        if not self._rate or len(samples) < 8:
            return 0, 0
        tick = self.statistics.time_base * self._rate  # samples
        start, end = (int.from_bytes(samples[at : at + 4], "little") for at in (0, 4))
        # Ogg and Matroska shorten the last packet by the samples that are not played, and also list these samples.
        return round(start / tick), round(end / tick) if duration >= self._longest else 0

    def _hear(self, found: tuple[int, int] | None) -> None:
        if found and found not in self.heard and len(self.heard) < MAX_CHANGES:
            self.heard.append(found)

    def _changed(self, extradata: bytes) -> None:
        if self.picture:
            self.parameters.changed(extradata)
        elif extradata != bytes(self.stream.codec_context.extradata or b"") and len(self.heard) < MAX_CHANGES:
            self.heard += [None] * (2 - len(self.heard))

    def changes(self) -> list[str]:
        """Return the later sizes or formats of the track, in words."""
        if self.picture:
            return [f"{width} x {height}" for width, height in self.parameters.sizes[1:]]
        return [
            f"{found[0]} Hz with {found[1]} channel{'s' if found[1] > 1 else ''}" if found else "another format"
            for found in self.heard[1:]
        ]
