"""What the packets of a stream show without being decoded. The child process that opens files imports it.

Only sums are kept, and a bounded list of stills, however many packets there are.
"""

import heapq
from dataclasses import dataclass, field
from fractions import Fraction

REORDER = 17
"""Frames among which the next one to be shown is found. Source: H.264, A.3.1: at most 16 are held back."""

MOVING_SECONDS = Fraction(1, 10)
"""The longest time between two frames of a moving part; those of a part that stands still lie further apart."""

STILL_SECONDS = Fraction(1, 4)
"""A frame that is shown for longer is a still picture: the slowest films have five frames a second."""

MAX_STILLS = 10_000
"""Slides of 1.4 s for four hours."""

FASTEST = 60
"""Frames a second: of a faster picture, some are left out. Jitter must not make a picture of this rate a faster one."""

JITTER_SECONDS = 0.02
JITTER_SHARE = 0.02
"""How much shorter a part of that rate may look, since its first and its last frame are not where they should be."""

BREAK_SECONDS = 10
"""A jump of the clock ahead that is longer is a break, as is every jump back. Source: `-dts_delta_threshold` in
https://ffmpeg.org/ffmpeg.html"""


@dataclass
class Survey:
    """The sums of one stream. Times are in ticks of its time base.

    Args:
        time_base: Seconds of a tick.
        in_order: Whether frames are also put into the order in which they are shown, to find how fast they move.

    Attributes:
        packets: How many there are.
        first: When the first frame is shown that is to be shown; None where there is none.
        key: When the first frame is shown at which a decoder can begin, whether or not that is to be shown.
        end: When the last frame ends.
        hidden: Whether some frames are not to be shown.
        last: When the last frame begins.
        stills: When each frame begins and ends that is shown for more than `STILL_SECONDS`, at most `MAX_STILLS`.
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
        """Takes a packet.

        Args:
            pts: When it is shown.
            dts: When it is decoded, which counts in streams that have no other time.
            duration: How long it is shown.
            key: Whether a decoder can begin with it.
            shown: Whether it is to be shown at all.
            cut: How much of its start and of its end is not.
        """
        self.packets += 1
        if pts is not None:
            self._timed = True
        elif self._timed or dts is None:  # such as the second field of a frame
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
        """Takes what is still held back; called once, after the last packet."""
        for at in sorted(self._heap):
            self._show(at)
        self._heap.clear()
        if self._before is not None and self._stands(self.end - self._before):
            self.stills.append((self._before, self.end))

    @property
    def frames_per_second(self) -> float:
        """From the first frame to the last; 0 where there are too few to tell."""
        return _rate(self._shown - 1, (self.last - (self.first or 0)) * self.time_base)

    @property
    def moving_frames_per_second(self) -> float:
        """Of the parts that do not stand still; 0 where all do."""
        return _rate(self._moves, self._moving * self.time_base)


def _rate(frames: int, seconds: Fraction) -> float:
    if frames < 1 or seconds <= 0:
        return 0
    told = float(frames / seconds)
    faster = frames > FASTEST * (1 + JITTER_SHARE) * (float(seconds) + JITTER_SECONDS)
    return told if faster else min(told, FASTEST)


class Joined:
    """The clock of formats that may begin anew in the middle, set right as ffmpeg sets it.

    Source: `ts_discontinuity_detect` in https://github.com/FFmpeg/FFmpeg/blob/master/fftools/ffmpeg_demux.c
    """

    def __init__(self) -> None:
        self._shift = Fraction(0)
        self._expected: dict[int, Fraction] = {}
        self._latest: Fraction | None = None

    def shift(self, stream: int, dts: int | None, duration: int, time_base: Fraction) -> int:
        """Ticks to add to the times of a packet.

        Args:
            stream: The index of its stream.
            dts: When it is decoded, in ticks.
            duration: In ticks.
            time_base: Seconds of a tick.
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
