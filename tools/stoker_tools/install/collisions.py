"""The parts of an app that collide with what Stoker puts there."""

import sys
from dataclasses import replace
from pathlib import Path

from stoker.app_settings import COLLECTIONS, FILE, AppSettings, settings_in
from stoker.own_documents import own_documents
from stoker_tools.deploy import env_file
from stoker_tools.install.foreign_app import ForeignFindings, PlannedInstall, foreign_findings
from stoker_tools.install.wish import Wished
from stoker_tools.rules_lab.language import parse

BLOCKING = "STOKER_BLOCKING"
"""The parameter by which an app wishes the blocking functions, which the feature `profiles` has."""


def collisions(app: Path, wished: Wished, *, installed: bool) -> ForeignFindings:
    """Look at an app, and return what speaks against putting Stoker there.

    Args:
        app: The folder of the app.
        wished: All that Stoker needs there.
        installed: Whether Stoker is installed there already.
    """
    found = foreign_findings(app, planned(app, wished, installed=installed))
    file = f"{wished.folder}/{FILE}" + ("" if (app / wished.folder / FILE).exists() else " (make this file)")
    # The cures name the file without its folder, which an app may choose.
    return replace(found, refusals=tuple(replace(one, cure=one.cure.replace(FILE, file)) for one in found.refusals))


def region_note(app: Path, folder: str) -> str | None:
    """Return a sentence if `.env` names another region than `stoker.toml`; None if it does not.

    Args:
        app: The folder of the app.
        folder: The folder of Stoker's functions.
    """
    named, used = settings_in(app / folder).region, env_file.values(app / folder / ".env").get("STOKER_REGION")
    if not named or not used or named == used:
        return None
    return f"{folder}/.env has STOKER_REGION={used}, which wins over region = {named!r} in {folder}/{FILE}."


def planned(app: Path, wished: Wished, *, installed: bool) -> PlannedInstall:
    """Return the parts of Stoker that may collide with parts of the app.

    Args:
        app: The folder of the app.
        wished: All that Stoker needs there.
        installed: Whether Stoker is installed there already.
    """
    settings = settings_in(app / wished.folder)
    used = tuple(usual for usual in COLLECTIONS if settings.name(usual) not in settings.unused())
    return PlannedInstall(
        folder=wished.folder,
        functions=frozenset(_functions()),
        # A project may have parameters of its own, such as those in `.env.acme-prod`.
        blocking=settings.has("profiles")
        and any(env_file.values(file).get(BLOCKING) == "true" for file in (app / wished.folder).glob(".env*")),
        installed=installed,
        names=settings.names,
        own=tuple(own_documents()),
        database=_named(settings, "database"),
        bucket=_named(settings, "bucket"),
        collections=used,
        rules_functions=frozenset(_rules_functions(wished.firestore_rules) | _rules_functions(wished.storage_rules)),
    )


def _named(settings: AppSettings, name: str) -> str | None:
    value = str(getattr(settings, name))
    return None if value == getattr(AppSettings(), name) else value


def _functions() -> set[str]:
    """Return the names of the functions: those of the app's `main.py` if it was imported, and else Stoker's."""
    from stoker import functions

    main = sys.modules.get("main", functions)
    return {name for name, value in vars(main).items() if hasattr(value, "__firebase_endpoint__")}


def _rules_functions(region: str) -> set[str]:
    service = parse(f"service any {{ match /any {{ {region} }} }}")
    return {function.name for block in service.walk() for function in block.functions}
