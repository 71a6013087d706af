"""What a job makes for web players plays in one: hls.js, in a real browser."""

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from conftest import Ffmpeg, missing
from development.environment import ROOT
from development.user import User

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HERE = Path(__file__).parent
SECONDS = 14


@pytest.fixture
def browser() -> str:
    """The path of a browser that plays H.264 and AAC."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        missing("A browser (Debian: apt-get install chromium)")
    assert found is not None
    return found


class Ranges(SimpleHTTPRequestHandler):
    """Serves files and ranges of them, as any web server does."""

    def do_GET(self) -> None:
        """Answers with a range where one is asked for."""
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if asked is None:
            return super().do_GET()
        content = Path(self.translate_path(self.path)).read_bytes()
        first, last = int(asked[1]), min(int(asked[2]), len(content) - 1)
        self.send_response(206)
        self.send_header("Content-Type", "video/mp4")
        self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
        self.send_header("Content-Length", str(last - first + 1))
        self.end_headers()
        with suppress(BrokenPipeError, ConnectionResetError):  # a player that changes sizes hangs up
            self.wfile.write(content[first : last + 1])
        return None

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serves a folder on this machine; yields its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *arguments: Ranges(*arguments, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def played(browser: str, folder: Path, playlist: str) -> dict[str, Any]:
    """What a browser saw of a playlist."""
    shutil.copy(HERE / "player.html", folder)
    shutil.copy(ROOT / "node_modules/hls.js/dist/hls.min.js", folder / "hls.js")
    with served(folder) as address:
        page = f"{address}/player.html?playlist={playlist}"
        command = ["node", str(HERE / "player.cjs"), browser, page]
        done = subprocess.run(command, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


def film(ffmpeg: Ffmpeg, *more: str) -> Path:
    picture = ("-f", "lavfi", "-i", f"testsrc2=size=320x180:rate=25:duration={SECONDS}")
    return ffmpeg("film.mp4", *picture, *more, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def made(user: User, source: Path, into: Path, **also: Any) -> str:
    """Runs a job; downloads its playlist and all that this names. Returns the playlist's name."""
    into.mkdir()
    wanted = [{"kind": "hls", "heights": [180, 120, 90]}]
    job = user.result(user.write_job({"source": user.upload(source, "video/mp4"), "outputs": wanted, **also}))
    assert job["status"] == "completed", job.get("error")
    hls = job["output"]["files"][0]
    assert hls["durationSeconds"] == pytest.approx(SECONDS, abs=0.1)
    for one in (hls, *hls["parts"]):
        (into / Path(one["path"]).name).write_bytes(user.download(one["path"]))
    return Path(hls["path"]).name


def test_a_playlist_plays_in_a_browser(user: User, ffmpeg: Ffmpeg, browser: str, tmp_path: Path) -> None:
    words = tmp_path / "words.vtt"
    words.write_text("WEBVTT\n\n00:01.000 --> 00:03.000\nGood & new.\n")
    sound = ("-f", "lavfi", "-i", f"sine=frequency=440:duration={SECONDS}", "-c:a", "aac")
    captions = {"source": user.upload(words, "text/vtt")}
    playlist = made(user, film(ffmpeg, *sound), tmp_path / "site", captions=captions)
    seen = played(browser, tmp_path / "site", playlist)
    assert seen["errors"] == []
    assert [level[:2] for level in seen["levels"]] == [[160, 90], [214, 120], [320, 180]]
    assert all(level[2].startswith("avc1.") and level[3] == "mp4a.40.2" for level in seen["levels"])
    assert seen["sizes"] == [[160, 90], [214, 120], [320, 180]]
    assert seen["duration"] == pytest.approx(SECONDS, abs=0.1)
    assert seen["ended"] == pytest.approx(SECONDS, abs=0.1)
    assert seen["frames"] > 20
    assert seen["pictureBytes"] > 0
    assert seen["soundBytes"] > 0
    assert seen["words"] == ["Good & new."]


def test_so_does_one_without_sound(user: User, ffmpeg: Ffmpeg, browser: str, tmp_path: Path) -> None:
    playlist = made(user, film(ffmpeg), tmp_path / "site")
    seen = played(browser, tmp_path / "site", playlist)
    assert seen["errors"] == []
    assert seen["sizes"] == [[160, 90], [214, 120], [320, 180]]
    assert seen["ended"] == pytest.approx(SECONDS, abs=0.1)
    assert (seen["soundBytes"], seen["words"]) == (0, [])
