"""Segments: ranges of bytes of a file, with their durations and bit rates."""

from collections.abc import Sequence
from dataclasses import dataclass

from stoker.video.hls.fragments import Fragment

SEGMENT_SECONDS = 6
"""The target duration. Source: the authoring specification (7.5, target durations should be 6 seconds)."""

LEAST_SHARE, MOST_SHARE = 0.5, 1.5
"""The peak bit rate is the largest bit rate of any consecutive segments whose duration is between these shares of the
target duration. Source: RFC 8216, 4.1."""

RATE_SECONDS = 1
"""The shortest fragment whose frame rate counts, in seconds."""


@dataclass(frozen=True)
class Segment:
    """A range of bytes of a file that is played as a unit.

    Attributes:
        offset: The offset in the file, in bytes.
        size: The size, in bytes.
        seconds: The duration.
    """

    offset: int
    size: int
    seconds: float


@dataclass(frozen=True)
class Rates:
    """The bit rates of a playlist, in bits a second.

    Attributes:
        peak: The largest bit rate of consecutive segments that are together about as long as the target duration.
        mean: The average bit rate of all segments.
    """

    peak: int
    mean: int


def segments(fragments: Sequence[Fragment]) -> list[Segment]:
    """Join fragments to segments. Files whose fragments have the same times get segments with the same times."""
    firsts = [fragments[0]]
    for fragment in fragments[1:]:
        if fragment.start // SEGMENT_SECONDS > firsts[-1].start // SEGMENT_SECONDS:
            firsts.append(fragment)
    ends = [(fragment.offset, fragment.start) for fragment in firsts[1:]]
    ends.append((fragments[-1].offset + fragments[-1].size, fragments[-1].end))
    return [
        Segment(first.offset, end - first.offset, stops - first.start)
        for first, (end, stops) in zip(firsts, ends, strict=True)
    ]


def key_frames(fragments: Sequence[Fragment]) -> list[Segment]:
    """Return the key frame of each fragment, with the boxes before it. Each lasts until the next key frame.

    Source: RFC 8216, 4.3.3.6; the authoring specification (6.10, with the `moof` that belongs to it).
    """
    stops = [*(fragment.start for fragment in fragments[1:]), fragments[-1].end]
    return [
        Segment(fragment.offset, fragment.key_size, stop - fragment.start)
        for fragment, stop in zip(fragments, stops, strict=True)
    ]


def frame_rate(fragments: Sequence[Fragment]) -> float:
    """Return the highest frame rate of a fragment, in frames a second.

    It is the average of a fragment, because the durations of single frames jitter at a variable frame rate.
    """
    seconds = [segment.seconds for segment in key_frames(fragments)]
    rates = [part.samples / lasts for part, lasts in zip(fragments, seconds, strict=True) if lasts >= RATE_SECONDS]
    return max(rates, default=sum(part.samples for part in fragments) / sum(seconds))


def target_seconds(parts: Sequence[Segment], least: int = 1) -> int:
    """Return the target duration, in seconds. No segment is longer after rounding to whole seconds.

    Example:
        >>> target_seconds([Segment(0, 1, 6.006), Segment(1, 1, 6.5)])
        7
    """
    return max(least, *(int(part.seconds + 0.5) for part in parts))


def rates(parts: Sequence[Segment], target: int) -> Rates:
    """Return the bit rates of a playlist.

    Args:
        parts: The segments of the playlist.
        target: The target duration, in seconds. A single segment that is much shorter does not count for the peak.

    Example:
        >>> rates([Segment(0, 6000, 6), Segment(6000, 3000, 2), Segment(9000, 2000, 1)], 6)
        Rates(peak=13333, mean=9778)
    """
    mean = 8 * sum(part.size for part in parts) / sum(part.seconds for part in parts)
    peak = 0.0
    for first in range(len(parts)):
        size, seconds = 0, 0.0
        for part in parts[first:]:
            size, seconds = size + part.size, seconds + part.seconds
            if seconds > MOST_SHARE * target:
                break
            if seconds >= LEAST_SHARE * target:
                peak = max(peak, 8 * size / seconds)
    return Rates(round(peak or mean), round(mean))
