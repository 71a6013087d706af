"""Cloud Tasks: the queues."""

import re

from twin.calls import Call, masked
from twin.google_world import World
from twin.policies import policy_of, replaced
from twin.refusals import Json, exists, invalid, not_found
from twin.routes import Routes

tasks = Routes("cloudtasks.googleapis.com")


def _queue(world: World, name: str) -> Json:
    if name not in world.queues:
        raise not_found(name)
    return world.queues[name]


@tasks("GET", "/v2/{parent=projects/*/locations/*}/queues", "cloudtasks.queues.list")
def queues(world: World, call: Call, parent: str) -> Json:
    """Return the queues of a location."""
    return {"queues": [queue for name, queue in world.queues.items() if name.startswith(f"{parent}/")]}


@tasks("GET", "/v2/{name=projects/*/locations/*/queues/*}", "cloudtasks.queues.get")
def queue(world: World, call: Call, name: str) -> Json:
    """Return a queue."""
    return _queue(world, name)


@tasks("POST", "/v2/{parent=projects/*/locations/*}/queues", "cloudtasks.queues.create")
def new_queue(world: World, call: Call, parent: str) -> Json:
    """Make a queue."""
    name = call.body["name"]
    if not re.fullmatch(r"[A-Za-z0-9-]{1,100}", name.rpartition("/")[2]):
        raise invalid(f"Queue ID must contain only letters, numbers or hyphens: {name}")
    if name in world.queues:
        raise exists(name)
    world.queues[name] = {"state": "RUNNING", **call.body}
    return world.queues[name]


@tasks("PATCH", "/v2/{name=projects/*/locations/*/queues/*}", "cloudtasks.queues.update")
def changed_queue(world: World, call: Call, name: str) -> Json:
    """Change a queue."""
    world.queues[name] = masked(_queue(world, name), call.body, call.mask)
    return world.queues[name]


@tasks("POST", "/v2/{name=projects/*/locations/*/queues/*}:purge", "cloudtasks.queues.purge")
def purge(world: World, call: Call, name: str) -> Json:
    """Delete all tasks of a queue."""
    return _queue(world, name)


@tasks("POST", "/v2/{name=projects/*/locations/*/queues/*}:{state=pause}", "cloudtasks.queues.pause")
@tasks("POST", "/v2/{name=projects/*/locations/*/queues/*}:{state=resume}", "cloudtasks.queues.resume")
def set_state(world: World, call: Call, name: str, state: str) -> Json:
    """Pause a queue, or let it run again."""
    _queue(world, name)["state"] = "PAUSED" if state == "pause" else "RUNNING"
    return world.queues[name]


@tasks("POST", "/v2/{name=projects/*/locations/*/queues/*}:getIamPolicy", "cloudtasks.queues.getIamPolicy", reads=True)
def queue_policy(world: World, call: Call, name: str) -> Json:
    """Return the policy of a queue."""
    return policy_of(world, _queue(world, name)["name"])


@tasks("POST", "/v2/{name=projects/*/locations/*/queues/*}:setIamPolicy", "cloudtasks.queues.setIamPolicy")
def set_queue_policy(world: World, call: Call, name: str) -> Json:
    """Replace the policy of a queue."""
    world.policies[name] = replaced(world, policy_of(world, name), call.body["policy"])
    return world.policies[name]
