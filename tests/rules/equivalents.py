"""Mutants of the rules that no test can notice, because they decide as the rules do. Each is its description."""

# A mutant is one line, as the tests print it.
# ruff: noqa: E501

INSTANTS = (
    "/databases/{database}/documents signedIn: another operator: request.time < timestamp.value(request.auth.token.exp * 1000) -> ((request.time) <= (timestamp.value(request.auth.token.exp * 1000)))",
    "/analyticsEvents/{eventId} eventCreated: another operator: event.occurredAt >= request.time - duration.value(30, 'd') -> ((event.occurredAt) > (request.time - duration.value(30, 'd')))",
    "/processingJobs/{jobId} isMeantNow: another operator: request.time <= timestamp.value(request.auth.token.auth_time * 1000) + duration.value(5, 'm') -> ((request.time) < (timestamp.value(request.auth.token.auth_time * 1000) + duration.value(5, 'm')))",
    "/processingJobs/{jobId} jobCreated: another operator: job.runAfter <= request.time + duration.value(30, 'd') -> ((job.runAfter) < (request.time + duration.value(30, 'd')))",
    "/b/{bucket}/o signedIn: another operator: request.time < timestamp.value(request.auth.token.exp * 1000) -> ((request.time) <= (timestamp.value(request.auth.token.exp * 1000)))",
)
"""They differ in a single instant, and no request can be timed so exactly."""

SAID_TWICE = (
    "/tasks/{taskId} taskUpdated: add an item: ['todo', 'in-progress', 'completed', 'cancelled'] -> ['todo', 'in-progress', 'completed', 'cancelled', 'ghost']",
    "/tasks/{taskId} taskUpdated: add an item: ['in-progress', 'todo', 'completed', 'cancelled'] -> ['in-progress', 'todo', 'completed', 'cancelled', 'ghost']",
    "/tasks/{taskId} taskUpdated: add an item: ['completed', 'todo', 'in-progress'] -> ['completed', 'todo', 'in-progress', 'ghost']",
    "/tasks/{taskId} taskUpdated: add an item: ['cancelled', 'todo'] -> ['cancelled', 'todo', 'ghost']",
)
"""The map of the status moves has an entry for every status, and taskFits refuses every other status."""

KNOWN_BY_ITS_OWNER = (
    "/tasks/{taskId} taskFits: drop a condition: (task.get('projectId', null) == null || task.projectId.matches('[A-Za-z0-9_-]{1,128}')) -> nothing",
    "/tasks/{taskId} taskFits: another text: 'projectId' -> 'xprojectId'",
    "/tasks/{taskId} taskFits: match anything: task.projectId.matches('[A-Za-z0-9_-]{1,128}') -> task.projectId.matches('(?s).*')",
)
"""An own project has an id that fits, and isInOwnProject asks for an own project."""

ASKED_FOR_ITS_KEYS = ("/processingJobs/{jobId} jobCreated: drop a condition: job.input is map -> nothing",)
"""A value that is not a map has no keys, and inputFits reads its keys."""

JOINED_BY_ANYTHING = (
    "/tasks/{taskId} taskFits: another text: '' -> 'x'",
    "/analyticsEvents/{eventId} eventCreated: another text: '' -> 'x'",
    "/adminData/{documentId} signUpSettingsFits: another text: '' -> 'x'",
)
"""A joined list has no line breaks, with any text between its items."""

EQUIVALENT = frozenset(
    (*INSTANTS, *SAID_TWICE, *KNOWN_BY_ITS_OWNER, *ASKED_FOR_ITS_KEYS, *JOINED_BY_ANYTHING),
)
