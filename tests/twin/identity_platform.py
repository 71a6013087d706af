"""Firebase Auth: the accounts, and the blocking functions, which need Identity Platform."""

from twin.calls import Call, masked
from twin.google_world import World
from twin.refusals import Json, Refused
from twin.routes import Routes

identity = Routes("identitytoolkit.googleapis.com")


def _configuration(world: World) -> Json:
    kind = "IDENTITY_PLATFORM" if world.identity_platform else "FIREBASE_AUTH"
    return {
        "name": f"projects/{world.number}/config",
        "subtype": kind,
        "blockingFunctions": world.blocking,
    }


@identity("GET", "/admin/v2/projects/{project}/config", "firebaseauth.configs.get")
@identity("GET", "/v2/projects/{project}/config", "firebaseauth.configs.get")
def configuration(world: World, call: Call, project: str) -> Json:
    """Return the configuration."""
    return _configuration(world)


@identity("PATCH", "/admin/v2/projects/{project}/config", "firebaseauth.configs.update")
@identity("PATCH", "/v2/projects/{project}/config", "firebaseauth.configs.update")
def changed_configuration(world: World, call: Call, project: str) -> Json:
    """Change the configuration."""
    if "blockingFunctions" in call.body and not world.identity_platform:
        raise Refused(
            400,
            "INVALID_ARGUMENT",
            "OPERATION_NOT_ALLOWED : Blocking Functions may only be configured for GCIP projects.",
        )
    world.blocking = masked(_configuration(world), call.body, call.mask).get("blockingFunctions", {})
    return _configuration(world)


@identity("POST", "/v1/projects/{project}/accounts:lookup", "firebaseauth.users.get", reads=True)
def accounts(world: World, call: Call, project: str) -> Json:
    """Return accounts by their uids."""
    return {"users": [world.accounts[uid] for uid in call.body.get("localId", ()) if uid in world.accounts]}


@identity("POST", "/v1/projects/{project}/accounts:update", "firebaseauth.users.update")
def changed_account(world: World, call: Call, project: str) -> Json:
    """Change an account."""
    world.accounts[call.body["localId"]].update(call.body)
    return {"localId": call.body["localId"]}
