"""Facts that could not be read, and the reasons: one finding for each reason, and one for each fact."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from stoker_tools.deploy.findings import Finding
from stoker_tools.doctor.fact_sources import SOURCES
from stoker_tools.doctor.place import Place

SILENT = HTTPStatus.GATEWAY_TIMEOUT.value
"""The status of a fact for which no answer came in time."""

QUOTA_ROLE = "roles/serviceusage.serviceUsageConsumer"
"""The role that lets a caller use the quota of a project. Google asks for it because each call names the project in
`x-goog-user-project`. Viewer and Browser do not hold it."""

READING_ROLES = ("roles/viewer", "roles/browser", "roles/storage.bucketViewer")
"""The roles that together let a caller read all facts."""

MOST_ROLES = 2
"""The most roles for single facts that are named. `READING_ROLES` take the place of more."""

API = re.compile(r"[\w-]+\.googleapis\.com")
"""The API that a sentence of Google names."""

PERMISSION = re.compile(r"[Pp]ermission '([\w.]+)'")
"""The permission that Google names in a refusal."""

SENTENCES = (
    ("login-expired", re.compile(r"invalid_grant|[Rr]eauthentication|RefreshError")),
    ("apis-off", re.compile(r"has not been used in project|it is disabled|SERVICE_DISABLED")),
    ("billing-off", re.compile(r"\b[Bb]illing\b")),
    ("quota-refused", re.compile(r"serviceusage|USER_PROJECT_DENIED", re.IGNORECASE)),
    ("no-region", re.compile(r"[Ll]ocation '?[\w/-]+'? (is )?not|'locations/[\w-]+' \(or it may not exist")),
    ("index-needed", re.compile(r"requires an index")),
    ("no-database", re.compile(r"[Dd]atabase \S+ (does not exist|is not found)")),
)
"""The parts of Google's sentences that tell a reason. The first that fits counts."""


@dataclass(frozen=True)
class Unread:
    """A fact that could not be read.

    Attributes:
        message: Google's sentence.
        status: The status of HTTP.
    """

    message: str
    status: int = SILENT

    @property
    def reason(self) -> str:
        """The code of the finding about the reason; empty if the reason is not known."""
        for code, part in SENTENCES:
            if part.search(self.message):
                return code
        match self.status:
            case HTTPStatus.UNAUTHORIZED:
                return "login-expired"
            case HTTPStatus.FORBIDDEN:
                return "may-not-read"
            case status if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
                return "no-answer"
        return ""

    def api(self, name: str) -> str:
        """Return the API that did not give the fact.

        Args:
            name: The name of the fact.
        """
        named = API.search(self.message)
        return named[0] if named else SOURCES[name].api


Group = Mapping[str, Unread]
"""Facts that could not be read for one reason, by their names."""


def reason_findings(facts: Mapping[str, object], place: Place) -> Iterator[Finding]:
    """Yield a finding for each reason for which facts could not be read, and a finding for each of these facts.

    Args:
        facts: All facts by name.
        place: The place that is looked at.
    """
    groups: defaultdict[str, dict[str, Unread]] = defaultdict(dict)
    for name, fact in facts.items():
        if isinstance(fact, Unread):
            groups[fact.reason][name] = fact
    for code, group in groups.items():
        cure = "Try again in a minute. If it stays so, look at https://status.cloud.google.com."
        if code:
            message, cure = REASONS[code](group, len(group) == len(facts), place)
            code = "emulator-silent" if place.is_suite and code == "no-answer" else code
            yield Finding(code, message, cure, names=tuple(group))
        for name, fact in group.items():
            message = f"{SOURCES[name].subject} could not be read: {fact.message.rstrip('.')}."
            yield Finding(f"unread-{name}", message, cure, names=(name,))


def _login(group: Group, is_all: bool, place: Place) -> tuple[str, str]:
    return "Google does not accept your credentials any more.", "npx firebase-tools login --reauth"


def _silent(group: Group, is_all: bool, place: Place) -> tuple[str, str]:
    said = next(iter(group.values())).message.rstrip(".")
    if place.is_suite:
        names = sorted({"Functions" if name == "functions" else "Firestore" for name in group})
        return f"The suite does not answer ({' and '.join(names)}): {said}.", place.deploy
    if is_all:
        return f"Google does not answer: {said}.", "Check the network, and try again in a minute."
    apis = _apis(group)
    verb = "does" if len(apis) == 1 else "do"
    cure = "Look at https://status.cloud.google.com, and try again in a minute."
    return f"{' and '.join(apis)} {verb} not answer: {said}.", cure


def _quota(group: Group, is_all: bool, place: Place) -> tuple[str, str]:
    message = f"The project {place.project} does not exist, or your account may not use its quota."
    return message, _grants([QUOTA_ROLE], place)


def _billing(group: Group, is_all: bool, place: Place) -> tuple[str, str]:
    cure = f"https://console.firebase.google.com/project/{place.project}/usage/details"
    return "The project has no billing account, so Google refuses its services.", cure


def _off(group: Group, is_all: bool, place: Place) -> tuple[str, str]:
    apis = _apis(group)
    message = f"The API {apis[0]} is off." if len(apis) == 1 else f"These APIs are off: {', '.join(apis)}."
    return message, f"gcloud services enable {' '.join(apis)} --project={place.project}"


def _region(group: Group, is_all: bool, place: Place) -> tuple[str, str]:
    cure = "Set STOKER_REGION in functions/.env to a region of https://cloud.google.com/functions/docs/locations."
    return f"STOKER_REGION is {place.region}, and Google knows no such region.", cure


def _index(group: Group, is_all: bool, place: Place) -> tuple[str, str]:
    message = f"An index is missing, without which {_subjects(group)} can't be read."
    return message, f"npx firebase-tools deploy --only firestore:indexes --project {place.project}"


def _database(group: Group, is_all: bool, place: Place) -> tuple[str, str]:
    create = f"npx firebase-tools firestore:databases:create '{place.database}' --location {place.region}"
    message = f"The project has no Firestore database {place.database}. Its location can't be changed later."
    return message, f"{create} --project {place.project}"


def _forbidden(group: Group, is_all: bool, place: Place) -> tuple[str, str]:
    needed = {}
    for name, fact in _first(group).items():
        named = PERMISSION.search(fact.message)
        needed[name] = named[1] if named else SOURCES[name].permission
    permissions = ", ".join(sorted(set(needed.values())))
    start = f"The project {place.project} does not exist, or your" if is_all else "Your"
    message = f"{start} account may not read {_subjects(group)}. It lacks: {permissions}."
    roles = list(dict.fromkeys(SOURCES[name].role for name in needed))
    if len(roles) > MOST_ROLES:
        return message, _grants(READING_ROLES, place)
    if any(permission != SOURCES[name].permission for name, permission in needed.items()):
        return message, f"Ask an owner of {place.project} for a role with these permissions: {permissions}."
    return message, _grants(roles, place)


REASONS: Mapping[str, Callable[[Group, bool, Place], tuple[str, str]]] = {
    "login-expired": _login,
    "no-answer": _silent,
    "quota-refused": _quota,
    "billing-off": _billing,
    "apis-off": _off,
    "may-not-read": _forbidden,
    "no-region": _region,
    "no-database": _database,
    "index-needed": _index,
}
"""A function for each reason, by its code. It returns the sentence and the cure, from the facts that could not be read
and from whether these are all facts."""


def _apis(group: Group) -> Sequence[str]:
    return sorted({fact.api(name) for name, fact in _first(group).items()})


def _first(group: Group) -> Group:
    """Return the facts that need no other fact of the group. The others were not asked for."""
    return {name: fact for name, fact in group.items() if not group.keys() & set(SOURCES[name].after)}


def _subjects(names: Iterable[str]) -> str:
    subjects = [SOURCES[name].subject.removeprefix("The ") for name in names]
    return f"the {', the '.join(subjects)}"


def _grants(roles: Iterable[str], place: Place) -> str:
    grant = f"gcloud projects add-iam-policy-binding {place.project} --member=user:YOU@EXAMPLE.COM"
    return " && ".join(f"{grant} --role={role}" for role in roles)
