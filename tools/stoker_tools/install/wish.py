"""The wished state of an app: all that Stoker needs there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stoker_tools.install.firebase_json import FirebaseWish


@dataclass(frozen=True)
class Wished:
    """The wished state of an app. All paths are relative to its folder, with `/`.

    Attributes:
        version: The version of Stoker.
        folder: The folder of Stoker's functions.
        firebase: The entries of `firebase.json`.
        firestore_rules: The rules for the app's block of the database, without indentation.
        storage_rules: The rules for the app's block of the bucket, without indentation; empty for none.
        indexes: The indexes, as in a file of indexes.
        files: The files that stay Stoker's. An update writes them anew, unless they were edited.
        generated: The files that `stoker generate` makes too. An update writes them anew.
        seeds: The files that the app has from then on. They are written once.
    """

    version: str
    folder: str
    firebase: FirebaseWish
    firestore_rules: str
    storage_rules: str
    indexes: Mapping[str, Any]
    files: Mapping[str, bytes] = field(default_factory=dict)
    generated: Mapping[str, bytes] = field(default_factory=dict)
    seeds: Mapping[str, bytes] = field(default_factory=dict)
