"""Cloud Storage: the default bucket with its CORS configuration, and uploads of source archives."""

from twin.calls import Call, masked
from twin.google_world import World
from twin.policies import policy_of, replaced
from twin.refusals import Json, Refused, not_found
from twin.routes import Routes

storage = Routes("storage.googleapis.com")
firebase_storage = Routes("firebasestorage.googleapis.com")


@firebase_storage("GET", "/v1alpha/projects/{project}/defaultBucket", "firebasestorage.defaultBucket.get")
def default_bucket(world: World, call: Call, project: str) -> Json:
    """Return the default bucket."""
    if world.bucket is None:
        raise not_found(f"projects/{project}/defaultBucket")
    return {
        "name": f"projects/{project}/defaultBucket",
        "location": world.bucket,
        "bucket": {"name": f"projects/{world.number}/buckets/{world.bucket_name}"},
    }


def _bucket(world: World, bucket: str) -> Json:
    if world.bucket is None or bucket != world.bucket_name:
        raise not_found(f"b/{bucket}")
    kept = {"retentionPolicy": {"retentionPeriod": str(world.retention)}} if world.retention else {}
    return {"name": bucket, "location": world.bucket, "projectNumber": world.number, "cors": world.cors, **kept}


@storage("GET", "/storage/v1/b/{bucket}", "storage.buckets.get")
def bucket(world: World, call: Call, bucket: str) -> Json:
    """Return a bucket."""
    return _bucket(world, bucket)


@storage("PATCH", "/storage/v1/b/{bucket}", "storage.buckets.update")
def changed_bucket(world: World, call: Call, bucket: str) -> Json:
    """Change a bucket."""
    world.cors = masked(_bucket(world, bucket), call.body, []).get("cors", [])
    return _bucket(world, bucket)


@storage("GET", "/storage/v1/b/{bucket}/iam", "storage.buckets.getIamPolicy")
def bucket_policy(world: World, call: Call, bucket: str) -> Json:
    """Return the policy of a bucket."""
    return policy_of(world, _bucket(world, bucket)["name"])


@storage("PUT", "/storage/v1/b/{bucket}/iam", "storage.buckets.setIamPolicy")
def set_bucket_policy(world: World, call: Call, bucket: str) -> Json:
    """Replace the policy of a bucket."""
    try:
        world.policies[bucket] = replaced(world, bucket_policy(world, call, bucket), call.body)
    except Refused as refused:
        raise Refused(412, "FAILED_PRECONDITION", "Precondition Failed") if refused.code == 409 else refused from None
    return world.policies[bucket]


@storage("GET", "/storage/v1/projects/{project}/serviceAccount", "storage.buckets.get")
def service_agent(world: World, call: Call, project: str) -> Json:
    """Return the service account with which Cloud Storage works in the project."""
    return {"email_address": f"service-{world.number}@gs-project-accounts.iam.gserviceaccount.com"}


@storage("PUT", "/upload/source/{name}")
def upload(world: World, call: Call, name: str) -> Json:
    """Take an archive with the source of the functions."""
    world.sources[name] = call.content
    return {}
