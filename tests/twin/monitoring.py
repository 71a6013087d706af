"""Cloud Monitoring and Cloud Logging: log-based metrics, alert policies, notification channels and dashboards."""

import re

from twin.calls import Call
from twin.google_world import World
from twin.refusals import Json, Refused, invalid, not_found
from twin.routes import Routes

monitoring = Routes("monitoring.googleapis.com")
logging = Routes("logging.googleapis.com")

METRIC = re.compile(r'metric\.type="logging\.googleapis\.com/user/([^"]+)"')


@logging("PUT", "/v2/projects/{project}/metrics/{metric}", "logging.logMetrics.update")
def put_metric(world: World, call: Call, project: str, metric: str) -> Json:
    """Make a metric, or change it."""
    name = f"projects/{project}/metrics/{metric}"
    world.monitoring[name] = dict(call.body)
    return world.monitoring[name]


@monitoring("GET", "/v3/projects/{project}/notificationChannels", "monitoring.notificationChannels.list")
def channels(world: World, call: Call, project: str) -> Json:
    """Return the notification channels."""
    return {"notificationChannels": _all(world, "notificationChannels")}


@monitoring("POST", "/v3/projects/{project}/notificationChannels", "monitoring.notificationChannels.create")
def new_channel(world: World, call: Call, project: str) -> Json:
    """Make a notification channel."""
    return _add(world, "notificationChannels", call.body)


@monitoring("GET", "/v3/projects/{project}/alertPolicies", "monitoring.alertPolicies.list")
def policies(world: World, call: Call, project: str) -> Json:
    """Return the alert policies."""
    return {"alertPolicies": _all(world, "alertPolicies")}


@monitoring("POST", "/v3/projects/{project}/alertPolicies", "monitoring.alertPolicies.create")
def new_policy(world: World, call: Call, project: str) -> Json:
    """Make an alert policy. Its metrics must be known, which takes minutes for a new metric."""
    _check(world, call.body)
    return _add(world, "alertPolicies", call.body)


@monitoring("PATCH", "/v3/{name=projects/*/alertPolicies/*}", "monitoring.alertPolicies.update")
def changed_policy(world: World, call: Call, name: str) -> Json:
    """Replace an alert policy."""
    _check(world, call.body)
    return _replace(world, name, call.body)


@monitoring("GET", "/v1/projects/{project}/dashboards", "monitoring.dashboards.list")
def dashboards(world: World, call: Call, project: str) -> Json:
    """Return the dashboards."""
    return {"dashboards": _all(world, "dashboards")}


@monitoring("POST", "/v1/projects/{project}/dashboards", "monitoring.dashboards.create")
def new_dashboard(world: World, call: Call, project: str) -> Json:
    """Make a dashboard."""
    return _add(world, "dashboards", {**call.body, "etag": "1"})


@monitoring("PATCH", "/v1/{name=projects/*/dashboards/*}", "monitoring.dashboards.update")
def changed_dashboard(world: World, call: Call, name: str) -> Json:
    """Replace a dashboard. The etag must be that of the stored dashboard."""
    stored = world.monitoring.get(name)
    if stored is None:
        raise not_found(name)
    if call.body.get("etag") != stored["etag"]:
        raise Refused(409, "ABORTED", "The etag is not that of the stored dashboard.")
    return _replace(world, name, {**call.body, "etag": str(int(stored["etag"]) + 1)})


def _all(world: World, kind: str) -> list[Json]:
    return [one for name, one in world.monitoring.items() if f"/{kind}/" in name]


def _add(world: World, kind: str, body: Json) -> Json:
    name = f"projects/{world.project}/{kind}/{len(world.monitoring)}"
    world.monitoring[name] = {**body, "name": name}
    return world.monitoring[name]


def _replace(world: World, name: str, body: Json) -> Json:
    if name not in world.monitoring:
        raise not_found(name)
    world.monitoring[name] = {**body, "name": name}
    return world.monitoring[name]


def _check(world: World, policy: Json) -> None:
    for condition in policy["conditions"]:
        [kind] = set(condition) - {"displayName"}
        for metric in METRIC.findall(condition[kind]["filter"]):
            known = f"projects/{world.project}/metrics/{metric}" in world.monitoring
            if not known or metric in world.unknown_metrics:
                raise Refused(
                    404,
                    "NOT_FOUND",
                    f'Cannot find metric(s) that match type = "logging.googleapis.com/user/{metric}". If a metric was '
                    "created recently, it could take up to 10 minutes to become available. Please try again soon.",
                )
    for name in policy.get("notificationChannels", []):
        if name not in world.monitoring:
            raise invalid(f"Field alert_policy.notification_channels had an invalid value of {name}.")
