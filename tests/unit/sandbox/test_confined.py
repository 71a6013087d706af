"""A function of an app that reads a user's file can harm nothing, and each of its failures is a sentence."""

from pathlib import Path

import pytest

from stoker import EncoderFailed, InputTooLarge, UnsupportedMedia, run_confined


@pytest.fixture
def own_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module of an app whose functions do harm in the child."""
    (tmp_path / "harm.py").write_text(
        "import os, socket, time, subprocess, signal\n"
        "def memory(request, report): return len(bytearray(2 * 1024**3))\n"
        "def forever(request, report):\n"
        "    while True: time.sleep(1)\n"
        "def room(request, report): open('out', 'wb').write(bytes(2 * 1024**2))\n"
        "def crash(request, report): os.kill(os.getpid(), signal.SIGSEGV)\n"
        "def killed(request, report): os.kill(os.getpid(), signal.SIGKILL)\n"
        "def mistake(request, report): return {}['x']\n"
        "def chatters(request, report):\n"
        "    for number in range(60_000): report(number / 60_000)\n"
        "    return 'done'\n"
        "def lies(request, report): os.write(3, b'not json\\n'); time.sleep(9)\n"
        "def boasts(request, report): report(float('nan')); report(7); return 'done'\n"
        "def talks(request, report): print('noise'); return {'path': os.getcwd()}\n"
        "def reaches(request, report):\n"
        "    found = []\n"
        "    for attempt in (lambda: socket.socket(), lambda: subprocess.run(['/bin/true'])):\n"
        "        try: attempt(); found.append('done')\n"
        "        except OSError: found.append('refused')\n"
        "    return found + sorted(os.environ)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def confined(function: str, folder: Path, seconds: float = 20) -> object:
    return run_confined(
        f"harm:{function}",
        {},
        name="cat.jpg",
        folder=folder,
        on_share=lambda share: None,
        seconds=seconds,
        memory_bytes=1024**3,
        file_bytes=1024**2,
    )


@pytest.mark.parametrize(
    ("function", "error", "words"),
    [
        ("memory", InputTooLarge, "needs more memory"),
        ("room", InputTooLarge, "is too large"),
        ("crash", UnsupportedMedia, "the decoder gave up on it"),
        ("killed", EncoderFailed, "was stopped"),
        ("mistake", RuntimeError, "harm:mistake raised KeyError: 'x'"),
    ],
)
def test_a_child_that_fails_is_a_sentence(own_module: Path, function: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        confined(function, own_module)


def test_a_child_that_takes_too_long_is_ended(own_module: Path) -> None:
    with pytest.raises(InputTooLarge, match=r"took longer than 0\.5 seconds"):
        confined("forever", own_module, seconds=0.5)


def test_a_child_reaches_nothing(own_module: Path) -> None:
    assert confined("reaches", own_module) == ["refused", "refused", "LC_ALL", "MALLOC_ARENA_MAX", "SVT_LOG"]


def test_what_a_decoder_prints_is_no_answer(own_module: Path) -> None:
    assert confined("talks", own_module) == {"path": str(own_module)}


def test_a_cancelled_job_ends_its_child(own_module: Path) -> None:
    class Cancelled(Exception):
        pass

    def stop(share: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        run_confined("harm:forever", {}, name="cat", folder=own_module, on_share=stop, seconds=20, memory_bytes=1024**3)


def test_any_number_of_reports_is_no_answer_that_is_too_long(own_module: Path, tmp_path: Path) -> None:
    assert confined("chatters", tmp_path, 60) == "done"


def test_a_line_that_is_no_answer_ends_the_work_with_a_sentence(own_module: Path, tmp_path: Path) -> None:
    """A file may have taken over its decoder."""
    with pytest.raises(UnsupportedMedia, match=r"cat.jpg"):
        confined("lies", tmp_path)
