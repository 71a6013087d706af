"""The processors and the memory of the functions, from `functions/functions.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from stoker_tools.costs.bill import Usage
from stoker_tools.costs.prices import Meter


@dataclass(frozen=True)
class Size:
    """The size of an instance of a function.

    Attributes:
        vcpu: Its processors.
        gib: Its memory.
    """

    vcpu: float
    gib: float

    def running(self, seconds: float) -> Usage:
        """Return the usage of a request that takes some seconds.

        Example:
            >>> Size(2, 8).running(10)[Meter.GIB_SECONDS]
            80
        """
        return {
            Meter.REQUESTS: 1,
            Meter.VCPU_SECONDS: self.vcpu * seconds,
            Meter.GIB_SECONDS: self.gib * seconds,
        }


@dataclass(frozen=True)
class Functions:
    """The deployed functions.

    Attributes:
        sizes: The size of each function, by its name.
        schedules: The number of functions that run on a schedule.
    """

    sizes: Mapping[str, Size]
    schedules: int

    @classmethod
    def of_manifest(cls, text: str) -> "Functions":
        """Return the functions of a manifest.

        Args:
            text: The text of `functions.yaml`.

        Example:
            >>> Functions.of_manifest("endpoints: {sweep: {cpu: 1, availableMemoryMb: 512, scheduleTrigger: {}}}")
            Functions(sizes={'sweep': Size(vcpu=1, gib=0.5)}, schedules=1)
        """
        endpoints: Mapping[str, Mapping[str, Any]] = yaml.safe_load(text)["endpoints"]
        sizes = {name: Size(one["cpu"], one["availableMemoryMb"] / 1024) for name, one in endpoints.items()}
        return cls(sizes, sum("scheduleTrigger" in one for one in endpoints.values()))

    def has(self, name: str) -> bool:
        """Return whether the app has a function. If a feature is off, its functions are missing."""
        return name in self.sizes

    def run(self, name: str, seconds: float) -> Usage:
        """Return the usage of a run of a function.

        Raises:
            KeyError: The app has no such function.
        """
        return self.sizes[name].running(seconds)
