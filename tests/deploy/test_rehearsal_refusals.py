"""`firebase deploy` where Google, the CLI or the checks before it refuse: each time a sentence names the cause."""

from pathlib import Path

import pytest

from deploy.checkouts import Checkout
from deploy.deployments import QUESTIONS
from twin.proxy import Google

ON = ("STOKER_BLOCKING=false", "STOKER_BLOCKING=true")


@pytest.mark.slow
def test_the_checks_before_a_deployment_stop_it_before_anything_is_asked(
    google: Google, scratch: Path, checkout: Checkout
) -> None:
    checkout.replace("functions/.env", "STOKER_REGION=us-central1", "STOKER_REGION=nowhere")
    checkout.replace(
        "functions/stoker/functions.py",
        "max_instances=4,\n)\ndef dispatch_job",
        "max_instances=5,\n)\ndef dispatch_job",
    )
    (checkout.functions / ".env.demo-stoker").write_text("STOKER_REGON=us-east1\n")
    run = checkout.firebase(google, scratch, "deploy", "--non-interactive")  # to the project of .firebaserc
    assert run.code == 1, run.output
    assert "no-project: demo-stoker exists only in the emulator suite." in run.output
    assert "stale-manifest: functions.yaml is stale" in run.output
    assert "unknown-parameter: functions/.env.demo-stoker, line 1, sets STOKER_REGON" in run.output
    assert "bad-region: STOKER_REGION is 'nowhere', which is no region of Cloud Functions." in run.output
    assert google.world.writes() == []
    google.world.unknown.clear()


@pytest.mark.slow
def test_a_script_deploys_everything_the_first_time_and_ends_with_the_sentence_about_old_images(
    google: Google, scratch: Path, checkout: Checkout
) -> None:
    run = checkout.deploy(google, scratch)
    assert run.code == 1, run.output
    assert run.error.strip().startswith("Functions successfully deployed but could not set up cleanup policy")
    assert {"videoprocessing", "retryJob", "sweep_jobs"} <= google.world.ids("us-central1")
    cure = ("functions:artifacts:setpolicy", "--location", "us-central1", "--days", "1", "--force")
    assert checkout.firebase(google, scratch, *cure, "--project", google.world.project).code == 0
    assert checkout.deploy(google, scratch).code == 0


@pytest.mark.soak
def test_a_script_that_agrees_deploys_everything_at_once(google: Google, scratch: Path, checkout: Checkout) -> None:
    run = checkout.deploy(google, scratch, "--force")
    assert run.code == 0, run.output
    assert google.world.functions
    assert all("cleanupPolicies" in one for one in google.world.repositories.values())


@pytest.mark.soak
def test_the_file_of_an_alias_is_looked_at_and_read(google: Google, scratch: Path, checkout: Checkout) -> None:
    (checkout.root / ".firebaserc").write_text('{"projects": {"live": "acme-prod"}}')
    file = checkout.functions / ".env.live"
    to_alias = ("deploy", "--non-interactive", "--force", "--only", "functions", "--project", "live")
    file.write_text("STOKER_REGON=us-east1\n")
    refused = checkout.firebase(google, scratch, *to_alias)
    assert refused.code == 1, refused.output
    assert "unknown-parameter: functions/.env.live, line 1, sets STOKER_REGON" in refused.output
    file.write_text("STOKER_REGION=us-east1\n")
    run = checkout.firebase(google, scratch, *to_alias)
    assert run.code == 0, run.output
    assert "alias-env: functions/.env.live is read only if" in run.output
    assert google.world.ids("us-east1")
    assert google.world.ids("us-central1") == set()
    (checkout.functions / ".env.acme-prod").write_text("STOKER_REGION=us-east1\n")
    both = checkout.firebase(google, scratch, *to_alias)
    assert both.code == 1, both.output
    assert (
        "alias-env: functions/.env.live has the name of an alias, and there is functions/.env.acme-prod" in both.output
    )


@pytest.mark.soak
def test_no_blaze(google: Google, scratch: Path, checkout: Checkout) -> None:
    google.world.without_blaze()
    run = checkout.deploy(google, scratch, "--force")
    assert run.code == 1, run.output
    assert "must be on the Blaze (pay-as-you-go) plan" in run.error
    assert f"https://console.firebase.google.com/project/{google.world.project}/usage/details" in run.error
    assert google.world.writes() == []


@pytest.mark.soak
def test_blocking_functions_without_identity_platform(google: Google, scratch: Path, checkout: Checkout) -> None:
    google.world.identity_platform = False
    checkout.replace("functions/.env", *ON)
    run = checkout.deploy(google, scratch, "--force")
    assert run.code != 0, run.output
    assert "Blocking Functions may only be configured for GCIP projects." in run.output
    assert google.world.blocking == {}


@pytest.mark.soak
def test_blocking_functions_with_identity_platform(google: Google, scratch: Path, checkout: Checkout) -> None:
    checkout.replace("functions/.env", *ON)
    run = checkout.deploy(google, scratch, answers=QUESTIONS)
    assert run.code == 0, run.output
    triggers = google.world.blocking["triggers"]
    for name, trigger in {"before_created": "beforeCreate", "before_signed_in": "beforeSignIn"}.items():
        assert triggers[trigger]["functionUri"] == google.world.function(name)["url"]


@pytest.mark.soak
def test_a_quota_that_is_too_small(google: Google, scratch: Path, checkout: Checkout) -> None:
    google.world.vcpu = 20
    run = checkout.deploy(google, scratch, "--force")
    assert run.code == 2, run.output
    assert "Your current project quotas don't allow for the current max instances setting of" in run.output
    assert "videoprocessing" not in google.world.ids()
    assert "retryJob" in google.world.ids()


@pytest.mark.soak
def test_an_api_that_is_off(google: Google, scratch: Path, checkout: Checkout) -> None:
    google.world.off.add("texttospeech.googleapis.com")
    run = checkout.deploy(google, scratch)
    assert run.code == 1, run.output
    assert "Must enable required APIs to deploy." in run.error
    assert google.world.writes() == []
    assert checkout.deploy(google, scratch, "--force").code == 0
    assert "texttospeech.googleapis.com" not in google.world.off


@pytest.mark.soak
def test_no_bucket(google: Google, scratch: Path, checkout: Checkout) -> None:
    google.world.bucket = None
    run = checkout.deploy(google, scratch, "--force")
    assert run.code == 1, run.output
    assert "Firebase Storage has not been set up" in run.error
    assert google.world.writes() == []


@pytest.mark.soak
def test_no_database_is_made_in_a_place_that_nobody_chose(google: Google, scratch: Path, checkout: Checkout) -> None:
    google.world.database = None
    checkout.deploy(google, scratch)
    assert google.world.database == "nam5"  # the CLI asks nobody, so `stoker deploy` looks first
