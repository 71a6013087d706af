"""Artifact Registry: the repository that holds the images of the functions, and its clean-up policy."""

from twin.calls import Call, masked
from twin.google_world import World
from twin.refusals import Json, not_found
from twin.routes import Routes

artifacts = Routes("artifactregistry.googleapis.com")


def with_repository(world: World, parent: str) -> None:
    """Make the repository of the functions in a location if it is missing, as the first build there does."""
    name = f"{parent}/repositories/gcf-artifacts"
    world.repositories.setdefault(name, {"name": name, "format": "DOCKER"})


@artifacts("GET", "/v1/{name=projects/*/locations/*/repositories/*}", "artifactregistry.repositories.get")
def repository(world: World, call: Call, name: str) -> Json:
    """Return a repository."""
    if name not in world.repositories:
        raise not_found(name)
    return world.repositories[name]


@artifacts("PATCH", "/v1/{name=projects/*/locations/*/repositories/*}", "artifactregistry.repositories.update")
def changed_repository(world: World, call: Call, name: str) -> Json:
    """Change a repository."""
    if name not in world.repositories:
        raise not_found(name)
    world.repositories[name] = masked(world.repositories[name], call.body, call.mask)
    return world.repositories[name]
