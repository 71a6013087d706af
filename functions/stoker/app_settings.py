"""The settings of an app in `stoker.toml`, beside `main.py`: names of collections, features, database and bucket.

Without the file, all settings have their defaults. This module imports nothing heavy, because `config` imports it.
"""

import functools
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from stoker.parameters import ParameterError

FILE: Final = "stoker.toml"

COLLECTIONS: Final = (
    *("processingJobs", "users", "completions", "tasks", "projects", "analyticsEvents", "analyticsAggregates"),
    *("adminData", "jobKeys", "jobUsers", "deletedJobs", "callCounts", "departures", "reconciles"),
    *("analyticsSketches", "analyticsLeases", "serverKeys"),
)
"""The collections of Stoker, by their usual names. `[names]` may give each another name."""

FEATURES: Final[Mapping[str, tuple[str, ...]]] = {
    "video": (),
    "speech": (),
    "batch": (),
    "profiles": ("batch",),
    "progress": ("profiles",),
    "analytics": (),
}
"""The features, with the features that each needs. A deletion of an account is a batch, so profiles need batches."""

USED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("users",), ("profiles",)),
    **dict.fromkeys(("tasks", "projects"), ("batch", "progress")),
    **dict.fromkeys(("completions",), ("progress",)),
    **dict.fromkeys(("analyticsEvents", "analyticsAggregates", "analyticsSketches", "analyticsLeases"), ("analytics",)),
}
"""The collections that only some features use, with these features. All other collections are always used."""

NAME: Final = r"[A-Za-z][A-Za-z0-9_-]{0,99}"
"""The form of a collection's name. Firestore allows more, but these names need no quotes in rules and paths.
Source: https://firebase.google.com/docs/firestore/quotas (collections)"""

DATABASE: Final = r"\(default\)|[a-z][a-z0-9-]{2,61}[a-z0-9]"
"""The form of a database's id. Source: https://firebase.google.com/docs/firestore/manage-databases (database ID)"""

BUCKET: Final = r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]"
"""The form of a bucket's name. Source: https://cloud.google.com/storage/docs/buckets#naming"""

REGION: Final = r"[a-z]+(-[a-z]+)+\d+"


@dataclass(frozen=True)
class AppSettings:
    """The settings of an app.

    Attributes:
        names: The names of collections that differ from Stoker's, by the usual names.
        off: The features that are off.
        database: The id of the Firestore database.
        region: The region of all functions, unless `STOKER_REGION` names another; empty for no region.
        bucket: The name of the bucket; empty for the project's default bucket.
        reserved_vcpu: The processors that the app's own functions may use together, in vCPU, besides job types.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    off: frozenset[str] = frozenset()
    database: str = "(default)"
    region: str = ""
    bucket: str = ""
    reserved_vcpu: int = 0

    def name(self, collection: str) -> str:
        """Return the name of a collection.

        Args:
            collection: Its usual name.
        """
        return self.names.get(collection, collection)

    def unused(self) -> frozenset[str]:
        """Return the names of the collections that no feature uses which is on."""
        return frozenset(self.name(usual) for usual, features in USED_BY.items() if self.off.issuperset(features))

    def has(self, feature: str) -> bool:
        """Return whether a feature is on.

        Args:
            feature: The name of the feature.
        """
        return feature not in self.off


def settings_of(text: str) -> AppSettings:
    """Read the text of `stoker.toml`.

    Args:
        text: The text.

    Raises:
        ParameterError: The text is not TOML, or a setting is wrong.

    Example:
        >>> settings_of('[names]\\ntasks = "todoItems"').name("tasks")
        'todoItems'
        >>> settings_of('[features]\\nspeech = false').has("speech")
        False
    """
    import tomllib  # Not above: most apps' cold starts would import it for nothing.

    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ParameterError(f"{FILE} can't be read: {error}. Correct the file.") from None
    known = ("names", "features", "database", "region", "bucket", "reserved_vcpu")
    if unknown := [name for name in found if name not in known]:
        raise ParameterError(f"{FILE} has {unknown[0]!r}, which is no setting. Use one of {', '.join(known)}.")
    return AppSettings(
        names=_names(_table(found, "names")),
        off=_off(_table(found, "features")),
        database=_text(found, "database", DATABASE, "(default)", "the id of a Firestore database, such as app-data"),
        region=_text(found, "region", REGION, "", "a region of Cloud Functions, such as europe-west1"),
        bucket=_text(found, "bucket", BUCKET, "", "the name of a bucket, without gs://"),
        reserved_vcpu=_count(found, "reserved_vcpu"),
    )


@functools.cache
def read_settings() -> AppSettings:
    """Read the first `stoker.toml` on the path of Python's modules, or else that of the current folder.

    The platform starts a function in the folder of `main.py`. Commands put this folder first on the path.

    Raises:
        ParameterError: The file has a wrong setting.
    """
    for folder in (*map(Path, sys.path), Path.cwd()):
        if (folder / FILE).is_file():
            return settings_in(folder)
    return AppSettings()


def settings_in(folder: Path) -> AppSettings:
    """Read the `stoker.toml` of a folder. If there is none, all settings have their defaults.

    Args:
        folder: The folder that holds `main.py`.

    Raises:
        ParameterError: The file has a wrong setting.
    """
    try:
        return settings_of((folder / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return AppSettings()
    except (OSError, UnicodeDecodeError) as error:
        raise ParameterError(f"{folder / FILE} can't be read: {error}. Correct the file.") from None


def _table(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = found.get(name, {})
    if not isinstance(table, dict):
        raise ParameterError(f"{FILE} has {name} = {table!r}. Write a table: [{name}].")
    return table


def _text(found: Mapping[str, Any], name: str, form: str, default: str, meaning: str) -> str:
    value = found.get(name, default)
    if not isinstance(value, str) or (value != default and not re.fullmatch(form, value)):
        raise ParameterError(f"{FILE} has {name} = {value!r}. Set it to {meaning}, or leave it out.")
    return value


def _count(found: Mapping[str, Any], name: str) -> int:
    value = found.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ParameterError(f"{FILE} has {name} = {value!r}. Set it to a whole number of processors, or leave it out.")
    return value


def _names(table: Mapping[str, Any]) -> Mapping[str, str]:
    for usual, name in table.items():
        if usual not in COLLECTIONS:
            raise ParameterError(
                f"{FILE} names {usual!r}, which is no collection of Stoker. Use one of {', '.join(COLLECTIONS)}."
            )
        if not isinstance(name, str) or not re.fullmatch(NAME, name):
            raise ParameterError(
                f"{FILE} has {usual} = {name!r}. Begin the name with a letter, and use letters, digits, hyphens and "
                "underscores only."
            )
    chosen = [table.get(usual, usual) for usual in COLLECTIONS]
    if twice := sorted({name for name in chosen if chosen.count(name) > 1}):
        shared = " and ".join(usual for usual in COLLECTIONS if table.get(usual, usual) == twice[0])
        raise ParameterError(f"{FILE} gives {shared} the same name, {twice[0]!r}. Choose two names.")
    return {usual: name for usual, name in table.items() if name != usual}


def _off(table: Mapping[str, Any]) -> frozenset[str]:
    for feature, value in table.items():
        if feature not in FEATURES:
            raise ParameterError(
                f"{FILE} has the feature {feature!r}, which does not exist. Use one of {', '.join(FEATURES)}."
            )
        if not isinstance(value, bool):
            raise ParameterError(f"{FILE} has {feature} = {value!r}. Set it to true or false, or leave it out.")
    off = frozenset(feature for feature, value in table.items() if not value)
    for feature, needed in FEATURES.items():
        missing = [one for one in needed if one in off and feature not in off]
        if missing:
            raise ParameterError(
                f"{FILE} switches {missing[0]} off, which {feature} needs. Set {feature} = false too, or leave "
                f"{missing[0]} on."
            )
    return off
