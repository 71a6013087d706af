"""The part of the preflight about facts that could not be read."""

from collections.abc import Iterator
from http import HTTPStatus

from stoker_tools.deploy.deployment_plan import Plan
from stoker_tools.deploy.facts import MANAGED_BY_API, Facts, Refusal
from stoker_tools.deploy.findings import Finding
from stoker_tools.setup.functions_folder import CODEBASE

NAMES = {
    "project": "project",
    "billing": "billing account",
    "off": "list of enabled APIs",
    "missing": "list of your permissions",
    "database": "Firestore database",
    "bucket": "bucket",
    "sign_in": "Firebase Auth",
    "deployed": "list of deployed functions",
    "queues": "list of queues",
    "images": "repository of images",
    "quota": "quota of Cloud Run",
    "account": "list of the roles of the functions' service account",
}
"""The names of facts in sentences, by their attributes."""

READ_BY_API = {
    "billing": "cloudbilling.googleapis.com",
    "off": "serviceusage.googleapis.com",
    "missing": "cloudresourcemanager.googleapis.com",
    "bucket": "storage.googleapis.com",
    "quota": "serviceusage.googleapis.com",
    **{name: api for name, api in MANAGED_BY_API.items() if name not in ("bucket", "quota")},
}
"""The API that reads each fact, by the fact's name. The API of Firebase for the bucket is on where Firebase is."""


ROLES = {"bucket": "roles/storage.bucketViewer", "account": "roles/iam.securityReviewer"}
"""The role that lets an account read a fact, by the fact's name. `roles/viewer` is enough for the others."""


def access_finding(project: str, refusal: Refusal | None) -> Finding:
    """Return the finding for a project that can't be seen.

    Args:
        project: The id of the project.
        refusal: Google's answer; None if the project is there, but has no Firebase.
    """
    # Google's API for Firebase is off in a project to which Firebase was never added.
    if refusal is None or _is_off(refusal):
        return Finding(
            "no-firebase",
            f"The project {project} has no Firebase.",
            f"npx firebase-tools projects:addfirebase {project}",
        )
    if _is_temporary(refusal):
        return _not_read(project, "project", refusal, needed=True)
    cure = "npx firebase-tools projects:list    # the projects of your account; login:use changes the account"
    if "serviceusage" in refusal.message.lower():
        cure = _grant(project, "roles/serviceusage.serviceUsageConsumer")
    return Finding(
        "no-access",
        f"The project {project} does not exist, or your account may not use it. Google: {refusal.message}",
        cure,
    )


def unread_findings(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each fact that could not be read: an error if a deployment without it could do harm.

    Args:
        plan: The deployment.
        facts: The project.
    """
    # The CLI could replace or delete functions, make a database in a wrong place, replace a blocking function of
    # another codebase, or stop halfway.
    needed = {"deployed", "missing", "database"}
    if plan.origins:
        needed.add("bucket")
    if plan.blocking:
        needed.add("sign_in")
    if not any(one.codebase == CODEBASE for one in facts.deployed):
        needed.add("account")  # At a first deployment, the account needs all of its roles.
    of_account = {"account": facts.account.unread} if facts.account and facts.account.unread else {}
    for fact, refusal in {**facts.unread, **of_account}.items():
        if not facts.knows(fact) or fact in of_account:
            yield _not_read(plan.project, fact, refusal, needed=fact in needed)


def _not_read(project: str, fact: str, refusal: Refusal, *, needed: bool) -> Finding:
    message = f"The {NAMES[fact]} could not be read. Google: {refusal.message}"
    return Finding("not-read", message, _cure(project, fact, refusal), "error" if needed else "warning")


def _cure(project: str, fact: str, refusal: Refusal) -> str:
    if _is_temporary(refusal):
        return "Run scripts/deploy again in a few minutes."
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        return "npx firebase-tools login --reauth"
    if _is_off(refusal):
        return f"gcloud services enable {READ_BY_API[fact]} --project={project}"
    if "serviceusage" in refusal.message.lower():
        return _grant(project, "roles/serviceusage.serviceUsageConsumer")
    return _grant(project, ROLES.get(fact, "roles/viewer"))


def _grant(project: str, role: str) -> str:
    return f"gcloud projects add-iam-policy-binding {project} --member=user:ACCOUNT --role={role}"


def _is_off(refusal: Refusal) -> bool:
    return "disabled" in refusal.message


def _is_temporary(refusal: Refusal) -> bool:
    """Return whether the same call may succeed a little later."""
    return refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR or refusal.status == HTTPStatus.TOO_MANY_REQUESTS
