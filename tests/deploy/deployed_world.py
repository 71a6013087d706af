"""A project of the twin as a deployment of this checkout leaves it, made without the Firebase CLI."""

import json
from collections.abc import Mapping
from typing import Any

from stoker.identity import address
from stoker_tools.deploy.google import Google, GoogleRefusal
from stoker_tools.deploy.grants import with_roles
from stoker_tools.deploy.needs import ROLES
from stoker_tools.deploy.service_account import ID
from stoker_tools.doctor.expected import Expected, expected
from twin.calls import Call
from twin.function_limits import service_id
from twin.google_world import World, new_policy
from twin.routes import answer
from twin.services import SERVICES

REGION = "us-central1"
LABELS = {"firebase-functions-codebase": "stoker", "firebase-functions-hash": "0123"}


class TwinOfGoogle(Google):
    """The management APIs of a twin in this process.

    Args:
        world: The project that the twin stands for.
    """

    def __init__(self, world: World) -> None:
        super().__init__(world.project, "fake")
        self.world = world

    def call(self, method: str, url: str, body: Any = None, **query: Any) -> Any:
        """Call an API; see `Google`."""
        host, _, path = url.partition("/")
        parameters = {name: [str(value)] for name, value in query.items()}
        content = b"" if body is None else json.dumps(body).encode()
        status, said = answer(SERVICES, self.world, Call(method, host, f"/{path}", parameters, content))
        if status >= 400:
            raise GoogleRefusal(status, said["error"]["status"], said["error"]["message"])
        return said


def deployed_world() -> tuple[World, Expected]:
    """Return a project that has everything, and the things that it should have."""
    world, wanted = World(), expected(REGION, blocking=False)
    account = address(ID, world.project)
    world.service_accounts[account] = {"email": account}
    where = f"projects/{world.project}/locations/{REGION}"
    for one in wanted.endpoints:
        name = f"{where}/functions/{one.name}"
        service = f"{where}/services/{service_id(one.name)}"
        settings = {"serviceAccountEmail": account, "service": service, "uri": "https://any.run.app"}
        world.functions[name] = {"name": name, "state": "ACTIVE", "labels": LABELS, "serviceConfig": settings}
        if one.kind == "schedule":
            job = f"{where}/jobs/firebase-schedule-{one.name}-{REGION}"
            world.schedules[job] = {"name": job, "state": "ENABLED"}
        if one.kind == "queue":
            queue = f"{where}/queues/{one.name}"
            world.queues[queue] = {"name": queue, "state": "RUNNING"}
    _give_roles(world, wanted, account)
    world.cors = [{"origin": ["*"], "method": ["GET"], "responseHeader": ["Range", "Content-Range"]}]
    _add_indexes(world, wanted.indexes)
    for service, text in wanted.rules.items():
        ruleset = f"projects/{world.project}/rulesets/{service}"
        release = service if service == "cloud.firestore" else f"{service}/{world.bucket_name}"
        name = f"projects/{world.project}/releases/{release}"
        world.rulesets[ruleset] = {"files": [{"name": "rules", "content": text}]}
        world.releases[name] = {"name": name, "rulesetName": ruleset}
    return world, wanted


def _name(function: Mapping[str, Any]) -> str:
    return str(function["name"]).rpartition("/")[2]


def _give_roles(world: World, wanted: Expected, account: str) -> None:
    private = {one.name for one in wanted.endpoints if one.kind != "client"}
    services = [one["serviceConfig"]["service"] for one in world.functions.values() if _name(one) in private]
    on = {
        "project": [""],
        "bucket": [world.bucket_name],
        "account": [f"projects/{world.project}/serviceAccounts/{account}"],
        "queue": list(world.queues),
        "service": services,
    }
    for role in ROLES:
        for name in on[role.level]:
            policy = world.policies.setdefault(name, new_policy()) if name else world.policy
            policy.update(with_roles(policy, [role.name], account))


def _add_indexes(world: World, indexes: Mapping[str, Any]) -> None:
    database = f"projects/{world.project}/databases/(default)/collectionGroups"
    for number, one in enumerate(indexes["indexes"]):
        name = f"{database}/{one['collectionGroup']}/indexes/{number}"
        last = {"fieldPath": "__name__", "order": one["fields"][-1].get("order", "ASCENDING")}
        stored = {"name": name, "queryScope": one["queryScope"], "state": "READY", "fields": [*one["fields"], last]}
        world.indexes[name] = stored
    for one in indexes["fieldOverrides"]:
        name = f"{database}/{one['collectionGroup']}/fields/{one['fieldPath']}"
        single = []
        for index in one["indexes"]:
            field = {"fieldPath": one["fieldPath"], **index}
            scope = field.pop("queryScope")
            single.append({"queryScope": scope, "state": "READY", "fields": [field]})
        world.fields[name] = {"name": name, "indexConfig": {"indexes": single}}
        if one.get("ttl"):
            world.fields[name]["ttlConfig"] = {"state": "ACTIVE"}
