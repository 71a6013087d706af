"""A function that is deployed already, and the list of all such functions of a project."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stoker_tools.deploy.google import Google

CODEBASE_LABEL, HASH_LABEL = "firebase-functions-codebase", "firebase-functions-hash"
"""The labels that the CLI puts on functions: the codebase, and a hash of the source and the parameters. See
`lib/functions/constants.js`."""

QUEUE_LABEL = "deployment-taskqueue"
"""The label that the CLI puts on a function that a queue calls. See `lib/gcp/cloudfunctionsv2.js`."""


@dataclass(frozen=True)
class DeployedFunction:
    """A function that is deployed already, in any codebase.

    Attributes:
        name: Its name.
        region: Its region.
        state: Its state in Cloud Functions, such as `ACTIVE`.
        codebase: The codebase that it was deployed with.
        source_hash: The hash that the CLI gave to its source and parameters; empty if it is not known.
        account: The address of its service account; empty if it is not known.
        service: The full name of its service of Cloud Run; empty if it is not known, or of the first generation.
        generation: 1 or 2.
        addresses: Its addresses. Firebase Auth calls a blocking function at one of them.
        is_queue: Whether a queue of the same name calls it.
    """

    name: str
    region: str
    state: str = "ACTIVE"
    codebase: str = "stoker"
    source_hash: str = ""
    account: str = ""
    service: str = ""
    generation: int = 2
    addresses: frozenset[str] = frozenset()
    is_queue: bool = False


def deployed_functions(google: Google, region: str) -> tuple[DeployedFunction, ...]:
    """Read the functions of a project, in all regions and codebases.

    Args:
        google: The project.
        region: The region that has to answer. If another region does not, its functions are left out.

    Raises:
        GoogleRefusal: Google has refused the call, or the region does not answer.
        CommandError: Google can't be reached.
    """
    address = f"cloudfunctions.googleapis.com/v2/projects/{google.project}/locations/-/functions"
    return tuple(_function(one) for one in google.listed(address, "functions", region))


def _function(answer: Mapping[str, Any]) -> DeployedFunction:
    _, _, _, region, _, name = answer["name"].split("/")
    labels, service = answer.get("labels", {}), answer.get("serviceConfig", {})
    return DeployedFunction(
        name=name,
        region=region,
        state=answer.get("state", ""),
        codebase=labels.get(CODEBASE_LABEL, "default"),
        source_hash=labels.get(HASH_LABEL, ""),
        account=service.get("serviceAccountEmail", ""),
        service=service.get("service", ""),
        generation=1 if answer.get("environment") == "GEN_1" else 2,
        addresses=frozenset({answer.get("url", ""), service.get("uri", "")} - {""}),
        is_queue=labels.get(QUEUE_LABEL) == "true",
    )
