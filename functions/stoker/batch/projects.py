"""The check that projects belong to a task's owner. A task may not name another user's project."""

from collections.abc import Collection

from stoker import config
from stoker.firestore.client import client
from stoker.firestore.deadline import patience


def not_owned(user_id: str, project_ids: Collection[str]) -> set[str]:
    """Return the ids that name no project of a user.

    The result does not distinguish missing projects from projects of other users, so that users can't search for these.

    Args:
        user_id: The uid of the user.
        project_ids: The ids, as a client wrote them.
    """
    projects = client().collection(config.PROJECTS)
    references = [projects.document(project_id) for project_id in project_ids]
    found = client().get_all(references, field_paths=["userId"], **patience(reads=True))
    return set(project_ids) - {project.id for project in found if (project.to_dict() or {}).get("userId") == user_id}
