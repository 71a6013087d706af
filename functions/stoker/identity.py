"""The service account that all functions run as."""

import os

PARAMETER = "STOKER_SERVICE_ACCOUNT"


def service_account() -> str | None:
    """Return the account of the functions, for the Firebase CLI; None for the default account of Compute Engine.

    The CLI puts the id of the project into the text. An empty text would not do for the default account: the CLI would
    then make schedules without an account.

    Example:
        >>> os.environ["STOKER_SERVICE_ACCOUNT"] = "stoker"
        >>> service_account()
        'stoker@{{ params.PROJECT_ID }}.iam.gserviceaccount.com'
    """
    named = os.environ.get(PARAMETER)
    return address(named, "{{ params.PROJECT_ID }}") if named else None


def address(name: str, project: str) -> str:
    """Return the e-mail address of an account of a project.

    Args:
        name: The name of the account in the project.
        project: The id of the project.

    Example:
        >>> address("stoker", "acme-prod")
        'stoker@acme-prod.iam.gserviceaccount.com'
    """
    return f"{name}@{project}.iam.gserviceaccount.com"
