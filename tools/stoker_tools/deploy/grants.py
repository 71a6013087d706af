"""The roles of the functions' service account, each on its resource, and those that it lacks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stoker_tools.deploy.needs import ROLES, Level

Policy = Mapping[str, Any]
"""An IAM policy, as Google sends it. Source: https://cloud.google.com/iam/docs/reference/rest/v1/Policy"""


@dataclass(frozen=True)
class Resource:
    """A resource of Google that has an IAM policy.

    Attributes:
        level: Its level.
        name: Its name, such as `projects/acme-prod/locations/us-central1/queues/videoprocessing`. For the bucket, it is
            the name of the bucket.
    """

    level: Level
    name: str


@dataclass(frozen=True)
class Grant:
    """A role on a resource.

    Attributes:
        role: The role's name.
        resource: The resource.
    """

    role: str
    resource: Resource


def resources(
    project: str, account: str, bucket: str = "", queues: Iterable[str] = (), services: Iterable[str] = ()
) -> tuple[Resource, ...]:
    """Return the resources on which the account needs roles.

    Args:
        project: The id of the project.
        account: The e-mail address of the account.
        bucket: The name of the default bucket; empty if there is none.
        queues: The full names of the queues of the functions.
        services: The full names of the services of Cloud Run behind the functions that no client calls.

    Example:
        >>> [one.level for one in resources("acme-prod", "stoker@acme-prod.iam.gserviceaccount.com", "acme-prod.app")]
        ['project', 'account', 'bucket']
    """
    return (
        Resource("project", f"projects/{project}"),
        # Google takes the project from the address of the account.
        Resource("account", f"projects/-/serviceAccounts/{account}"),
        *((Resource("bucket", bucket),) if bucket else ()),
        *(Resource("queue", name) for name in sorted(queues)),
        *(Resource("service", name) for name in sorted(services)),
    )


def lacking_grants(policies: Mapping[Resource, Policy], account: str) -> tuple[Grant, ...]:
    """Return the roles that an account lacks. A role on the project counts for everything in the project.

    Args:
        policies: The policies of the account's resources.
        account: The e-mail address of the account.

    Example:
        >>> policies = {Resource("bucket", "acme-prod.app"): {}}
        >>> lacking_grants(policies, "stoker@acme-prod.iam.gserviceaccount.com")[0].role
        'roles/storage.objectAdmin'
    """
    everywhere = {
        role for one, policy in policies.items() if one.level == "project" for role in roles_in(policy, account)
    }
    return tuple(
        Grant(role.name, resource)
        for role in ROLES
        for resource, policy in policies.items()
        if resource.level == role.level and role.name not in everywhere | roles_in(policy, account)
    )


def roles_in(policy: Policy, account: str) -> set[str]:
    """Return the roles that a policy gives to an account without a condition.

    Args:
        policy: The policy.
        account: The e-mail address of the account.

    Example:
        >>> roles_in({"bindings": [{"role": "roles/editor", "members": ["serviceAccount:a@b"]}]}, "a@b")
        {'roles/editor'}
    """
    return {
        one["role"]
        for one in policy.get("bindings", ())
        if member(account) in one.get("members", ()) and not one.get("condition")
    }


def with_roles(policy: Policy, roles: Iterable[str], account: str) -> dict[str, Any]:
    """Return a policy that also gives roles to an account. All other bindings stay as they are.

    Args:
        policy: The policy.
        roles: The names of the roles.
        account: The e-mail address of the account.

    Example:
        >>> with_roles({"etag": "BwX0"}, ["roles/run.invoker"], "a@b")
        {'etag': 'BwX0', 'bindings': [{'role': 'roles/run.invoker', 'members': ['serviceAccount:a@b']}]}
    """
    bindings: Sequence[Mapping[str, Any]] = policy.get("bindings", ())
    new = set(roles) - roles_in(policy, account)
    joined = [_joined(one, account) if one["role"] in new and not one.get("condition") else one for one in bindings]
    unbound = sorted(new - {one["role"] for one in bindings if not one.get("condition")})
    return {**policy, "bindings": [*joined, *({"role": role, "members": [member(account)]} for role in unbound)]}


def member(account: str) -> str:
    """Return the name of an account in a policy."""
    return f"serviceAccount:{account}"


def _joined(binding: Mapping[str, Any], account: str) -> dict[str, Any]:
    return {**binding, "members": [*binding.get("members", ()), member(account)]}
