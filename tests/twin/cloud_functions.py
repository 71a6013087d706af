"""Cloud Functions of the second generation, and the services of Cloud Run that run them."""

from twin.artifact_repositories import with_repository
from twin.calls import Call, masked
from twin.function_limits import problems, service_id
from twin.google_world import World
from twin.policies import policy_of, replaced
from twin.refusals import Json, denied, exists, invalid, not_found
from twin.routes import Routes

functions = Routes("cloudfunctions.googleapis.com")
run = Routes("run.googleapis.com")

TIME = "2026-01-01T00:00:00Z"


@functions("GET", "/v1/projects/{project}/locations/-/functions", "cloudfunctions.functions.list")
def first_generation(world: World, call: Call, project: str) -> Json:
    """Return the functions of the first generation. There are none."""
    return {"functions": []}


@functions("GET", "/v2/projects/{project}/locations/-/functions", "cloudfunctions.functions.list")
def all_functions(world: World, call: Call, project: str) -> Json:
    """Return the functions of all locations."""
    return {"functions": list(world.functions.values())}


@functions("GET", "/v2/{name=projects/*/locations/*/functions/*}", "cloudfunctions.functions.get")
def function(world: World, call: Call, name: str) -> Json:
    """Return a function."""
    return _function(world, name)


def _function(world: World, name: str) -> Json:
    if name not in world.functions:
        raise not_found(name)
    return world.functions[name]


@functions(
    "POST",
    "/v2/projects/{project}/locations/{location}/functions:generateUploadUrl",
    "cloudfunctions.functions.sourceCodeSet",
    reads=True,
)
def upload_address(world: World, call: Call, project: str, location: str) -> Json:
    """Return an address for the source, and its name in Cloud Storage."""
    name, bucket = f"source-{len(world.sources)}.zip", f"gcf-v2-uploads-{world.number}-{location}"
    return {
        "uploadUrl": f"https://storage.googleapis.com/upload/source/{name}",
        "storageSource": {"bucket": bucket, "object": name},
    }


@functions("POST", "/v2/{parent=projects/*/locations/*}/functions", "cloudfunctions.functions.create")
def new_function(world: World, call: Call, parent: str) -> Json:
    """Make a function, with the service of Cloud Run that runs it."""
    function_id = call.query["functionId"]
    name, service = f"{parent}/functions/{function_id}", f"{parent}/services/{service_id(function_id)}"
    if name in world.functions:
        raise exists(name)
    if any(one["serviceConfig"]["service"] == service for one in world.functions.values()):
        raise exists(service)
    _check(world, function_id, call.body)
    location = parent.rpartition("/")[2]
    made = {
        **call.body,
        "name": name,
        "environment": "GEN_2",
        "state": "ACTIVE",
        "updateTime": TIME,
        "url": f"https://{location}-{world.project}.cloudfunctions.net/{function_id}",
    }
    made["serviceConfig"] = {
        **call.body["serviceConfig"],
        "serviceAccountEmail": call.body["serviceConfig"].get("serviceAccountEmail") or world.default_account,
        "service": service,
        "uri": f"https://{service_id(function_id)}-abcdefghij-uc.a.run.app",
    }
    if "eventTrigger" in made:
        made["eventTrigger"] = {**made["eventTrigger"], "trigger": f"{parent}/triggers/{service_id(function_id)}"}
    world.functions[name] = made
    with_repository(world, parent)
    return world.done(parent, made)


@functions("PATCH", "/v2/{name=projects/*/locations/*/functions/*}", "cloudfunctions.functions.update")
def changed_function(world: World, call: Call, name: str) -> Json:
    """Change a function."""
    changed = masked(_function(world, name), call.body, call.mask)
    _check(world, name.rpartition("/")[2], changed)
    world.functions[name] = changed
    return world.done(name.rpartition("/functions/")[0], changed)


def _check(world: World, function_id: str, function: Json) -> None:
    if function_id in world.broken:
        raise invalid("Build failed. Please check your source.")
    account = function["serviceConfig"].get("serviceAccountEmail") or world.default_account
    if "iam.serviceAccounts.actAs" in world.denied:
        raise denied("iam.serviceAccounts.actAs")
    if account != world.default_account and account not in world.service_accounts:
        raise invalid(f"Service account projects/-/serviceAccounts/{account} was not found.")
    if function["buildConfig"]["source"]["storageSource"]["object"] not in world.sources:
        raise invalid("The source of the function was not uploaded.")
    if found := list(problems(function_id, function, world.vcpu, world.memory_gib)):
        raise invalid(" ".join(found))


@functions("DELETE", "/v2/{name=projects/*/locations/*/functions/*}", "cloudfunctions.functions.delete")
def delete_function(world: World, call: Call, name: str) -> Json:
    """Delete a function with its service."""
    world.policies.pop(_function(world, name)["serviceConfig"]["service"], None)
    del world.functions[name]
    return world.done(name.rpartition("/functions/")[0], {})


@functions("GET", "/v2/{name=projects/*/locations/*/operations/*}", "cloudfunctions.operations.get")
def operation(world: World, call: Call, name: str) -> Json:
    """Return an operation."""
    return world.operation(name)


def _service(world: World, name: str) -> Json:
    for one in world.functions.values():
        if one["serviceConfig"]["service"] == name:
            return {"name": name, "uri": one["serviceConfig"]["uri"], "labels": one.get("labels", {})}
    raise not_found(name)


@run("GET", "/v2/projects/{project}/locations/-/services", "run.services.list")
def services(world: World, call: Call, project: str) -> Json:
    """Return the services of all locations."""
    return {"services": [_service(world, one["serviceConfig"]["service"]) for one in world.functions.values()]}


@run("GET", "/v1/{name=projects/*/locations/*/services/*}:getIamPolicy", "run.services.getIamPolicy")
@run("GET", "/v2/{name=projects/*/locations/*/services/*}:getIamPolicy", "run.services.getIamPolicy")
def service_policy(world: World, call: Call, name: str) -> Json:
    """Return the policy of a service, which names the callers of the function."""
    return policy_of(world, _service(world, name)["name"])


@run("POST", "/v1/{name=projects/*/locations/*/services/*}:setIamPolicy", "run.services.setIamPolicy")
@run("POST", "/v2/{name=projects/*/locations/*/services/*}:setIamPolicy", "run.services.setIamPolicy")
def set_service_policy(world: World, call: Call, name: str) -> Json:
    """Replace the policy of a service."""
    world.policies[name] = replaced(world, policy_of(world, _service(world, name)["name"]), call.body["policy"])
    return world.policies[name]
