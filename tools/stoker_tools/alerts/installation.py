"""Installing metrics, policies and the dashboard in a project. A second installation updates them."""

from collections.abc import Iterator, Mapping
from typing import Any

from stoker_tools.alerts.monitoring_files import LABEL, Monitoring, Resource
from stoker_tools.deploy.google import NOT_FOUND, Google, GoogleRefusal
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode

LOGGING = "logging.googleapis.com/v2"
MONITORING = "monitoring.googleapis.com"

APIS = ("monitoring.googleapis.com", "logging.googleapis.com")

TOO_NEW = "Cannot find metric"
"""The beginning of Google's sentence about a metric that was made just now. Cloud Monitoring knows it minutes later.
Source: https://github.com/hashicorp/terraform-provider-google/issues/11102."""


class Installation:
    """An installation in a project.

    Args:
        google: The management APIs of the project.
    """

    def __init__(self, google: Google) -> None:
        self._google = google
        self._project = f"projects/{google.project}"

    def install(self, files: Monitoring, email: str) -> Iterator[str]:
        """Install everything; yield a sentence for each thing that is in place.

        Args:
            files: The metrics, the policies and the dashboard.
            email: The address that the alerts are sent to.

        Raises:
            GoogleRefusal: Google has refused a call.
            CommandError: Cloud Monitoring does not know a new metric yet.
        """
        for metric in files.metrics:
            # This call makes the metric if it does not exist.
            self._google.call("PUT", f"{LOGGING}/{self._project}/metrics/{metric['name']}", dict(metric))
            yield f"The metric {metric['name']} is in place."
        channel = self._channel(email)
        yield f"Alerts are sent to {email}."
        known = {one["userLabels"].get(LABEL): one for one in self._all("v3", "alertPolicies") if one.get("userLabels")}
        for policy in files.policies:
            self._put_policy(policy, known.get(policy["userLabels"][LABEL]), channel)
            yield f"The alert {policy['displayName']!r} is in place."
        yield self._put_dashboard(files.dashboard)

    def _channel(self, email: str) -> str:
        """Return the name of the notification channel of an e-mail address. Make it if it does not exist."""
        for channel in self._all("v3", "notificationChannels"):
            if channel.get("type") == "email" and channel.get("labels", {}).get("email_address") == email:
                return str(channel["name"])
        wanted = {"type": "email", "displayName": f"Stoker: {email}", "labels": {"email_address": email}}
        made = self._google.call("POST", f"{MONITORING}/v3/{self._project}/notificationChannels", wanted)
        return str(made["name"])

    def _put_policy(self, policy: Resource, known: Mapping[str, Any] | None, channel: str) -> None:
        channels = list(known.get("notificationChannels", [])) if known is not None else []
        wanted = {**policy, "notificationChannels": [*channels, *([] if channel in channels else [channel])]}
        try:
            if known is None:
                self._google.call("POST", f"{MONITORING}/v3/{self._project}/alertPolicies", wanted)
            else:
                self._google.call("PATCH", f"{MONITORING}/v3/{known['name']}", {**wanted, "name": known["name"]})
        except GoogleRefusal as refusal:
            if refusal.status == NOT_FOUND and refusal.message.startswith(TOO_NEW):
                raise CommandError(
                    "The metrics are new, and Cloud Monitoring does not know all of them yet. Run the same command "
                    "again in 10 minutes.",
                    ExitCode.INCOMPLETE,
                ) from None
            raise

    def _put_dashboard(self, dashboard: Resource) -> str:
        name = dashboard["displayName"]
        for known in self._all("v1", "dashboards"):
            if known.get("displayName") == name:
                wanted = {**dashboard, "name": known["name"], "etag": known.get("etag", "")}
                self._google.call("PATCH", f"{MONITORING}/v1/{known['name']}", wanted)
                return f"The dashboard {name!r} is in place."
        self._google.call("POST", f"{MONITORING}/v1/{self._project}/dashboards", dict(dashboard))
        return f"The dashboard {name!r} is in place."

    def _all(self, version: str, kind: str) -> Iterator[dict[str, Any]]:
        for page in self._google.pages(f"{MONITORING}/{version}/{self._project}/{kind}"):
            yield from page.get(kind, [])


def explained(refusal: GoogleRefusal, project: str) -> CommandError:
    """Return an error that says what a refusal means here, and what to do.

    Args:
        refusal: The refusal.
        project: The project's id.
    """
    message = f"Google has refused a call: {refusal.message.rstrip('.')}."
    if "has not been used in project" in message or "it is disabled" in message:
        return CommandError(f"{message} Run `gcloud services enable {' '.join(APIS)} --project={project}`.")
    if refusal.status == 403:
        roles = "roles/monitoring.editor and roles/logging.configWriter"
        return CommandError(f"{message} Ask an owner of {project} for {roles}.")
    return CommandError(message)
