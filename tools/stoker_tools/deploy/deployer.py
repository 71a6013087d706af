"""The permissions and the APIs that a deployment needs, beside those of the deployed functions.

They were taken from the source of the Firebase CLI, version 15.34.2: `lib/deploy/index.js`, `lib/deploy/functions`,
`lib/rulesDeploy.js` and `lib/gcp`.
"""

from collections.abc import Mapping

from stoker_tools.deploy.deployment_plan import Plan
from stoker_tools.deploy.needs import Level

ALWAYS: Mapping[str, tuple[str, ...]] = {
    "roles/firebase.viewer": ("firebase.projects.get",),
    "roles/datastore.indexAdmin": (
        *("datastore.databases.getMetadata", "datastore.indexes.create", "datastore.indexes.delete"),
        *("datastore.indexes.list", "datastore.indexes.update"),
    ),
    "roles/firebaserules.admin": (
        *("firebaserules.releases.create", "firebaserules.releases.list", "firebaserules.releases.update"),
        *("firebaserules.rulesets.create", "firebaserules.rulesets.get", "firebaserules.rulesets.test"),
    ),
    "roles/firebasestorage.viewer": ("firebasestorage.defaultBucket.get",),
    "roles/cloudfunctions.admin": (
        *("cloudfunctions.functions.create", "cloudfunctions.functions.delete", "cloudfunctions.functions.get"),
        *("cloudfunctions.functions.list", "cloudfunctions.functions.sourceCodeSet"),
        *("cloudfunctions.functions.update", "cloudfunctions.operations.get"),
    ),
    "roles/run.admin": ("run.services.getIamPolicy",),  # To see who may call a scheduled or blocking function.
    "roles/cloudtasks.queueAdmin": (
        *("cloudtasks.queues.create", "cloudtasks.queues.get", "cloudtasks.queues.getIamPolicy"),
        *("cloudtasks.queues.list", "cloudtasks.queues.update"),
    ),
    "roles/cloudscheduler.admin": (
        *("cloudscheduler.jobs.create", "cloudscheduler.jobs.delete", "cloudscheduler.jobs.get"),
        *("cloudscheduler.jobs.list", "cloudscheduler.jobs.update"),
    ),
    "roles/iam.serviceAccountUser": ("iam.serviceAccounts.actAs", "iam.serviceAccounts.get"),
    "roles/serviceusage.serviceUsageConsumer": ("serviceusage.services.get", "serviceusage.services.use"),
}
"""The permissions of every deployment, by a role that has them."""

FOR_NEW_FUNCTIONS: Mapping[str, tuple[str, ...]] = {
    "roles/cloudfunctions.admin": ("cloudfunctions.functions.setIamPolicy",),
    "roles/run.admin": ("run.services.setIamPolicy",),
}
"""The permissions to let clients, queues, schedules and events call a function that is new."""

FOR_NEW_ACCOUNT: Mapping[str, tuple[str, ...]] = {"roles/iam.serviceAccountAdmin": ("iam.serviceAccounts.create",)}
"""The permissions to make the functions' service account."""

FOR_GRANTS: Mapping[Level, Mapping[str, tuple[str, ...]]] = {
    "project": {
        "roles/resourcemanager.projectIamAdmin": (
            *("resourcemanager.projects.getIamPolicy", "resourcemanager.projects.setIamPolicy"),
        )
    },
    "bucket": {"roles/storage.admin": ("storage.buckets.getIamPolicy", "storage.buckets.setIamPolicy")},
    "account": {
        "roles/iam.serviceAccountAdmin": ("iam.serviceAccounts.getIamPolicy", "iam.serviceAccounts.setIamPolicy")
    },
    "queue": {"roles/cloudtasks.queueAdmin": ("cloudtasks.queues.getIamPolicy", "cloudtasks.queues.setIamPolicy")},
    "service": {"roles/run.admin": ("run.services.getIamPolicy", "run.services.setIamPolicy")},
}
"""The permissions to give roles to this account, by the level of the roles."""

FOR_BLOCKING: Mapping[str, tuple[str, ...]] = {
    "roles/firebaseauth.admin": ("firebaseauth.configs.get", "firebaseauth.configs.update"),
}
"""The permissions to let Firebase Auth call blocking functions."""

FOR_CORS: Mapping[str, tuple[str, ...]] = {"roles/storage.admin": ("storage.buckets.get", "storage.buckets.update")}
"""The permissions to set the CORS configuration of the bucket."""

ENABLING = "serviceusage.services.enable"
"""The permission to enable an API. The role `roles/serviceusage.serviceUsageAdmin` has it."""

PERMISSIONS = sorted(
    {
        ENABLING,
        *(
            permission
            for part in (ALWAYS, FOR_NEW_FUNCTIONS, FOR_NEW_ACCOUNT, *FOR_GRANTS.values(), FOR_BLOCKING, FOR_CORS)
            for permissions in part.values()
            for permission in permissions
        ),
    }
)
"""Every permission that may be needed."""

NOT_ENABLED_BY_THE_CLI = ("cloudresourcemanager.googleapis.com", "iam.googleapis.com")
"""The APIs for the functions' service account. The CLI does not enable them."""

OF_THE_CLI = (
    *("artifactregistry.googleapis.com", "cloudbuild.googleapis.com", "cloudfunctions.googleapis.com"),
    *("firebaserules.googleapis.com", "firebasestorage.googleapis.com", "pubsub.googleapis.com"),
    "run.googleapis.com",
)
"""The APIs that the CLI calls, beside those of `functions.yaml`. It enables them."""


def needed_apis(plan: Plan) -> list[str]:
    """Return every API that a deployment needs. Service Usage answers for 30 of them in one request.

    Args:
        plan: The deployment. Its functions need no API of a feature that is off.
    """
    return sorted({*NOT_ENABLED_BY_THE_CLI, *OF_THE_CLI, *plan.apis})
