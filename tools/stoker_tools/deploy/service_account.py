"""The service account that the functions run as: its name, and the parameter that names it to the Firebase CLI."""

from pathlib import Path

from stoker_tools.deploy.google import Google, GoogleRefusal

PARAMETER = "STOKER_SERVICE_ACCOUNT"
"""The parameter with the account's e-mail address. If it is empty, the functions run as the default account of Compute
Engine, as other functions do."""

ID = "stoker"
"""The account's name in its project."""

EXISTS = 409
"""The status of Google's refusal to make an account again."""


def own_account(project: str) -> str:
    """Return the e-mail address of the account that `stoker deploy` makes.

    Example:
        >>> own_account("acme-prod"), own_account("example.com:acme")
        ('stoker@acme-prod.iam.gserviceaccount.com', 'stoker@acme.example.com.iam.gserviceaccount.com')
    """
    # Source: https://cloud.google.com/iam/docs/service-account-types#user-managed (projects of a domain)
    domain, _, name = project.rpartition(":")
    return f"{ID}@{name}{'.' if domain else ''}{domain}.iam.gserviceaccount.com"


def make(google: Google) -> bool:
    """Make the account; return whether it is new.

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
        if refusal.status == EXISTS:
            return False
        raise
    return True


def remember(functions: Path, project: str, account: str) -> Path:
    """Write the parameter for a project, where the Firebase CLI reads it; return the file.

    Args:
        functions: The directory of the functions.
        project: The id of the project.
        account: The e-mail address of the account.
    """
    file = functions / f".env.{project}"
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    start = text if not text or text.endswith("\n") else f"{text}\n"
    comment = "# The service account of the functions. scripts/deploy has made it."
    file.write_text(f"{start}{comment}\n{PARAMETER}={account}\n", encoding="utf-8")
    return file
