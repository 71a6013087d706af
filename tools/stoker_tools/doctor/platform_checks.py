"""Checks of the services around the functions: schedules, queues, roles, the bucket and the rules."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from stoker.identity import address
from stoker_tools.deploy import cors
from stoker_tools.deploy.deployed_function import DeployedFunction
from stoker_tools.deploy.facts import Bucket
from stoker_tools.deploy.findings import Finding
from stoker_tools.deploy.grants import Grant, Policy, Resource, lacking_grants, member, roles_in
from stoker_tools.deploy.needs import ROLES
from stoker_tools.deploy.preflight import retention_finding
from stoker_tools.deploy.schedule_accounts import account_of
from stoker_tools.deploy.service_account import ID
from stoker_tools.doctor.expected import Expected
from stoker_tools.doctor.place import Place

BROAD_ROLES = frozenset({"roles/owner", "roles/editor"})
"""Basic roles of Google, which hold the permissions of all roles that the functions need."""

SHOWN = 3
"""The most resources that a message names for a role."""

SHARED_HEADERS = ("Range", "Content-Range")
"""The headers that a player in a browser needs: it asks for parts of a file, and reads which part came."""


def check_schedules(found: Sequence[Mapping[str, Any]], wanted: Expected, place: Place) -> Iterator[Finding]:
    """Yield a finding for the schedules that are missing, for those that are off, and for those whose calls fail.

    Args:
        found: The jobs of Cloud Scheduler, as it lists them.
        wanted: The things that the project should have.
        place: The place that is looked at.
    """
    jobs = {one["name"].rpartition("/")[2]: one for one in found}
    ours = {
        one.name: jobs.get(f"firebase-schedule-{one.name}-{one.region}")
        for one in wanted.endpoints
        if one.kind == "schedule"
    }
    missing = tuple(sorted(name for name, job in ours.items() if job is None))
    if missing:
        called = _number(missing, "its function", "their functions")
        message = f"{_these('schedule', missing, 'is', 'are')} missing, so nothing calls {called}."
        yield Finding("schedule-missing", message, place.deploy_again(wanted.codebase, missing), names=missing)
    off = {name: str(job.get("state")) for name, job in ours.items() if job and job.get("state") != "ENABLED"}
    if off:
        called = _number(off, "its function", "their functions")
        message = f"{_these('schedule', off, 'has', 'have')} the state {_states(off)}, so nothing calls {called}."
        ids = [f"firebase-schedule-{name}-{place.region}" for name in sorted(off)]
        yield Finding("schedule-off", message, _each("scheduler jobs resume", ids, place), names=tuple(sorted(off)))
    codes = {
        name: code
        for name, job in ours.items()
        if job and name not in off and (code := job.get("status", {}).get("code"))
    }
    if codes:
        listed = ", ".join(f"{name} (code {code})" for name, code in sorted(codes.items()))
        message = f"The last call by the schedule has failed: {listed}."
        yield Finding("schedule-failing", message, place.log_of(min(codes)), "warning", tuple(sorted(codes)))


def check_callers(
    found: Sequence[Mapping[str, Any]], functions: Iterable[DeployedFunction], wanted: Expected, place: Place
) -> Iterator[Finding]:
    """Yield a finding for the schedules that call their function as another account than that of the function.

    Args:
        found: The jobs of Cloud Scheduler, as it lists them.
        functions: The functions of the project, which name their service accounts.
        wanted: The things that the project should have.
        place: The place that is looked at.
    """
    accounts = {(one.name, one.region): one.account for one in functions}
    jobs = {one["name"].rpartition("/")[2]: account_of(one) for one in found}
    others: dict[str, str] = {}
    for endpoint in wanted.endpoints:
        caller = jobs.get(f"firebase-schedule-{endpoint.name}-{endpoint.region}", "")
        account = accounts.get((endpoint.name, endpoint.region), "")
        if endpoint.kind == "schedule" and caller and account and caller != account:
            others[endpoint.name] = f"{endpoint.name} (as {caller}, and only {account} may call it)"
    if others:
        message = (
            f"Schedules call functions as another account than that of the function: {', '.join(others.values())}."
        )
        yield Finding("schedule-account", message, place.deploy, names=tuple(others))


def check_queues(states: Mapping[str, str], wanted: Expected, place: Place) -> Iterator[Finding]:
    """Yield a finding for the queues that are missing, and for those that do not run.

    Args:
        states: The state of each queue in the region, by its name.
        wanted: The things that the project should have.
        place: The place that is looked at.
    """
    queues = sorted(one.name for one in wanted.endpoints if one.kind == "queue")
    missing = tuple(name for name in queues if name not in states)
    if missing:
        jobs = _number(missing, "its jobs", "their jobs")
        message = f"{_these('queue', missing, 'is', 'are')} missing, so {jobs} never begin."
        yield Finding("queue-missing", message, place.deploy_again(wanted.codebase, missing), names=missing)
    off = {name: states[name] for name in queues if states.get(name, "RUNNING") != "RUNNING"}
    if off:
        jobs = _number(off, "its jobs", "their jobs")
        message = f"{_these('queue', off, 'has', 'have')} the state {_states(off)}, so {jobs} do not begin."
        yield Finding("queue-off", message, _each("tasks queues resume", list(off), place), names=tuple(off))


def check_roles(
    policies: Mapping[Resource, Policy], functions: Iterable[DeployedFunction], wanted: Expected, place: Place
) -> Iterator[Finding]:
    """Yield a finding if the functions' service account lacks roles, or has far more rights than it needs.

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
        if lacking := lacking_grants(ours, account):
            yield Finding("role-missing", _lacking(account, lacking), place.deploy)


def _lacking(account: str, lacking: Sequence[Grant]) -> str:
    """Return a sentence about the roles that an account lacks; if it lacks a single role, also the role's use."""
    on = {
        role: [grant.resource.name.rpartition("/")[2] for grant in lacking if grant.role == role.name]
        for role in ROLES
        if any(grant.role == role.name for grant in lacking)
    }
    named = "; ".join(f"{role.name} on {_some(names)}" for role, names in on.items())
    if len(on) > 1:
        return f"The account {account} of the functions lacks {len(on)} roles: {named}."
    return f"The account {account} of the functions lacks {named}. It is for: {next(iter(on)).calls}."


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"


def _without(broad: Iterable[str], account: str, place: Place) -> str:
    """Return the command that takes broad roles from an account. A deployment gives the roles that are needed."""
    if account != address(ID, place.project):
        return place.deploy  # It moves the functions to an account of their own.
    take = f"gcloud projects remove-iam-policy-binding {place.project} --member={member(account)}"
    return " && ".join((place.deploy, *(f"{take} --role={role}" for role in broad)))


def check_bucket(bucket: Bucket | None, wanted: Expected, place: Place) -> Iterator[Finding]:
    """Yield a finding if there is no bucket, if it keeps its files, or if no web page may read its files in parts.

    Args:
        bucket: The default bucket; None if there is none.
        wanted: The things that the project should have.
        place: The place that is looked at.
    """
    if bucket is None:
        cure = f"Open https://console.firebase.google.com/project/{place.project}/storage and choose Get started."
        message = "The project has no bucket, so no job can read or make a file."
        yield Finding("no-bucket", message, cure, names=("firebase.storage",))
        return
    if bucket.retention_days:
        yield retention_finding(bucket.name, bucket.retention_days)
    cure = f"Set STOKER_ORIGINS in functions/.env to the origins of your web app, and run {place.deploy}"
    if not cors.lets_pages_read(bucket.cors):
        message = "The bucket has no CORS setting, so no web page can read its files by fetch, as players do."
        yield Finding("no-cors", message, cure, "warning")
        return
    shared = {
        header.lower() for one in bucket.cors if cors.lets_pages_read([one]) for header in one.get("responseHeader", ())
    }
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
            yield Finding("rules-missing", message, cure, names=(service,))
        elif _lines(released[service]) != _lines(text):
            message = f"The rules of {subject} are not those of this checkout."
            yield Finding("rules-differ", message, cure, names=(service,))


def _lines(text: str) -> list[str]:
    return text.rstrip().splitlines()


def _these(noun: str, names: Collection[str], singular: str, plural: str) -> str:
    """Return the begin of a sentence about things, up to its verb."""
    return f"The {_number(names, noun, f'{noun}s')} {', '.join(sorted(names))} {_number(names, singular, plural)}"


def _number(names: Collection[str], singular: str, plural: str) -> str:
    return singular if len(names) == 1 else plural


def _states(states: Mapping[str, str]) -> str:
    return " or ".join(sorted(set(states.values())))


def _each(command: str, names: Sequence[str], place: Place) -> str:
    """Return the call of gcloud for each of some resources."""
    where = f"--location={place.region} --project={place.project}"
    if len(names) == 1:
        return f"gcloud {command} {names[0]} {where}"
    return f"for name in {' '.join(names)}; do gcloud {command} $name {where}; done"
