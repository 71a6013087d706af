"""The files in `monitoring/`: log-based metrics, alert policies and a dashboard, in the form of Google's APIs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from stoker_tools.setup import app_root

DIRECTORY = app_root.shipped("monitoring")

LABEL = "stoker"
"""The label of a policy that holds its name here. By it, a later run finds the policy in the project."""

Resource = Mapping[str, Any]


@dataclass(frozen=True)
class Monitoring:
    """Everything that is installed.

    Attributes:
        metrics: Log-based metrics (`LogMetric` of Cloud Logging).
        policies: Alert policies (`AlertPolicy` of Cloud Monitoring).
        dashboard: The dashboard (`Dashboard` of Cloud Monitoring).
    """

    metrics: Sequence[Resource]
    policies: Sequence[Resource]
    dashboard: Resource


def monitoring(directory: Path = DIRECTORY) -> Monitoring:
    """Read the files.

    Args:
        directory: The directory that holds them.
    """
    return Monitoring(
        [_read(file) for file in sorted((directory / "metrics").glob("*.yaml"))],
        [_read(file) for file in sorted((directory / "policies").glob("*.yaml"))],
        _read(directory / "dashboard.yaml"),
    )


def _read(file: Path) -> Resource:
    resource: Resource = yaml.safe_load(file.read_text())
    return resource
