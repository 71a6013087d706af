"""Reading the facts of a project of Google through its management APIs."""

from collections.abc import Callable, Mapping
from functools import partial

from stoker_tools.deploy.deployed_function import DeployedFunction, deployed_functions
from stoker_tools.deploy.facts import Bucket
from stoker_tools.deploy.google import Google
from stoker_tools.deploy.grants import Policy, Resource, resources
from stoker_tools.deploy.iam_policies import read_policies
from stoker_tools.deploy.survey import bucket, queue_states
from stoker_tools.doctor.expected import Expected

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
    database = f"firestore.googleapis.com/v1/projects/{project}/databases/{wanted.database}/collectionGroups/-"
    jobs = f"cloudscheduler.googleapis.com/v1/projects/{project}/locations/{region}/jobs"
    return {
        "functions": partial(_functions, google, region),
        "schedules": partial(google.listed, jobs, "jobs"),
        "queues": partial(queue_states, google, region),
        "indexes": partial(google.listed, f"{database}/indexes", "indexes"),
        "fields": partial(google.listed, f"{database}/fields", "fields", filter=FIELDS),
        "policies": partial(_policies, google, wanted, region),
        "bucket": partial(_bucket, google, wanted),
        "rules": partial(_rules, google, wanted),
    }


def _functions(google: Google, region: str) -> list[DeployedFunction]:
    # A function of the first generation is none of ours. scripts/deploy names it.
    return [one for one in deployed_functions(google, region) if one.generation == 2]


def _policies(google: Google, wanted: Expected, region: str) -> Mapping[Resource, Policy]:
    """Return the IAM policies of everything on which the service accounts of the functions need roles."""
    kinds = {one.name: one.kind for one in wanted.endpoints}
    place = f"projects/{google.project}/locations/{region}"
    found = [one for one in _functions(google, region) if one.region == region and one.name in kinds]
    queues = queue_states(google, region)
    needed = {
        resource: None
        for account in {one.account for one in found if one.account}
        for resource in resources(
            google.project,
            account,
            _bucket_name(google, wanted),
            queues=[f"{place}/queues/{name}" for name in queues if kinds.get(name) == "queue"],
            services=[one.service for one in found if one.service and kinds[one.name] != "client"],
        )
    }
    found_policies, refusals = read_policies(google, needed)
    for refusal in refusals.values():
        raise refusal
    return found_policies


def _bucket_name(google: Google, wanted: Expected) -> str:
    """Return the name of the app's bucket. Firebase passes the name of the default bucket to the functions."""
    if wanted.bucket:
        return wanted.bucket
    settings = google.call("GET", f"firebase.googleapis.com/v1beta1/projects/{google.project}/adminSdkConfig")
    return str(settings.get("storageBucket", ""))


def _bucket(google: Google, wanted: Expected) -> Bucket | None:
    """Return the app's bucket; None if there is none."""
    name = _bucket_name(google, wanted)
    return bucket(google, name) if name else None


def _rules(google: Google, wanted: Expected) -> dict[str, str]:
    """Return the rules that are released, by their service."""
    start = f"projects/{google.project}/releases"
    rules = {}
    releases = {
        one["name"].removeprefix(f"{start}/"): one["rulesetName"]
        for one in google.listed(f"firebaserules.googleapis.com/v1/{start}", "releases")
    }
    # The release of Cloud Storage has the name of the bucket behind the service, that of Firestore the database's.
    database = "" if wanted.database == "(default)" else f"/{wanted.database}"
    names = (f"cloud.firestore{database}", f"firebase.storage/{_bucket_name(google, wanted)}")
    for service, name in zip(SERVICES, names, strict=True):
        if name in releases:
            ruleset = google.call("GET", f"firebaserules.googleapis.com/v1/{releases[name]}")
            rules[service] = "".join(file["content"] for file in ruleset["source"]["files"])
    return rules
