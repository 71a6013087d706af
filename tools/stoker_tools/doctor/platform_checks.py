"""Checks of the services around the functions: schedules, queues, roles, the bucket and the rules."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from stoker.identity import address
from stoker_tools.deploy.findings import Finding
from stoker_tools.deploy.grants import Policy, Resource, lacking_grants, member, roles_in
from stoker_tools.deploy.needs import ROLES
from stoker_tools.deploy.preflight import retention_finding
from stoker_tools.deploy.schedule_accounts import account_of
from stoker_tools.deploy.service_account import ID
from stoker_tools.doctor.expected import Expected
from stoker_tools.doctor.place import DeployedFunction, Place

BROAD_ROLES = frozenset({"roles/owner", "roles/editor"})
"""Basic roles of Google, which hold the permissions of all roles that the functions need."""

SHARED_HEADERS = ("Range", "Content-Range")
"""The headers that a player in a browser needs: it asks for parts of a file, and reads which part came."""


def check_schedules(found: Sequence[Mapping[str, Any]], wanted: Expected, place: Place) -> Iterator[Finding]:
    """Yield a finding for each schedule that is missing or off.

    Args:
        found: The jobs of Cloud Scheduler, as it lists them.
        wanted: The things that the project should have.
        place: The place that is looked at.
    """
    jobs = {one["name"].rpartition("/")[2]: one for one in found}
    for endpoint in wanted.endpoints:
        name = f"firebase-schedule-{endpoint.name}-{endpoint.region}"
        where = f"--location={endpoint.region} --project={place.project}"
        if endpoint.kind != "schedule":
            continue
        if name not in jobs:
            message = f"The schedule of {endpoint.name} is missing, so nothing calls this function."
            yield Finding("schedule-missing", message, place.deploy)
        elif (state := jobs[name].get("state")) != "ENABLED":
            message = f"The schedule of {endpoint.name} has the state {state}, so nothing calls this function."
            yield Finding("schedule-off", message, f"gcloud scheduler jobs resume {name} {where}")
        elif code := jobs[name].get("status", {}).get("code"):
            message = f"The last call of {endpoint.name} by its schedule has failed (code {code})."
            yield Finding("schedule-failing", message, place.log_of(endpoint.name), "warning")


def check_callers(
    found: Sequence[Mapping[str, Any]], functions: Iterable[DeployedFunction], wanted: Expected, place: Place
) -> Iterator[Finding]:
    """Yield a finding for each schedule that calls its function as another account than that of the function.

    Args:
        found: The jobs of Cloud Scheduler, as it lists them.
        functions: The functions of the project, which name their service accounts.
        wanted: The things that the project should have.
        place: The place that is looked at.
    """
    accounts = {(one.name, one.region): one.account for one in functions}
    jobs = {one["name"].rpartition("/")[2]: account_of(one) for one in found}
    for endpoint in wanted.endpoints:
        caller = jobs.get(f"firebase-schedule-{endpoint.name}-{endpoint.region}", "")
        account = accounts.get((endpoint.name, endpoint.region), "")
        if endpoint.kind == "schedule" and caller and account and caller != account:
            message = f"The schedule of {endpoint.name} calls it as {caller}, and only {account} may call it."
            yield Finding("schedule-account", message, place.deploy)


def check_queues(found: Sequence[Mapping[str, Any]], wanted: Expected, place: Place) -> Iterator[Finding]:
    """Yield a finding for each queue that is missing or does not run.

    Args:
        found: The queues of Cloud Tasks, as it lists them.
        wanted: The things that the project should have.
        place: The place that is looked at.
    """
    states = {one["name"].rpartition("/")[2]: one.get("state") for one in found}
    for endpoint in wanted.endpoints:
        if endpoint.kind != "queue":
            continue
        if endpoint.name not in states:
            message = f"The queue {endpoint.name} is missing, so its jobs never begin."
            yield Finding("queue-missing", message, place.deploy)
        elif states[endpoint.name] != "RUNNING":
            message = f"The queue {endpoint.name} has the state {states[endpoint.name]}, so its jobs do not begin."
            cure = f"gcloud tasks queues resume {endpoint.name} --location={endpoint.region}"
            yield Finding("queue-off", message, f"{cure} --project={place.project}")


def check_roles(
    policies: Mapping[Resource, Policy], functions: Iterable[DeployedFunction], wanted: Expected, place: Place
) -> Iterator[Finding]:
    """Yield a finding for each role that the functions' service account lacks.

    Args:
        policies: The IAM policies of everything on which the account needs roles.
        functions: The functions of the project, which name their service accounts.
        wanted: The things that the project should have.
        place: The place that is looked at.
    """
    names = {one.name for one in wanted.endpoints}
    accounts = {one.account for one in functions if one.account and one.name in names and one.region == place.region}
    for account in sorted(accounts):
        ours = {
            one: policy
            for one, policy in policies.items()
            if one.level != "account" or one.name.rpartition("/")[2] == account
        }
        of_project = [policy for one, policy in ours.items() if one.level == "project"]
        broad = sorted(BROAD_ROLES & {role for policy in of_project for role in roles_in(policy, account)})
        if broad:
            message = f"The account {account} of the functions has {broad[0]}, which is far more than they need."
            yield Finding("role-too-broad", message, _without(broad, account, place), "warning")
            continue
        lacking = lacking_grants(ours, account)
        for role in ROLES:
            on = [grant.resource.name.rpartition("/")[2] for grant in lacking if grant.role == role.name]
            if on:
                message = f"The account {account} of the functions lacks {role.name} on {', '.join(on)}."
                yield Finding("role-missing", f"{message} It is for: {role.calls}.", place.deploy)


def _without(broad: Iterable[str], account: str, place: Place) -> str:
    """Return the command that takes broad roles from an account. A deployment gives the roles that are needed."""
    if account != address(ID, place.project):
        return place.deploy  # It moves the functions to an account of their own.
    take = f"gcloud projects remove-iam-policy-binding {place.project} --member={member(account)}"
    return " && ".join((place.deploy, *(f"{take} --role={role}" for role in broad)))


def check_bucket(bucket: Mapping[str, Any], wanted: Expected, place: Place) -> Iterator[Finding]:
    """Yield a finding if there is no bucket, if it keeps its files, or if no web page may read its files in parts.

    Args:
        bucket: The default bucket; empty if there is none.
        wanted: The things that the project should have.
        place: The place that is looked at.
    """
    if not bucket:
        cure = f"Open https://console.firebase.google.com/project/{place.project}/storage and choose Get started."
        yield Finding("no-bucket", "The project has no bucket, so no job can read or make a file.", cure)
        return
    if period := int(bucket.get("retentionPolicy", {}).get("retentionPeriod", 0)):
        yield retention_finding(bucket["name"], period / 86_400)
    cure = f"Set STOKER_ORIGINS in functions/.env to the origins of your web app, and run {place.deploy}"
    rules = [one for one in bucket.get("cors", []) if {"GET", "*"}.intersection(one.get("method", []))]
    if not rules:
        message = "The bucket has no CORS setting, so no web page can play HLS sets or load captions."
        yield Finding("no-cors", message, cure, "warning")
        return
    shared = {header.lower() for one in rules for header in one.get("responseHeader", [])}
    lacking = [header for header in SHARED_HEADERS if header.lower() not in shared]
    if lacking and "*" not in shared:
        message = f"The CORS setting of the bucket lacks {' and '.join(lacking)}, so players can't read files in parts."
        yield Finding("cors-headers", message, cure, "warning")


def check_rules(released: Mapping[str, str], wanted: Expected, place: Place) -> Iterator[Finding]:
    """Yield a finding for each service whose rules are not those of this checkout.

    Args:
        released: The rules of the project, by the name of their service.
        wanted: The things that the project should have.
        place: The place that is looked at.
    """
    names = {"cloud.firestore": ("firestore:rules", "Firestore"), "firebase.storage": ("storage", "Cloud Storage")}
    for service, text in wanted.rules.items():
        target, subject = names[service]
        cure = f"npx firebase-tools deploy --only {target} --project {place.project}"
        if service not in released:
            message = f"{subject} has no rules, so it refuses every client."
            yield Finding("rules-missing", message, cure)
        elif _lines(released[service]) != _lines(text):
            message = f"The rules of {subject} are not those of this checkout."
            yield Finding("rules-differ", message, cure)


def _lines(text: str) -> list[str]:
    return text.rstrip().splitlines()
