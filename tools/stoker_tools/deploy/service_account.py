"""The service account that `stoker deploy` makes for the functions, and the parameter that names it."""

import re
from pathlib import Path

from stoker.identity import PARAMETER
from stoker_tools.deploy.google import Google, GoogleRefusal

ID = "stoker"
"""The account's name in its project."""

EXISTS = 409
"""The status of Google's refusal to make an account again."""


def make(google: Google) -> None:
    """Make the account, if it does not exist.

    Args:
        google: The project.

    Raises:
        GoogleRefusal: Google has refused the call.
        CommandError: Google can't be reached.
    """
    shown = {"displayName": "Stoker", "description": "The functions of Stoker run as this account."}
    try:
        address = f"iam.googleapis.com/v1/projects/{google.project}/serviceAccounts"
        google.call("POST", address, {"accountId": ID, "serviceAccount": shown})
    except GoogleRefusal as refusal:
        if refusal.status != EXISTS:
            raise


def remember(functions: Path) -> Path:
    """Write the parameter that names the account to the functions; return the file.

    Args:
        functions: The directory of the functions.
    """
    file = functions / ".env"
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    line = f"{PARAMETER}={ID}"
    pattern = rf"(?m)^[ \t]*#?[ \t]*{PARAMETER}[ \t]*=.*(?:\n|\Z)"
    found = re.search(pattern, text)
    # A later line would set the parameter again, which the check before a deployment refuses.
    others = re.sub(pattern, "", text[found.end() :]) if found else ""
    named = f"{text[: found.start()]}{line}\n{others}" if found else ""
    start = text if not text or text.endswith("\n") else f"{text}\n"
    file.write_text(named or f"{start}{line}\n", encoding="utf-8")
    return file
