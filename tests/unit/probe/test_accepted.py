"""The table of accepted inputs: a file of every container and codec in it completes."""

import random
from pathlib import Path

import av
import pytest

from conftest import Ffmpeg
from stoker.sandbox.formats import ACCEPTED, CONTAINERS, Accepted
from unit.probe.accepted_files import SECONDS, accepted_file, cases
from unit.video.films import outputs_of

SAMPLE = random.Random(11).sample(cases(), 14)
"""Of the default run, beside one codec of each container that came last."""

NEW = {"AC-3, E-AC-3", "AMR", "AIFF", "CAF", "animated GIF", "animated PNG", "animated WebP"}


def completes(ffmpeg: Ffmpeg, folder: Path, accepted: Accepted, codec: str) -> None:
    file = accepted_file(ffmpeg, folder, accepted, codec)
    kind = "mp4" if codec in accepted.video else "audio"
    [output] = outputs_of(file, {"kind": kind})
    assert output.kind == kind
    assert output.duration_seconds == pytest.approx(SECONDS, abs=0.15)
    with av.open(str(folder / output.file.name)) as container:
        frames = sum(1 for _ in container.decode(container.streams[0]))
    assert frames >= (SECONDS * 10 if kind == "mp4" else 1)


@pytest.mark.soak
@pytest.mark.parametrize(("accepted", "codec"), cases(), ids=lambda part: getattr(part, "name", part))
def test_every_accepted_container_and_codec_completes(
    accepted: Accepted, codec: str, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    completes(ffmpeg, tmp_path, accepted, codec)


@pytest.mark.parametrize(("accepted", "codec"), SAMPLE, ids=lambda part: getattr(part, "name", part))
def test_a_sample_of_the_accepted_containers_and_codecs_completes(
    accepted: Accepted, codec: str, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    completes(ffmpeg, tmp_path, accepted, codec)


@pytest.mark.parametrize("accepted", [kind for kind in ACCEPTED if kind.name in NEW], ids=lambda kind: kind.name)
def test_what_phones_and_pages_bring_completes(accepted: Accepted, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    completes(ffmpeg, tmp_path, accepted, (*accepted.video, *accepted.audio)[0])


def test_no_demuxer_follows_names_or_reads_raw_frames() -> None:
    refused = {"hls", "dash", "concat", "sdp", "image2", "tty", "lavfi", "mxf", "dv", "h264", "hevc", "wv", "rawvideo"}
    assert refused.isdisjoint(CONTAINERS.split(","))


def test_no_ending_belongs_to_two_kinds() -> None:
    endings = [ending for accepted in ACCEPTED for ending in accepted.endings]
    assert len(endings) == len(set(endings))
    assert all(ending == ending.lower() and ending.isalnum() for ending in endings)
