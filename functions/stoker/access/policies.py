"""The rights to call each function. Made by scripts/generate from rules/functions.rules: change it there."""

from collections.abc import Mapping

from stoker.access.policy import CallPolicy, Invoker

CALLABLES: Mapping[str, CallPolicy] = {
    "retryJob": CallPolicy(
        signed_in=True,
        roles=("user", "moderator", "admin"),
        permissions=(),
        app_check=False,
        calls_per_minute=30,
    ),
    "deleteJob": CallPolicy(
        signed_in=True,
        roles=("user", "moderator", "admin"),
        permissions=(),
        app_check=False,
        calls_per_minute=30,
    ),
    "setRole": CallPolicy(
        signed_in=True,
        roles=("admin",),
        permissions=(),
        app_check=False,
        calls_per_minute=30,
    ),
    "ensureProfile": CallPolicy(
        signed_in=True,
        roles=("user", "moderator", "admin"),
        permissions=(),
        app_check=False,
        calls_per_minute=10,
    ),
    "deleteAccount": CallPolicy(
        signed_in=True,
        roles=("user", "moderator", "admin"),
        permissions=(),
        app_check=False,
        calls_per_minute=10,
    ),
}

INVOKERS: Mapping[str, Invoker] = {
    "on_user_created": "eventarc",
    "on_user_deleted": "eventarc",
    "before_created": "identity-platform",
    "before_signed_in": "identity-platform",
    "on_task_written": "eventarc",
    "reconcile_profiles": "cloud-scheduler",
    "reconcile_owners": "cloud-scheduler",
    "reconcile_progress": "cloud-scheduler",
    "reconcile_outputs": "cloud-scheduler",
    "dispatch_job": "eventarc",
    "on_job_deleted": "eventarc",
    "videoprocessing": "cloud-tasks",
    "audiogeneration": "cloud-tasks",
    "batchoperation": "cloud-tasks",
    "accountdeletion": "cloud-tasks",
    "sweep_jobs": "cloud-scheduler",
    "roll_up_events": "cloud-scheduler",
}
