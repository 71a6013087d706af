"""`adminData/jobs` and `adminData/signUps`: what an admin may change while the functions run."""

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from stoker.models.document import Model, SchemaVersion
from stoker.models.job import JobTypeName


class UserLimits(Model):
    """What one user may ask for. A job beyond it waits; it does not fail.

    Attributes:
        at_once: Jobs that run at the same time.
        a_day: Jobs that begin on one day, in UTC.
    """

    model_config = ConfigDict(extra="ignore")

    at_once: Annotated[int, Field(ge=1)] | None = None
    a_day: Annotated[int, Field(ge=1)] | None = None


class JobSettings(Model):
    """The document; without it, nothing is paused and nobody is limited.

    Attributes:
        paused: Types of which no job begins; those that run go on.
        user_limits: For every user; nobody is limited where it is left out.

    Example:
        >>> JobSettings.from_firestore({"paused": ["video-processing"], "userLimits": {"atOnce": 3}}).user_limits
        UserLimits(at_once=3, a_day=None)
    """

    # A newer version may know more of them.
    model_config = ConfigDict(extra="ignore")

    paused: list[JobTypeName] = Field(default_factory=list)
    user_limits: UserLimits | None = None
    schema_version: SchemaVersion = 1


Domain = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x20\x7f@]{1,253}$")]
"""Of an e-mail address, such as `example.com`; one with other letters as they are or in its ASCII form, `xn--...`."""


class SignUpSettings(Model):
    """The document `adminData/signUps`; without it, everyone may sign up.

    Attributes:
        blocked_domains: Of e-mail addresses that nobody may sign up with, and with none of their subdomains.
        refuse_disposable: Whether to refuse the domains of mailboxes that are thrown away too.

    Example:
        >>> SignUpSettings.from_firestore({"blockedDomains": ["example.com"]}).refuse_disposable
        False
    """

    # As above.
    model_config = ConfigDict(extra="ignore")

    blocked_domains: Annotated[list[Domain], Field(max_length=1000)] = Field(default_factory=list)
    refuse_disposable: bool = False
    schema_version: SchemaVersion = 1
