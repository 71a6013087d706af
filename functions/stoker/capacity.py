"""The most instances of each function, so that all functions together fit into a budget of processors.

Cloud Run refuses a function if its most instances have more processors than the project may use in the region. It also
starts no instance beyond that quota, so that a busy queue could keep the small functions from running. For these two
reasons, each function has a largest number of instances. If the project's quota is smaller than `config.VCPU`, set that
parameter to the quota. Source: https://cloud.google.com/run/quotas
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor
from typing import Final

from stoker.config import RESERVED_VCPU, ParameterError
from stoker.features import has

OF_FEATURES: Final[Mapping[str, int]] = {"profiles": 13, "progress": 5, "analytics": 2}
"""The processors of the functions of some features, in vCPU: the sum of `cpu` x `max_instances` in `stoker.functions`,
workers left out."""

RESERVED: Final = 12 + sum(vcpu for feature, vcpu in OF_FEATURES.items() if has(feature)) + RESERVED_VCPU
"""The processors of all functions that are no workers, in vCPU: 12 for those of jobs, those of the features that are
on, and `reserved_vcpu` of `stoker.toml` for the app's own functions. Their numbers do not depend on the budget, because
they are small and must run if the workers are busy."""


@dataclass(frozen=True)
class Wish:
    """The most instances that a worker should have if there are processors enough.

    Attributes:
        instances: Their number.
        cpu: The processors of an instance, in vCPU.
    """

    instances: int
    cpu: int


def fitted(wishes: Mapping[str, Wish], budget: int) -> dict[str, int]:
    """Return the most instances of each worker. If the budget is too small, all wishes shrink by the same factor.

    Args:
        wishes: The wish of each worker, by the name of its queue.
        budget: The processors of all functions, in vCPU.

    Raises:
        ParameterError: The budget has no instance for each worker.

    Example:
        >>> fitted({"films": Wish(20, cpu=2), "lists": Wish(20, cpu=1)}, budget=RESERVED + 30)
        {'films': 10, 'lists': 10}
        >>> fitted({"films": Wish(20, cpu=2)}, budget=1000)
        {'films': 20}
    """
    least = RESERVED + sum(wish.cpu for wish in wishes.values())
    if budget < least:
        raise ParameterError(f"STOKER_VCPU is {budget}. Set it to {least} or more, or leave it out.")
    wished = sum(wish.instances * wish.cpu for wish in wishes.values())
    factor = min(1.0, (budget - RESERVED) / wished) if wished else 1.0
    return {name: max(1, floor(wish.instances * factor)) for name, wish in wishes.items()}
