"""Cloud Scheduler: the jobs that call functions on a schedule."""

from twin.calls import Call, masked
from twin.google_world import World
from twin.refusals import Json, exists, invalid, not_found
from twin.routes import Routes

scheduler = Routes("cloudscheduler.googleapis.com")


def _job(world: World, name: str) -> Json:
    if name not in world.schedules:
        raise not_found(name)
    return world.schedules[name]


@scheduler("GET", "/v1/{parent=projects/*/locations/*}/jobs", "cloudscheduler.jobs.list")
def jobs(world: World, call: Call, parent: str) -> Json:
    """Return the jobs of a location."""
    return {"jobs": [job for name, job in world.schedules.items() if name.startswith(f"{parent}/")]}


@scheduler("GET", "/v1/{name=projects/*/locations/*/jobs/*}", "cloudscheduler.jobs.get")
def job(world: World, call: Call, name: str) -> Json:
    """Return a job."""
    return _job(world, name)


@scheduler("POST", "/v1/{parent=projects/*/locations/*}/jobs", "cloudscheduler.jobs.create")
def new_job(world: World, call: Call, parent: str) -> Json:
    """Make a job."""
    name = call.body["name"]
    if name in world.schedules:
        raise exists(name)
    if not call.body["httpTarget"]["oidcToken"].get("serviceAccountEmail"):
        raise invalid("The service account email of the OIDC token must be set.")
    world.schedules[name] = {**call.body, "state": "ENABLED"}
    return world.schedules[name]


@scheduler("PATCH", "/v1/{name=projects/*/locations/*/jobs/*}", "cloudscheduler.jobs.update")
def changed_job(world: World, call: Call, name: str) -> Json:
    """Change a job."""
    world.schedules[name] = masked(_job(world, name), call.body, call.mask)
    return world.schedules[name]


@scheduler("DELETE", "/v1/{name=projects/*/locations/*/jobs/*}", "cloudscheduler.jobs.delete")
def delete_job(world: World, call: Call, name: str) -> Json:
    """Delete a job."""
    del world.schedules[_job(world, name)["name"]]
    return {}
