"""Segments: ranges of bytes of a file, each with the time that it plays."""

from collections.abc import Sequence
from dataclasses import dataclass

from stoker.video.hls.fragments import Fragment

SEGMENT_SECONDS = 6
"""Source: the authoring specification (7.5, target durations should be 6 seconds)."""

LEAST_SHARE, MOST_SHARE = 0.5, 1.5
"""Of the target duration: the runs of segments of which the peak bit rate is the largest. Source: RFC 8216, 4.1."""

RATE_SECONDS = 1
"""The shortest fragment that shows a frame rate."""


@dataclass(frozen=True)
class Segment:
    """A range of bytes of a file.

    Attributes:
        offset: Bytes from the start of the file.
        size: Bytes.
        seconds: How long it plays.
    """

    offset: int
    size: int
    seconds: float


@dataclass(frozen=True)
class Rates:
    """Bits a second.

    Attributes:
        peak: The most of any run of segments that is about as long as the target duration.
        mean: Of all.
    """

    peak: int
    mean: int


def segments(fragments: Sequence[Fragment]) -> list[Segment]:
    """Puts fragments together to segments. Sizes whose fragments begin at the same times get the same segments."""
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
    """The key frame of each fragment, with the boxes that lead to it. It stands until the next one.

    Source: RFC 8216, 4.3.3.6; the authoring specification (6.10, with the `moof` that belongs to it).
    """
    stops = [*(fragment.start for fragment in fragments[1:]), fragments[-1].end]
    return [
        Segment(fragment.offset, fragment.key_size, stop - fragment.start)
        for fragment, stop in zip(fragments, stops, strict=True)
    ]


def frame_rate(fragments: Sequence[Fragment]) -> float:
    """The highest number of frames a second, as the mean of a fragment: single frames of a variable rate jitter."""
    seconds = [segment.seconds for segment in key_frames(fragments)]
    rates = [part.samples / lasts for part, lasts in zip(fragments, seconds, strict=True) if lasts >= RATE_SECONDS]
    return max(rates, default=sum(part.samples for part in fragments) / sum(seconds))


def target_seconds(parts: Sequence[Segment], least: int = 1) -> int:
    """The target duration: no segment is longer, once that is rounded to whole seconds.

    Example:
        >>> target_seconds([Segment(0, 1, 6.006), Segment(1, 1, 6.5)])
        7
    """
    return max(least, *(int(part.seconds + 0.5) for part in parts))


def rates(parts: Sequence[Segment], target: int) -> Rates:
    """The bit rates of a playlist.

    Args:
        parts: Its segments.
        target: Its target duration, in seconds. A segment alone that is much shorter makes no peak.

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
