"""A file that is made to harm ends with a sentence: the worker never crashes, and never tries it again."""

import struct

import pytest
from PIL import Image

from stoker import InputTooLarge, PermanentError, TruncatedMedia
from unit.examples.conftest import Process
from unit.examples.hostile_pictures import FORMATS, HTML, POSTSCRIPT, SVG, flipped, png
from unit.examples.pictures import encoded, picture

SLOW = (pytest.param("WEBP", marks=pytest.mark.slow), pytest.param("HEIF", marks=pytest.mark.slow))
"""The formats that take seconds to write."""


def sentence_of(process: Process, content: bytes, name: str = "cat.jpg") -> str:
    """Return the sentence with which the job fails for good; empty if it is completed."""
    failed: PermanentError | None = None
    try:
        process(content, name, sizes=["100x100"], formats=["jpeg", "webp"])
    except PermanentError as error:
        failed = error
    if failed is None:
        return ""
    assert failed.code in ("unsupported-media", "truncated-media", "input-too-large", "input-empty")
    assert failed.message[-1] == "."
    return failed.message


@pytest.mark.parametrize("content", [SVG, HTML, POSTSCRIPT, b"BM" + bytes(60), b"%PDF-1.7\n", b"\x00" * 500, b"GIF89a"])
@pytest.mark.parametrize("name", ["cat.svg", "cat.jpg", "cat.png"])
def test_other_files_in_disguise_are_refused(process: Process, content: bytes, name: str) -> None:
    assert name in sentence_of(process, content, name)


@pytest.mark.parametrize("made", ["JPEG", "PNG", "GIF", "TIFF", *SLOW])
def test_pixels_beyond_the_limit_are_refused_before_they_are_decoded(process: Process, made: str) -> None:
    large = Image.new("1" if made == "TIFF" else "L", (7200, 7200))
    with pytest.raises(InputTooLarge, match=r"more than 51 million pixels\. Upload a smaller one\."):
        process(encoded(large, made, **({"compression": "group4"} if made == "TIFF" else {})))


@pytest.mark.parametrize("made", ["AVIF", "HEIF"])
def test_a_claim_of_pixels_beyond_the_limit_is_refused(process: Process, made: str) -> None:
    content = bytearray(encoded(picture(64, 48), made))
    at = content.index(b"ispe") + 8
    content[at : at + 8] = struct.pack(">II", 16_000, 16_000)
    assert "cat.jpg" in sentence_of(process, bytes(content))


def test_a_small_file_that_claims_a_billion_pixels_is_refused(process: Process) -> None:
    with pytest.raises(InputTooLarge):
        process(png(100_000, 100_000, 1), "cat.png")


@pytest.mark.slow
def test_a_small_file_within_the_limit_is_worked_on(process: Process) -> None:
    """Only ten of its rows are there. Pillow takes the others for black."""
    assert sentence_of(process, png(7000, 7000, 10), "cat.png") == ""


def test_a_gif_whose_second_frame_is_huge_is_refused_or_shown(process: Process) -> None:
    frames = [Image.new("RGB", (60, 60), colour) for colour in ("red", "lime", "blue")]
    gif = bytearray(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    at = gif.rindex(b"\x2c\x00\x00\x00\x00\x3c\x00\x3c\x00")
    gif[at + 5 : at + 9] = struct.pack("<HH", 60_000, 60_000)
    sentence_of(process, bytes(gif), "cat.gif")


@pytest.mark.parametrize("made", FORMATS)
def test_a_picture_that_is_cut_off_is_refused(process: Process, made: str) -> None:
    whole = encoded(Image.effect_noise((200, 200), 80).convert("RGB"), made)
    for share in (0.01, 0.2, 0.5, 0.9):
        cut = whole[: max(1, int(len(whole) * share))]
        assert "cat.jpg" in sentence_of(process, cut)


def test_a_cut_off_jpeg_says_so(process: Process) -> None:
    whole = encoded(Image.effect_noise((200, 200), 80).convert("RGB"), "JPEG")
    with pytest.raises(TruncatedMedia, match=r"is cut off: its end is missing\. Upload it again, whole\."):
        process(whole[: len(whole) // 2])


@pytest.mark.slow
@pytest.mark.parametrize("made", FORMATS)
def test_flipped_bits_end_with_a_sentence_or_a_picture(process: Process, made: str) -> None:
    """Two hundred files with flipped bits for all formats together, each in a child process of its own."""
    whole = encoded(picture(160, 120), made)
    for seed in range(-(-200 // len(FORMATS))):
        sentence_of(process, flipped(whole, f"{made}/{seed}"))
