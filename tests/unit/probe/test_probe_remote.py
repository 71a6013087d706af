"""A film that is read by ranges is read to its end if its container does not say enough, however slowly it comes."""

import subprocess
from collections.abc import Callable
from typing import IO, cast

import pytest

from conftest import Ffmpeg
from stoker.probe.probe import NotReadable, Prober
from stoker.probe.ranged_source import Remote
from stoker.probe.time_limit import PROBE_SECONDS, TimeLimit
from unit.probe.ranges import AAC, H264, Kept

PICTURE = ("-f", "lavfi", "-i", "color=gray:size=320x180:rate=25:duration=3,noise=alls=100:allf=t")
SOUND = ("-f", "lavfi", "-i", "sine=frequency=440:duration=3")
HEAVY = ("-qp", "5")
FILMS = {
    "mp4": ("film.mp4", (*PICTURE, *SOUND, *H264, *HEAVY, *AAC), False),
    "faststart": ("film.mp4", (*PICTURE, *SOUND, *H264, *HEAVY, *AAC, "-movflags", "+faststart"), False),
    "matroska": ("film.mkv", (*PICTURE, *SOUND, *H264, *HEAVY, *AAC), False),
    "live": ("film.mkv", (*PICTURE, *SOUND, *H264, *HEAVY, *AAC, "-live", "1"), True),
    "mp3": ("film.mp3", ("-f", "lavfi", "-i", "anoisesrc=d=140", "-q:a", "0", "-write_xing", "0"), True),
    "120 frames a second": (
        "film.mkv",
        (*("-f", "lavfi", "-i", "color=gray:size=320x180:rate=120:duration=1,noise=alls=100:allf=t"), *H264, *HEAVY),
        True,
    ),
}


class Clock:
    """A clock that tests move, and timers that go by it."""

    def __init__(self) -> None:
        self.now = 0.0
        self._waiting: dict[Clock.Timer, float] = {}

    def prober(self) -> Prober:
        """Makes a prober that goes by this clock."""
        return Prober(self.time_limit)

    def time_limit(self, child: "subprocess.Popen[bytes]") -> TimeLimit:
        return TimeLimit(child, lambda: self.now, self.timer)

    def advance(self, seconds: float) -> None:
        self.now += seconds
        for timer, end in list(self._waiting.items()):
            if self.now >= end:
                del self._waiting[timer]
                timer.end()

    def timer(self, seconds: float, end: Callable[[], None]) -> "Clock.Timer":
        return self.Timer(self, seconds, end)

    class Timer:
        """A `threading.Timer`."""

        def __init__(self, clock: "Clock", seconds: float, end: Callable[[], None]) -> None:
            self.end = end
            self._clock, self._seconds = clock, seconds

        def start(self) -> None:
            self._clock._waiting[self] = self._clock.now + self._seconds

        def cancel(self) -> None:
            self._clock._waiting.pop(self, None)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=pytest.mark.soak if kind in ("faststart", "matroska") else ()) for kind in FILMS]
)
def test_it_is_read_to_its_end_where_it_has_to_be(kind: str, ffmpeg: Ffmpeg) -> None:
    name, arguments, whole = FILMS[kind]
    film = ffmpeg(name, *arguments)
    seen: list[int] = []
    source = Kept(film.read_bytes(), seen.append)
    with Prober() as prober:
        info, here = prober.probe(Remote(source, lambda: None)), prober.probe(film)
    assert source.size > 2 * 1024**2
    assert info.measured == whole
    assert info.duration_seconds == pytest.approx(here.duration_seconds, abs=0.05)
    if info.video and here.video:
        assert info.video.frames_per_second == pytest.approx(here.video.frames_per_second, rel=0.01)


@pytest.mark.parametrize("measure", [None, True])
def test_a_slow_download_is_not_the_fault_of_the_file(ffmpeg: Ffmpeg, clock: Clock, measure: bool | None) -> None:
    name, arguments, _ = FILMS["live"]
    source = Kept(ffmpeg(name, *arguments).read_bytes(), lambda offset: clock.advance(60))
    with clock.prober() as prober:
        info = prober.probe(Remote(source, lambda: None), measure=measure)
    assert clock.now > 2 * PROBE_SECONDS
    assert info.duration_seconds == pytest.approx(3, abs=0.1)


class Child:
    """A process that is ended."""

    killed = False

    def kill(self) -> None:
        self.killed = True


@pytest.mark.parametrize(
    ("given", "taken", "killed"),
    [([], 29, False), ([], 31, True), ([10**9], 120, False), ([10**9] * 9, 220, False), ([10**9] * 9, 240, True)],
)
def test_a_child_has_time_for_what_it_reads(clock: Clock, given: list[int], taken: float, killed: bool) -> None:
    """For no more than twice the size of the file, 10**9 bytes."""
    child = Child()
    time_limit = clock.time_limit(cast("subprocess.Popen[bytes]", child))
    for length in given:
        with time_limit:
            clock.advance(0)
        clock.advance(1000)
        time_limit.extend(length, 10**9)
    with time_limit:
        clock.advance(taken)
    assert (child.killed, time_limit.ended) == (killed, killed)


class Late:
    """A pipe from which something comes only after a long time."""

    def __init__(self, pipe: IO[bytes], clock: Clock) -> None:
        self._pipe, self._clock = pipe, clock

    def readline(self) -> bytes:
        self._clock.advance(1000)
        return self._pipe.readline()


def test_a_file_that_takes_too_long_is_not_readable(ffmpeg: Ffmpeg, clock: Clock) -> None:
    film = ffmpeg("film.mp4", "-f", "lavfi", "-i", "testsrc2=size=64x64:duration=1", *H264)
    with clock.prober() as prober:
        pipe = cast(IO[bytes], prober.child.stdout)
        prober.child.stdout = cast(IO[bytes], Late(pipe, clock))
        with pytest.raises(NotReadable, match="gave up"):
            prober.probe(film)
        prober.child.stdout = pipe
