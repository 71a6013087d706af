"""The names of queues as they are deployed.

With `"prefix": "acme"` in `firebase.json`, the Firebase CLI deploys `videoprocessing` and its queue as
`acme-videoprocessing`. It gives the prefix to no function. But each function knows its own name in the code, and the
name of its service in Cloud Run, which begins with the prefix.
Source: firebase-tools 15.34.2 (`applyEndpointPrefix` in deploy/functions/build.js, and `functionNameToServiceName` in
gcp/runv2.js).
"""

import os
import re
from collections.abc import Mapping


def deployed_name(name: str, environment: Mapping[str, str] = os.environ) -> str:
    """Return the name under which a queue or a function of this codebase is deployed.

    Outside of a function, this is the name in the code. A command-line tool does not know the prefix, so it leaves its
    jobs to the sweeper.

    Args:
        name: The name in the code, such as `videoprocessing`.
        environment: The variables of the function.

    Example:
        >>> deployed_name("videoprocessing", {"FUNCTION_TARGET": "dispatch_job", "K_SERVICE": "acme-dispatch-job"})
        'acme-videoprocessing'
        >>> deployed_name("videoprocessing", {"FUNCTION_TARGET": "dispatch_job", "K_SERVICE": "dispatch-job"})
        'videoprocessing'
    """
    return prefix_of(environment.get("FUNCTION_TARGET", ""), environment.get("K_SERVICE", "")) + name


def prefix_of(target: str, service: str) -> str:
    """Return the prefix of all names, with the hyphen at its end; empty if there is none.

    Args:
        target: The function's name in the code, such as `dispatch_job`: the variable `FUNCTION_TARGET`.
        service: The name of its service, such as `acme-dispatch-job`: the variable `K_SERVICE`. The emulator writes
            `acme-dispatch_job`.
    """
    own, deployed = _of_service(target), _of_service(service)
    return deployed.removesuffix(own) if own and deployed.endswith(f"-{own}") else ""


def _of_service(name: str) -> str:
    """Return a name as Cloud Run writes it. A prefix has only characters that stay as they are."""
    return re.sub("[._]", "-", name.lower())
