"""`adminData/jobs` and `adminData/signUps`: what an admin may change while the functions run."""

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from stoker.models.document import Model, SchemaVersion, Timestamp
from stoker.models.job import JobTypeName


class NewUserLimits(Model):
    """Limits of users who have just signed up, because many accounts are made as easily as one.

    Attributes:
        hours: How long a user counts as new.
        at_once: Jobs that run at the same time.
        a_day: Jobs that begin on one day, in UTC.
        work_minutes_a_day: Minutes that the user's jobs may be worked on in one day, in UTC.
    """

    model_config = ConfigDict(extra="ignore")

    hours: Annotated[int, Field(ge=1)] = 24
    at_once: Annotated[int, Field(ge=1)] | None = 3
    a_day: Annotated[int, Field(ge=1)] | None = 100
    work_minutes_a_day: Annotated[int, Field(ge=1)] | None = 60


class UserLimits(Model):
    """What one user may ask for. A field that is left out has its default, and null lifts the limit.

    Attributes:
        at_once: Jobs that run at the same time. A job beyond it waits.
        a_day: Jobs that begin on one day, in UTC. A job beyond it waits.
        work_minutes_a_day: Minutes that the user's jobs may be worked on in one day, in UTC. A job beyond it waits.
        media_minutes_a_day: Minutes of film and speech that the user's jobs may have worked on in one day, in UTC. A
            job beyond it waits.
        output_gib_a_day: GiB of files that the user's jobs may have made in one day, in UTC. A job beyond it waits.
        import_records: Records that one import may have, those that are no tasks included. An import beyond it fails.
        batch_jobs: Jobs that one batch may make. A batch beyond it fails.
        storage_gib: GiB that the user may store. Above it, a job that makes files fails.
        new_users: Lower limits for a time after the sign-up.
    """

    model_config = ConfigDict(extra="ignore")

    at_once: Annotated[int, Field(ge=1)] | None = 10
    a_day: Annotated[int, Field(ge=1)] | None = 1000
    work_minutes_a_day: Annotated[int, Field(ge=1)] | None = 1440
    media_minutes_a_day: Annotated[int, Field(ge=1)] | None = 1440
    output_gib_a_day: Annotated[int, Field(ge=1)] | None = 100
    import_records: Annotated[int, Field(ge=1)] | None = 200_000
    batch_jobs: Annotated[int, Field(ge=1)] | None = 100
    storage_gib: Annotated[int, Field(ge=1)] | None = 100
    new_users: NewUserLimits | None = Field(default_factory=NewUserLimits)


class ProjectLimits(Model):
    """What all users together may ask for. Beyond it, no job begins before the next day. Null lifts a limit.

    Attributes:
        jobs_a_day: Jobs that end on one day, in UTC.
        work_hours_a_day: Hours that these jobs were worked on.
    """

    model_config = ConfigDict(extra="ignore")

    jobs_a_day: Annotated[int, Field(ge=1)] | None = 100_000
    work_hours_a_day: Annotated[int, Field(ge=1)] | None = 480


class JobSettings(Model):
    """The document; without it, nothing is paused and everyone has the default limits.

    Attributes:
        paused: Types of which no job begins; those that run go on.
        user_limits: For every user; null lifts all of them.
        project_limits: For all users together; null lifts all of them.
        stopped_until: No job of any type begins before this time. The server writes it at a limit of the project.

    Example:
        >>> JobSettings.from_firestore({"paused": ["video-processing"], "userLimits": {"atOnce": 3}}).user_limits.a_day
        1000
    """

    # A newer version may know more of them.
    model_config = ConfigDict(extra="ignore")

    paused: list[JobTypeName] = Field(default_factory=list)
    user_limits: UserLimits | None = Field(default_factory=UserLimits)
    project_limits: ProjectLimits | None = Field(default_factory=ProjectLimits)
    stopped_until: Timestamp | None = None
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
