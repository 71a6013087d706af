"""Every service that the twin stands for, by host."""

from twin.artifact_repositories import artifacts
from twin.buckets import firebase_storage, storage
from twin.cloud_functions import functions, run
from twin.firestore_databases import firestore
from twin.identity_platform import identity
from twin.monitoring import logging, monitoring
from twin.policies import iam
from twin.projects import billing, compute, firebase, login, resource_manager, service_usage, sign_in, tokens
from twin.rules_releases import rules
from twin.schedules import scheduler
from twin.task_queues import tasks

SERVICES = {
    routes.host: routes
    for routes in (
        *(artifacts, billing, compute, firebase, firebase_storage, firestore, functions, iam, identity, login),
        *(logging, monitoring, resource_manager, rules, run, scheduler, service_usage, sign_in, storage, tasks, tokens),
    )
}
"""The calls of each host."""
