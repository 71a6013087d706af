"""The database of Firestore: its location, its indexes, and fields with a TTL."""

import json
from hashlib import sha256

from twin.calls import Call, masked
from twin.google_world import World
from twin.refusals import Json, exists, invalid, not_found
from twin.routes import Routes

firestore = Routes("firestore.googleapis.com")


@firestore("GET", "/v1/projects/{project}/databases", "datastore.databases.list")
def databases(world: World, call: Call, project: str) -> Json:
    """Return the databases."""
    return {"databases": [_database(world, "(default)")] if world.database else []}


@firestore("GET", "/v1/projects/{project}/databases/{database}", "datastore.databases.getMetadata")
def database(world: World, call: Call, project: str, database: str) -> Json:
    """Return a database."""
    if world.database is None or database != "(default)":
        raise not_found(f"projects/{project}/databases/{database}")
    return _database(world, database)


def _database(world: World, database: str) -> Json:
    return {
        "name": f"projects/{world.project}/databases/{database}",
        "locationId": world.database,
        "type": "FIRESTORE_NATIVE",
        "databaseEdition": "STANDARD",
    }


@firestore("POST", "/v1/projects/{project}/databases", "datastore.databases.create")
def new_database(world: World, call: Call, project: str) -> Json:
    """Make the database. Its location can't be changed later."""
    name = f"projects/{world.project}/databases/{call.query['databaseId']}"
    if world.database is not None:
        raise exists(name)
    world.database = call.body["locationId"]
    made = _database(world, call.query["databaseId"])
    return {**world.done(name, made), "response": made}  # the CLI reads the database from this first answer


@firestore("GET", "/v1/{parent=projects/*/databases/*}/collectionGroups/-/indexes", "datastore.indexes.list")
def indexes(world: World, call: Call, parent: str) -> Json:
    """Return the composite indexes."""
    return {"indexes": list(world.indexes.values())}


@firestore("POST", "/v1/{parent=projects/*/databases/*/collectionGroups/*}/indexes", "datastore.indexes.create")
def new_index(world: World, call: Call, parent: str) -> Json:
    """Make a composite index. Firestore adds the name of the document as the last field."""
    fields = call.body["fields"]
    if len(fields) < 2:
        raise invalid("this index is not necessary, configure using single field index controls")
    if fields[-1]["fieldPath"] != "__name__":
        orders = [field["order"] for field in fields if "order" in field]
        fields = [*fields, {"fieldPath": "__name__", "order": orders[-1] if orders else "ASCENDING"}]
    index = {**call.body, "fields": fields, "density": "SPARSE_ALL", "state": "READY"}
    digest = sha256(json.dumps([parent, index], sort_keys=True).encode()).hexdigest()
    name = f"{parent}/indexes/{digest[:12]}"
    if name in world.indexes:
        raise exists(name)
    world.indexes[name] = {"name": name, **index}
    return world.done(parent, world.indexes[name])


@firestore("DELETE", "/v1/{name=projects/*/databases/*/collectionGroups/*/indexes/*}", "datastore.indexes.delete")
def delete_index(world: World, call: Call, name: str) -> Json:
    """Delete a composite index."""
    if world.indexes.pop(name, None) is None:
        raise not_found(name)
    return {}


@firestore("GET", "/v1/{parent=projects/*/databases/*}/collectionGroups/-/fields", "datastore.indexes.list")
def fields(world: World, call: Call, parent: str) -> Json:
    """Return the fields with settings of their own."""
    return {"fields": list(world.fields.values())}


@firestore("GET", "/v1/{name=projects/*/databases/*/collectionGroups/*/fields/*}", "datastore.indexes.get")
def field(world: World, call: Call, name: str) -> Json:
    """Return the settings of a field."""
    return world.fields.get(name, {"name": name, "indexConfig": {"usesAncestorConfig": True}})


@firestore("PATCH", "/v1/{name=projects/*/databases/*/collectionGroups/*/fields/*}", "datastore.indexes.update")
def changed_field(world: World, call: Call, name: str) -> Json:
    """Change the settings of a field."""
    changed = masked(world.fields.get(name, {}), call.body, call.mask) | {"name": name}
    if "ttlConfig" in changed:
        changed["ttlConfig"] = {"state": "ACTIVE"}
    world.fields[name] = changed
    return world.done(name, changed)


@firestore("GET", "/v1/{name=projects/*/databases/**}/operations/{operation}", "datastore.operations.get")
def operation(world: World, call: Call, name: str, operation: str) -> Json:
    """Return an operation."""
    return world.operation(f"{name}/operations/{operation}")
