"""The files in `monitoring/`: log-based metrics, alert policies and a dashboard, in the form of Google's APIs."""

from collections.abc import Collection, Mapping, Sequence
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


FEATURES: Mapping[str, str] = {"stoker-deletions-failed": "batch"}
"""The metrics of a single feature, with this feature. If it is off, nothing counts."""


def monitoring(directory: Path = DIRECTORY, off: Collection[str] = ()) -> Monitoring:
    """Read the files.

    Args:
        directory: The directory that holds them.
        off: The features that are off. Their metrics are left out, with all that shows or watches them.
    """
    silent = [metric for metric, feature in FEATURES.items() if feature in off]
    metrics, policies = (
        [_read(file) for file in sorted((directory / kind).glob("*.yaml")) if not _names(file.read_text(), silent)]
        for kind in ("metrics", "policies")
    )
    return Monitoring(metrics, policies, _without(_read(directory / "dashboard.yaml"), silent))


def _read(file: Path) -> Resource:
    resource: Resource = yaml.safe_load(app_root.as_typed(file.read_text()))
    return resource


def _names(text: str, metrics: Collection[str]) -> bool:
    return any(metric in text for metric in metrics)


def _without(dashboard: Resource, silent: Collection[str]) -> Resource:
    """Return a dashboard without the curves of some metrics. Each chart has another curve, too."""
    for tile in dashboard["mosaicLayout"]["tiles"]:
        chart = tile["widget"]["xyChart"]
        chart["dataSets"] = [one for one in chart["dataSets"] if not _names(str(one), silent)]
    return dashboard
