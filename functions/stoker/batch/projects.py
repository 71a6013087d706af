"""Whose a project is: a task may name none but its owner's."""

from collections.abc import Collection

from stoker import config
from stoker.firestore.client import client
from stoker.firestore.deadline import patience


def not_owned(user_id: str, project_ids: Collection[str]) -> set[str]:
    """Find the projects that a user does not have: of nobody, or of someone else. Which of the two is not told.

    Args:
        user_id: The user.
        project_ids: Ids of `projects`, as a client wrote them.
    """
    projects = client().collection(config.PROJECTS)
    references = [projects.document(project_id) for project_id in project_ids]
    found = client().get_all(references, field_paths=["userId"], **patience(reads=True))
    return set(project_ids) - {project.id for project in found if (project.to_dict() or {}).get("userId") == user_id}
