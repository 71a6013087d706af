"""The example `image-processing` in an app that has used the extension Resize Images."""

from collections.abc import Mapping
from pathlib import Path

from stoker_tools.deploy.env_file import parsed
from stoker_tools.install.errors import InstallError
from stoker_tools.install.extensions import EXTENSION, imported_images, resize_instances
from stoker_tools.install.json_text import load
from stoker_tools.setup import app_root

EXAMPLE = "examples/image-processing"

SETTINGS = "images.toml"
REQUIREMENTS = "requirements.in"
MAIN = "main.py"


def image_seeds(app: Path, folder: str, instance: str = "") -> tuple[dict[str, bytes], list[str]]:
    """Return the files of `image-processing` for an app, with the settings of its extension, and sentences.

    Args:
        app: The folder of the app.
        folder: The folder of Stoker's functions in the app.
        instance: The instance of the extension whose settings are taken. Empty: the only one.

    Raises:
        InstallError: The app has no such extension, several of them, or no file with its parameters.
    """
    instances, sentences = resize_instances(_firebase_json(app))
    chosen = [name for name in instances if instance in ("", name)]
    if not chosen:
        named = f"{instance} of {EXTENSION}" if instance else EXTENSION
        raise InstallError(f"firebase.json names no extension {named}. Get it: `firebase ext:export`.")
    if len(chosen) > 1:
        listed = ", ".join(chosen)
        raise InstallError(f"Name the extension whose settings are taken, as --from-extensions=NAME: {listed}.")
    file = app / "extensions" / f"{chosen[0]}.env"
    if not file.is_file():
        raise InstallError(f"There is no {file}. Get it: `firebase ext:export`.")
    made = imported_images(parsed(file.read_text(encoding="utf-8")))
    files = {f"{folder}/{name}": content for name, content in _example().items()}
    files[f"{folder}/{SETTINGS}"] = made.toml().encode()
    sentences += [f"{chosen[0]}: {sentence}" for sentence in made.sentences]
    if (app / folder / MAIN).exists() or (app / folder / REQUIREMENTS).exists():
        sentences.append(
            f"{folder}/{MAIN} and {folder}/{REQUIREMENTS} stay as they are. Add the function `imageprocessing` and the "
            "packages pillow and pillow-heif to them."
        )
    sentences.append(f"Then run `{app_root.command('update')}`, which makes the rules and types of `image-processing`.")
    more = sorted(path.name for path in file.parent.glob(f"{file.name}.*"))
    sentences += [f"extensions/{name} is not read. It may have other values for one project." for name in more]
    others = [name for name in instances if name not in chosen]
    sentences += [f"The settings of the extension {name} are not taken." for name in others]
    return files, sentences


def _example() -> Mapping[str, bytes]:
    folder = app_root.shipped(EXAMPLE)
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir()) if file.suffix in (".py", ".in")}


def _firebase_json(app: Path) -> Mapping[str, object]:
    file = app / "firebase.json"
    found = load(file) if file.is_file() else {}
    return found if isinstance(found, dict) else {}
