"""A made-up next version of Stoker, with a change in each kind of thing that an update renews."""

from pathlib import Path

from source_copy import source_copy
from stoker_tools.cli.build import build
from stoker_tools.setup.app_root import version

OLD = version()
NEW = "99.2.0"

RULE = "allow delete: if isOwner(resource.data.userId) && resource.data.status != 'in-progress';"
"""The changed rule: nobody deletes a task that is in progress."""

FIELD = "energy"
"""The new field of a task. Clients may write it."""

PREDEPLOY = "// The checks of the next version.\n"

INDEX = {
    "collectionGroup": "tasks",
    "queryScope": "COLLECTION",
    "fields": [
        {"fieldPath": "userId", "order": "ASCENDING"},
        {"fieldPath": FIELD, "order": "DESCENDING"},
    ],
}
"""The new index."""

QUERY = f"""
TASKS_BY_ENERGY = DeclaredQuery(tasks, where=equal("userId"), order=[descending("{FIELD}")], leaves_out=["{FIELD}"])

"""

CHANGES = (
    ("pyproject.toml", f'\nversion = "{OLD}"\n', f'\nversion = "{NEW}"\n'),
    ("functions/stoker/queries/declared.py", "\ndef tasks_of(", f"{QUERY}\ndef tasks_of("),
    (
        "functions/stoker/models/task.py",
        "    project_id: Annotated[DocumentId | None, CLIENT] = None\n",
        "    project_id: Annotated[DocumentId | None, CLIENT] = None\n"
        f"    {FIELD}: Annotated[int | None, CLIENT, Field(ge=1, le=5)] = None\n",
    ),
    (
        "functions/stoker/models/task.py",
        "        project_id: The id of the user's project that the task belongs to.\n",
        "        project_id: The id of the user's project that the task belongs to.\n"
        f"        {FIELD}: The energy that the task needs.\n",
    ),
    ("rules/firestore.rules", "allow delete: if isOwner(resource.data.userId);", RULE),
    ("tools/stoker_tools/deploy/predeploy.cjs", '"use strict";\n', f'{PREDEPLOY}"use strict";\n'),
)
"""The changes: the file, a text that is there, and the text in its place. The first such text is changed."""


def newer_wheel(directory: Path) -> Path:
    """Build the wheel of the tools of the next version; return its path.

    Args:
        directory: An empty directory.
    """
    copy = source_copy(directory / "source")
    for name, before, after in CHANGES:
        file = copy / name
        text = file.read_text()
        assert before in text, f"{name} has no {before!r} any more: choose another change."
        file.write_text(text.replace(before, after, 1))
    return build(copy, directory / "wheels")[1]
