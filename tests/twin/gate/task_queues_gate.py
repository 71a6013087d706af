"""Cloud Tasks: it keeps the tasks that were made. The test itself delivers them.

Source: https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks/create
"""

import re
from typing import Any

from twin.gate.functions_account import FunctionsAccount
from twin.gate.http_calls import Answer, Call, answered, denied, refused

CREATE = re.compile(r"/v2/(projects/[^/]+/locations/[^/]+/queues/([^/]+))/tasks")

ABSENT = "Queue does not exist. If you just created the queue, wait at least a minute for the queue to initialize."


def lacks(permission: str, resource: str) -> str:
    """Return the sentence with which Cloud Tasks refuses a call."""
    return (
        f'The principal (user or service account) lacks IAM permission "{permission}" for the resource "{resource}" '
        "(or the resource may not exist)."
    )


class TaskQueues:
    """The queues of a project.

    Args:
        account: The account of the functions.

    Attributes:
        queues: The names of the queues. A task for any other queue is refused.
        tasks: The tasks that were made, by their full names, as they were sent.
    """

    def __init__(self, account: FunctionsAccount) -> None:
        self.queues: set[str] = set()
        self.tasks: dict[str, dict[str, Any]] = {}
        self._account = account

    def __call__(self, call: Call) -> Answer | None:
        """Answer a call."""
        found = CREATE.fullmatch(call.path)
        if call.method != "POST" or found is None or call.query:
            return None
        task = call.json()["task"]
        if permission := self._account.lacking("CloudTasks.CreateTask", ["cloudtasks.tasks.create"]):
            return denied(lacks(permission, found[1]))
        if "oidcToken" in task["httpRequest"]:
            caller = task["httpRequest"]["oidcToken"]["serviceAccountEmail"]
            if caller != self._account.email:
                return denied(lacks("iam.serviceAccounts.actAs", caller))
            if permission := self._account.lacking("CloudTasks.CreateTask", ["iam.serviceAccounts.actAs"]):
                return denied(lacks(permission, caller))
        if found[2] not in self.queues:
            return refused(404, "NOT_FOUND", ABSENT)
        if task["name"] in self.tasks:
            return refused(409, "ALREADY_EXISTS", "Requested entity already exists")
        self.tasks[task["name"]] = task
        return answered(task)
