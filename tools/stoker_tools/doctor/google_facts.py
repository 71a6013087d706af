"""Reading the facts of a project of Google through its management APIs."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from stoker_tools.deploy.google import Google, GoogleRefusal
from stoker_tools.deploy.grants import Policy, Resource, resources
from stoker_tools.deploy.iam_policies import read_policies
from stoker_tools.deploy.survey import CODEBASE_LABEL, HASH_LABEL
from stoker_tools.doctor.expected import Expected
from stoker_tools.doctor.place import DeployedFunction

FIELDS = "indexConfig.usesAncestorConfig=false OR ttlConfig:*"
"""The filter of the fields that do not have Firestore's automatic indexes alone. The CLI uses the same."""

SERVICES = ("cloud.firestore", "firebase.storage")
"""The services that have rules."""


def google_readers(google: Google, wanted: Expected, region: str) -> dict[str, Callable[[], object]]:
    """Return a function for each fact that Google's management APIs know.

    Args:
        google: The management APIs of the project.
        wanted: The things that the project should have.
        region: The region of the functions.
    """
    project = google.project
    database = f"firestore.googleapis.com/v1/projects/{project}/databases/(default)/collectionGroups/-"
    jobs = f"cloudscheduler.googleapis.com/v1/projects/{project}/locations/{region}/jobs"
    queues = f"cloudtasks.googleapis.com/v2/projects/{project}/locations/{region}/queues"
    return {
        "functions": partial(_functions, google),
        "schedules": partial(_listed, google, jobs, "jobs"),
        "queues": partial(_listed, google, queues, "queues"),
        "indexes": partial(_listed, google, f"{database}/indexes", "indexes"),
        "fields": partial(_listed, google, f"{database}/fields", "fields", filter=FIELDS),
        "policies": partial(_policies, google, wanted, region),
        "bucket": partial(_bucket, google),
        "rules": partial(_rules, google),
    }


def _functions(google: Google) -> list[DeployedFunction]:
    url = f"cloudfunctions.googleapis.com/v2/projects/{google.project}/locations/-/functions"
    return [_function(one) for one in _listed(google, url, "functions", filter='environment="GEN_2"')]


def _function(found: Mapping[str, Any]) -> DeployedFunction:
    _, _, _, region, _, name = found["name"].split("/")
    labels, service = found.get("labels", {}), found.get("serviceConfig", {})
    return DeployedFunction(
        name,
        region,
        found.get("state", ""),
        labels.get(CODEBASE_LABEL, "default"),
        labels.get(HASH_LABEL, ""),
        service.get("serviceAccountEmail", ""),
        service.get("service", ""),
    )


def _policies(google: Google, wanted: Expected, region: str) -> Mapping[Resource, Policy]:
    """Return the IAM policies of everything on which the service accounts of the functions need roles."""
    kinds = {one.name: one.kind for one in wanted.endpoints}
    place = f"projects/{google.project}/locations/{region}"
    try:
        found = [one for one in _functions(google) if one.region == region and one.name in kinds]
        queues = _listed(google, f"cloudtasks.googleapis.com/v2/{place}/queues", "queues")
    except GoogleRefusal:
        return {}  # The facts `functions` and `queues` have the same refusal.
    needed = {
        resource: None
        for account in {one.account for one in found if one.account}
        for resource in resources(
            google.project,
            account,
            _bucket_name(google),
            queues=[one["name"] for one in queues if kinds.get(one["name"].rpartition("/")[2]) == "queue"],
            services=[one.service for one in found if one.service and kinds[one.name] != "client"],
        )
    }
    found_policies, refusals = read_policies(google, needed)
    for refusal in refusals.values():
        raise refusal
    return found_policies


def _listed(google: Google, url: str, name: str, **query: str) -> list[Any]:
    """Return all resources of a list, page by page.

    Args:
        google: The management APIs of the project.
        url: The address of the list.
        name: The field of the answer that holds the resources.
        query: The parameters of the address.

    Raises:
        GoogleRefusal: Google has refused the call, or one of its regions does not answer.
    """
    found = list[Any]()
    for page in google.pages(url, **query):
        if unreachable := page.get("unreachable"):
            raise GoogleRefusal(503, "UNAVAILABLE", f"{', '.join(unreachable)} does not answer")
        found += page.get(name, [])
    return found


def _bucket_name(google: Google) -> str:
    """Return the name of the default bucket. Firebase passes the same to the functions."""
    settings = google.call("GET", f"firebase.googleapis.com/v1beta1/projects/{google.project}/adminSdkConfig")
    return str(settings.get("storageBucket", ""))


def _bucket(google: Google) -> Mapping[str, Any]:
    """Return the default bucket; empty if there is none."""
    name = _bucket_name(google)
    return (google.get(f"storage.googleapis.com/storage/v1/b/{name}") or {}) if name else {}


def _rules(google: Google) -> dict[str, str]:
    """Return the rules that are released, by their service."""
    start = f"projects/{google.project}/releases"
    rules = {}
    releases = {
        one["name"].removeprefix(f"{start}/"): one["rulesetName"]
        for one in _listed(google, f"firebaserules.googleapis.com/v1/{start}", "releases")
    }
    for service in SERVICES:
        # The release of Cloud Storage has the name of the bucket behind the service.
        name = service if service == "cloud.firestore" else f"{service}/{_bucket_name(google)}"
        if name in releases:
            ruleset = google.call("GET", f"firebaserules.googleapis.com/v1/{releases[name]}")
            rules[service] = "".join(file["content"] for file in ruleset["source"]["files"])
    return rules
