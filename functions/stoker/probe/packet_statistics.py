"""Statistics over the packets of a stream, without decoding. The child process that opens files imports it.

The memory for them is bounded: only sums and a limited list of stills are kept.
"""

import heapq
from dataclasses import dataclass, field
from fractions import Fraction

REORDER = 17
"""Frames that are kept to find the next frame in the order of their times. Source: H.264, A.3.1: a decoder holds back
at most 16 frames."""

MOVING_SECONDS = Fraction(1, 10)
"""The longest time between two frames of a moving part, in seconds. In a part that stands still, it is longer."""

STILL_SECONDS = Fraction(1, 4)
"""A frame that is shown for longer is a still: the slowest films have five frames a second."""

MAX_STILLS = 10_000
"""Stills that are kept: slides of 1.4 s for four hours."""

FASTEST = 60
"""The highest frame rate of outputs. Of a faster picture, some frames are dropped. Jitter of the times must not make a
picture of this rate count as faster."""

JITTER_SECONDS = 0.02
JITTER_SHARE = 0.02
"""The difference that jitter of the first and the last frame may make to the duration of a part."""

BREAK_SECONDS = 10
"""A longer jump of the clock ahead is corrected. A jump back is always corrected. Source: `-dts_delta_threshold` in
https://ffmpeg.org/ffmpeg.html"""


@dataclass
class PacketStatistics:
    """The sums over the packets of one stream. Times are in ticks of its time base.

    Args:
        time_base: The duration of a tick, in seconds.
        in_order: Whether frames are also sorted by their times, to find stills and the frame rate of moving parts.

    Attributes:
        packets: The number of packets.
        first: The start of the first frame that is shown; None if there is none.
        key: The start of the first frame at which a decoder can begin, also if that frame is not shown.
        end: The end of the last frame.
        hidden: Whether some frames are not shown.
        last: The start of the last frame.
        stills: The start and end of each frame that is shown for longer than `STILL_SECONDS`, at most `MAX_STILLS`.
    """

    time_base: Fraction
    in_order: bool = False
    packets: int = 0
    first: int | None = None
    key: int | None = None
    end: int = 0
    hidden: bool = False
    last: int = 0
    stills: list[tuple[int, int]] = field(default_factory=list)
    _shown: int = 0
    _timed: bool = False
    _heap: list[int] = field(default_factory=list)
    _before: int | None = None
    _moves: int = 0
    _moving: int = 0

    def __post_init__(self) -> None:
        self._still = int(MOVING_SECONDS / self.time_base) if self.time_base else 0

    def add(
        self,
        pts: int | None,
        dts: int | None,
        duration: int,
        *,
        key: bool,
        shown: bool = True,
        cut: tuple[int, int] = (0, 0),
    ) -> None:
        """Add a packet to the sums.

        Args:
            pts: When the packet is shown.
            dts: When the packet is decoded. It counts if the stream has no `pts`.
            duration: How long the packet is shown.
            key: Whether a decoder can begin with the packet.
            shown: Whether the packet is shown at all.
            cut: The ticks at its start and at its end that are not shown.
        """
        self.packets += 1
        if pts is not None:
            self._timed = True
        elif self._timed or dts is None:  # For example, the second field of a frame has no time of its own.
            return
        else:
            pts = dts
        begin, end = pts + cut[0], pts + max(duration - cut[1], 0)
        if key and self.key is None:
            self.key = begin
        if not shown:
            self.hidden = True
            return
        if self.first is None or begin < self.first:
            self.first = begin
        self.end = end if self._shown == 0 else max(self.end, end)
        self.last = pts if self._shown == 0 else max(self.last, pts)
        self._shown += 1
        if self.in_order:
            heapq.heappush(self._heap, pts)
            if len(self._heap) > REORDER:
                self._show(heapq.heappop(self._heap))

    def _show(self, at: int) -> None:
        gap = at - self._before if self._before is not None else 0
        self._before = at
        if self._stands(gap):
            self.stills.append((at - gap, at))
        if 0 < gap <= self._still:
            self._moves += 1
            self._moving += gap

    def _stands(self, gap: int) -> bool:
        return gap * self.time_base > STILL_SECONDS and len(self.stills) < MAX_STILLS

    def finish(self) -> None:
        """Add the frames that are still held back. Call this once, after the last packet."""
        for at in sorted(self._heap):
            self._show(at)
        self._heap.clear()
        if self._before is not None and self._stands(self.end - self._before):
            self.stills.append((self._before, self.end))

    @property
    def frames_per_second(self) -> float:
        """The frame rate from the first frame to the last; 0 if there are too few frames."""
        return _rate(self._shown - 1, (self.last - (self.first or 0)) * self.time_base)

    @property
    def moving_frames_per_second(self) -> float:
        """The frame rate of the parts that do not stand still; 0 if all parts stand still."""
        return _rate(self._moves, self._moving * self.time_base)


def _rate(frames: int, seconds: Fraction) -> float:
    if frames < 1 or seconds <= 0:
        return 0
    rate = float(frames / seconds)
    faster = frames > FASTEST * (1 + JITTER_SHARE) * (float(seconds) + JITTER_SECONDS)
    return rate if faster else min(rate, FASTEST)


class TimestampCorrection:
    """The correction of timestamps that jump in the middle of a file, as ffmpeg corrects them.

    Source: `ts_discontinuity_detect` in https://github.com/FFmpeg/FFmpeg/blob/master/fftools/ffmpeg_demux.c
    """

    def __init__(self) -> None:
        self._shift = Fraction(0)
        self._expected: dict[int, Fraction] = {}
        self._latest: Fraction | None = None

    def shift(self, stream: int, dts: int | None, duration: int, time_base: Fraction) -> int:
        """Return the ticks to add to the times of a packet.

        Args:
            stream: The index of the packet's stream.
            dts: When the packet is decoded, in ticks.
            duration: The packet's duration, in ticks.
            time_base: The duration of a tick, in seconds.
        """
        if dts is None:
            return round(self._shift / time_base)
        at = dts * time_base + self._shift
        expected = self._expected.get(stream)
        if expected is not None:
            ahead = at - expected
            if abs(ahead) > BREAK_SECONDS or at + Fraction(1, 10) < expected:
                self._shift -= ahead
                at = expected
        elif self._latest is not None and abs(at - self._latest) > BREAK_SECONDS:
            self._shift -= at - self._latest
            at = self._latest
        self._latest = at
        self._expected[stream] = at + duration * time_base
        return round(self._shift / time_base)
