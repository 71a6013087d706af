"""The plan of a deployment: what this checkout deploys, and where to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from stoker.app_settings import AppSettings, settings_in
from stoker.identity import PARAMETER, address
from stoker.parameters import ParameterError
from stoker_tools.deploy import env_file
from stoker_tools.deploy.needs import APIS
from stoker_tools.deploy.service_account import ID
from stoker_tools.errors import CommandError
from stoker_tools.install.json_text import load
from stoker_tools.setup import app_root
from stoker_tools.setup.functions_folder import CODEBASE, functions_entry

PUBLIC = frozenset({"blockingTrigger", "callableTrigger", "httpsTrigger"})
"""The triggers of functions that the CLI lets everybody call. These functions check their callers themselves."""

RULES_AND_INDEXES = ("firestore", "storage")
"""The targets that are deployed first: functions need the indexes, and clients the rules."""


@dataclass(frozen=True)
class Planned:
    """A function that is deployed.

    Attributes:
        name: Its name, with the prefix of `firebase.json`. Its queue has the same name.
        cpu: The processors of an instance, in vCPU.
        memory_mib: The memory of an instance, in MiB.
        instances: The most instances.
        is_queue: Whether a queue calls it.
        event: The event for which Firebase Auth calls it, such as `beforeCreate`; empty if it is no blocking function.
        is_private: Whether only the functions' service account may call it: for a task, an event or a schedule.
    """

    name: str
    cpu: float = 1
    memory_mib: int = 512
    instances: int = 1
    is_queue: bool = False
    event: str = ""
    is_private: bool = False


@dataclass(frozen=True)
class Plan:
    """A deployment.

    Attributes:
        project: The id of the project.
        region: The region of all functions.
        origins: The origins whose pages may read files of the bucket.
        blocking: Whether Firebase Auth calls blocking functions of this deployment.
        functions: The functions; none if `functions.yaml` is missing.
        apis: The APIs that the functions need.
        database: The id of the Firestore database.
        bucket: The bucket that `stoker.toml` names; empty for the default bucket.
        named_account: The service account that `functions/.env` names; empty if it names none.
        targets: The targets with rules and indexes, such as `firestore`.
        is_alone: Whether `firebase.json` names no other functions.
        may_delete: Whether the deployer agrees that deployed functions are deleted.
    """

    project: str
    region: str = "us-central1"
    origins: tuple[str, ...] = ()
    blocking: bool = False
    functions: tuple[Planned, ...] = ()
    apis: frozenset[str] = frozenset(api.host for api in APIS)
    database: str = "(default)"
    bucket: str = ""
    named_account: str = ""
    targets: tuple[str, ...] = RULES_AND_INDEXES
    is_alone: bool = True
    may_delete: bool = False

    @property
    def names(self) -> frozenset[str]:
        """The names of the functions."""
        return frozenset(function.name for function in self.functions)

    @property
    def account(self) -> str:
        """The e-mail address of the service account of the functions."""
        return address(self.named_account or ID, self.project)

    @property
    def private(self) -> frozenset[str]:
        """The names of the functions that only the service account may call."""
        return frozenset(function.name for function in self.functions if function.is_private)


def project_named(root: Path, name: str | None) -> str:
    """Return the id of the project that the command line and `.firebaserc` name; an empty string if none is named.

    Args:
        root: The directory of `.firebaserc`.
        name: An id, or an alias of `.firebaserc`. Without it, its default counts.
    """
    return str(_aliases(root).get(name or "default", name or ""))


def _aliases(root: Path) -> dict[str, str]:
    file = root / ".firebaserc"
    return load(file).get("projects", {}) if file.exists() else {}


def source(root: Path) -> Path:
    """Return the directory of the functions.

    Args:
        root: The directory of `firebase.json`.

    Raises:
        CommandError: `firebase.json` has no entry for Stoker's functions.
    """
    return root / _entry(root)["source"]


def planned(root: Path, project: str, *, may_delete: bool = False) -> Plan:
    """Read the plan of a checkout.

    Args:
        root: The directory of `firebase.json`.
        project: The id of the project.
        may_delete: Whether the deployer agrees that deployed functions are deleted.

    Raises:
        CommandError: `firebase.json` has no entry for Stoker's functions, or `stoker.toml` has a wrong setting.
    """
    functions = source(root)
    settings = app_settings(functions)
    parameters = {**env_file.values(functions / ".env"), **env_file.values(functions / f".env.{project}")}
    file = functions / "functions.yaml"
    manifest = yaml.safe_load(file.read_text()) if file.exists() else {}
    endpoints = manifest.get("endpoints", {})
    blocks = not endpoints or any("blockingTrigger" in one for one in endpoints.values())
    blocking = blocks and parameters.get("STOKER_BLOCKING") == "true"
    # A feature that is off has neither functions nor APIs there.
    apis = {"apis": frozenset(one["api"] for one in manifest["requiredAPIs"])} if "requiredAPIs" in manifest else {}
    return Plan(
        project=project,
        region=parameters.get("STOKER_REGION") or "us-central1",
        origins=tuple((parameters.get("STOKER_ORIGINS") or "").replace(",", " ").split()),
        blocking=blocking,
        functions=tuple(_functions(endpoints, blocking, _entry(root).get("prefix", ""))),
        database=settings.database,
        bucket=settings.bucket,
        named_account=env_file.values(functions / ".env").get(PARAMETER) or "",
        targets=tuple(target for target in RULES_AND_INDEXES if target in _settings(root)),
        is_alone=len(_codebases(root)) == 1,
        may_delete=may_delete,
        **apis,
    )


def app_settings(functions: Path) -> AppSettings:
    """Read the `stoker.toml` of an app.

    Args:
        functions: The directory of the functions.

    Raises:
        CommandError: The file has a wrong setting.
    """
    try:
        return settings_in(functions)
    except ParameterError as error:
        raise CommandError(str(error)) from None


def _settings(root: Path) -> dict[str, Any]:
    settings: dict[str, Any] = load(root / "firebase.json")
    return settings


def _entry(root: Path) -> Mapping[str, str]:
    entry = functions_entry(_settings(root), root)
    if entry is None or entry.get("codebase") != CODEBASE:
        cure = "docs/deploy.md shows the entry." if app_root.checkout() else "Run `stoker install .` first."
        raise CommandError(f'firebase.json has no functions with "codebase": "{CODEBASE}". {cure}')
    return entry


def _codebases(root: Path) -> list[dict[str, Any]]:
    listed = _settings(root).get("functions", [])
    return [listed] if isinstance(listed, dict) else list(listed)


def _functions(endpoints: Mapping[str, Mapping[str, Any]], blocking: bool, prefix: str) -> Iterator[Planned]:
    for name, endpoint in endpoints.items():
        event = endpoint.get("blockingTrigger", {}).get("eventType", "").rpartition(".")[2]
        if event and not blocking:
            continue
        yield Planned(
            name=f"{prefix}-{name}" if prefix else name,
            cpu=endpoint.get("cpu") or 1,
            memory_mib=endpoint.get("availableMemoryMb") or 256,
            instances=endpoint.get("maxInstances") or 100,  # Cloud Run's own default.
            is_queue="taskQueueTrigger" in endpoint,
            event=event,
            is_private=not PUBLIC.intersection(endpoint),
        )
