"""The accounts as which the jobs of Cloud Scheduler call their functions.

If a function gets another service account, the Firebase CLI leaves the old account in the function's schedule. See
`needUpdate` in its `lib/gcp/cloudscheduler.js`. But it lets only the new account call the function. So the calls would
fail.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from stoker_tools.deploy.deployment_plan import Plan
from stoker_tools.deploy.google import Google


def move_schedules(google: Google, plan: Plan) -> Iterator[str]:
    """Let each schedule of the functions call as the functions' account; yield the names of those that are changed.

    Args:
        google: The project.
        plan: The deployment.

    Raises:
        GoogleRefusal: Google has refused a call.
        CommandError: Google can't be reached.
    """
    place = f"cloudscheduler.googleapis.com/v1/projects/{plan.project}/locations/{plan.region}"
    ours = {f"firebase-schedule-{name}-{plan.region}" for name in plan.private}
    for page in google.pages(f"{place}/jobs"):
        for job in page.get("jobs", ()):
            name = job["name"].rpartition("/")[2]
            if name in ours and account_of(job) != plan.account:
                target = job["httpTarget"]
                token = {**target.get("oidcToken", {}), "serviceAccountEmail": plan.account}
                changed = {"httpTarget": {**target, "oidcToken": token}}
                google.call("PATCH", f"{place}/jobs/{name}", changed, updateMask="httpTarget")
                yield name


def account_of(job: Mapping[str, Any]) -> str:
    """Return the account as which a job of Cloud Scheduler calls; an empty string if it names none.

    Example:
        >>> account_of({"httpTarget": {"oidcToken": {"serviceAccountEmail": "a@b"}}})
        'a@b'
    """
    return str(job.get("httpTarget", {}).get("oidcToken", {}).get("serviceAccountEmail", ""))
