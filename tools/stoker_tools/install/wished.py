"""The wished state of an app, from Stoker's own files and the app's `stoker.toml`."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stoker_tools.install.errors import InstallError
from stoker_tools.install.firebase_json import CODEBASE, FirebaseWish
from stoker_tools.install.installed import Installed
from stoker_tools.install.wish import Wished
from stoker_tools.setup import app_code, app_root, carried

if TYPE_CHECKING:
    from stoker.app_settings import AppSettings

FOLDERS = ("functions", "functions-stoker")
"""The names of the folder of Stoker's functions. The first one that is free is taken."""

CLIENTS = "clients/stoker"
"""The folder of the generated TypeScript and JSON Schemas."""

REQUIREMENTS = """\
# The packages of your own functions, a line for each. Stoker's packages are added by `stoker update`, which makes
# requirements.txt of this file.
"""

PREDEPLOY = "node .stoker/predeploy.cjs"

NODE_PARTS = ("predeploy.cjs", "env_files.cjs", "parameters.json")
"""The files that the Firebase CLI runs before a deployment. They need Node alone."""

IGNORED = [
    *("venv", "**/__pycache__", "**/*.pyc", ".mypy_cache", ".ruff_cache", ".pytest_cache", "*.log"),
    *(".env.local", ".secret.local"),
]
"""The files of the folder that are not deployed."""

EMULATORS: Mapping[str, Any] = {
    **{name: {} for name in ("auth", "functions", "firestore", "storage", "tasks", "pubsub", "eventarc")},
    "ui": {"enabled": True},
    "singleProjectMode": True,
}
"""The emulators of an app that has no `firebase.json`."""

MAIN = '''\
"""The functions that are deployed: all of Stoker's. Add your own functions and types of jobs below."""

from stoker.functions import *  # noqa: F403
'''

SETTINGS = """\
# The settings of Stoker in this app. Each line shows the default: remove its # to change it.
# After a change, run `stoker update` and then `stoker generate`.

# The id of the Firestore database.
# database = "(default)"

# The region of all functions when Stoker is installed. From then on, STOKER_REGION in .env counts.
# region = ""

# The bucket of Cloud Storage. Empty: the default bucket of the project.
# bucket = ""

# The processors that your own functions may use together, in vCPU, besides your types of jobs.
# reserved_vcpu = 0

# The names of the collections. Rename one if your app has a collection of the same name.
# [names]
{names}

# The features. One that is off has no function, rule, index or package.
# `profiles` needs `batch`, and `progress` needs `profiles`.
# [features]
{features}
"""

PARAMETERS = """\
# Parameters of the deployed functions.
STOKER_REGION={region}
# true if Firebase Auth calls Stoker's blocking functions before each sign-up and sign-in. The project needs Identity
# Platform for that.
STOKER_BLOCKING=false
"""

IGNORE = "venv/\n__pycache__/\n*.pyc\n*.log\n.env.local\n.secret.local\n"


def wished_state(app: Path, record: Installed | None = None, *, with_manifest: bool = False) -> Wished:
    """Return all that Stoker needs in an app.

    Args:
        app: The folder of the app.
        record: The record of the last installation; None before the first.
        with_manifest: Whether `functions.yaml` is made too. This needs the virtual environment of the functions.

    Raises:
        InstallError: No name for the folder of the functions is free, or the app's `main.py` can't be imported.
        GenerateError: The app's models can't be generated from.
        ParameterError: The app's `stoker.toml` has a wrong setting.
    """
    folder = record.folder if record else free_folder(app)
    # `stoker.config` reads the first stoker.toml on the path, so this comes before its import.
    try:
        app_code.load(app / folder)
    except app_code.AppCodeError as error:
        raise InstallError(str(error)) from None
    from stoker.app_settings import settings_in
    from stoker_tools.generate.indexes import indexes

    settings = settings_in(app / folder)
    rules = _rules(settings)
    wheel = carried.wheel()
    return Wished(
        version=app_root.version(),
        folder=folder,
        firebase=FirebaseWish(
            entry={
                "source": folder,
                "codebase": CODEBASE,
                "runtime": "python313",
                "predeploy": PREDEPLOY,
                "ignore": IGNORED,
            },
            database=settings.database,
            bucket=settings.bucket,
            emulators=EMULATORS,
        ),
        firestore_rules=rules[0],
        storage_rules=rules[1],
        indexes=json.loads(indexes()),
        files=_files(folder, wheel),
        generated=_generated(app, folder, wheel, settings, with_manifest=with_manifest),
        seeds=seeds(folder, settings.region),
    )


def free_folder(app: Path) -> str:
    """Return the name of a folder for Stoker's functions that the app does not use, or that holds a `stoker.toml`.

    Args:
        app: The folder of the app.

    Raises:
        InstallError: No name is free.
    """
    prepared = [name for name in FOLDERS if (app / name / "stoker.toml").is_file()]
    for name in (*prepared, *FOLDERS):
        if name in prepared or not (app / name).exists():
            return name
    raise InstallError(f"{' and '.join(FOLDERS)} exist already. Rename one of them, and its `source` in firebase.json.")


def _rules(settings: "AppSettings") -> tuple[str, str]:
    from stoker.app_settings import COLLECTIONS
    from stoker_tools.generate.app_rules import region
    from stoker_tools.generate.document_rules import own_document_blocks
    from stoker_tools.generate.files import FIRESTORE_RULES, STORAGE_RULES, document_regions
    from stoker_tools.generate.inputs import input_functions
    from stoker_tools.generate.uploads import upload_function

    firestore, storage = (app_root.shipped(str(path)).read_text() for path in (FIRESTORE_RULES, STORAGE_RULES))
    parts = {**document_regions(), "input": input_functions("input")}
    uploads = {"uploads": upload_function("isAccepted")}
    used = [usual for usual in COLLECTIONS if settings.name(usual) not in settings.unused()]
    own = own_document_blocks()
    rules = region(firestore, parts, names=settings.names, collections=used, own=own)
    return rules, region(storage, uploads, names={})


def _files(folder: str, wheel: Path) -> dict[str, bytes]:
    node_parts = Path(__file__).parents[1] / "deploy"
    files = {f".stoker/{name}": (node_parts / name).read_bytes() for name in NODE_PARTS}
    files[".stoker/.gitignore"] = b"journal/\n"
    files[f"{folder}/{wheel.name}"] = wheel.read_bytes()
    return files


def _generated(
    app: Path, folder: str, wheel: Path, settings: "AppSettings", *, with_manifest: bool
) -> dict[str, bytes]:
    from stoker_tools.generate.manifest import manifest
    from stoker_tools.generate.schemas import schemas
    from stoker_tools.generate.typescript import converters, declarations
    from stoker_tools.install.app_requirements import requirements

    own, old = (_text_of(app / folder / name) for name in ("requirements.in", "requirements.txt"))
    texts = {
        f"{CLIENTS}/stoker.d.ts": _renamed(declarations(), settings),
        f"{CLIENTS}/converters.ts": converters(),
        **{f"{CLIENTS}/json-schema/{name}.json": _renamed(text, settings) for name, text in schemas().items()},
        f"{folder}/requirements.txt": requirements(settings, own or REQUIREMENTS, wheel, old),
    }
    if settings.has("analytics"):
        events = app_root.shipped("clients/typescript/events.ts").read_text()
        texts[f"{CLIENTS}/events.ts"] = events.replace("'analyticsEvents'", f"'{settings.name('analyticsEvents')}'")
    if with_manifest:
        texts[f"{folder}/functions.yaml"] = manifest(app / folder)
    elif (before := _text_of(app / folder / "functions.yaml")) is not None:
        texts[f"{folder}/functions.yaml"] = before
    return {path: text.encode() for path, text in texts.items()}


def _renamed(text: str, settings: "AppSettings") -> str:
    """Return a generated text with the app's names of collections in the paths of its comments."""
    for usual, name in settings.names.items():
        text = re.sub(rf"(?<=[`/]){usual}(?=/\{{)", name, text)
    return text


def _text_of(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.is_file() else None


def seeds(folder: str, region: str = "") -> dict[str, bytes]:
    """Return the first content of the files that belong to the app from then on, by their paths.

    Args:
        folder: The folder of Stoker's functions.
        region: The region that `stoker.toml` names; empty for none.
    """
    region = region or "us-central1"
    from stoker.app_settings import COLLECTIONS, FEATURES

    settings = SETTINGS.format(
        names="\n".join(f'# {name} = "{name}"' for name in COLLECTIONS),
        features="\n".join(f"# {name} = true" for name in FEATURES),
    )
    texts = {
        "main.py": MAIN,
        "stoker.toml": settings,
        "requirements.in": REQUIREMENTS,
        ".env": PARAMETERS.format(region=region),
        ".gitignore": IGNORE,
    }
    return {f"{folder}/{name}": text.encode() for name, text in texts.items()}
