"""An app whose `stoker.toml` switches features off: nothing of them is deployed, asked for, or spoken of."""

import io
import json
import zipfile

import pytest

from deploy.wheel_place import WheelPlace
from stoker_tools.deploy.deployer import ENABLING
from stoker_tools.exit_codes import ExitCode

FEATURES = ("video", "speech", "analytics", "batch", "profiles", "progress")

OFF = "".join(["[features]\n", *(f"{name} = false\n" for name in FEATURES)])

REMAINING = {"dispatch_job", "on_job_deleted", "sweep_jobs", "retryJob", "deleteJob", "reconcile_outputs"}
"""The functions of an app without features: those of jobs, for types of its own."""

MEDIA = ("av", "imageio-ffmpeg", "font-source-sans-pro", "noto-cjk-sans-jp-regular", "espeakng-loader", "datasketches")

SPEECH = "texttospeech.googleapis.com"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_a_deployment_without_features(wheel_place: WheelPlace) -> None:
    place, world, root = wheel_place, wheel_place.world, wheel_place.app.root
    world.identity_platform = False
    world.off |= {SPEECH}
    (root / ".firebaserc").write_text(json.dumps({"projects": {"default": world.project}}))
    (root / "functions").mkdir()
    (root / "functions" / "stoker.toml").write_text(OFF)

    place.done("install", ".", "--yes")
    # Without profiles, this wish has no effect, so it needs no Identity Platform either.
    parameters = root / "functions" / ".env"
    parameters.write_text(parameters.read_text().replace("STOKER_BLOCKING=false", "STOKER_BLOCKING=true"))
    place.done("generate")
    world.denied |= {ENABLING}  # Then a check names each API that is needed and off.
    printed = place.done("deploy", "--check")
    world.denied -= {ENABLING}
    printed += place.done("deploy")
    assert "Identity Platform" not in printed
    assert SPEECH not in printed
    assert world.ids() == REMAINING
    assert world.blocking == {}
    asked = [call for call in world.calls if SPEECH in f"{call}{call.parameters}" or SPEECH.encode() in call.content]
    assert asked == []
    [source] = world.sources.values()
    requirements = zipfile.ZipFile(io.BytesIO(source)).read("requirements.txt").decode()
    assert [line for line in requirements.splitlines() if line.split("==")[0] in MEDIA] == []
    assert place.indexed() == {"processingJobs", "deletedJobs"}
    assert "match /users/" not in place.rules("cloud.firestore")

    assert place.diagnosis() == ["sweep-never", "no-cors"]
    watched = place.done("alerts", "--email", "ops@example.com")
    assert "the sweeper is silent" in watched
    assert "deletion" not in watched
    bill = place.done("costs")
    assert "the sweeper" in bill
    assert "the roll-up" not in bill
    refused = place.stoker("costs", "--films", "3")
    assert refused.code == ExitCode.USAGE
    assert "The feature video of this app is off" in refused.output
