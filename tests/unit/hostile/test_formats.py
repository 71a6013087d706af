"""The formats of phones and of web pages, broken and lying: each becomes the right output, or is refused in words."""

import random
import shutil
import struct
import traceback
import zlib
from pathlib import Path

import pytest
from PIL import Image

from conftest import Ffmpeg
from stoker.errors import InputTooLarge, PermanentError, TruncatedMedia, UnsupportedMedia
from stoker.models.video import VideoInput
from stoker.probe.probe import Prober
from stoker.sandbox.formats import ACCEPTED
from stoker.video.source.fetching import open_film
from stoker.video.worker import make_outputs
from unit.hostile.files import CONCAT, HLS, LINUX, TOLD, outcome, pieces, run_in, written
from unit.probe.accepted_files import accepted_file, caf, packet_table
from unit.sandbox.guard import Seen

pytestmark = LINUX

FORMATS = (
    *(("AMR", "amr_nb"), ("AMR", "amr_wb"), ("AIFF", "pcm_s16be"), ("AIFF", "adpcm_ima_qt"), ("CAF", "pcm_s16be")),
    *(("CAF", "alac"), ("CAF", "aac"), ("AC-3, E-AC-3", "ac3"), ("AC-3, E-AC-3", "eac3")),
    *(("animated GIF", "gif"), ("animated PNG", "apng"), ("animated WebP", "webp")),
)
ROUNDS = [0, *(pytest.param(number, marks=pytest.mark.soak) for number in range(1, 60))]
FILES_A_ROUND = 2


def whole(ffmpeg: Ffmpeg, folder: Path, container: str, codec: str) -> tuple[bytes, dict[str, object]]:
    """A file that nothing is wrong with, and an output that it has."""
    [accepted] = [kind for kind in ACCEPTED if kind.name == container]
    content = accepted_file(ffmpeg, folder, accepted, codec).read_bytes()
    return content, {"kind": "mp4", "height": 32} if accepted.video else {"kind": "audio"}


def flipped(content: bytes, chance: random.Random) -> bytes:
    """Some bits are another; half of them near the beginning, where the header is."""
    spoilt = bytearray(content)
    for _ in range(chance.choice((1, 2, 4, 16))):
        most = len(spoilt) if chance.random() < 0.5 else min(len(spoilt), 200)
        spoilt[chance.randrange(most)] ^= 1 << chance.randrange(8)
    return bytes(spoilt)


@pytest.mark.parametrize("round_", ROUNDS)
@pytest.mark.parametrize(("container", "codec"), FORMATS)
@pytest.mark.slow
def test_flipped_bits(container: str, codec: str, round_: int, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    content, wanted = whole(ffmpeg, tmp_path, container, codec)
    video_input = VideoInput.from_firestore({"source": "user-uploads/ada/film", "outputs": [wanted]})
    failures: dict[int, str] = {}
    prober = Prober()
    for number in range(round_ * FILES_A_ROUND, (round_ + 1) * FILES_A_ROUND):
        folder = tmp_path / str(number)
        folder.mkdir()
        written(folder, flipped(content, random.Random(number)), "source")
        try:
            film = open_film(video_input, folder, prober)
            made = make_outputs(run_in(folder), prober, film, video_input.source, video_input.outputs)
            assert pieces(made) == [wanted["kind"]]
        except (UnsupportedMedia, TruncatedMedia, InputTooLarge) as error:
            if "memory" in error.message or not any(words in error.message for words in TOLD):
                failures[number] = error.message
        except Exception as error:
            failures[number] = "".join(traceback.format_exception(error))
        if prober.child.poll() is not None:
            prober.__exit__(None, None, None)
            prober = Prober()
        shutil.rmtree(folder)
    prober.__exit__(None, None, None)
    assert failures == {}


@pytest.mark.parametrize(("container", "codec"), FORMATS)
@pytest.mark.slow
def test_a_file_that_is_cut_off(container: str, codec: str, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    content, wanted = whole(ffmpeg, tmp_path, container, codec)
    for share in (0.1, 0.9):
        made = outcome(written(tmp_path, content[: int(len(content) * share)]), wanted)
        if container.startswith("animated"):
            assert isinstance(made, TruncatedMedia | UnsupportedMedia)


@pytest.mark.parametrize(("container", "codec"), FORMATS)
@pytest.mark.slow
def test_names_of_other_files_inside_open_none(
    container: str, codec: str, seen: Seen, outside: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    content, wanted = whole(ffmpeg, tmp_path, container, codec)
    for form, target in ((HLS, f"file://{outside}"), (CONCAT, f"{seen.address}/film.mp4")):
        text = form.format(target).encode()
        outcome(written(tmp_path, content[:16] + text), wanted)
        outcome(written(tmp_path, text + content), wanted)


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content), kind) + content + struct.pack(">I", zlib.crc32(kind + content))


def apng(frames: int, size: int = 64, frame_size: int = 64) -> bytes:
    """Two frames, whatever it says."""
    pixels = zlib.compress((b"\0" + bytes(3 * 64)) * 64)
    control = [struct.pack(">IIIIIHHBB", number, frame_size, frame_size, 0, 0, 1, 10, 0, 0) for number in (0, 1)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)),
            chunk(b"acTL", struct.pack(">II", frames, 0)),
            *(chunk(b"fcTL", control[0]), chunk(b"IDAT", pixels)),
            *(chunk(b"fcTL", control[1]), chunk(b"fdAT", struct.pack(">I", 2) + pixels)),
            chunk(b"IEND", b""),
        )
    )


def gif(width: int, height: int, frames: int, frame_size: int = 1) -> bytes:
    """Frames of a single pixel each, in 20 bytes."""
    frame = struct.pack("<BHHHHB", 0x2C, 0, 0, frame_size, frame_size, 0) + b"\2\2\x44\1\0"
    return struct.pack("<6sHHBBB", b"GIF89a", width, height, 0x80, 0, 0) + bytes(6) + frame * frames + b"\x3b"


def webp(side: int, frames: int) -> bytes:
    """Frames of the smallest lossless picture."""
    pixel = b"VP8L" + struct.pack("<I", 9) + bytes.fromhex("2f0000000088880800") + b"\0"
    number = (side - 1).to_bytes(3, "little")
    frame = b"ANMF" + struct.pack("<I", 16 + len(pixel)) + bytes(6) + bytes(6) + b"\x64\0\0\0" + pixel
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\2\0\0\0" + number * 2 + b"ANIM" + struct.pack("<I", 6) + bytes(6)
    body += frame * frames
    return b"RIFF" + struct.pack("<I", len(body)) + body


PICTURE_BOMBS = {
    "a GIF of 65535 x 65535": gif(65_535, 65_535, 2),
    "a GIF whose frame is larger than itself": gif(64, 64, 2, frame_size=65_535),
    "a GIF of a million frames without a duration": gif(16, 16, 1_000_000),
    "a GIF of frames without a size": gif(0, 0, 3),
    "an APNG of 2^31 frames": apng(2**31 - 1),
    "an APNG of 2^32 frames": apng(2**32 - 1),
    "an APNG of no frames": apng(0),
    "an APNG whose frame is larger than itself": apng(2, frame_size=2**31 - 1),
    "an APNG of 2^31 pixels a side": apng(2, size=2**31 - 1),
    "a WebP of 16384 x 16384": webp(16_384, 2),
    "a WebP of 100,000 frames": webp(64, 100_000),
    "a WebP of two frames": webp(64, 2),
}


@pytest.mark.parametrize("name", PICTURE_BOMBS)
@pytest.mark.slow
def test_a_picture_that_declares_too_much(name: str, tmp_path: Path) -> None:
    made = outcome(written(tmp_path, PICTURE_BOMBS[name]), {"kind": "mp4"}, {"kind": "poster"})
    if isinstance(made, PermanentError):
        assert "memory" not in made.message
    else:
        assert (made[0].duration_seconds or 0) < 1
    if "65535 x" in name or "16384" in name or "2^31 pixels" in name or "million" in name or "100,000" in name:
        assert isinstance(made, InputTooLarge)


@pytest.mark.slow
def test_a_gif_of_many_frames_that_is_allowed(tmp_path: Path) -> None:
    """As large as a picture may be, and each frame of it changes a single pixel."""
    made = outcome(written(tmp_path, gif(7680, 4320, 4)), {"kind": "poster", "width": 64})
    assert not isinstance(made, PermanentError)


@pytest.mark.slow
def test_an_apng_of_frames_that_are_all_there(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (2048, 2048), (number, 0, 0)) for number in range(8)]
    frames[0].save(tmp_path / "film.mp4", format="PNG", save_all=True, append_images=frames[1:], duration=100)
    assert not isinstance(outcome(tmp_path / "film.mp4", {"kind": "mp4", "height": 64}), PermanentError)


def described(rate: float = 44_100, packet_bytes: int = 0, packet_frames: int = 1024, channels: int = 1) -> bytes:
    """The content of a CAF's `desc` chunk."""
    return struct.pack(">d4sIIIII", rate, b"aac ", 0, packet_bytes, packet_frames, channels, 0)


def form(*chunks: tuple[bytes, int, bytes]) -> bytes:
    """An AIFF of chunks with a size each, which may lie."""
    body = b"AIFF" + b"".join(kind + struct.pack(">I", size) + content for kind, size, content in chunks)
    return b"FORM" + struct.pack(">I", len(body)) + body


def common(channels: int, frames: int, bits: int, rate: bytes = b"\x40\x0e\xac\x44" + bytes(6)) -> bytes:
    """The content of an AIFF's `COMM` chunk."""
    return struct.pack(">HIH", channels, frames, bits) + rate


SSND = (b"SSND", 1008, bytes(1008))
SOUND_BOMBS = {
    "a CAF of 2^62 packets": caf(
        described(), [(b"pakt", struct.pack(">qqii", 2**62, 2**62, 0, 0) + b"\1" * 50)], bytes(5000)
    ),
    "a CAF of fewer packets than none": caf(
        described(), [(b"pakt", struct.pack(">qqii", -1, -5, -9, -9))], bytes(5000)
    ),
    "a CAF of packets that are too long": caf(described(), [(b"pakt", packet_table([2**13] * 50, 1024))], bytes(900)),
    "a CAF of packets without an end": caf(
        described(), [(b"pakt", struct.pack(">qqii", 9, 9, 0, 0) + b"\xff" * 90)], bytes(900)
    ),
    "a CAF of 2^31 samples a packet": caf(
        described(packet_frames=2**32 - 1), [(b"pakt", packet_table([9] * 50, 1))], bytes(900)
    ),
    "a CAF of 2^32 channels": caf(described(channels=2**32 - 1), [], bytes(900)),
    "a CAF at an endless rate": caf(described(rate=float("inf")), [], bytes(900)),
    "a CAF of a gigabyte of cookie": caf(described(), [], b"")[:-16] + struct.pack(">4sq", b"kuki", 2**62) + bytes(99),
    "an AIFF of 65535 channels": form((b"COMM", 18, common(65_535, 10, 16)), SSND),
    "an AIFF of 2^32 frames": form((b"COMM", 18, common(1, 2**32 - 1, 16)), SSND),
    "an AIFF of 65535 bits": form((b"COMM", 18, common(1, 10, 65_535)), SSND),
    "an AIFF at an endless rate": form((b"COMM", 18, common(1, 10, 16, b"\x7f\xff" + b"\xff" * 8)), SSND),
    "an AIFF without a rate": form((b"COMM", 18, common(1, 10, 16, bytes(10))), SSND),
    "an AIFF with a COMM of gigabytes": form((b"COMM", 2**32 - 2, common(1, 10, 16)), SSND),
    "an AIFF with an ID3 of gigabytes": form((b"ID3 ", 2**31, b"ID3"), (b"COMM", 18, common(1, 10, 16)), SSND),
    "an AMR of reserved frames": b"#!AMR\n" + b"\x5c" * 1500,
    "an AMR-WB of reserved frames": b"#!AMR-WB\n" + b"\x54" * 1500,
    "an AC-3 of headers alone": b"\x0b\x77\0\0\0\x40" * 900,
    "an E-AC-3 of the longest frames": b"\x0b\x77\x07\xff\x3f\x80" * 900,
}


@pytest.mark.parametrize("name", SOUND_BOMBS)
@pytest.mark.slow
def test_a_sound_that_declares_too_much(name: str, tmp_path: Path) -> None:
    made = outcome(written(tmp_path, SOUND_BOMBS[name]), {"kind": "audio"})
    if isinstance(made, PermanentError):
        assert "memory" not in made.message
    else:
        assert (made[0].duration_seconds or 0) < 60
