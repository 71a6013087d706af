"""The security rules: rulesets and their releases."""

from twin.calls import Call
from twin.google_world import World
from twin.refusals import Json, exists, not_found
from twin.routes import Routes

rules = Routes("firebaserules.googleapis.com")

TIME = "2026-01-01T00:00:00Z"


@rules("POST", "/v1/projects/{project}:test", "firebaserules.rulesets.test", reads=True)
def compiled(world: World, call: Call, project: str) -> Json:
    """Compile rules. The twin has no compiler, so it finds no mistake."""
    return {"issues": []}


@rules("GET", "/v1/projects/{project}/rulesets", "firebaserules.rulesets.list")
def rulesets(world: World, call: Call, project: str) -> Json:
    """Return the rulesets without their files."""
    return {"rulesets": [{"name": name, "createTime": TIME} for name in world.rulesets]}


@rules("POST", "/v1/projects/{project}/rulesets", "firebaserules.rulesets.create")
def new_ruleset(world: World, call: Call, project: str) -> Json:
    """Make a ruleset."""
    name = f"projects/{project}/rulesets/{len(world.rulesets)}"
    world.rulesets[name] = call.body["source"]
    return {"name": name, "createTime": TIME}


@rules("GET", "/v1/{name=projects/*/rulesets/*}", "firebaserules.rulesets.get")
def ruleset(world: World, call: Call, name: str) -> Json:
    """Return a ruleset with its files."""
    if name not in world.rulesets:
        raise not_found(name)
    return {"name": name, "source": world.rulesets[name], "createTime": TIME}


@rules("GET", "/v1/projects/{project}/releases", "firebaserules.releases.list")
def releases(world: World, call: Call, project: str) -> Json:
    """Return the released rules."""
    return {"releases": list(world.releases.values())}


@rules("POST", "/v1/projects/{project}/releases", "firebaserules.releases.create")
def new_release(world: World, call: Call, project: str) -> Json:
    """Release a ruleset for the first time."""
    if call.body["name"] in world.releases:
        raise exists(call.body["name"])
    return _release(world, call.body["name"], call.body["rulesetName"])


@rules("GET", "/v1/{name=projects/*/releases/**}", "firebaserules.releases.get")
def release(world: World, call: Call, name: str) -> Json:
    """Return released rules."""
    if name not in world.releases:
        raise not_found(name)
    return world.releases[name]


@rules("PATCH", "/v1/{name=projects/*/releases/**}", "firebaserules.releases.update")
def changed_release(world: World, call: Call, name: str) -> Json:
    """Release another ruleset."""
    if name not in world.releases:
        raise not_found(name)
    return _release(world, name, call.body["release"]["rulesetName"])


def _release(world: World, name: str, ruleset_name: str) -> Json:
    if ruleset_name not in world.rulesets:
        raise not_found(ruleset_name)
    world.releases[name] = {"name": name, "rulesetName": ruleset_name, "createTime": TIME, "updateTime": TIME}
    return world.releases[name]
