"""IAM: the policy of the project, the permissions of the deployer, and service accounts."""

from twin.calls import Call
from twin.google_world import World, new_policy
from twin.projects import resource_manager
from twin.refusals import Json, Refused, exists, invalid, not_found
from twin.routes import Routes

iam = Routes("iam.googleapis.com")


@resource_manager("POST", "/v1/projects/{project}:testIamPermissions", reads=True)
@iam("POST", "/v1/projects/{project}/serviceAccounts/{account}:testIamPermissions", reads=True)
def granted(world: World, call: Call, **names: str) -> Json:
    """Return those of the named permissions that the deployer has."""
    return {"permissions": [name for name in call.body.get("permissions", ()) if name not in world.denied]}


@resource_manager("POST", "/v1/projects/{project}:getIamPolicy", "resourcemanager.projects.getIamPolicy", reads=True)
def project_policy(world: World, call: Call, project: str) -> Json:
    """Return the policy of the project."""
    return world.policy


@resource_manager("POST", "/v1/projects/{project}:setIamPolicy", "resourcemanager.projects.setIamPolicy")
def set_project_policy(world: World, call: Call, project: str) -> Json:
    """Replace the policy of the project."""
    world.policy = replaced(world, world.policy, call.body["policy"])
    return world.policy


def replaced(world: World, stored: Json, sent: Json) -> Json:
    """Return the policy after a replacement.

    Raises:
        Refused: The sent policy was made from an older one, or names an account that is not known.
    """
    members = {member for binding in sent["bindings"] for member in binding["members"]}
    own = f"@{world.project}.iam.gserviceaccount.com"
    for email in sorted(member.removeprefix("serviceAccount:") for member in members):
        if email.endswith(own) and (email not in world.service_accounts or world.late_account > 0):
            world.late_account -= 1
            raise invalid(f"Service account {email} does not exist.")
    if sent.get("etag") not in (None, "", stored["etag"]):
        raise Refused(409, "ABORTED", "There were concurrent policy changes. Please retry the whole read-modify-write.")
    return {**sent, "etag": f"BwX{int(stored['etag'][3:]) + 1}"}


def policy_of(world: World, name: str) -> Json:
    """Return the policy of a service or a queue."""
    return world.policies.setdefault(name, new_policy())


@iam("GET", "/v1/projects/{project}/serviceAccounts", "iam.serviceAccounts.list")
def service_accounts(world: World, call: Call, project: str) -> Json:
    """Return the service accounts that were made."""
    return {"accounts": list(world.service_accounts.values())}


@iam("GET", "/v1/projects/{project}/serviceAccounts/{account}", "iam.serviceAccounts.get")
def service_account(world: World, call: Call, project: str, account: str) -> Json:
    """Return a service account."""
    if account not in world.service_accounts:
        raise not_found(f"projects/{project}/serviceAccounts/{account}")
    return world.service_accounts[account]


@iam("POST", "/v1/projects/{project}/serviceAccounts", "iam.serviceAccounts.create")
def new_service_account(world: World, call: Call, project: str) -> Json:
    """Make a service account."""
    email = f"{call.body['accountId']}@{world.project}.iam.gserviceaccount.com"
    name = f"projects/{world.project}/serviceAccounts/{email}"
    if email in world.service_accounts:
        raise exists(name)
    world.service_accounts[email] = {"name": name, "email": email, **call.body["serviceAccount"]}
    return world.service_accounts[email]


@iam(
    "POST",
    "/v1/projects/{project}/serviceAccounts/{account}:getIamPolicy",
    "iam.serviceAccounts.getIamPolicy",
    reads=True,
)
def account_policy(world: World, call: Call, project: str, account: str) -> Json:
    """Return the policy of a service account, which names those who may act as it."""
    return policy_of(world, _account(world, account))


@iam("POST", "/v1/projects/{project}/serviceAccounts/{account}:setIamPolicy", "iam.serviceAccounts.setIamPolicy")
def set_account_policy(world: World, call: Call, project: str, account: str) -> Json:
    """Replace the policy of a service account."""
    name = _account(world, account)
    world.policies[name] = replaced(world, policy_of(world, name), call.body["policy"])
    return world.policies[name]


def _account(world: World, account: str) -> str:
    name = f"projects/{world.project}/serviceAccounts/{account}"
    if account not in (*world.service_accounts, world.default_account):
        raise not_found(name)
    return name


@iam("DELETE", "/v1/projects/{project}/serviceAccounts/{account}", "iam.serviceAccounts.delete")
def delete_service_account(world: World, call: Call, project: str, account: str) -> Json:
    """Delete a service account. Its bindings stay, as they do at Google."""
    if world.service_accounts.pop(account, None) is None:
        raise not_found(f"projects/{project}/serviceAccounts/{account}")
    return {}


@iam("GET", "/v1/roles/{name=roles/*}", "iam.roles.get")
def role(world: World, call: Call, name: str) -> Json:
    """Return a role, with a title for people."""
    return {"name": name, "title": name.rpartition("/")[2].replace(".", " ").title(), "stage": "GA"}
