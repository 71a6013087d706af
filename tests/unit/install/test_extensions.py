"""The settings of the extension Resize Images become those of `image-processing`, and nothing is lost unsaid."""

import tomllib
from typing import Any

import pytest

from stoker_tools.deploy.env_file import parsed
from stoker_tools.install.extensions import ALWAYS, EXTENSION, imported_images, resize_instances

USUAL = """\
# Made by firebase ext:configure
CACHE_CONTROL_HEADER=max-age=86400
DELETE_ORIGINAL_FILE=false
EXCLUDE_PATH_LIST=/user-uploads/*/private
IMAGE_TYPE=jpeg,webp,avif,false
IMG_BUCKET=${STORAGE_BUCKET}
IMG_SIZES=200x200,680x680
INCLUDE_PATH_LIST=/user-uploads/*/photos
IS_ANIMATED=false
MAKE_PUBLIC=false
OUTPUT_OPTIONS={"jpeg": {"quality": 75}, "webp": {"quality": 60}}
REGENERATE_TOKEN=true
RESIZED_IMAGES_PATH=thumbs
SHARP_OPTIONS={"fit": "inside"}
FUNCTION_MEMORY=1024
CONTENT_FILTER_LEVEL=OFF
"""


def sentences(**parameters: str) -> list[str]:
    """Return the sentences about these parameters alone."""
    of_others = imported_images({"IS_ANIMATED": "false"}).sentences
    made = imported_images({"IS_ANIMATED": "false", **parameters}).sentences
    return [sentence for sentence in made if sentence not in of_others]


def test_the_usual_settings_are_kept_without_a_loss() -> None:
    made = imported_images(parsed(USUAL))
    assert made.settings == {
        "sizes": ["200x200", "680x680"],
        "formats": ["jpeg", "webp", "avif", "original"],
        "cache_control": "max-age=86400",
        "exclude": ["/private"],
        "include": ["/photos"],
        "quality": {"jpeg": 75, "webp": 60},
        "folder": "thumbs",
    }
    assert len(made.sentences) == len(ALWAYS)


def test_the_sentences_say_where_the_files_lie_now() -> None:
    made = imported_images(parsed(USUAL))
    assert any("job-outputs/{uid}/{job}/{attempt}/thumbs/cat_200x200.jpeg" in sentence for sentence in made.sentences)


def test_the_text_is_toml_with_the_settings() -> None:
    made = imported_images(parsed(USUAL + "CACHE_CONTROL_HEADER='a \"b\" \\ ü'\n"))
    assert tomllib.loads(made.toml()) == made.settings
    assert made.settings["cache_control"] == 'a "b" \\ ü'


def test_what_a_file_leaves_out_has_the_extensions_default() -> None:
    made = imported_images({})
    assert made.settings == {"sizes": ["200x200"], "formats": ["original"]}
    assert any(sentence.startswith("IS_ANIMATED: Animations are not kept") for sentence in made.sentences)


@pytest.mark.parametrize(
    ("parameter", "value", "words"),
    [
        ("DELETE_ORIGINAL_FILE", "true", "The original is kept"),
        ("DELETE_ORIGINAL_FILE", "on_success", "The original is kept"),
        ("MAKE_PUBLIC", "true", "stay private"),
        ("FAILED_IMAGES_PATH", "failed", "`errorCode`"),
        ("CONTENT_FILTER_LEVEL", "BLOCK_ONLY_HIGH", "No filter"),
        ("CUSTOM_FILTER_PROMPT", "Is it a cat?", "No filter"),
        ("PLACEHOLDER_IMAGE_PATH", "x.png", "no placeholder"),
        ("DO_BACKFILL", "true", "batch of jobs"),
        ("IMG_BUCKET", "other-bucket", 'bucket = "other-bucket"'),
        ("LOCATION", "europe-west1", 'region = "europe-west1"'),
        ("firebaseextensions.v1beta.function/location", "europe-west1", 'region = "europe-west1"'),
        ("firebaseextensions.v1beta.function/maxInstances", "9", "nothing corresponds to it"),
        ("EVENTARC_CHANNEL", "projects/p/locations/l/channels/c", "No events"),
        ("NEW_PARAMETER", "1", "nothing corresponds to it"),
        ("IS_ANIMATED", "true", "first frame"),
        ("FUNCTION_MEMORY", "8192", "memory_mb"),
        ("IMG_SIZES", "200x200,0x5", "'0x5' is left out"),
        ("IMG_SIZES", "20000x200", "No size is left"),
        ("IMG_SIZES", "0200x200", "'200x200', so the names of its files change"),
        ("IMG_SIZES", ",".join(f"{n}x{n}" for n in range(1, 13)), "11x11, 12x12 are left out"),
        ("IMAGE_TYPE", "jpeg,bmp", "'bmp' is left out"),
        ("RESIZED_IMAGES_PATH", "../thumbs", "'../thumbs' is left out"),
        ("INCLUDE_PATH_LIST", "/users/avatars", "user-uploads/{uid}/users/avatars"),
        ("OUTPUT_OPTIONS", '{"jpeg": {"chromaSubsampling": "4:4:4"}}', 'jpeg.chromaSubsampling = "4:4:4" is not kept'),
        ("OUTPUT_OPTIONS", '{"png": {"quality": 60}}', "png.quality = 60 is not kept"),
        ("OUTPUT_OPTIONS", '{"jpeg": {"quality": 101}}', "jpeg.quality = 101 is not kept"),
        ("OUTPUT_OPTIONS", '{"jpeg": 5}', "is not kept"),
        ("OUTPUT_OPTIONS", "{'jpeg'}", "no JSON map"),
        ("SHARP_OPTIONS", '{"fit": "cover"}', 'fit = "cover" is not kept'),
        ("SHARP_OPTIONS", '{"withoutEnlargement": false}', "never enlarged"),
        ("SHARP_OPTIONS", "[]", "no JSON map"),
    ],
)
def test_a_parameter_that_is_not_kept_is_named(parameter: str, value: str, words: str) -> None:
    found = [sentence for sentence in sentences(**{parameter: value}) if sentence.startswith(f"{parameter}: ")]
    assert found, "it was dropped silently"
    assert any(words in sentence for sentence in found)


@pytest.mark.parametrize(
    ("firebase_json", "instances", "others"),
    [
        ({}, [], 0),
        ({"extensions": {"thumbs": f"{EXTENSION}@^0.3"}}, ["thumbs"], 0),
        ({"extensions": {"thumbs": EXTENSION, "x": "firebase/delete-user-data@1"}}, ["thumbs"], 1),
        ({"extensions": {"x": "someone/storage-resize-images@1"}}, [], 1),
    ],
)
def test_the_instances_of_the_extension_are_found(firebase_json: Any, instances: list[str], others: int) -> None:
    found, sentences_about_others = resize_instances(firebase_json)
    assert found == instances
    assert len(sentences_about_others) == others
