"""The playlists of a job play in hls.js, in a real browser."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from browser import evaluated
from conftest import Ffmpeg
from stoker_tools.samples.user import SampleUser
from stoker_tools.setup.environment import ROOT

HERE = Path(__file__).parent
SECONDS = 14


def played(folder: Path, playlist: str) -> dict[str, Any]:
    """Play a playlist in a browser, and return the measurements."""
    shutil.copy(HERE / "player.html", folder)
    shutil.copy(ROOT / "node_modules/hls.js/dist/hls.min.js", folder / "hls.js")
    seen: dict[str, Any] = evaluated(folder, f"player.html?playlist={playlist}", "play()")
    return seen


def film(ffmpeg: Ffmpeg, *more: str) -> Path:
    picture = ("-f", "lavfi", "-i", f"testsrc2=size=320x180:rate=25:duration={SECONDS}")
    return ffmpeg("film.mp4", *picture, *more, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def made(user: SampleUser, source: Path, into: Path, **also: Any) -> str:
    """Run a job, download its playlist with all files that it names, and return the playlist's name."""
    into.mkdir()
    wanted = [{"kind": "hls", "heights": [180, 120, 90]}]
    job = user.result(user.write_job({"source": user.upload(source, "video/mp4"), "outputs": wanted, **also}))
    assert job["status"] == "completed", job.get("error")
    hls = job["output"]["files"][0]
    assert hls["durationSeconds"] == pytest.approx(SECONDS, abs=0.1)
    for one in (hls, *hls["parts"]):
        (into / Path(one["path"]).name).write_bytes(user.download(one["path"]))
    return Path(hls["path"]).name


def test_a_playlist_plays_in_a_browser(user: SampleUser, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    words = tmp_path / "words.vtt"
    words.write_text("WEBVTT\n\n00:01.000 --> 00:03.000\nGood & new.\n")
    sound = ("-f", "lavfi", "-i", f"sine=frequency=440:duration={SECONDS}", "-c:a", "aac")
    captions = {"source": user.upload(words, "text/vtt")}
    playlist = made(user, film(ffmpeg, *sound), tmp_path / "site", captions=captions)
    seen = played(tmp_path / "site", playlist)
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


def test_so_does_one_without_sound(user: SampleUser, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    playlist = made(user, film(ffmpeg), tmp_path / "site")
    seen = played(tmp_path / "site", playlist)
    assert seen["errors"] == []
    assert seen["sizes"] == [[160, 90], [214, 120], [320, 180]]
    assert seen["ended"] == pytest.approx(SECONDS, abs=0.1)
    assert (seen["soundBytes"], seen["words"]) == (0, [])
