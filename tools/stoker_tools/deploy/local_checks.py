"""The checks of `predeploy.cjs`, which needs Node.js only: the Firebase CLI runs it before it deploys functions."""

import json
import os
import subprocess
from pathlib import Path

from stoker_tools.deploy.findings import Finding
from stoker_tools.errors import ToolError

SCRIPT = Path(__file__).with_name("predeploy.cjs")


def before_deployment(root: Path, functions: Path, project: str) -> list[Finding]:
    """Return everything on this machine that would spoil a deployment.

    Args:
        root: The directory of `.firebaserc`.
        functions: The directory of the functions.
        project: The id of the project; empty if none is named.

    Raises:
        ToolError: The checks could not run.
    """
    return _found(root, functions, "--project", project)


def before_emulators(functions: Path, project: str) -> list[Finding]:
    """Return the slips in the files of parameters that the emulators read.

    Args:
        functions: The directory of the functions.
        project: The id of the project.

    Raises:
        ToolError: The checks could not run.
    """
    return _found(functions.parent, functions, "--emulators", project)


def _found(root: Path, functions: Path, *arguments: str) -> list[Finding]:
    environment = {**os.environ, "RESOURCE_DIR": str(functions), "PROJECT_DIR": str(root)}
    line = ["node", str(SCRIPT), "--json", *arguments]
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    try:
        return [Finding(**one) for one in json.loads(done.stdout)]
    except ValueError:
        raise ToolError(f"The checks of {SCRIPT.name} have failed: {done.stderr.strip()}") from None
