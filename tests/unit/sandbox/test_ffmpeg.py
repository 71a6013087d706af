"""ffmpeg is confined, watched, and ended when the job is."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from stoker import config
from stoker.errors import EncoderFailed, JobCancelled
from stoker.sandbox import child
from stoker.sandbox.ffmpeg import FfmpegFailed, FfmpegProgress, input_options, run_ffmpeg
from waiting import until

ENDLESS = ["-re", "-f", "lavfi", "-i", "testsrc2=size=64x64", "-f", "null", "-"]


def silent(seconds: float) -> None:
    """Takes no interest in the progress."""


def ffmpegs_of_this_test() -> list[str]:
    listed = subprocess.run(["ps", "-o", "args=", "--ppid", str(os.getpid())], capture_output=True, text=True)
    return [line for line in listed.stdout.splitlines() if "ffmpeg" in line]


def test_progress_is_reported_in_seconds_of_media(clip: Path) -> None:
    reported: list[float] = []
    run_ffmpeg([*input_options(), "-i", clip.name, "-f", "null", "-"], clip.parent, reported.append)
    assert reported == sorted(reported)
    assert reported[-1] == pytest.approx(3, abs=0.1)


def test_progress_that_comes_in_pieces_is_put_together() -> None:
    progress = FfmpegProgress()
    for piece in (b"out_time_us=1500", b"000\nprogress=cont", b"inue\nout_time_us=N/A\n", b"progress=end\n"):
        progress.feed(piece)
    assert progress.seconds == 1.5
    assert progress.ended


def test_an_error_carries_the_output_of_ffmpeg(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"not a film")
    with pytest.raises(FfmpegFailed) as failure:
        run_ffmpeg([*input_options(), "-i", "source", "-f", "null", "-"], tmp_path, silent)
    assert "Invalid data" in failure.value.error_output
    assert not failure.value.killed


def test_a_job_that_is_cancelled_ends_ffmpeg(tmp_path: Path) -> None:
    def cancel(seconds: float) -> None:
        if seconds > 0:
            raise JobCancelled("as you asked")

    with pytest.raises(JobCancelled):
        run_ffmpeg(ENDLESS, tmp_path, cancel)
    assert ffmpegs_of_this_test() == []


@pytest.mark.slow
def test_an_ffmpeg_that_is_stuck_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "STALL_SECONDS", 1)
    os.mkfifo(tmp_path / "never")
    keep_open = os.open(tmp_path / "never", os.O_RDWR)
    try:
        with pytest.raises(EncoderFailed):
            run_ffmpeg([*input_options(), "-i", "never", "-f", "null", "-"], tmp_path, silent)
    finally:
        os.close(keep_open)
    assert ffmpegs_of_this_test() == []


def test_an_ffmpeg_that_is_killed_may_be_tried_again(tmp_path: Path) -> None:
    def kill(seconds: float) -> None:
        subprocess.run(["pkill", "-KILL", "-P", str(os.getpid()), "-f", "ffmpeg"], check=False)

    with pytest.raises(FfmpegFailed) as failure:
        run_ffmpeg(ENDLESS, tmp_path, kill)
    assert failure.value.killed


def test_an_ffmpeg_that_crashes_would_crash_again(tmp_path: Path) -> None:
    def crash(seconds: float) -> None:
        subprocess.run(["pkill", "-SEGV", "-P", str(os.getpid()), "-f", "ffmpeg"], check=False)

    with pytest.raises(FfmpegFailed) as failure:
        run_ffmpeg(ENDLESS, tmp_path, crash)
    assert not failure.value.killed


def test_ffmpeg_gets_no_more_memory_than_it_may_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "MEDIA_MEMORY_BYTES", 300 * 1024**2)
    huge = ["-f", "lavfi", "-i", "color=size=7680x4320:duration=1", "-c:v", "libx264", "-f", "null", "-"]
    with pytest.raises(FfmpegFailed) as failure:
        run_ffmpeg(huge, tmp_path, silent)
    assert failure.value.hit_limit


def test_ffmpeg_writes_no_larger_file_than_it_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "MAX_OUTPUT_BYTES", 100_000)
    long = ["-f", "lavfi", "-i", "testsrc2=size=320x180:duration=20", "-c:v", "rawvideo", "out.avi"]
    with pytest.raises(FfmpegFailed) as failure:
        run_ffmpeg(long, tmp_path, silent)
    assert failure.value.hit_limit
    assert (tmp_path / "out.avi").stat().st_size <= 100_000


def test_a_child_sees_nothing_of_our_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "secret")
    seen = subprocess.run(
        child.command(config.GIB, config.GIB, ["/usr/bin/env"]),
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert sorted(seen.stdout.split()) == sorted(f"{name}={value}" for name, value in child.ENVIRONMENT.items())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux signals a parent's death to its child")
def test_a_child_dies_with_its_parent() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent("""
            import subprocess, time
            from stoker.sandbox import child
            running = subprocess.Popen(child.command(2**30, 2**30, ["/bin/sleep", "600"]))
            while b"sleep" not in open(f"/proc/{running.pid}/cmdline", "rb").read():
                time.sleep(0.01)
            print(running.pid, flush=True)
            time.sleep(600)
        """)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert parent.stdout is not None
    sleeper = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    until(lambda: not _runs(sleeper), 10, "The child ends")


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
