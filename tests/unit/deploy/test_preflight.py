"""The preflight: each finding appears for its fact and for no other, and a project with everything has none."""

import re
from dataclasses import replace

import pytest

from stoker_tools.deploy import cors, headroom, preflight
from stoker_tools.deploy.deployed_function import DeployedFunction
from stoker_tools.deploy.deployer import (
    ALWAYS,
    ENABLING,
    FOR_BLOCKING,
    FOR_CORS,
    FOR_GRANTS,
    FOR_NEW_ACCOUNT,
    PERMISSIONS,
    needed_apis,
)
from stoker_tools.deploy.deployment import steps
from stoker_tools.deploy.deployment_plan import Plan, Planned, planned
from stoker_tools.deploy.facts import AccountRights, Bucket, Database, Facts, Images, Quota, Refusal, SignIn
from stoker_tools.deploy.findings import Finding
from stoker_tools.deploy.grants import Grant, Resource
from stoker_tools.deploy.needs import Level
from stoker_tools.setup.environment import ROOT

ORIGINS = ("https://app.example.com",)

PLAN = Plan(
    project="acme-prod",
    origins=ORIGINS,
    blocking=True,
    functions=(
        Planned("videoprocessing", cpu=2, memory_mib=8192, instances=10, is_queue=True),
        Planned("setRole", instances=1),
        Planned("before_created", instances=1, event="beforeCreate"),
    ),
)

EVERYTHING = Facts(
    database=Database("nam5"),
    bucket=Bucket("acme-prod.firebasestorage.app", "US-CENTRAL1", (cors.entry(ORIGINS),)),
    sign_in=SignIn(triggers={"beforeCreate": "https://before_created.run.app"}),
    deployed=tuple(
        DeployedFunction(name, "us-central1", addresses=frozenset({f"https://{name}.run.app"}))
        for name in ("videoprocessing", "setRole", "before_created")
    ),
    queues={"videoprocessing": "RUNNING", "mine": "PAUSED"},
    images=Images(clean_up=True),
    quota=Quota(vcpu=22, memory_gib=80),
    account=AccountRights(),
)

ALWAYS_NEEDED = {
    permission
    for part in (ALWAYS, FOR_BLOCKING, FOR_CORS)
    for permissions in part.values()
    for permission in permissions
}

FRESH = Facts(database=Database("nam5"), bucket=Bucket("acme-prod.firebasestorage.app", "US"), sign_in=SignIn())


def with_function(**changes: object) -> Facts:
    """Return the project with one more function."""
    more = replace(DeployedFunction("ours", "us-central1"), **changes)  # type: ignore[arg-type] # The cases name fields.
    return replace(EVERYTHING, deployed=(*EVERYTHING.deployed, more))


CASES: dict[str, tuple[Facts, Plan]] = {
    "no-access": (Facts(seen=False, refusal=Refusal("The caller does not have permission")), PLAN),
    "no-firebase": (Facts(seen=False), PLAN),
    "no-blaze": (replace(EVERYTHING, billing=False), PLAN),
    "api-off": (replace(EVERYTHING, off=frozenset({"iam.googleapis.com"})), PLAN),
    "no-permission": (replace(EVERYTHING, missing=frozenset({"cloudfunctions.functions.update"})), PLAN),
    "no-database": (replace(EVERYTHING, database=None), PLAN),
    "datastore-mode": (replace(EVERYTHING, database=Database("us-central1", native=False)), PLAN),
    "far-database": (replace(EVERYTHING, database=Database("eur3")), PLAN),
    "no-bucket": (replace(EVERYTHING, bucket=None), PLAN),
    "far-bucket": (replace(EVERYTHING, bucket=replace(EVERYTHING.bucket or Bucket("", ""), location="EU")), PLAN),
    "no-cors": (replace(EVERYTHING, bucket=Bucket("b", "US")), replace(PLAN, origins=())),
    "retention": (replace(EVERYTHING, bucket=replace(EVERYTHING.bucket or Bucket("", ""), retention_days=7)), PLAN),
    "no-identity-platform": (replace(EVERYTHING, sign_in=SignIn(identity_platform=False)), PLAN),
    "no-auth": (
        replace(EVERYTHING, sign_in=None, deployed=EVERYTHING.deployed[:2]),
        replace(PLAN, blocking=False, functions=PLAN.functions[:2]),
    ),
    "event-taken": (replace(EVERYTHING, sign_in=SignIn(triggers={"beforeCreate": "https://other.run.app"})), PLAN),
    "name-taken": (with_function(name="setRole", codebase="default"), PLAN),
    "first-generation": (with_function(name="setRole", generation=1), PLAN),
    "other-region": (with_function(name="setRole", region="europe-west1"), PLAN),
    "renamed": (with_function(name="beta-setRole"), PLAN),
    "surplus": (with_function(name="retired"), PLAN),
    "over-quota": (replace(EVERYTHING, quota=Quota(memory_gib=79)), PLAN),
    "little-quota": (replace(EVERYTHING, quota=Quota(vcpu=21)), PLAN),
    "paused-queue": (replace(EVERYTHING, queues={"videoprocessing": "PAUSED"}), PLAN),
    "no-clean-up": (replace(EVERYTHING, images=Images(clean_up=False)), PLAN),
    "no-account": (replace(EVERYTHING, account=None), replace(PLAN, named_account="mine")),
    "not-read": (replace(EVERYTHING, unread={"billing": Refusal("The caller does not have permission")}), PLAN),
}

WARNINGS = {
    *("far-database", "far-bucket", "no-cors", "no-auth", "little-quota", "paused-queue", "no-clean-up", "not-read"),
    "retention",
}

CURES = (
    r"(npx firebase-tools|gcloud) \S+.*",
    r"https://console\.(firebase|cloud)\.google\.com/\S+.*",
    r"Set STOKER_[A-Z_]+\b.* in functions/\.env\b.*",
    r"To keep a function, .*scripts/generate\. To agree to this, run scripts/deploy --allow-deletions\.",
    r".*\bin firebase\.json to keep them\. To agree to this, run scripts/deploy --allow-deletions\.",
    r"Run scripts/deploy again in a few minutes\.",
)
"""The forms of a cure: a command, an address, or a line of a file."""


def the_only(found: list[Finding]) -> Finding:
    assert [finding.code for finding in found] == [found[0].code]
    return found[0]


@pytest.mark.parametrize("plan", [PLAN, replace(PLAN, origins=())], ids=["all", "less"])
def test_a_project_with_everything_has_no_finding(plan: Plan) -> None:
    assert preflight.findings(plan, EVERYTHING) == []


def test_a_new_project_can_be_deployed_to() -> None:
    assert preflight.findings(PLAN, replace(FRESH, off=frozenset({"run.googleapis.com"}))) == []


@pytest.mark.parametrize("code", CASES)
def test_each_finding_appears_for_its_fact_and_no_other(code: str) -> None:
    facts, plan = CASES[code]
    found = the_only(preflight.findings(plan, facts))
    assert found.code == code
    assert found.severity == ("warning" if code in WARNINGS else "error")


@pytest.mark.parametrize("code", CASES)
def test_each_finding_names_its_cure(code: str) -> None:
    facts, plan = CASES[code]
    found = the_only(preflight.findings(plan, facts))
    assert any(re.fullmatch(form, found.cure) for form in CURES), found.cure
    assert found.message.endswith((".", "permission"))


@pytest.mark.parametrize(
    ("refusal", "code", "cure"),
    [
        ("The caller does not have permission", "no-access", "npx firebase-tools projects:list"),
        (
            "Caller does not have required permission to use project acme-prod. Grant the caller the "
            "roles/serviceusage.serviceUsageConsumer role",
            "no-access",
            "--role=roles/serviceusage.serviceUsageConsumer",
        ),
        (
            "Firebase Management API has not been used in project acme-prod before or it is disabled.",
            "no-firebase",
            "npx firebase-tools projects:addfirebase acme-prod",
        ),
    ],
    ids=["unknown", "may not use", "never added"],
)
def test_a_project_that_cannot_be_read_has_the_cure_of_its_reason(refusal: str, code: str, cure: str) -> None:
    found = the_only(preflight.findings(PLAN, Facts(seen=False, refusal=Refusal(refusal))))
    assert found.code == code
    assert cure in found.cure


def test_errors_stand_before_warnings() -> None:
    facts = replace(EVERYTHING, database=Database("eur3"), bucket=None, unread={"quota": Refusal("no")})
    assert [finding.severity for finding in preflight.findings(PLAN, facts)] == ["error", "warning", "warning"]


@pytest.mark.parametrize("fact", ["database", "bucket", "sign_in"])
def test_a_fact_that_could_not_be_read_is_not_called_missing(fact: str) -> None:
    unread = {fact: Refusal("The caller does not have permission")}
    facts = replace(EVERYTHING, unread=unread, **{fact: None})  # type: ignore[arg-type] # The cases name fields.
    assert the_only(preflight.findings(PLAN, facts)).code == "not-read"


@pytest.mark.parametrize(
    ("fact", "severity", "without"),
    [
        ("deployed", "error", "error"),
        ("missing", "error", "error"),
        ("database", "error", "error"),
        ("bucket", "error", "warning"),
        ("sign_in", "error", "warning"),
        ("billing", "warning", "warning"),
        ("quota", "warning", "warning"),
    ],
)
def test_a_deployment_stops_if_it_could_do_harm_without_a_fact(fact: str, severity: str, without: str) -> None:
    """The bucket is needed for CORS, and Firebase Auth for blocking functions."""
    facts = replace(EVERYTHING, unread={fact: Refusal("The service is unavailable.", 503)})
    found = the_only(preflight.findings(PLAN, facts))
    assert (found.code, found.severity) == ("not-read", severity)
    small = replace(PLAN, origins=(), blocking=False)
    assert the_only(preflight.findings(small, facts)).severity == without


@pytest.mark.parametrize(
    ("fact", "refusal", "cure"),
    [
        ("billing", Refusal("The service is unavailable.", 503), "Run scripts/deploy again in a few minutes."),
        ("billing", Refusal("Quota exceeded.", 429), "Run scripts/deploy again in a few minutes."),
        ("billing", Refusal("Request had invalid credentials.", 401), "npx firebase-tools login --reauth"),
        (
            "billing",
            Refusal("Cloud Billing API has not been used in project acme-prod before or it is disabled."),
            "gcloud services enable cloudbilling.googleapis.com --project=acme-prod",
        ),
        ("bucket", Refusal("acme@example.com does not have storage.buckets.get access."), "roles/storage.bucketViewer"),
        (
            "queues",
            Refusal("Grant the caller the roles/serviceusage.serviceUsageConsumer role"),
            "roles/serviceusage.serviceUsageConsumer",
        ),
        ("queues", Refusal("The caller does not have permission"), "roles/viewer"),
    ],
    ids=["unavailable", "too many calls", "login", "API is off", "bucket", "may not use", "may not read"],
)
def test_a_fact_that_could_not_be_read_has_the_cure_of_its_reason(fact: str, refusal: Refusal, cure: str) -> None:
    found = the_only(preflight.findings(PLAN, replace(EVERYTHING, unread={fact: refusal})))
    assert found.cure.endswith(cure)


def test_a_project_whose_answer_is_a_fault_of_google_is_not_called_missing() -> None:
    found = the_only(preflight.findings(PLAN, Facts(seen=False, refusal=Refusal("The service is unavailable.", 503))))
    assert (found.code, found.severity) == ("not-read", "error")
    assert found.cure == "Run scripts/deploy again in a few minutes."


@pytest.mark.parametrize(
    ("fact", "api", "codes"),
    [
        ("database", "firestore.googleapis.com", ["no-database"]),
        ("bucket", "firebasestorage.googleapis.com", ["no-bucket"]),
        ("sign_in", "identitytoolkit.googleapis.com", ["no-identity-platform"]),
        ("queues", "cloudtasks.googleapis.com", []),
        ("images", "artifactregistry.googleapis.com", []),
        ("quota", "run.googleapis.com", []),
        ("deployed", "cloudfunctions.googleapis.com", []),
    ],
)
def test_nothing_is_there_whose_api_is_off(fact: str, api: str, codes: list[str]) -> None:
    nothing = {"database": None, "bucket": None, "sign_in": None, "images": None, "quota": Quota()}
    changes = {fact: nothing[fact]} if fact in nothing else {}
    unread = {fact: Refusal(f"{api} is disabled")}
    facts = replace(EVERYTHING, off=frozenset({api}), unread=unread, **changes)  # type: ignore[arg-type] # As above.
    assert [finding.code for finding in preflight.findings(PLAN, facts)] == codes


def test_the_api_of_the_database_is_enabled_first() -> None:
    facts = replace(EVERYTHING, database=None, off=frozenset({"firestore.googleapis.com"}))
    cure = the_only(preflight.findings(PLAN, facts)).cure
    enabled, _, made = cure.partition(" && ")
    assert enabled == "gcloud services enable firestore.googleapis.com --project=acme-prod"
    assert made.startswith("npx firebase-tools firestore:databases:create '(default)' --location us-central1 ")


def test_an_api_that_the_deployer_may_not_enable_is_named() -> None:
    off = frozenset({"run.googleapis.com", "cloudtasks.googleapis.com"})
    facts = replace(EVERYTHING, off=off, missing=frozenset({ENABLING}))
    cure = the_only(preflight.findings(PLAN, facts)).cure
    assert cure == "gcloud services enable cloudtasks.googleapis.com run.googleapis.com --project=acme-prod"


def test_a_first_deployment_makes_a_service_account_and_a_later_one_does_not() -> None:
    parts = [FOR_NEW_ACCOUNT, *FOR_GRANTS.values()]
    lacking = frozenset(permission for part in parts for permissions in part.values() for permission in permissions)
    lacking -= ALWAYS_NEEDED
    first = preflight.findings(PLAN, replace(FRESH, missing=lacking))
    roles = [finding.cure.rpartition("=")[2] for finding in first]
    assert set(roles) == {role for part in parts for role in part}
    assert preflight.findings(PLAN, replace(EVERYTHING, missing=lacking)) == []


@pytest.mark.parametrize("level", FOR_GRANTS)
def test_a_role_that_the_service_account_lacks_needs_the_permissions_of_its_level_alone(level: Level) -> None:
    grant = Grant("roles/any", Resource(level, "any"))
    facts = replace(EVERYTHING, account=AccountRights((grant,)), missing=frozenset(PERMISSIONS) - ALWAYS_NEEDED)
    [found] = preflight.findings(PLAN, facts)
    [(role, permissions)] = FOR_GRANTS[level].items()
    assert found.cure.endswith(f"--role={role}")
    assert any(permission in found.message for permission in permissions)


def test_rights_that_can_not_be_read_stop_only_the_first_deployment() -> None:
    for unread in (
        replace(EVERYTHING, account=None, unread={"account": Refusal("Permission denied")}),
        replace(EVERYTHING, account=AccountRights(unread=Refusal("Permission denied"))),
    ):
        assert the_only(preflight.findings(PLAN, unread)).severity == "warning"
        first = preflight.findings(PLAN, replace(unread, deployed=(), sign_in=SignIn()))
        assert (the_only(first).code, the_only(first).severity) == ("not-read", "error")


def test_each_deployment_reads_who_may_call_the_functions() -> None:
    facts = replace(EVERYTHING, missing=frozenset({"run.services.getIamPolicy", "run.services.setIamPolicy"}))
    found = the_only(preflight.findings(PLAN, facts))
    assert found.message == "Your account lacks run.services.getIamPolicy. roles/run.admin has them."


def test_a_role_is_named_once_with_all_of_its_permissions() -> None:
    found = preflight.findings(PLAN, replace(FRESH, missing=frozenset(PERMISSIONS)))
    roles = [finding.cure.rpartition("=")[2] for finding in found]
    assert len(roles) == len(set(roles))
    named = " ".join(finding.message for finding in found)
    assert all(permission in named for permission in PERMISSIONS if permission != ENABLING)


def test_google_answers_for_all_permissions_and_apis_in_one_request() -> None:
    assert (
        len(PERMISSIONS) <= 100
    )  # Source: https://cloud.google.com/resource-manager/reference/rest (testIamPermissions)
    assert len(needed_apis(PLAN)) <= 30  # Source: https://cloud.google.com/service-usage/docs/reference/rest (batchGet)


@pytest.mark.parametrize(
    ("quota", "cure"),
    [
        (Quota(vcpu=21), "Set STOKER_VCPU=21 in"),
        (Quota(memory_gib=40), "Set STOKER_VCPU=12 in"),
        (Quota(vcpu=1), "https://console.cloud.google.com/iam-admin/quotas"),
    ],
    ids=str,
)
def test_a_budget_that_fits_is_named_if_there_is_one(quota: Quota, cure: str) -> None:
    assert the_only(preflight.findings(PLAN, replace(EVERYTHING, quota=quota))).cure.startswith(cure)


def test_a_quota_below_the_default_budget_is_named_with_the_budget_that_fits() -> None:
    """A new project may have a quota of less than 120 vCPU in a region."""
    plan = planned(ROOT, "acme-prod")
    [found] = headroom.quota_findings(plan, Facts(quota=Quota(vcpu=100)))
    assert (found.code, found.severity) == ("little-quota", "warning")
    assert found.cure.startswith("Set STOKER_VCPU=100 in functions/.env, and run scripts/generate.")
    assert list(headroom.quota_findings(plan, Facts(quota=Quota(vcpu=120)))) == []


@pytest.mark.parametrize(
    "origin", ["app.example.com", "https://app.example.com/", "https://a.example/page", "https://*.a"]
)
def test_a_text_that_is_no_origin_is_named(origin: str) -> None:
    origins = ("https://app.example.com", origin, "http://localhost:5173", "*")
    [found] = preflight.local_findings(replace(PLAN, origins=origins))
    assert found.code == "bad-origin"
    assert f"'{origin}'" in found.message


def test_functions_of_another_codebase_are_never_deleted() -> None:
    last = steps(Plan("PROJECT", is_alone=False))[-1]
    assert "--force" in last.arguments
    assert last.arguments[last.arguments.index("--only") + 1] == "functions:stoker"
