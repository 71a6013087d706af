"""The preflight of a deployment: everything that is missing in a project, from its facts and the plan alone."""

from collections.abc import Iterator

from stoker.identity import PARAMETER
from stoker_tools.deploy import cors
from stoker_tools.deploy.conflicts import conflict_findings
from stoker_tools.deploy.deployment_plan import Plan
from stoker_tools.deploy.facts import MANAGED_BY_API, Facts
from stoker_tools.deploy.findings import Finding
from stoker_tools.deploy.headroom import quota_findings
from stoker_tools.deploy.locations import far_apart
from stoker_tools.deploy.rights import api_findings, permission_findings
from stoker_tools.deploy.service_account import ID
from stoker_tools.deploy.unread import access_finding, unread_findings


def findings(plan: Plan, facts: Facts) -> list[Finding]:
    """Return everything that is missing or wrong: errors first.

    Args:
        plan: The deployment.
        facts: The project.
    """
    if not facts.seen:
        return [access_finding(plan.project, facts.refusal)]
    checks = (
        *(_billing, api_findings, permission_findings, _account, _database, _bucket, _sign_in),
        *(conflict_findings, quota_findings, _queues, _images, unread_findings),
    )
    found = [finding for check in checks for finding in check(plan, facts)]
    return sorted(found, key=lambda finding: finding.severity != "error")


def local_findings(plan: Plan) -> Iterator[Finding]:
    """Yield a finding for each setting of the checkout that can't work. `predeploy.cjs` looks at the other settings.

    Args:
        plan: The deployment.
    """
    for origin in plan.origins:
        if not cors.is_origin(origin):
            yield Finding(
                "bad-origin",
                f"STOKER_ORIGINS has '{origin}', which is no origin: a scheme, a host and a port, without a path.",
                "Set it in functions/.env, such as STOKER_ORIGINS=https://app.example.com,http://localhost:5173.",
            )


def _billing(plan: Plan, facts: Facts) -> Iterator[Finding]:
    if not facts.billing:
        yield Finding(
            "no-blaze",
            f"The project {plan.project} is not on the Blaze plan, which functions need.",
            f"https://console.firebase.google.com/project/{plan.project}/usage/details",
        )


def _account(plan: Plan, facts: Facts) -> Iterator[Finding]:
    if facts.account is None and facts.knows("account") and plan.named_account not in ("", ID):
        yield Finding(
            "no-account",
            f"{PARAMETER} is {plan.named_account}, and there is no service account {plan.account}.",
            f"Set {PARAMETER}={ID} in functions/.env, and run scripts/generate. scripts/deploy then makes the account.",
        )


def _database(plan: Plan, facts: Facts) -> Iterator[Finding]:
    database = facts.database
    if database is None:
        if facts.knows("database"):
            api = MANAGED_BY_API["database"]
            enable = f"gcloud services enable {api} --project={plan.project} && " if api in facts.off else ""
            yield Finding(
                "no-database",
                f"The project has no Firestore database {plan.database}. Its location can't be changed later.",
                f"{enable}npx firebase-tools firestore:databases:create '{plan.database}' --location {plan.region} "
                f"--project {plan.project}",
            )
        return
    if not database.native:
        yield Finding(
            "datastore-mode",
            "The Firestore database is in Datastore mode, which has no listeners and no rules.",
            f"gcloud firestore databases update --type=firestore-native --project={plan.project}    # if it is empty",
        )
    if far_apart(database.location, plan.region):
        yield Finding(
            "far-database",
            f"The database is in {database.location}, and the functions are in {plan.region}. Each read and write "
            "crosses an ocean.",
            f"Set STOKER_REGION in functions/.env to a region near {database.location}.",
            "warning",
        )


def _bucket(plan: Plan, facts: Facts) -> Iterator[Finding]:
    bucket = facts.bucket
    if bucket is None:
        if facts.knows("bucket"):
            console = f"https://console.firebase.google.com/project/{plan.project}/storage"
            if plan.bucket:
                message, cure = f"There is no bucket {plan.bucket}.", f"{console}    # or another bucket in stoker.toml"
            else:
                message, cure = "The project has no default bucket.", f"{console}    # Get started"
            yield Finding("no-bucket", message, cure)
        return
    if far_apart(bucket.location, plan.region):
        yield Finding(
            "far-bucket",
            f"The bucket is in {bucket.location}, and the functions are in {plan.region}. Google bills each GiB that "
            "crosses an ocean.",
            f"Set STOKER_REGION in functions/.env to a region near {bucket.location}.",
            "warning",
        )
    if bucket.retention_days:
        yield retention_finding(bucket.name, bucket.retention_days)
    if not plan.origins and not cors.lets_pages_read(bucket.cors):
        yield Finding(
            "no-cors",
            "No web page may read files of the bucket by fetch, as players and downloads in a page do.",
            "Set STOKER_ORIGINS in functions/.env to the origins of your app, and deploy again.",
            "warning",
        )


def retention_finding(bucket: str, days: float) -> Finding:
    """Return the finding for a bucket that keeps its objects.

    Args:
        bucket: The bucket's name.
        days: The time of its retention policy, in days.
    """
    return Finding(
        "retention",
        f"The bucket keeps each file for {days:g} days. Until then, the files of deleted jobs and accounts stay, and "
        "their deletions fail.",
        f"gcloud storage buckets update gs://{bucket} --clear-retention-period    # or use another project",
        "warning",
    )


def _sign_in(plan: Plan, facts: Facts) -> Iterator[Finding]:
    if not facts.knows("sign_in"):
        return
    if plan.blocking and not (facts.sign_in and facts.sign_in.identity_platform):
        yield Finding(
            "no-identity-platform",
            "STOKER_BLOCKING is true, and Firebase Auth is not upgraded to Identity Platform.",
            f"https://console.firebase.google.com/project/{plan.project}/authentication/settings    # or set "
            "STOKER_BLOCKING=false in functions/.env",
        )
    elif facts.sign_in is None:
        yield Finding(
            "no-auth",
            "Firebase Auth is not set up, so nobody can sign in.",
            f"https://console.firebase.google.com/project/{plan.project}/authentication    # Get started",
            "warning",
        )


def _queues(plan: Plan, facts: Facts) -> Iterator[Finding]:
    for function in plan.functions:
        if function.is_queue and facts.queues.get(function.name) == "PAUSED":
            yield Finding(
                "paused-queue",
                f"The queue {function.name} is paused, so its jobs do not begin.",
                f"gcloud tasks queues resume {function.name} --location={plan.region} --project={plan.project}",
                "warning",
            )


def _images(plan: Plan, facts: Facts) -> Iterator[Finding]:
    if facts.images and not facts.images.clean_up:
        yield Finding(
            "no-clean-up",
            f"Old images of functions in {plan.region} are never deleted, and cost storage. scripts/deploy mends it.",
            f"npx firebase-tools functions:artifacts:setpolicy --location {plan.region} --force "
            f"--project {plan.project}",
            "warning",
        )
