"""Reading and changing the IAM policies of the resources on which the functions' service account has roles."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

from stoker_tools.deploy.google import Google, GoogleRefusal
from stoker_tools.deploy.grants import Grant, Policy, Resource, with_roles
from stoker_tools.deploy.needs import Level

VERSION = 3
"""The version of policies that may have conditions. Google does not show the conditions to those who ask for an older
version, and a write would then delete them. Source: https://cloud.google.com/iam/docs/policies#versions"""

ADDRESSES: Mapping[Level, str] = {
    "project": "cloudresourcemanager.googleapis.com/v1/",
    "account": "iam.googleapis.com/v1/",
    "queue": "cloudtasks.googleapis.com/v2/",
    "service": "run.googleapis.com/v2/",
}
"""The start of the address of a resource, by its level. A bucket has addresses of another form."""

PAUSES = (1, 2, 4, 8, 16, 30)
"""The pauses before another try, in seconds. A new account is known everywhere after a minute or more. Source:
https://cloud.google.com/iam/docs/service-accounts-create (eventually consistent)"""

CHANGED = (409, 412)
"""The statuses of a write to a policy that somebody else has changed since it was read. Cloud Storage has its own."""


def read_policies(
    google: Google, resources: Iterable[Resource]
) -> tuple[dict[Resource, Policy], dict[Resource, GoogleRefusal]]:
    """Read policies, all at once; return those that could be read, and Google's refusals of the others.

    Args:
        google: The project.
        resources: Their resources.

    Raises:
        CommandError: Google can't be reached.
    """
    listed = tuple(resources)
    with ThreadPoolExecutor(8) as threads:
        answers = dict(zip(listed, threads.map(lambda one: _tried(google, one), listed), strict=True))
    refusals = {one: answer for one, answer in answers.items() if isinstance(answer, GoogleRefusal)}
    return {one: answer for one, answer in answers.items() if not isinstance(answer, GoogleRefusal)}, refusals


def _tried(google: Google, resource: Resource) -> Policy | GoogleRefusal:
    try:
        return _read(google, resource)
    except GoogleRefusal as refusal:
        return refusal


def give(
    google: Google, grants: Iterable[Grant], account: str, wait: Callable[[float], object], *, is_new: bool = False
) -> None:
    """Give roles to an account. All other parts of the policies stay.

    Args:
        google: The project.
        grants: The roles.
        account: The e-mail address of the account.
        wait: It waits for a number of seconds.
        is_new: Whether the account is new. Google may not know it everywhere yet.

    Raises:
        GoogleRefusal: Google has refused a call.
        CommandError: Google can't be reached.
    """
    wanted: dict[Resource, list[str]] = {}
    for grant in grants:
        wanted.setdefault(grant.resource, []).append(grant.role)

    def add(resource: Resource) -> None:
        for pause in (*PAUSES, None):
            try:
                _write(google, resource, with_roles(_read(google, resource), wanted[resource], account))
            except GoogleRefusal as refusal:
                unknown = is_new and ("does not exist" in refusal.message or resource.level == "account")
                if pause is None or not (unknown or refusal.status in CHANGED):
                    raise
                wait(pause)
            else:
                return

    with ThreadPoolExecutor(8) as threads:
        tasks = [threads.submit(add, one) for one in wanted]
    for task in tasks:
        task.result()


def _read(google: Google, resource: Resource) -> Policy:
    match resource.level:
        case "bucket":
            found = google.call("GET", _bucket(resource), optionsRequestedPolicyVersion=str(VERSION))
        case "account" | "service" as level:
            method = "GET" if level == "service" else "POST"
            address = f"{ADDRESSES[level]}{resource.name}:getIamPolicy"
            found = google.call(method, address, **{"options.requestedPolicyVersion": str(VERSION)})
        case level:
            body = {"options": {"requestedPolicyVersion": VERSION}}
            found = google.call("POST", f"{ADDRESSES[level]}{resource.name}:getIamPolicy", body)
    policy: Policy = found
    return policy


def _write(google: Google, resource: Resource, policy: Mapping[str, Any]) -> None:
    if resource.level == "bucket":
        google.call("PUT", _bucket(resource), policy)
    else:
        google.call("POST", f"{ADDRESSES[resource.level]}{resource.name}:setIamPolicy", {"policy": policy})


def _bucket(resource: Resource) -> str:
    return f"storage.googleapis.com/storage/v1/b/{quote(resource.name, safe='')}/iam"
