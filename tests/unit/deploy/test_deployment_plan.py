"""The plan of a deployment, read from a checkout."""

import json
from pathlib import Path

import pytest

from stoker_tools.deploy.deployment_plan import Planned, planned, project_named, source
from stoker_tools.errors import CommandError
from stoker_tools.setup import app_root

MANIFEST = """\
endpoints:
  videoprocessing: {cpu: 2, availableMemoryMb: 8192, maxInstances: 16, taskQueueTrigger: {}}
  before_created:
    omit: "{{ params.STOKER_BLOCKING == false }}"
    maxInstances: 2
    blockingTrigger: {eventType: providers/cloud.auth/eventTypes/user.beforeCreate}
"""

VIDEO = Planned("beta-videoprocessing", cpu=2, memory_mib=8192, instances=16, is_queue=True, is_private=True)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose functions are in a folder of another name."""
    settings = {
        "functions": [{"source": "app"}, {"source": "backend", "codebase": "stoker", "prefix": "beta"}],
        "firestore": {},
    }
    (tmp_path / "firebase.json").write_text(json.dumps(settings))
    (tmp_path / ".firebaserc").write_text('{"projects": {"default": "acme-prod", "staging": "acme-staging"}}')
    (tmp_path / "backend" / "stoker").mkdir(parents=True)
    (tmp_path / "backend" / "functions.yaml").write_text(MANIFEST)
    (tmp_path / "backend" / ".env").write_text("STOKER_REGION=europe-west1\nSTOKER_BLOCKING=false\n")
    return tmp_path


def test_the_plan_is_that_of_the_folder_and_its_parameters(checkout: Path) -> None:
    plan = planned(checkout, "acme-prod")
    assert (plan.project, plan.region, plan.origins, plan.blocking) == ("acme-prod", "europe-west1", (), False)
    assert plan.functions == (VIDEO,)
    assert plan.targets == ("firestore",)
    assert not plan.is_alone


def test_a_file_of_the_project_changes_parameters(checkout: Path) -> None:
    more = "STOKER_BLOCKING=true\nSTOKER_ORIGINS=https://app.example.com, http://localhost:5173\n"
    (checkout / "backend" / ".env.acme-prod").write_text(more)
    plan = planned(checkout, "acme-prod")
    assert plan.origins == ("https://app.example.com", "http://localhost:5173")
    assert plan.functions == (
        VIDEO,
        Planned("beta-before_created", memory_mib=256, instances=2, event="beforeCreate"),
    )
    assert planned(checkout, "acme-staging").functions == (VIDEO,)


def test_a_value_is_taken_as_it_is_written(checkout: Path) -> None:
    """The Firebase CLI puts no value into another either."""
    (checkout / "backend" / ".env.acme-prod").write_text("STOKER_ORIGINS=https://${STOKER_REGION}.example.com\n")
    assert planned(checkout, "acme-prod").origins == ("https://${STOKER_REGION}.example.com",)


def test_the_names_have_no_prefix_if_firebase_json_names_none(checkout: Path) -> None:
    (checkout / "firebase.json").write_text('{"functions": {"source": "backend", "codebase": "stoker"}}')
    assert planned(checkout, "acme-prod").names == {"videoprocessing"}


@pytest.mark.parametrize(
    ("line", "region"),
    [
        ("STOKER_REGION=us-east1#near", "us-east1"),
        ("export STOKER_REGION = 'us-east1'  # near", "us-east1"),
        ('STOKER_REGION="us-\\teast1"', "us-\teast1"),
        ("STOKER_REGION='us-\\teast1'", "us-\\teast1"),
    ],
)
def test_a_value_is_read_as_the_firebase_cli_reads_it(checkout: Path, line: str, region: str) -> None:
    (checkout / "backend" / ".env.acme-prod").write_text(f"{line}\n")
    assert planned(checkout, "acme-prod").region == region


def test_without_a_manifest_nothing_is_known_of_the_functions(checkout: Path) -> None:
    (checkout / "backend" / "functions.yaml").unlink()
    assert planned(checkout, "acme-prod").functions == ()


def test_a_project_is_named_by_its_id_an_alias_or_the_default(checkout: Path) -> None:
    names = [project_named(checkout, name) for name in (None, "staging", "other-project")]
    assert names == ["acme-prod", "acme-staging", "other-project"]
    (checkout / ".firebaserc").unlink()
    assert project_named(checkout, None) == ""


@pytest.mark.parametrize(
    "entry",
    [
        '{"source": "backend"}',
        '{"source": "backend", "codebase": "web"}',
    ],
)
def test_an_entry_of_firebase_json_is_missing(entry: str, checkout: Path) -> None:
    (checkout / "firebase.json").write_text(f'{{"functions": {entry}}}')
    with pytest.raises(CommandError, match='"codebase": "stoker"'):
        source(checkout)


def test_a_parameter_names_the_service_account_of_the_functions(checkout: Path) -> None:
    assert planned(checkout, "acme-prod").account == "stoker@acme-prod.iam.gserviceaccount.com"
    file = checkout / "backend" / ".env"
    file.write_text("STOKER_SERVICE_ACCOUNT=stoker-films\n")
    assert planned(checkout, "acme-prod").account == "stoker-films@acme-prod.iam.gserviceaccount.com"


def test_only_the_account_may_call_a_function_that_no_client_calls(checkout: Path) -> None:
    more = (
        "  retryJob: {callableTrigger: {}}\n  dispatch_job: {eventTrigger: {}}\n  sweep_jobs: {scheduleTrigger: {}}\n"
    )
    (checkout / "backend" / "functions.yaml").write_text(MANIFEST + more)
    (checkout / "backend" / ".env.acme-prod").write_text("STOKER_BLOCKING=true\n")
    assert planned(checkout, "acme-prod").private == {"beta-videoprocessing", "beta-dispatch_job", "beta-sweep_jobs"}


def test_without_blocking_functions_no_identity_platform_is_needed(checkout: Path) -> None:
    """Such as if the feature `profiles` is off."""
    manifest = checkout / "backend" / "functions.yaml"
    manifest.write_text(MANIFEST.partition("  before_created")[0])
    (checkout / "backend" / ".env").write_text("STOKER_BLOCKING=true\n")
    assert not planned(checkout, "acme-prod").blocking
    manifest.write_text(MANIFEST)
    assert planned(checkout, "acme-prod").blocking


def test_the_apis_are_those_of_the_manifest(checkout: Path) -> None:
    assert "texttospeech.googleapis.com" in planned(checkout, "acme-prod").apis, "an old manifest names none"
    manifest = checkout / "backend" / "functions.yaml"
    manifest.write_text(f"requiredAPIs:\n- {{api: firestore.googleapis.com, reason: documents}}\n{MANIFEST}")
    assert planned(checkout, "acme-prod").apis == {"firestore.googleapis.com"}


def test_the_settings_of_the_app_name_the_database_and_the_bucket(checkout: Path) -> None:
    assert (planned(checkout, "acme-prod").database, planned(checkout, "acme-prod").bucket) == ("(default)", "")
    settings = checkout / "backend" / "stoker.toml"
    settings.write_text('database = "app-data"\nbucket = "app-files"\n')
    assert (planned(checkout, "acme-prod").database, planned(checkout, "acme-prod").bucket) == ("app-data", "app-files")
    settings.write_text("database = 3\n")
    with pytest.raises(CommandError, match=r"stoker\.toml has database = 3"):
        planned(checkout, "acme-prod")


def test_an_app_without_stoker_is_told_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_root, "checkout", lambda: None)
    (tmp_path / "firebase.json").write_text('{ "functions": { "source": "functions" } }')
    with pytest.raises(CommandError, match=r"Run `stoker install \.` first\."):
        planned(tmp_path, "acme-prod")
