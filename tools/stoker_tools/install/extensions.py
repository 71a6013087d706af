"""Settings of the job type `image-processing` from those of the Firebase extension Resize Images.

Source: https://github.com/firebase/extensions/blob/master/storage-resize-images/extension.yaml (version 0.3.3).
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

EXTENSION = "firebase/storage-resize-images"

FORMATS = ("jpeg", "png", "webp", "avif", "gif", "tiff")
MOST_SIZES = 10
LARGEST_SIDE = 9999
"""The bounds of `ImageInput` in the example."""

WITH_QUALITY = ("jpeg", "webp", "avif")
"""The formats whose quality is a number from 1 to 100 for Pillow and for sharp. For PNG, sharp means something else."""

MEMORY_MB = 2048
"""The memory of the example's function, in MiB."""

DEFAULTS = {"IMG_SIZES": "200x200", "IMAGE_TYPE": "false", "IS_ANIMATED": "true"}
"""The values of parameters that a file leaves out. All others are empty or switched off."""

OFF = ("", "false", "OFF", "{}")

NOT_KEPT = {
    "DELETE_ORIGINAL_FILE": "The original is kept. Let the app delete it when the job is completed.",
    "MAKE_PUBLIC": "The files stay private: only their owner may read them. Copy public ones to `public/` yourself.",
    "FAILED_IMAGES_PATH": "A picture that fails is not copied. Its job has `error` and `errorCode`.",
    "CONTENT_FILTER_LEVEL": "No filter looks at the contents of pictures.",
    "CUSTOM_FILTER_PROMPT": "No filter looks at the contents of pictures.",
    "PLACEHOLDER_IMAGE_PATH": "No filter looks at the contents of pictures, so there is no placeholder.",
    "DO_BACKFILL": "Pictures that exist are not converted. Write a batch of jobs for them.",
    "BACKFILL_BATCH_SIZE": "Pictures that exist are not converted. Write a batch of jobs for them.",
    "EVENTARC_CHANNEL": "No events are sent to Eventarc. Listen to the job's document.",
    "ALLOWED_EVENT_TYPES": "No events are sent to Eventarc. Listen to the job's document.",
}
"""The parameters without a counterpart, and what the app does instead."""

ALWAYS = (
    "The extension worked by itself after each upload. Now the app writes a job of the type `image-processing` for "
    "each picture, which it uploads below `user-uploads/{uid}/`.",
    "The files no longer lie beside the original: they lie at `job-outputs/{uid}/{job}/{attempt}/PLACE`. Only their "
    "owner may read them, and the job's `output.files` names them. Change the code that builds their names.",
    "The extension copied `Content-Disposition`, `Content-Encoding`, `Content-Language`, `Cache-Control`, own metadata "
    "and download tokens from the original to the files. They are not copied now.",
    "The extension left out pictures that it can't convert, and went on. Now the whole job fails, with a sentence.",
)
"""The differences that every app has. `PLACE` stands for the place of a file."""


@dataclass
class ImportedImages:
    """The settings of `image-processing` that do what an extension did.

    Attributes:
        settings: The content of `images.toml`.
        sentences: What can't be kept, and what to do about it.
    """

    settings: dict[str, Any]
    sentences: list[str] = field(default_factory=list)

    def toml(self) -> str:
        """Return the text of `images.toml`."""
        lines = ["# From the extension Resize Images. `image_settings.py` explains each setting."]
        lines += [f"{name} = {_toml(value)}" for name, value in self.settings.items()]
        return "\n".join(lines) + "\n"


def resize_instances(firebase_json: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return the instances of Resize Images in a `firebase.json`, and sentences about all other extensions.

    The parameters of an instance are in `extensions/INSTANCE.env`.

    Args:
        firebase_json: The content of `firebase.json`.

    Example:
        >>> resize_instances({"extensions": {"thumbs": "firebase/storage-resize-images@0.3.3"}})
        (['thumbs'], [])
    """
    ours, others = [], []
    for instance, reference in firebase_json.get("extensions", {}).items():
        if str(reference).partition("@")[0] == EXTENSION:
            ours.append(instance)
        else:
            others.append(f"The extension {instance} ({reference}) is left as it is: only {EXTENSION} is taken over.")
    return ours, others


def imported_images(parameters: Mapping[str, str]) -> ImportedImages:
    """Return the settings that give the same sizes, formats and names as an instance of Resize Images.

    Each parameter is either kept or named in a sentence.

    Args:
        parameters: The parameters of the instance, as `deploy.env_file` reads them.

    Example:
        >>> made = imported_images({"IMG_SIZES": "200x200", "RESIZED_IMAGES_PATH": "thumbs", "IMAGE_TYPE": "webp"})
        >>> made.settings
        {'sizes': ['200x200'], 'formats': ['webp'], 'folder': 'thumbs'}
    """
    made = ImportedImages({})
    for name, value in {**DEFAULTS, **parameters}.items():
        made.sentences += [f"{name}: {sentence}" for sentence in _taken(name, value.strip(), made.settings)]
    sizes, formats = made.settings.setdefault("sizes", ["200x200"]), made.settings.setdefault("formats", ["original"])
    folder = made.settings.get("folder")
    ending = "jpg" if formats[0] == "original" else formats[0]
    place = f"{folder}/cat_{sizes[0]}.{ending}" if folder else f"cat_{sizes[0]}.{ending}"
    made.sentences += [sentence.replace("PLACE", place) for sentence in ALWAYS]
    return made


def _taken(name: str, value: str, settings: dict[str, Any]) -> Iterator[str]:
    """Put a parameter into the settings. Yield sentences about what can't be kept."""
    if take := KEPT.get(name):
        yield from take(value, settings)
    elif name in NOT_KEPT:
        if value not in OFF:
            yield f"{value!r} is not kept. {NOT_KEPT[name]}"
    elif name == "LOCATION" or name.endswith("function/location"):
        yield f'{value!r} is not kept. Write `region = "{value}"` into stoker.toml, and deploy all functions there.'
    elif name == "IMG_BUCKET":
        if value != "${STORAGE_BUCKET}":
            yield f'If {value!r} is not the project\'s default bucket, write `bucket = "{value}"` into stoker.toml.'
    elif name != "REGENERATE_TOKEN":  # A sentence about tokens is given anyway.
        yield f"{value!r} is not kept, because nothing corresponds to it."


def _sizes(value: str, settings: dict[str, Any]) -> Iterator[str]:
    sizes = []
    for size in dict.fromkeys(part.strip() for part in value.split(",")):
        found = re.fullmatch(r"(\d+)x(\d+)", size)
        if found and all(1 <= int(side) <= LARGEST_SIDE for side in found.groups()):
            plain = f"{int(found[1])}x{int(found[2])}"
            if plain != size:
                yield f"The size {size!r} is written {plain!r}, so the names of its files change."
            sizes.append(plain)
        else:
            yield f"The size {size!r} is left out: a size is such as 200x200, with sides up to {LARGEST_SIDE}."
    if len(sizes) > MOST_SIZES:
        yield f"The sizes {', '.join(sizes[MOST_SIZES:])} are left out: a job makes at most {MOST_SIZES} sizes."
    if not sizes:
        yield "No size is left, so it is 200x200."
    settings["sizes"] = sizes[:MOST_SIZES] or ["200x200"]


def _formats(value: str, settings: dict[str, Any]) -> Iterator[str]:
    formats = []
    for wanted in dict.fromkeys(part.strip() for part in value.split(",")):
        named = {"false": "original", "": "original", "jpg": "jpeg", "tif": "tiff"}.get(wanted, wanted)
        if named in (*FORMATS, "original"):
            formats.append(named)
        else:
            yield f"The format {wanted!r} is left out: there are {', '.join(FORMATS)} and false (the original's)."
    settings["formats"] = list(dict.fromkeys(formats)) or ["original"]


def _folder(value: str, settings: dict[str, Any]) -> Iterator[str]:
    folder = value.strip("/")
    if folder and not re.fullmatch(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*", folder):
        yield f"The folder {value!r} is left out: it may hold letters, digits, `_`, `-` and `/`. Set `folder` yourself."
    elif folder:
        settings["folder"] = folder


def _paths(setting: str) -> Callable[[str, dict[str, Any]], Iterator[str]]:
    def take(value: str, settings: dict[str, Any]) -> Iterator[str]:
        paths = [path for part in value.split(",") if (path := part.strip())]
        if not paths:
            return
        settings[setting] = [re.sub(r"^/user-uploads/[^/]+(?=/)", "", path) for path in paths]
        for path, kept in zip(paths, settings[setting], strict=True):
            if path == kept:
                yield f"{path!r} now means this folder in each user's own folder: `user-uploads/{{uid}}{path}`."

    return take


def _cache_control(value: str, settings: dict[str, Any]) -> Iterator[str]:
    if value and not value.isprintable():
        yield "The value is left out, because it holds control characters."
    elif value:
        settings["cache_control"] = value
    return


def _output_options(value: str, settings: dict[str, Any]) -> Iterator[str]:
    options = _json_map(value)
    if options is None:
        yield f"{value!r} is left out, because it is no JSON map. The extension ignored it, too."
        return
    quality = {}
    for named, of_format in options.items():
        made = {"jpg": "jpeg", "tif": "tiff"}.get(named, named)
        for option, wanted in of_format.items() if isinstance(of_format, dict) else [("", of_format)]:
            if made in WITH_QUALITY and option == "quality" and type(wanted) is int and 1 <= wanted <= 100:
                quality[made] = wanted
            else:
                yield f"{named}.{option} = {json.dumps(wanted)} is not kept: only the quality of {_listed()} is."
    if quality:
        settings["quality"] = quality


def _sharp_options(value: str, settings: dict[str, Any]) -> Iterator[str]:
    options = _json_map(value)
    if options is None:
        yield f"{value!r} is left out, because it is no JSON map. The extension ignored it, too."
        return
    same = {"fit": "inside", "withoutEnlargement": True, "failOnError": False}
    for option, wanted in options.items():
        if option not in same or same[option] != wanted:
            yield (
                f"{option} = {json.dumps(wanted)} is not kept. A picture always fits inside its box, and is never "
                "enlarged."
            )


def _animated(value: str, settings: dict[str, Any]) -> Iterator[str]:
    if value == "true":
        yield "Animations are not kept: the files show the first frame, and the job has a warning."


def _memory(value: str, settings: dict[str, Any]) -> Iterator[str]:
    if not value.isdigit() or int(value) > MEMORY_MB:
        yield f"{value!r} is not kept: the function has {MEMORY_MB} MiB. Change `memory_mb` in main.py for more."


KEPT: dict[str, Callable[[str, dict[str, Any]], Iterator[str]]] = {
    "IMG_SIZES": _sizes,
    "IMAGE_TYPE": _formats,
    "RESIZED_IMAGES_PATH": _folder,
    "INCLUDE_PATH_LIST": _paths("include"),
    "EXCLUDE_PATH_LIST": _paths("exclude"),
    "CACHE_CONTROL_HEADER": _cache_control,
    "OUTPUT_OPTIONS": _output_options,
    "SHARP_OPTIONS": _sharp_options,
    "IS_ANIMATED": _animated,
    "FUNCTION_MEMORY": _memory,
}
"""The parameters with a counterpart. Each function puts one into the settings, and yields what it can't keep."""


def _json_map(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _listed() -> str:
    return f"{', '.join(WITH_QUALITY[:-1])} and {WITH_QUALITY[-1]}"


def _toml(value: Any) -> str:
    """Return a value in TOML, whose texts and lists of texts are those of JSON."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_toml(inner)}" for name, inner in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)
