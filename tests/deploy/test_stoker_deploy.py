"""`scripts/deploy` with the real CLI, from a checkout to the twin of Google."""

import json
import re
import shlex
import shutil
import sys
from pathlib import Path
from typing import get_args

import pytest

from conftest import missing
from deploy.checkouts import Checkout
from deploy.terminal import Run, without_terminal
from stoker_tools.deploy.deployer import ALWAYS, ENABLING, FOR_CORS, PERMISSIONS
from stoker_tools.deploy.needs import ROLES, Level
from stoker_tools.setup.environment import ROOT
from twin.google_world import World
from twin.proxy import Google
from twin.services import SERVICES

INSTALLED = """
import sys
from stoker_tools.setup import environment
environment.enter = lambda *places: None  # Everything is installed: this Python, and the packages for Node.js.
from stoker_tools.cli import stoker
sys.exit(stoker.main(["deploy", *sys.argv[1:]]))
"""

SECONDS = 200
"""The longest time for a deployment. It takes a tenth of that on a machine without other work."""

ORIGINS = "# STOKER_ORIGINS=https://app.example.com,http://localhost:5173"


@pytest.fixture
def installed(checkout: Checkout, google: Google) -> Checkout:
    """A checkout in which everything is installed, and a project with a quota for all functions."""
    google.world.vcpu = 200
    if not (ROOT / "node_modules").is_dir():
        missing("node_modules")
    (checkout.root / "node_modules").symlink_to((ROOT / "node_modules").resolve())
    (checkout.root / ".firebaserc").write_text('{"projects": {"default": "acme-prod"}}')
    return checkout


PLACE = "projects/acme-prod/locations/us-central1"
ACCOUNT = "stoker@acme-prod.iam.gserviceaccount.com"

MINE = {
    "name": f"{PLACE}/functions/mine",
    "environment": "GEN_2",
    "state": "ACTIVE",
    "url": "https://us-central1-acme-prod.cloudfunctions.net/mine",
    "labels": {"deployment-tool": "cli-firebase", "deployment-callable": "true"},
    "buildConfig": {"runtime": "nodejs22", "entryPoint": "mine", "source": {}},
    "serviceConfig": {"service": f"{PLACE}/services/mine", "uri": "https://mine.run.app", "availableMemory": "256Mi"},
}
"""A function of the app itself, in another codebase."""

OFF = {
    f"{name}.googleapis.com"
    for name in (
        *("artifactregistry", "cloudbuild", "cloudfunctions", "cloudscheduler", "cloudtasks", "eventarc", "pubsub"),
        *("run", "texttospeech"),
    )
}
"""The APIs that are off in a new project, of those that the CLI enables. The functions of the app need none of them."""

MY_INDEX = {
    "name": "projects/acme-prod/databases/(default)/collectionGroups/notes/indexes/mine",
    "queryScope": "COLLECTION",
    "state": "READY",
    "density": "SPARSE_ALL",
    "fields": [{"fieldPath": name, "order": "ASCENDING"} for name in ("owner", "made", "__name__")],
}
"""An index of the app itself, which is in no file of the checkout."""


def deploy(checkout: Checkout, google: Google, scratch: Path, *arguments: str) -> Run:
    """Run `scripts/deploy` in a checkout."""
    environment = {**google.environment(scratch), "PYTHONPATH": str(checkout.root / "tools")}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    return without_terminal([sys.executable, "-c", INSTALLED, *arguments], checkout.root, environment, SECONDS)


def needed(google: Google, after: int = 0) -> set[str]:
    """Return the permissions of all calls that Google has accepted, after a number of calls."""
    return {
        route.needs
        for call in google.world.calls[after:]
        for route in SERVICES[call.host]
        if call.status < 400 and route.method == call.method and route.path.fullmatch(call.path)
    }


def roles_by_level(world: World) -> dict[str, set[str]]:
    """Return the roles of the functions' account. It must have the same on each queue, and on each private service."""
    ours = {name: one for name, one in world.functions.items() if one["serviceConfig"].get("serviceAccountEmail")}
    assert {one["serviceConfig"]["serviceAccountEmail"] for one in ours.values()} == {ACCOUNT}
    public = ("deployment-callable", "deployment-blocking")
    private = [one["serviceConfig"]["service"] for one in ours.values() if not set(public) & set(one["labels"])]
    on = {"queue": list(world.queues), "service": private}
    [queues], [services] = ({frozenset(world.roles_of(ACCOUNT, name)) for name in names} for names in on.values())
    return {
        "project": world.roles_of(ACCOUNT),
        "bucket": world.roles_of(ACCOUNT, world.bucket_name),
        "account": world.roles_of(ACCOUNT, f"projects/acme-prod/serviceAccounts/{ACCOUNT}"),
        "queue": set(queues),
        "service": set(services),
    }


@pytest.mark.slow
def test_everything_is_deployed_at_once_and_again_beside_the_app(
    google: Google, scratch: Path, installed: Checkout
) -> None:
    world = google.world
    world.off |= OFF
    world.functions = {str(MINE["name"]): MINE}
    world.indexes = {str(MY_INDEX["name"]): MY_INDEX}
    installed.replace("functions/.env", ORIGINS, ORIGINS.removeprefix("# "))
    world.cors = [{"origin": ["https://admin.example.com"], "method": ["PUT"], "responseHeader": ["Content-Type"]}]
    first = deploy(installed, google, scratch)
    assert first.code == 0, first.output
    assert "Nothing is missing." in first.output
    assert world.off == {"runtimeconfig.googleapis.com"}
    assert first.output.endswith("Everything is deployed. scripts/doctor looks whether it runs.\n")
    assert {"videoprocessing", "retryJob", "sweep_jobs"} <= world.ids("us-central1")
    assert world.function("mine") == MINE
    assert roles_by_level(world) == {
        level: {role.name for role in ROLES if role.level == level} for level in get_args(Level)
    }
    assert "\nSTOKER_SERVICE_ACCOUNT=stoker\n" in (installed.functions / ".env").read_text()
    assert "functions/.env and functions/functions.yaml name the account now. Commit both files." in first.output
    assert MY_INDEX["name"] in world.indexes
    assert len(world.indexes) > 1
    assert len(world.releases) == 2
    assert all(one["cleanupPolicies"] for one in world.repositories.values())
    assert [one["origin"] for one in world.cors] == [
        ["https://app.example.com", "http://localhost:5173"],
        ["https://admin.example.com"],
    ]
    # The preflight asks for each permission that the calls need, but for those to read what it can do without.
    optional = {"", "resourcemanager.projects.get", "serviceusage.quotas.get", "cloudtasks.queues.list"}
    optional |= {name for name in needed(google) if name.startswith(("artifactregistry.", "compute."))}
    assert needed(google) - optional <= set(PERMISSIONS)

    before, calls_before = len(world.writes()), len(world.calls)
    world.denied = {"iam.serviceAccounts.create", "resourcemanager.projects.setIamPolicy", "run.services.setIamPolicy"}
    again = deploy(installed, google, scratch, "--json")
    assert again.code == 0, again.output
    printed = json.loads(again.output[again.output.rindex("\n{\n") :])
    assert printed == {
        "project": "acme-prod",
        "region": "us-central1",
        "findings": [],
        "deployed": ["firestore", "storage", "functions"],
        "cors": "unchanged",
    }
    # Making a service identity again needs no permission: https://cloud.google.com/iam/docs/create-service-agents
    optional |= {ENABLING, "firebaseauth.configs.get"}
    optional |= {name for name in needed(google) if name.endswith(".getIamPolicy")}
    later = {permission for part in (ALWAYS, FOR_CORS) for names in part.values() for permission in names}
    assert needed(google, calls_before) - optional <= later
    made_anew = ("/releases/", ":generateServiceIdentity")  # by the CLI, at each deployment
    assert [call for call in world.writes()[before:] if not any(part in call for part in made_anew)] == []


@pytest.mark.slow
def test_nothing_is_deployed_if_something_is_missing(google: Google, scratch: Path, installed: Checkout) -> None:
    world = google.world
    world.without_blaze()
    world.database, world.bucket = None, None
    world.denied = {ENABLING}
    installed.replace("functions/.env", "STOKER_REGION=us-central1", "STOKER_REGION=europe-west1")
    installed.replace(
        "functions/stoker/functions.py",
        "max_instances=4,\n)\ndef dispatch_job",
        "max_instances=5,\n)\ndef dispatch_job",
    )
    run = deploy(installed, google, scratch)
    assert run.code == 1, run.output
    codes = re.findall(r"^(?:error|warning) +([a-z-]+): ", run.output, re.MULTILINE)
    assert codes == ["stale-manifest", "no-blaze", "api-off", "no-database", "no-bucket"]
    assert "firestore:databases:create '(default)' --location europe-west1 --project acme-prod" in run.output
    assert run.output.endswith("Nothing was deployed.\n")
    assert world.writes() == []
    [cure] = re.findall(r"npx firebase-tools (firestore:databases:create .*)", run.output)
    assert installed.firebase(google, scratch, *shlex.split(cure)).code == 0
    assert world.database == "europe-west1"


@pytest.mark.slow
def test_a_check_in_an_app_deploys_nothing_and_reports_as_json(
    google: Google, scratch: Path, installed: Checkout
) -> None:
    """The app has functions and rules of its own, and none of Stoker's pages and clients."""
    google.world.database = "eur3"
    google.world.vcpu = 100  # less than the default budget, as in many new projects
    settings = json.loads((installed.root / "firebase.json").read_text())
    installed.functions.rename(installed.root / "backend")
    settings["functions"] = [{"source": "functions"}, {**settings["functions"][0], "source": "backend"}]
    (installed.root / "rules").rename(installed.root / "security")
    settings["firestore"]["rules"], settings["storage"]["rules"] = "security/firestore.rules", "security/storage.rules"
    (installed.root / "firebase.json").write_text(json.dumps(settings))
    for folder in ("docs", "clients"):
        shutil.rmtree(installed.root / folder)
    run = deploy(installed, google, scratch, "--check", "--json")
    assert run.code == 0, run.output
    printed = json.loads(run.output[run.output.rindex("\n{\n") :])
    assert [one["code"] for one in printed["findings"]] == ["not-compared", "far-database", "no-cors", "little-quota"]
    assert {"message", "cure", "severity"} <= printed["findings"][0].keys()
    assert google.world.writes() == []


@pytest.mark.slow
def test_without_a_login_the_list_says_so(google: Google, scratch: Path, installed: Checkout) -> None:
    environment = {name: value for name, value in google.environment(scratch).items() if name != "FIREBASE_TOKEN"}
    environment["PYTHONPATH"] = str(installed.root / "tools")
    run = without_terminal([sys.executable, "-c", INSTALLED, "--check"], installed.root, environment, SECONDS)
    assert run.code == 1, run.output
    assert "error    no-login: The Firebase CLI has no login" in run.output
    google.world.unknown.clear()


@pytest.mark.soak
def test_a_change_of_the_region_needs_an_agreement_and_moves_the_functions(
    google: Google, scratch: Path, installed: Checkout
) -> None:
    world = google.world
    assert deploy(installed, google, scratch).code == 0
    functions, writes = world.ids("us-central1"), len(world.writes())
    installed.replace("functions/.env", "STOKER_REGION=us-central1", "STOKER_REGION=us-east1")
    refused = deploy(installed, google, scratch)
    assert refused.code == 1, refused.output
    assert (
        "error    other-region: The deployment makes the functions in us-east1, and deletes those in us-central1: "
        f"{', '.join(sorted(functions))}. It turns off the queues accountdeletion, audiogeneration, batchoperation, "
        "videoprocessing: the tasks in them do not run any more."
    ) in refused.output
    assert refused.output.endswith("Nothing was deployed.\n")
    assert len(world.writes()) == writes
    moved = deploy(installed, google, scratch, "--allow-deletions")
    assert moved.code == 0, moved.output
    assert "warning  other-region: " in moved.output
    assert world.ids("us-east1") == functions
    assert world.ids("us-central1") == set()
    states = {(name.split("/")[3], queue["state"]) for name, queue in world.queues.items()}
    assert states == {("us-central1", "DISABLED"), ("us-east1", "RUNNING")}


@pytest.mark.soak
def test_a_deployer_who_may_not_make_the_service_account_is_stopped_in_time(
    google: Google, scratch: Path, installed: Checkout
) -> None:
    google.world.denied = {"resourcemanager.projects.setIamPolicy"}
    google.world.vcpu = 20
    run = deploy(installed, google, scratch)
    assert run.code == 1, run.output
    assert "no-permission: Your account lacks resourcemanager.projects.setIamPolicy." in run.output
    assert "--role=roles/resourcemanager.projectIamAdmin" in run.output
    assert "over-quota: Cloud Run refuses videoprocessing in us-central1" in run.output
    assert google.world.writes() == []


@pytest.mark.soak
def test_functions_leave_an_account_that_the_cli_had_made(google: Google, scratch: Path, installed: Checkout) -> None:
    """Earlier manifests had `requiredRoles`, by which the CLI makes an account, and gives it roles on the project."""
    settings = (installed.root / "firebase.json").read_text()
    manifest = (installed.functions / "functions.yaml").read_text()
    without_checks = {**json.loads(settings), "functions": [{**json.loads(settings)["functions"][0], "predeploy": []}]}
    (installed.root / "firebase.json").write_text(json.dumps(without_checks))
    with_roles = manifest.replace("params:\n", "requiredRoles:\n- roles/datastore.user\nparams:\n", 1)
    (installed.functions / "functions.yaml").write_text(with_roles)
    assert installed.deploy(google, scratch, "--force").code == 0
    [managed] = google.world.service_accounts
    assert managed.startswith("firebase-fn-")
    (installed.root / "firebase.json").write_text(settings)
    (installed.functions / "functions.yaml").write_text(manifest)
    run = deploy(installed, google, scratch)
    assert run.code == 0, run.output
    assert list(google.world.service_accounts) == [ACCOUNT]
    callers = {job["httpTarget"]["oidcToken"]["serviceAccountEmail"] for job in google.world.schedules.values()}
    assert callers == {ACCOUNT}
    assert roles_by_level(google.world)["queue"] == {"roles/cloudtasks.enqueuer"}


@pytest.mark.soak
def test_if_a_function_fails_the_others_have_their_roles(google: Google, scratch: Path, installed: Checkout) -> None:
    google.world.broken = {"on_user_created"}
    run = deploy(installed, google, scratch)
    assert run.code == 3, run.output
    assert "Build failed" in run.output
    assert {"videoprocessing", "dispatch_job"} <= google.world.ids() - {"on_user_created"}
    roles = roles_by_level(google.world)
    assert (roles["queue"], roles["service"]) == ({"roles/cloudtasks.enqueuer"}, {"roles/run.invoker"})
