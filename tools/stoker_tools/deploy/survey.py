"""Reading the facts of a project, all at once. The roles of the functions' service account are read at the end."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from stoker_tools.deploy.deployed_function import deployed_functions
from stoker_tools.deploy.deployer import PERMISSIONS, needed_apis
from stoker_tools.deploy.deployment_plan import Plan
from stoker_tools.deploy.facts import AccountRights, Bucket, Database, Facts, Images, Quota, Refusal, SignIn
from stoker_tools.deploy.google import Google, GoogleRefusal
from stoker_tools.deploy.grants import Resource, lacking_grants, resources
from stoker_tools.deploy.iam_policies import read_policies
from stoker_tools.setup.functions_folder import CODEBASE

CLEAN_UP_LABEL = "firebase-functions-cleanup-opted-out"
"""The label that the CLI puts on a repository if somebody has decided to keep old images."""

QUOTAS = "serviceusage.googleapis.com/v1beta1/projects/{project}/services/run.googleapis.com/consumerQuotaMetrics"

PROCESSORS, MEMORY = "run.googleapis.com/cpu_allocation", "run.googleapis.com/mem_allocation"
"""The metrics of Cloud Run's quotas: thousandths of a vCPU, and bytes."""


def facts(google: Google, plan: Plan) -> Facts:
    """Read the facts of a project.

    Args:
        google: The project.
        plan: The deployment.

    Raises:
        CommandError: Google can't be reached.
    """
    try:
        if google.get(f"firebase.googleapis.com/v1beta1/projects/{google.project}") is None:
            return Facts(seen=False)
    except GoogleRefusal as refusal:
        return Facts(seen=False, refusal=Refusal(refusal.message, refusal.status))
    readers = _readers(google, plan)
    with ThreadPoolExecutor(len(readers)) as threads:
        answers = dict(zip(readers, threads.map(_tried, readers.values()), strict=True))
    unread = {name: answer for name, answer in answers.items() if isinstance(answer, Refusal)}
    found = Facts(**{name: answer for name, answer in answers.items() if name not in unread}, unread=unread)
    return found if found.account is None else replace(found, account=_rights(google, plan, found))


def _tried(reader: Callable[[], Any]) -> Any:
    try:
        return reader()
    except GoogleRefusal as refusal:
        return Refusal(refusal.message, refusal.status)


def _rights(google: Google, plan: Plan, found: Facts) -> AccountRights:
    policies, refusals = read_policies(google, account_resources(plan, found))
    unread = next((Refusal(one.message, one.status) for one in refusals.values()), None)
    return AccountRights(lacking_grants(policies, plan.account), unread)


def account_resources(plan: Plan, found: Facts) -> tuple[Resource, ...]:
    """Return the resources on which the account needs roles, of those that are there.

    Args:
        plan: The deployment.
        found: The project.
    """
    place = f"projects/{plan.project}/locations/{plan.region}"
    return resources(
        plan.project,
        plan.account,
        found.bucket.name if found.bucket else "",
        queues=[f"{place}/queues/{one.name}" for one in plan.functions if one.is_queue and one.name in found.queues],
        services=[
            one.service
            for one in found.deployed
            if one.service and one.codebase == CODEBASE and one.region == plan.region and one.name in plan.private
        ],
    )


def what_was_deployed(google: Google, plan: Plan) -> Facts:
    """Read the queues and the functions again, after a deployment.

    Args:
        google: The project.
        plan: The deployment.

    Raises:
        GoogleRefusal: Google has refused a call.
        CommandError: Google can't be reached.
    """
    return Facts(deployed=deployed_functions(google, plan.region), queues=queue_states(google, plan.region))


def _readers(google: Google, plan: Plan) -> Mapping[str, Callable[[], Any]]:
    """Return a reader for each fact, by the name of its attribute."""
    project, region = f"projects/{google.project}", plan.region
    place = f"{project}/locations/{region}"
    return {
        "billing": lambda: _has_billing(google, project),
        "off": lambda: _off(google, project, plan),
        "missing": lambda: _missing(google, project),
        "database": lambda: _database(google.get(f"firestore.googleapis.com/v1/{project}/databases/{plan.database}")),
        "bucket": lambda: bucket(google, plan.bucket) if plan.bucket else _default_bucket(google),
        "sign_in": lambda: _sign_in(google.get(f"identitytoolkit.googleapis.com/admin/v2/{project}/config")),
        "deployed": lambda: deployed_functions(google, region),
        "queues": lambda: queue_states(google, region),
        "images": lambda: _images(google.get(f"artifactregistry.googleapis.com/v1/{place}/repositories/gcf-artifacts")),
        "quota": lambda: _quota(google.listed(QUOTAS.format(project=google.project), "metrics"), region),
        "account": lambda: _account(google, plan),
    }


def _account(google: Google, plan: Plan) -> AccountRights | None:
    found = google.get(f"iam.googleapis.com/v1/projects/-/serviceAccounts/{plan.account}")
    return None if found is None else AccountRights()


def queue_states(google: Google, region: str) -> dict[str, str]:
    """Return the state of each queue in a region, such as `RUNNING`, by the queue's name.

    Args:
        google: The project.
        region: The region.

    Raises:
        GoogleRefusal: Google has refused the call.
        CommandError: Google can't be reached.
    """
    address = f"cloudtasks.googleapis.com/v2/projects/{google.project}/locations/{region}/queues"
    return {one["name"].rpartition("/")[2]: one.get("state", "") for one in google.listed(address, "queues")}


def _has_billing(google: Google, project: str) -> bool:
    answer = google.call("GET", f"cloudbilling.googleapis.com/v1/{project}/billingInfo")
    return bool(answer.get("billingEnabled"))


def _off(google: Google, project: str, plan: Plan) -> frozenset[str]:
    names = [f"{project}/services/{host}" for host in needed_apis(plan)]
    page = google.call("GET", f"serviceusage.googleapis.com/v1/{project}/services:batchGet", names=names)
    services = page.get("services", [])
    return frozenset(one["name"].rpartition("/")[2] for one in services if one.get("state") == "DISABLED")


def _missing(google: Google, project: str) -> frozenset[str]:
    address = f"cloudresourcemanager.googleapis.com/v1/{project}:testIamPermissions"
    granted = google.call("POST", address, {"permissions": PERMISSIONS}).get("permissions", [])
    return frozenset(PERMISSIONS) - frozenset(granted)


def _database(answer: Mapping[str, Any] | None) -> Database | None:
    if answer is None:
        return None
    return Database(answer["locationId"], native=answer.get("type") != "DATASTORE_MODE")


def _default_bucket(google: Google) -> Bucket | None:
    answer = google.get(f"firebasestorage.googleapis.com/v1alpha/projects/{google.project}/defaultBucket")
    name = str((answer or {}).get("bucket", {}).get("name", "")).rpartition("/")[2]
    return bucket(google, name) if name else None


def bucket(google: Google, name: str) -> Bucket | None:
    """Read a bucket; return None if there is no bucket of that name.

    Args:
        google: The project.
        name: The bucket's name.

    Raises:
        GoogleRefusal: Google has refused the call.
        CommandError: Google can't be reached.
    """
    found = google.get(f"storage.googleapis.com/storage/v1/b/{quote(name, safe='')}")
    if found is None:
        return None
    kept = int(found.get("retentionPolicy", {}).get("retentionPeriod", 0))
    return Bucket(name, found.get("location", ""), tuple(found.get("cors", ())), kept / 86_400)


def _sign_in(answer: Mapping[str, Any] | None) -> SignIn | None:
    if answer is None:
        return None
    triggers = answer.get("blockingFunctions", {}).get("triggers", {})
    return SignIn(
        identity_platform=answer.get("subtype") != "FIREBASE_AUTH",
        triggers={event: trigger.get("functionUri", "") for event, trigger in triggers.items()},
    )


def _images(answer: Mapping[str, Any] | None) -> Images | None:
    if answer is None:
        return None
    # As `lib/functions/artifacts.js` of the CLI sees it: any policy is a decision.
    kept = answer.get("labels", {}).get(CLEAN_UP_LABEL) == "true"
    return Images(clean_up=kept or bool(answer.get("cleanupPolicies")))


def _quota(metrics: list[dict[str, Any]], region: str) -> Quota:
    limits = {one.get("metric"): limit for one in metrics if (limit := _limit(one, region)) is not None}
    processors, memory = limits.get(PROCESSORS), limits.get(MEMORY)
    return Quota(
        vcpu=None if processors is None else processors / 1000,
        memory_gib=None if memory is None else memory / 1024**3,
    )


def _limit(metric: Mapping[str, Any], region: str) -> int | None:
    """Return the limit of a metric in a region; None if there is none.

    The buckets are ordered from the least specific to the most specific. -1 means that there is no limit. Source:
    https://cloud.google.com/service-usage/docs/reference/rest/v1beta1/services.consumerQuotaMetrics.limits
    """
    buckets = [bucket for limit in metric.get("consumerQuotaLimits", ()) for bucket in limit.get("quotaBuckets", ())]
    fitting = [one for one in buckets if one.get("dimensions", {}).get("region", region) == region]
    limit = int(fitting[-1].get("effectiveLimit", -1)) if fitting else -1
    return None if limit < 0 else limit
