"""The things that a project should have, by the files of this checkout."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from stoker.version import version_of
from stoker_tools.deploy.deployment_plan import app_settings
from stoker_tools.errors import CommandError
from stoker_tools.install.json_text import load
from stoker_tools.setup import app_root
from stoker_tools.setup.functions_folder import functions_entry

REGION = "{{ params.STOKER_REGION }}"
"""The region in the manifest. The Firebase CLI puts the value of the parameter there."""

Kind = Literal["schedule", "queue", "event", "client"]


@dataclass(frozen=True)
class Endpoint:
    """A function that should be deployed.

    Attributes:
        name: The name under which it is deployed.
        region: Its region.
        kind: The caller: Cloud Scheduler, a queue of Cloud Tasks, an event, or a client. Firebase Auth is a client.
    """

    name: str
    region: str
    kind: Kind


@dataclass(frozen=True)
class Expected:
    """The things that a project should have.

    Attributes:
        endpoints: The functions.
        codebase: The name of their codebase in `firebase.json`.
        indexes: The content of `firestore.indexes.json`.
        rules: The rules, by the name of their service: `cloud.firestore` and `firebase.storage`.
        version: The version of the functions' source; see `stoker.version`.
        prefix: The prefix of the names of all functions and queues, with the hyphen at its end; empty if there is none.
        database: The id of the Firestore database.
        bucket: The bucket that `stoker.toml` names; empty for the default bucket.
    """

    endpoints: Sequence[Endpoint]
    codebase: str
    indexes: Mapping[str, Any]
    rules: Mapping[str, str]
    version: str
    prefix: str = ""
    database: str = "(default)"
    bucket: str = ""


def expected(region: str, *, blocking: bool, root: Path | None = None) -> Expected:
    """Read the files of an app.

    Args:
        region: The value of `STOKER_REGION`.
        blocking: The value of `STOKER_BLOCKING`.
        root: Its folder; by default, that of `app_root.app`.

    Raises:
        CommandError: A file, or an entry of `firebase.json`, is missing.
    """
    root = root or app_root.app()
    try:
        configured = load(root / "firebase.json")
        codebase = functions_entry(configured, root)
        if codebase is None:
            raise CommandError("No entry of functions in firebase.json has a source that holds the package stoker.")
        functions = root / codebase["source"]
        manifest = yaml.safe_load((functions / "functions.yaml").read_text())
        prefix = f"{codebase['prefix']}-" if codebase.get("prefix") else ""
        settings = app_settings(functions)
        firestore = _entry(configured, "firestore", "database", settings.database)
        storage = _entry(configured, "storage", "bucket", settings.bucket)
        return Expected(
            endpoints=endpoints(manifest, region, prefix, blocking=blocking),
            codebase=codebase.get("codebase", "default"),
            indexes=load(root / _path(firestore, "firestore", "indexes")),
            rules={
                "cloud.firestore": (root / _path(firestore, "firestore", "rules")).read_text(),
                "firebase.storage": (root / _path(storage, "storage", "rules")).read_text(),
            },
            version=version_of(functions),
            prefix=prefix,
            database=settings.database,
            bucket=settings.bucket,
        )
    except FileNotFoundError as error:
        raise CommandError(f"{error.filename} is missing. Run scripts/generate, or restore the file.") from None


def _entry(configured: Mapping[str, Any], service: str, key: str, name: str) -> Mapping[str, Any]:
    """Return an entry of `firebase.json`: of several databases or buckets, that of the name, or else the first."""
    entries = configured.get(service) or {}
    listed: list[Mapping[str, Any]] = entries if isinstance(entries, list) else [entries]
    return next((one for one in listed if one.get(key) == name), listed[0])


def _path(entry: Mapping[str, Any], service: str, name: str) -> str:
    if name not in entry:
        raise CommandError(f"firebase.json has no {name} for {service}.")
    return str(entry[name])


def endpoints(manifest: Mapping[str, Any], region: str, prefix: str = "", *, blocking: bool) -> list[Endpoint]:
    """Return the functions of a manifest. Blocking functions are left out if they are not deployed.

    Args:
        manifest: The content of `functions.yaml`.
        region: The value of `STOKER_REGION`.
        prefix: The prefix of their names, with the hyphen at its end.
        blocking: The value of `STOKER_BLOCKING`.
    """
    return [
        Endpoint(f"{prefix}{name}", one["region"][0].replace(REGION, region), _kind(one))
        for name, one in manifest["endpoints"].items()
        if blocking or "blockingTrigger" not in one
    ]


def _kind(endpoint: Mapping[str, Any]) -> Kind:
    if "scheduleTrigger" in endpoint:
        return "schedule"
    if "taskQueueTrigger" in endpoint:
        return "queue"
    return "event" if "eventTrigger" in endpoint else "client"
