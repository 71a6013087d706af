"""A job of the example gives its owner the pictures that the input asks for."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms

from stoker import InputForbidden, InputTooLarge, JobContext
from twin.gate.bucket_gate import Bucket
from unit.examples.conftest import Process
from unit.examples.pictures import encoded, is_near, picture, shown

FOLDER = "job-outputs/ada/j/1"
RED, BLUE = (255, 0, 0), (0, 0, 255)
ORIENTATION, GPS, MAKER = 0x0112, 0x8825, 0x010F


def test_the_files_have_the_names_and_sizes_of_the_extension(process: Process, stored: Bucket) -> None:
    made = process(encoded(picture(), "JPEG"), sizes=["200x200", "400x100"], formats=["jpeg", "webp"])
    assert [(file.path, file.content_type, file.width, file.height) for file in made.files] == [
        (f"{FOLDER}/thumbs/cat_200x200.jpeg", "image/jpeg", 200, 150),
        (f"{FOLDER}/thumbs/cat_200x200.webp", "image/webp", 200, 150),
        (f"{FOLDER}/thumbs/cat_400x100.jpeg", "image/jpeg", 133, 100),
        (f"{FOLDER}/thumbs/cat_400x100.webp", "image/webp", 133, 100),
    ]
    assert made.media == {"format": "JPEG", "width": 640, "height": 480}
    assert made.warnings is None
    for file in made.files:
        assert shown(stored, file.path).size == (file.width, file.height)
        assert stored.objects[file.path].fields["contentType"] == file.content_type
        assert len(stored.objects[file.path].content) == file.bytes


def test_what_the_input_leaves_out_is_in_the_settings(process: Process) -> None:
    made = process(encoded(picture(), "JPEG"), "holidays/Cat.JPG")
    assert [file.path for file in made.files] == [
        f"{FOLDER}/thumbs/Cat_200x200.JPG",
        f"{FOLDER}/thumbs/Cat_200x200.webp",
    ]


@pytest.mark.parametrize("given", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF", "GIF", "TIFF"])
def test_each_format_is_made_of_each(process: Process, stored: Bucket, given: str) -> None:
    formats = ["jpeg", "png", "webp", "avif", "gif", "tiff"]
    output = process(encoded(picture(64, 48), given), sizes=["32x32"], formats=formats)
    for file, made in zip(output.files, formats, strict=True):
        result = shown(stored, file.path)
        assert (result.format, result.size) == (made.upper(), (32, 24))
        assert is_near(result.convert("RGB").getpixel((2, 2)), RED)
        assert is_near(result.convert("RGB").getpixel((30, 20)), BLUE)


def test_a_heic_whose_format_is_kept_becomes_a_jpeg(process: Process) -> None:
    """Browsers show no HEIC."""
    made = process(encoded(picture(), "HEIF"), "cat.heic", formats=["original"])
    assert (made.files[0].path, made.files[0].content_type) == (f"{FOLDER}/thumbs/cat_200x200.jpeg", "image/jpeg")


def test_a_picture_is_never_enlarged(process: Process) -> None:
    made = process(encoded(picture(40, 30), "PNG"), "cat.png", sizes=["200x200"], formats=["png"])
    assert (made.files[0].width, made.files[0].height) == (40, 30)


TURNS = (
    (1, "upper left"),
    (3, "lower right"),
    (6, "upper right"),
    (8, "lower left"),
    (5, "upper left"),
    (2, "upper right"),
)


@pytest.mark.parametrize(
    ("given", "orientation", "red"),
    [
        *(("JPEG", *turn) for turn in TURNS),
        *((given, 6, "upper right") for given in ("PNG", "WEBP", "TIFF", "AVIF", "HEIF")),
    ],
)
def test_a_turned_photo_is_upright(process: Process, stored: Bucket, given: str, orientation: int, red: str) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    # Given bytes, pillow-heif writes the turn as phones do: beside the EXIF data.
    made = process(encoded(picture(640, 320), given, exif=exif.tobytes()), sizes=["100x100"], formats=["png"])
    result = shown(stored, made.files[0].path).convert("RGB")
    assert result.size == ((50, 100) if orientation >= 5 else (100, 50))
    assert isinstance(made.media, dict)
    assert made.media["width"] == (320 if orientation >= 5 else 640)
    width, height = result.size
    at = {"upper": 3, "lower": height - 4}[red.split()[0]], {"left": 3, "right": width - 4}[red.split()[1]]
    assert is_near(result.getpixel((at[1], at[0])), RED)
    assert "exif" not in result.info


@pytest.mark.parametrize("made", ["jpeg", "png", "webp", "avif", "tiff"])
def test_the_place_of_a_photo_is_told_only_if_that_is_asked_for(process: Process, stored: Bucket, made: str) -> None:
    exif = Image.Exif()
    exif[MAKER], exif[ORIENTATION] = "Camera", 6
    exif.get_ifd(GPS)[1] = "N"
    photo = encoded(picture(), "JPEG", exif=exif, comment=b"at home")
    for keep in (False, True):
        result = process(photo, sizes=["100x100"], formats=[made], keepMetadata=keep)
        content = stored.objects[result.files[0].path].content
        found = Image.open(BytesIO(content)).getexif()
        assert (found.get(MAKER) == "Camera", found.get_ifd(GPS).get(1) == "N") == (keep, keep)
        assert (result.files[0].width, result.files[0].height) == (75, 100)
        assert found.get(ORIENTATION, 1) == 1, "the picture would be turned twice"
        assert b"at home" not in content


def test_the_colours_of_a_profile_are_those_of_the_web(process: Process, stored: Bucket) -> None:
    """A profile that swaps no colours but has another curve makes grey lighter or darker."""
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    made = process(encoded(picture(), "PNG", icc_profile=lab), "cat.png", formats=["png", "jpeg", "webp"])
    for file in made.files:
        assert "icc_profile" not in shown(stored, file.path).info
    assert made.warnings is None


def test_a_broken_profile_is_a_warning(process: Process) -> None:
    made = process(encoded(picture(), "PNG", icc_profile=b"no profile"), "cat.png")
    assert [warning.code for warning in made.warnings or []] == ["colours-guessed"]


def test_a_print_of_four_inks_is_shown(process: Process, stored: Bucket) -> None:
    made = process(encoded(picture().convert("CMYK"), "JPEG"), formats=["webp"])
    assert is_near(shown(stored, made.files[0].path).convert("RGB").getpixel((5, 5)), RED)


def test_sixteen_bits_of_grey_are_not_white(process: Process, stored: Bucket) -> None:
    grey = Image.new("I;16", (64, 64), 0x8000)
    made = process(encoded(grey, "PNG"), "cat.png", formats=["png"])
    assert is_near(shown(stored, made.files[0].path).convert("RGB").getpixel((5, 5)), (128, 128, 128), 2)


@pytest.mark.parametrize(("name", "ending"), [("GIF", "gif"), ("WEBP", "webp"), ("PNG", "png"), ("AVIF", "avif")])
def test_a_lost_animation_is_a_warning(process: Process, stored: Bucket, name: str, ending: str) -> None:
    frames = [Image.new("RGB", (60, 60), colour) for colour in ("red", "lime", "blue")]
    moving = encoded(frames[0], name, save_all=True, append_images=frames[1:], duration=100)
    made = process(moving, f"cat.{ending}", formats=["original", "jpeg"])
    assert [warning.code for warning in made.warnings or []] == ["app-animation-dropped"]
    for file in made.files:
        assert is_near(shown(stored, file.path).convert("RGB").getpixel((5, 5)), RED)


def test_lost_transparency_is_a_warning_only_where_it_is_lost(process: Process, stored: Bucket) -> None:
    glass = encoded(Image.new("RGBA", (60, 60), (0, 0, 0, 0)), "PNG")
    assert process(glass, "cat.png", formats=["png", "webp"]).warnings is None
    made = process(glass, "cat.png", formats=["jpeg"])
    assert [warning.code for warning in made.warnings or []] == ["app-transparency-dropped"]
    assert is_near(shown(stored, made.files[0].path).getpixel((5, 5)), (255, 255, 255))


def test_a_lower_quality_makes_smaller_files(process: Process) -> None:
    noise = encoded(Image.effect_noise((300, 300), 90), "PNG")
    sizes = [
        [file.bytes for file in process(noise, formats=["jpeg", "webp", "avif"], quality=quality).files]
        for quality in (20, 90)
    ]
    assert all(low < high for low, high in zip(*sizes, strict=True))


def test_progress_never_falls_and_the_stages_are_in_order(process: Process, reported: list[tuple[float, str]]) -> None:
    process(encoded(picture(), "JPEG"), sizes=["200x200", "100x100"])
    assert [progress for progress, _ in reported] == sorted(progress for progress, _ in reported)
    assert list(dict.fromkeys(stage for _, stage in reported)) == ["downloading", "converting", "uploading"]


def test_another_users_picture_is_refused(process: Process, context: JobContext, stored: Bucket) -> None:
    from image_input import ImageInput
    from image_worker import process_image

    stored.put("user-uploads/bob/cat.jpg", encoded(picture(), "JPEG"))
    with pytest.raises(InputForbidden):
        process_image(context, ImageInput(source="user-uploads/bob/cat.jpg"))


def test_a_file_that_would_fill_the_memory_is_not_fetched(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    import image_worker

    monkeypatch.setattr(image_worker, "MAX_BYTES", 1024**2)
    with pytest.raises(InputTooLarge, match="the limit is 1 MiB"):
        process(bytes(1024**2 + 1))


def test_settings_of_a_file_decide(
    process: Process, stored: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import image_settings
    import image_worker

    file = tmp_path / "images.toml"
    file.write_text(
        'sizes = ["64x64"]\nformats = ["jpeg"]\ncache_control = "max-age=60"\n'
        'quality = { jpeg = 5 }\ninclude = ["/photos"]\nexclude = ["/photos/*/private"]\n'
    )
    monkeypatch.setattr(image_worker, "image_settings", lambda: image_settings.image_settings(file))
    made = process(encoded(picture(), "JPEG"), "photos/2026/cat.jpg")
    assert [file.path for file in made.files] == [f"{FOLDER}/cat_64x64.jpeg"]
    assert stored.objects[f"{FOLDER}/cat_64x64.jpeg"].fields["cacheControl"] == "max-age=60"
    for name in ("cat.jpg", "photosets/cat.jpg", "photos/2026/private/cat.jpg"):
        with pytest.raises(InputForbidden, match="Put it into"):
            process(encoded(picture(), "JPEG"), name)


@pytest.mark.parametrize(
    "fields",
    [
        {"sizes": []},
        {"sizes": ["200"]},
        {"sizes": ["0x200"]},
        {"sizes": ["10000x200"]},
        {"sizes": ["1x1"] * 11},
        {"formats": ["svg"]},
        {"formats": []},
        {"quality": 0},
        {"quality": 101},
        {"quality": "80"},
        {"keepMetadata": 1},
        {"watermark": "x"},
    ],
    ids=json.dumps,
)
def test_wrong_input_is_refused_by_the_worker(process: Process, fields: dict[str, Any]) -> None:
    from pydantic import ValidationError

    with pytest.raises(ValidationError):
        process(b"", **fields)
