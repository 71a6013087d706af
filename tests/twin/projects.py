"""The project itself: its login, its number, its billing and its APIs."""

import json
from base64 import urlsafe_b64encode

from twin.calls import Call
from twin.google_world import NEEDS_BILLING, World
from twin.refusals import Json, denied, no_billing, not_found
from twin.routes import Routes

login = Routes("www.googleapis.com")
sign_in = Routes("accounts.google.com")
tokens = Routes("oauth2.googleapis.com")
firebase = Routes("firebase.googleapis.com")
resource_manager = Routes("cloudresourcemanager.googleapis.com")
billing = Routes("cloudbilling.googleapis.com")
service_usage = Routes("serviceusage.googleapis.com")
compute = Routes("compute.googleapis.com")


@login("POST", "/oauth2/v3/token", reads=True)
@tokens("POST", "/token", reads=True)
def token(world: World, call: Call) -> Json:
    """Exchange a refresh token for an access token."""
    return {"access_token": "ya29.twin", "expires_in": 3600, "token_type": "Bearer", "scope": "openid email"}


@sign_in("POST", "/o/oauth2/token", reads=True)
def token_of_a_login(world: World, call: Call) -> Json:
    """Exchange the code that a browser gets at a login for a refresh token and an access token."""
    parts = ({"alg": "none"}, {"email": "ada@example.com", "sub": "1"})
    named = ".".join(urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return {**token(world, call), "refresh_token": "1//twin", "id_token": f"{named}."}


def _known(world: World, project: str) -> None:
    if project not in (world.project, world.number):
        raise not_found(f"projects/{project}")


@firebase("GET", "/v1beta1/projects/{project}", "firebase.projects.get")
def firebase_project(world: World, call: Call, project: str) -> Json:
    """Return the project, as Firebase sees it."""
    _known(world, project)
    return {
        "name": f"projects/{world.project}",
        "projectId": world.project,
        "projectNumber": world.number,
        "displayName": "Acme",
        "state": "ACTIVE",
        "resources": {},
    }


@firebase("GET", "/v1beta1/projects/{project}/adminSdkConfig", "firebase.projects.get")
def admin_configuration(world: World, call: Call, project: str) -> Json:
    """Return the configuration that Firebase passes to every function."""
    _known(world, project)
    return {"projectId": world.project} | ({"storageBucket": world.bucket_name} if world.bucket else {})


@resource_manager("GET", "/v1/projects/{project}", "resourcemanager.projects.get")
def project(world: World, call: Call, project: str) -> Json:
    """Return the project, as Google Cloud sees it."""
    _known(world, project)
    return {"projectId": world.project, "projectNumber": world.number, "name": "Acme", "lifecycleState": "ACTIVE"}


@billing("GET", "/v1/projects/{project}/billingInfo", "resourcemanager.projects.get")
def billing_info(world: World, call: Call, project: str) -> Json:
    """Return whether the project has a billing account."""
    _known(world, project)
    account = {"billingAccountName": "billingAccounts/000000-111111-222222"} if world.blaze else {}
    return {"name": f"projects/{world.project}/billingInfo", "billingEnabled": world.blaze, **account}


@service_usage("GET", "/v1/projects/{project}/services/{api}", "serviceusage.services.get")
def api(world: World, call: Call, project: str, api: str) -> Json:
    """Return whether an API is enabled."""
    return _service(world, api)


@service_usage("GET", "/v1/projects/{project}/services:batchGet", "serviceusage.services.get")
def apis(world: World, call: Call, project: str) -> Json:
    """Return whether several APIs are enabled."""
    return {"services": [_service(world, name.rpartition("/")[2]) for name in call.parameters["names"]]}


@service_usage("POST", "/v1/projects/{project}/services/{api}:enable")
def enable(world: World, call: Call, project: str, api: str) -> Json:
    """Enable an API."""
    if "serviceusage.services.enable" in world.denied:
        refused = denied("serviceusage.services.enable")
        refused.body["error"]["message"] = f"Permission denied to enable service [{api}]"
        raise refused
    if not world.blaze and api in NEEDS_BILLING:
        raise no_billing(api, world.number)
    world.off.discard(api)
    return {"name": "operations/acf.twin", "done": True, "response": {"service": _service(world, api)}}


@service_usage(
    "POST", "/v1beta1/projects/{project}/services/{api}:generateServiceIdentity", "serviceusage.services.enable"
)
def service_identity(world: World, call: Call, project: str, api: str) -> Json:
    """Make the service account with which a service of Google works in the project."""
    email = f"service-{world.number}@gcp-sa-{api.partition('.')[0]}.iam.gserviceaccount.com"
    return {"name": "operations/finished.DONE_OPERATION", "done": True, "response": {"email": email}}


@service_usage("GET", "/v1beta1/projects/{project}/services/{api}/consumerQuotaMetrics", "serviceusage.quotas.get")
def quotas(world: World, call: Call, project: str, api: str) -> Json:
    """Return the quotas of an API. The twin has two, of Cloud Run: thousandths of a vCPU, and bytes."""
    cpu = None if world.vcpu is None else 1000 * world.vcpu
    memory = None if world.memory_gib is None else world.memory_gib * 1024**3
    limits = {"cpu_allocation": cpu, "mem_allocation": memory} if api == "run.googleapis.com" else {}
    return {"metrics": [_metric(f"{api}/{name}", limit) for name, limit in limits.items() if limit is not None]}


def _metric(name: str, limit: int) -> Json:
    buckets = [{"effectiveLimit": str(limit), "defaultLimit": str(limit)}]
    return {"metric": name, "consumerQuotaLimits": [{"unit": "1/{project}/{region}", "quotaBuckets": buckets}]}


def _service(world: World, api: str) -> Json:
    state = "DISABLED" if api in world.off else "ENABLED"
    return {"name": f"projects/{world.number}/services/{api}", "state": state, "config": {"name": api}}


@compute("GET", "/compute/v1/projects/{project}", "compute.projects.get")
def compute_project(world: World, call: Call, project: str) -> Json:
    """Return the default service account."""
    return {"name": world.project, "defaultServiceAccount": world.default_account}
