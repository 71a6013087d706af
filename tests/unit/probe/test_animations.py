"""Animated GIF, PNG and WebP: every frame at its time, the last for its own duration, on a white background."""

from itertools import accumulate
from pathlib import Path

import av
import pytest
from PIL import Image

from conftest import Ffmpeg
from stoker import config
from stoker.errors import InputTooLarge, PermanentError, TruncatedMedia, UnsupportedMedia
from stoker.probe.animations import animation
from stoker.video.picture.alpha import over_white
from unit.video.films import outputs_of

FORMATS = {"GIF": {}, "PNG": {}, "WebP": {"lossless": True}}
MILLISECONDS = (100, 1000, 50, 30, 30, 700, 2000)
COLOURS = ((254, 0, 0), (0, 128, 0), (0, 0, 254), (120, 120, 120))
CLEAR = (0, 0, 0, 0)


def animated(folder: Path, kind: str, milliseconds: tuple[int, ...] = MILLISECONDS, loop: int = 3) -> Path:
    """Frames of one colour each, the right half of which is transparent, and black beneath."""
    frames = []
    for number in range(len(milliseconds)):
        frame = Image.new("RGBA", (64, 64), CLEAR)
        frame.paste((*COLOURS[number % len(COLOURS)], 255), (0, 0, 32, 64))
        frames.append(frame)
    options = {"duration": list(milliseconds), "loop": loop, "disposal": 2, **FORMATS[kind]}
    file = folder / "film"
    frames[0].save(file, format=kind, save_all=True, append_images=frames[1:], **options)
    return file


def shown(file: Path) -> tuple[list[float], list[list[int]], float]:
    """The times of a film's frames in seconds, the colours of their left and right halves, and its duration."""
    times, colours = [], []
    with av.open(str(file)) as container:
        for frame in container.decode(video=0):
            assert frame.time is not None
            times.append(frame.time)
            pixels = frame.to_ndarray(format="rgb24")
            colours.append([*map(int, pixels[32, 16]), *map(int, pixels[32, 48])])
        return times, colours, (container.duration or 0) / av.time_base


@pytest.mark.parametrize("output", ["mp4", "webm", "av1"])
@pytest.mark.parametrize("kind", FORMATS)
def test_every_frame_is_shown_at_its_time_once(kind: str, output: str, tmp_path: Path) -> None:
    [made] = outputs_of(animated(tmp_path, kind), {"kind": output})
    times, colours, seconds = shown(tmp_path / made.file.name)
    ends = [end / 1000 for end in accumulate(MILLISECONDS)]
    assert times == pytest.approx([0, *ends[:-1]], abs=0.0011)
    assert seconds == pytest.approx(ends[-1], abs=0.01)
    for number, halves in enumerate(colours):
        assert halves[3:] == pytest.approx([255, 255, 255], abs=6)
        # A picture this small is blurred by the encoder, and its matrix is another test's.
        assert (
            halves[:3].index(max(halves[:3])) == max(range(3), key=COLOURS[number % 4].__getitem__) or number % 4 == 3
        )


@pytest.mark.parametrize("kind", FORMATS)
def test_every_other_output_comes_out_of_an_animation(kind: str, tmp_path: Path) -> None:
    kinds = ["hls", "poster", "preview", "sprite"]
    made = outputs_of(animated(tmp_path, kind), *({"kind": one} for one in kinds))
    assert [output.kind for output in made] == kinds
    assert made[0].duration_seconds == pytest.approx(sum(MILLISECONDS) / 1000, abs=0.05)
    poster = Image.open(tmp_path / made[1].file.name).convert("RGB")
    assert poster.getpixel((48, 32)) == pytest.approx((255, 255, 255), abs=6)


@pytest.mark.parametrize("kind", FORMATS)
def test_an_animation_can_be_cut(kind: str, tmp_path: Path) -> None:
    [made] = outputs_of(animated(tmp_path, kind), {"kind": "mp4"}, trim={"start": 0.5, "end": 1.5})
    _, _, seconds = shown(tmp_path / made.file.name)
    assert seconds == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("kind", FORMATS)
def test_the_loop_count_does_not_matter(kind: str, tmp_path: Path) -> None:
    for loop in (0, 1, 65_535):
        [made] = outputs_of(animated(tmp_path, kind, (200, 200), loop), {"kind": "mp4"})
        assert made.duration_seconds == pytest.approx(0.4, abs=0.01)


@pytest.mark.parametrize(("kind", "seconds"), [("GIF", 0.3), ("PNG", 0.2), ("WebP", 0.3)])
def test_a_frame_without_a_duration_gets_one(kind: str, seconds: float, tmp_path: Path) -> None:
    [made] = outputs_of(animated(tmp_path, kind, (0, 0, 0)), {"kind": "mp4"})
    assert made.duration_seconds == pytest.approx(seconds, abs=0.011)


@pytest.mark.parametrize("kind", FORMATS)
def test_one_frame_is_a_still_picture(kind: str, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedMedia, match=rf"still picture \({kind}\)"):
        outputs_of(animated(tmp_path, kind, (100,)))


@pytest.mark.parametrize("kind", FORMATS)
def test_an_animation_has_no_sound(kind: str, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedMedia, match="no sound"):
        outputs_of(animated(tmp_path, kind), {"kind": "audio"})


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("tenth", [2, 5, 8, 9])
def test_an_animation_that_is_cut_off_is_noticed(kind: str, tenth: int, tmp_path: Path) -> None:
    file = animated(tmp_path, kind)
    content = file.read_bytes()
    file.write_bytes(content[: len(content) * tenth // 10])
    with pytest.raises((TruncatedMedia, UnsupportedMedia)) as error:
        outputs_of(file)
    assert "Upload" in error.value.message


@pytest.mark.parametrize("kind", FORMATS)
def test_an_animation_has_bounds(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = animated(tmp_path, kind)
    monkeypatch.setattr(config, "MAX_ANIMATION_FRAMES", len(MILLISECONDS) - 1)
    with pytest.raises(InputTooLarge, match="more than 6 frames"):
        outputs_of(file)
    monkeypatch.setattr(config, "MAX_ANIMATION_BYTES", 100)
    with pytest.raises(InputTooLarge, match="more than 0 MiB"):
        outputs_of(file)


def test_a_lossy_webp_is_read_too(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    file = ffmpeg(
        "film", "-f", "lavfi", "-i", "testsrc2=size=64x64:rate=10:duration=1", "-c:v", "libwebp_anim", "-f", "webp"
    )
    [made] = outputs_of(file, {"kind": "mp4"})
    assert len(shown(tmp_path / made.file.name)[0]) == 10


def test_headers_are_read_from_bytes() -> None:
    def of(content: bytes) -> object:
        return animation(lambda offset, length: content[offset : offset + length])

    assert of(b"") is None
    assert of(b"GIF89a") is None
    assert of(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR") is None
    assert of(b"RIFF\0\0\0\0WEBP") is not None


def test_films_with_an_alpha_channel_are_laid_over_white(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    clear = "color=red:size=64x64:rate=10:duration=1,format=rgba,geq=r=255:g=0:b=0:a='if(lt(X,32),255,0)'"
    for options in (("-c:v", "qtrle"), ("-c:v", "prores_ks", "-pix_fmt", "yuva444p10le"), ("-c:v", "png")):
        film = ffmpeg("film.mov", "-f", "lavfi", "-i", clear, *options)
        [made] = outputs_of(film, {"kind": "mp4"})
        _, [first, *_], _ = shown(tmp_path / made.file.name)
        assert first[3:] == pytest.approx([255, 255, 255], abs=6)
        assert first[0] > 200
        assert first[1] < 60


def test_pixel_formats_with_an_alpha_channel_are_known() -> None:
    for name in sorted(vars(av.video.format)["names"]):
        described = av.VideoFormat(name)
        clear = name == "pal8" or any(component.is_alpha for component in described.components)
        assert bool(over_white(name)) == clear, name


def test_a_bomb_of_pixels_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    file = animated(tmp_path, "GIF")
    content = bytearray(file.read_bytes())
    content[6:10] = b"\xff\xff\xff\xff"
    file.write_bytes(content)
    with pytest.raises(PermanentError, match="7680 x 4320"):
        outputs_of(file)
