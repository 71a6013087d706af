"""A project in which nothing is wrong, as facts that a test may spoil."""

from datetime import UTC, datetime, timedelta
from typing import Any

from stoker.firestore.documents import StoredDocument
from stoker_tools.deploy.deployed_function import DeployedFunction
from stoker_tools.deploy.facts import Bucket
from stoker_tools.deploy.grants import Resource, resources, with_roles
from stoker_tools.deploy.needs import ROLES
from stoker_tools.doctor.expected import Endpoint, Expected
from stoker_tools.doctor.place import Place

NOW = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
REGION = "europe-west1"
ACCOUNT = "stoker@acme-prod.iam.gserviceaccount.com"
PLACE = Place("acme-prod", REGION, NOW)

CORS = {"origin": ["*"], "method": ["GET"], "responseHeader": ["Range", "content-range"]}

WANTED = Expected(
    endpoints=(
        Endpoint("sweep_jobs", REGION, "schedule"),
        Endpoint("videoprocessing", REGION, "queue"),
        Endpoint("retryJob", REGION, "client"),
    ),
    codebase="stoker",
    indexes={
        "indexes": [
            {
                "collectionGroup": "tasks",
                "queryScope": "COLLECTION",
                "fields": [
                    {"fieldPath": "userId", "order": "ASCENDING"},
                    {"fieldPath": "createdAt", "order": "DESCENDING"},
                ],
            }
        ],
        "fieldOverrides": [
            {"collectionGroup": "callCounts", "fieldPath": "expiresAt", "ttl": True, "indexes": []},
            {
                "collectionGroup": "completions",
                "fieldPath": "userId",
                "indexes": [{"order": "ASCENDING", "queryScope": "COLLECTION_GROUP"}],
            },
        ],
    },
    rules={"cloud.firestore": "allow read;\n", "firebase.storage": "allow get;\n"},
    version="0123456789ab",
)


def healthy() -> dict[str, Any]:
    """Return all facts of the project."""
    database = "projects/acme-prod/databases/(default)/collectionGroups"
    tasks, completions = f"{database}/tasks/indexes/1", f"{database}/completions/fields/userId"
    return {
        "functions": [
            DeployedFunction(one.name, REGION, "ACTIVE", "stoker", "hash", ACCOUNT) for one in WANTED.endpoints
        ],
        "schedules": [
            {
                "name": f"projects/acme-prod/locations/{REGION}/jobs/firebase-schedule-sweep_jobs-{REGION}",
                "state": "ENABLED",
            }
        ],
        "queues": {"videoprocessing": "RUNNING"},
        "indexes": [
            {
                "name": tasks,
                "queryScope": "COLLECTION",
                "state": "READY",
                "fields": [*WANTED.indexes["indexes"][0]["fields"], {"fieldPath": "__name__", "order": "DESCENDING"}],
            }
        ],
        "fields": [
            {"name": f"{database}/callCounts/fields/expiresAt", "ttlConfig": {"state": "ACTIVE"}, "indexConfig": {}},
            {
                "name": completions,
                "indexConfig": {
                    "indexes": [
                        {
                            "queryScope": "COLLECTION_GROUP",
                            "state": "READY",
                            "fields": [{"fieldPath": "userId", "order": "ASCENDING"}],
                        }
                    ]
                },
            },
        ],
        "policies": policies(ACCOUNT, *(role.name for role in ROLES)),
        "bucket": Bucket("acme-prod.firebasestorage.app", "EU", (CORS,)),
        "rules": {"cloud.firestore": "allow read;", "firebase.storage": "allow get;\r\n"},
        "sweep": {"updatedAt": NOW - timedelta(seconds=40), "version": WANTED.version, "due": {"after": None}},
        "settings": {},
        "keyring": NOW - timedelta(days=399),
        "waiting": [],
        "lapsed": [],
        "failed": [],
        "used": (12, 3600.0),
    }


def policies(account: str, *roles: str) -> dict[Resource, dict[str, Any]]:
    """Return the policies of everything on which an account needs roles. It has some roles, each at its level."""
    place = f"projects/acme-prod/locations/{REGION}"
    found = resources(
        "acme-prod",
        account,
        "acme-prod.firebasestorage.app",
        queues=[f"{place}/queues/videoprocessing"],
        services=[f"{place}/services/{name}" for name in ("sweep-jobs", "videoprocessing")],
    )
    levels = {role.name: role.level for role in ROLES}
    return {
        one: with_roles({}, [role for role in roles if levels.get(role, "project") == one.level], account)
        for one in found
    }


def job(name: str = "one", written: datetime = NOW - timedelta(hours=3), **fields: Any) -> StoredDocument:
    """Return a job's document, which was last written at a time."""
    usual = {"type": "video-processing", "stage": "queued", "createdAt": NOW - timedelta(hours=3)}
    return StoredDocument(f"processingJobs/{name}", {**usual, **fields}, written)
