"""Durations, starts and rates are read from the packets, even if the container does not have them."""

import json
import pickle
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from conftest import Ffmpeg
from stoker.probe import packet_statistics
from stoker.probe.packet_statistics import FASTEST, PacketStatistics, TimestampCorrection
from stoker.probe.probe import MediaInfo, Prober
from stoker.video.picture.picture import MAX_FRAMES_PER_SECOND
from unit.probe.kinds import BOTH, H264, KINDS, PICTURE, SOUND


def probed(file: Path) -> MediaInfo:
    with Prober() as prober:
        return prober.probe(file)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.slow
def test_a_duration_is_that_of_the_packets(kind: str, ffmpeg: Ffmpeg) -> None:
    make, seconds = KINDS[kind]
    info = probed(make(ffmpeg))
    assert info.measured
    assert info.duration_seconds == pytest.approx(seconds, abs=0.05)
    for track in (info.video, info.audio):
        if track is not None:
            assert track.start_seconds == pytest.approx(0, abs=0.045)
            assert track.end_seconds == pytest.approx(seconds, abs=0.05)
            assert track.packets
    if info.video is not None:
        assert info.video.frames_per_second == pytest.approx(25, rel=0.02)


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.flv", "a.mkv"])
def test_what_was_written_to_a_pipe_is_measured(name: str, ffmpeg: Ffmpeg) -> None:
    inputs = BOTH if name in ("a.flv", "a.mkv") else SOUND
    codecs = (*H264, "-c:a", "aac") if name in ("a.flv", "a.mkv") else ()
    file = ffmpeg(name, *inputs, *codecs, "-f", {"a.mkv": "matroska"}.get(name, name[2:]), "-flush_packets", "1")
    piped = ffmpeg("piped.null", "-i", str(file), "-c", "copy", "-f", {"a.mkv": "matroska"}.get(name, name[2:]))
    content = bytearray(piped.read_bytes())
    if name == "a.wav":  # as `ffmpeg -f wav -` leaves both
        content[4:8] = content[content.index(b"data") + 4 : content.index(b"data") + 8] = b"\xff" * 4
    if name == "a.flac":  # 36 bits of the stream's information
        content[21] &= 0xF0
        content[22:26] = bytes(4)
    piped.write_bytes(content)
    assert probed(piped).duration_seconds == pytest.approx(3, abs=0.05)


def test_a_late_start_is_reported(ffmpeg: Ffmpeg) -> None:
    film = ffmpeg("a.mkv", *PICTURE, "-itsoffset", "1.5", *SOUND, *H264, "-c:a", "aac")
    info = probed(film)
    assert info.video is not None
    assert info.audio is not None
    assert info.video.start_seconds == pytest.approx(0, abs=0.03)
    assert info.audio.start_seconds == pytest.approx(1.5, abs=0.03)
    assert info.audio.duration_seconds == pytest.approx(3, abs=0.03)
    assert info.duration_seconds == info.audio.end_seconds == pytest.approx(4.5, abs=0.03)


STILLS = "select='lt(t,1)+not(mod(n,60))'"
JITTER = "settb=1/90000,setpts='PTS+random(0)*600'"
MIXED = "select='lt(t,2)+not(mod(n,2))'"
RATES = {
    "30": ("30", 2, "null", "a.mp4", 30, 30),
    "30 in flv": ("30", 2, "null", "a.flv", 30, 30),
    "30 in mkv of unknown rate": ("30", 2, f"settb=1/1000,{JITTER}", "a.mkv", 30, 30),
    "29.97 in ticks of 1 ms": ("30000/1001", 3, "null", "a.mkv", 29.97, 29.97),
    "59.94 with jitter": ("60000/1001", 2, JITTER, "a.mp4", 59.94, 59.94),
    "60 with jitter, short": ("60", 0.2, JITTER, "a.mp4", 60, 60),
    "59.94 and 29.97": ("60000/1001", 4, MIXED, "a.mp4", 45, 45),
    "60, then stills": ("60", 6, f"{STILLS},{JITTER}", "a.mp4", 12.8, 60),
    "120, then stills": ("120", 6, STILLS, "a.mp4", 23.5, 120),
    "120": ("120", 1, "null", "a.mp4", 120, 120),
    "one a second": ("1", 5, "null", "a.mp4", 1, 1),
}


@pytest.mark.parametrize("kind", RATES)
def test_a_rate_is_that_of_the_packets(kind: str, ffmpeg: Ffmpeg) -> None:
    rate, seconds, filters, name, average, moving = RATES[kind]
    source = f"testsrc2=size=64x64:rate={rate}:duration={seconds}"
    timed = ("-vf", filters, "-fps_mode", "passthrough", "-enc_time_base", "1:90000", "-bf", "0")
    film = ffmpeg(name, "-f", "lavfi", "-i", source, *H264, *timed)
    if name == "a.mkv":  # where no rate is known, there is none in the file
        film.write_bytes(film.read_bytes().replace(b"\x23\xe3\x83", b"\xec\x86\x00", 1))
    video = probed(film).video
    assert video is not None
    assert video.frames_per_second == pytest.approx(average, rel=0.05)
    assert video.moving_frames_per_second == pytest.approx(moving, rel=0.05)
    assert (video.moving_frames_per_second > MAX_FRAMES_PER_SECOND) == (moving > MAX_FRAMES_PER_SECOND)


def statistics(*times: int, duration: int = 40) -> PacketStatistics:
    """Of a picture in milliseconds."""
    found = PacketStatistics(Fraction(1, 1000), in_order=True)
    for time in times:
        found.add(time, time, duration, key=True)
    found.finish()
    return found


def test_frames_count_in_the_order_in_which_they_are_shown() -> None:
    found = statistics(0, 160, 80, 40, 120, 320, 240, 200, 280)
    assert found.frames_per_second == found.moving_frames_per_second == 25
    assert (found.first, found.end) == (0, 360)


def test_what_is_not_shown_does_not_count() -> None:
    found = statistics(40, 80)
    found.add(0, 0, 40, key=True, shown=False)
    found.add(None, None, 40, key=False)
    assert (found.first, found.end, found.packets) == (40, 120, 4)


def test_a_picture_of_one_frame_has_no_rate() -> None:
    assert statistics(0).frames_per_second == statistics().moving_frames_per_second == 0


def test_millions_of_packets_take_no_memory() -> None:
    found = PacketStatistics(Fraction(1, 1000), in_order=True)
    sizes = []
    for time in range(0, 200_000, 10):
        found.add(time, time, 40, key=True)
        sizes.append(len(pickle.dumps(found)))
    assert found.packets == 20_000
    assert max(sizes) < sizes[0] + 200  # the frames among which the next one is found
    found.finish()
    assert len(pickle.dumps(found)) < sizes[0] + 50


def test_a_file_of_countless_packets_is_not_read_to_its_end(ffmpeg: Ffmpeg) -> None:
    """As far as the bound goes, which is lowered here, and its container is believed then."""
    packets = ffmpeg("a.mkv", "-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono:nb_samples=8", "-t", "3", "-c:a", "pcm_u8")
    lowered = (
        "import json, sys; sys.path.insert(0, sys.argv[1]);"
        "from stoker.probe import probe_child, track_reader; from stoker.sandbox import formats;"
        "track_reader.MAX_PACKETS = 100;"
        "print(json.dumps(probe_child.probe(formats.CONTAINERS, path=sys.argv[2])))"
    )
    functions = Path(packet_statistics.__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-I", "-c", lowered, str(functions), str(packets)], capture_output=True, check=True
    )
    answer = json.loads(done.stdout)
    assert not answer["measured"]
    assert answer["duration_seconds"] == pytest.approx(3, abs=0.01)
    assert probed(packets).measured


@pytest.mark.parametrize(
    ("times", "shifted"),
    [
        ((0, 40, 80), (0, 40, 80)),
        ((0, 40, 80, 0, 40), (0, 40, 80, 120, 160)),
        ((0, 40, 1_000_000, 1_000_040), (0, 40, 80, 120)),
        ((0, 40, 5_000), (0, 40, 5_000)),
    ],
    ids=["steady", "begun anew", "a jump", "a pause"],
)
def test_a_clock_that_jumps_goes_on(times: tuple[int, ...], shifted: tuple[int, ...]) -> None:
    clock = TimestampCorrection()
    assert tuple(time + clock.shift(0, time, 40, Fraction(1, 1000)) for time in times) == shifted


def test_the_fastest_rate_is_that_of_the_outputs() -> None:
    assert FASTEST == MAX_FRAMES_PER_SECOND
