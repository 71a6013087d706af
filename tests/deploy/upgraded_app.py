"""An app with functions, rules and indexes of its own, whose Stoker is extended by the code of the documentation."""

import re
from pathlib import Path

from deploy.living_app import living_app
from stoker_tools.setup.environment import ROOT

FOLDER = "functions-stoker"

PAGES = ("add-a-job-type.md", "extend.md")

SETTINGS = """\
reserved_vcpu = 1

[names]
users = "stokerUsers"

[features]
video = false
speech = false
analytics = false
"""

LATER_SETTINGS = SETTINGS.replace("[names]", '[names]\nprojects = "stokerProjects"')
"""The settings after a change."""

OWN_PACKAGE = "markupsafe\n"
"""A package that the app adds to its `requirements.in`."""

CODE = re.compile(r"```python\n# functions/(\S+)\n(.*?)```", re.DOTALL)


def app_before(directory: Path) -> Path:
    """Write the app as it is before Stoker comes, and the settings for Stoker; return the directory.

    Args:
        directory: The directory, which is made.
    """
    living_app(directory)
    (directory / FOLDER).mkdir()
    (directory / FOLDER / "stoker.toml").write_text(SETTINGS)
    return directory


def extend(app: Path) -> list[str]:
    """Add the code of the pages to an app: a type of job, documents, a query, a function and an achievement.

    Args:
        app: The app with Stoker.

    Returns:
        The paths of the files.
    """
    paths = []
    for page in PAGES:
        for name, code in CODE.findall((ROOT / "docs" / page).read_text()):
            file = app / FOLDER / name
            file.write_text(f"{file.read_text()}\n\n{code}" if file.exists() else code)
            paths.append(f"{FOLDER}/{name}")
    return paths


def edit_region(app: Path) -> str:
    """Edit Stoker's region of the rules by hand: admins may read all tasks no more. Return the new line.

    Args:
        app: The app with Stoker.
    """
    file = app / "firestore.rules"
    text = file.read_text()
    begin = text.index("match /tasks/")
    line = next(line for line in text[begin:].splitlines() if "allow list:" in line)
    edited = "      allow list: if false; // by hand"
    file.write_text(text[:begin] + text[begin:].replace(line, edited, 1))
    return edited.strip()


def change_settings(app: Path) -> None:
    """Change `stoker.toml` and `requirements.in` as users do before an upgrade.

    Args:
        app: The app with Stoker.
    """
    (app / FOLDER / "stoker.toml").write_text(LATER_SETTINGS)
    packages = app / FOLDER / "requirements.in"
    packages.write_text(packages.read_text() + OWN_PACKAGE)
