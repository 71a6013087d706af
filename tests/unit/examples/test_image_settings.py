"""The settings of the example are those that `stoker install --from-extensions` writes."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from stoker_tools.install.extensions import imported_images


def test_the_settings_of_an_extension_are_read(tmp_path: Path) -> None:
    from image_settings import image_settings

    made = imported_images(
        {
            "IMG_SIZES": "200x200,64x64",
            "IMAGE_TYPE": "webp,false",
            "RESIZED_IMAGES_PATH": "/small/thumbs/",
            "CACHE_CONTROL_HEADER": "max-age=60",
            "OUTPUT_OPTIONS": '{"webp": {"quality": 40}}',
            "INCLUDE_PATH_LIST": "/photos,/users/*/avatars",
        }
    )
    file = tmp_path / "images.toml"
    file.write_text(made.toml(), encoding="utf-8")
    settings = image_settings(file)
    assert settings.model_dump(exclude_defaults=True) == made.settings
    assert settings.folder == "small/thumbs"


def test_the_examples_own_settings_are_read(example: Path) -> None:
    from image_settings import image_settings

    assert image_settings(example / "images.toml").folder == "thumbs"
    assert image_settings(example / "no.toml").sizes == ["200x200"]


@pytest.mark.parametrize("line", ['sizes = ["200"]', 'folder = "../x"', "size = 1", "quality = { jpeg = 0 }"])
def test_a_wrong_setting_is_an_error(tmp_path: Path, line: str) -> None:
    from image_settings import image_settings

    file = tmp_path / "images.toml"
    file.write_text(line)
    with pytest.raises(ValidationError):
        image_settings(file)
