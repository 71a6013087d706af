"""`adminData/jobs` and `adminData/signUps`: settings that an admin may change while the functions run."""

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from stoker.models.document import Model, SchemaVersion, Timestamp
from stoker.models.job import JobTypeName


class NewUserLimits(Model):
    """Lower limits for users who have just signed up, because it is easy to make many accounts. Null lifts a limit.

    Attributes:
        hours: The hours for which a user counts as new.
        at_once: The most jobs of a new user that run at the same time.
        a_day: The most jobs of a new user that begin on one day, in UTC.
        work_minutes_a_day: The most minutes of work on a new user's jobs on one day, in UTC.
    """

    model_config = ConfigDict(extra="ignore")

    hours: Annotated[int, Field(ge=1)] = 24
    at_once: Annotated[int, Field(ge=1)] | None = 3
    a_day: Annotated[int, Field(ge=1)] | None = 100
    work_minutes_a_day: Annotated[int, Field(ge=1)] | None = 60


class UserLimits(Model):
    """The limits of each user. A field that is left out has its default. Null lifts the limit.

    Attributes:
        at_once: The most jobs of a user that run at the same time. Further jobs wait.
        a_day: The most jobs of a user that begin on one day, in UTC. Further jobs wait.
        work_minutes_a_day: The most minutes of work on a user's jobs on one day, in UTC. Further jobs wait.
        media_minutes_a_day: The most minutes of film and speech in a user's jobs on one day, in UTC. Further jobs wait.
        output_gib_a_day: The most GiB of files that a user's jobs make on one day, in UTC. Further jobs wait.
        import_records: The most records of an import, including records that are no tasks. A larger import fails.
        batch_jobs: The most jobs that a batch makes. A larger batch fails.
        storage_gib: The most GiB that a user stores. Beyond it, jobs that make files fail.
        new_users: Lower limits for a time after the sign-up. Null means that there are none.
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
    """The limits of all users together. Beyond a limit, no job begins before the next day. Null lifts the limit.

    Attributes:
        jobs_a_day: The most jobs that end on one day, in UTC.
        work_hours_a_day: The most hours of work on the jobs that end on one day.
    """

    model_config = ConfigDict(extra="ignore")

    jobs_a_day: Annotated[int, Field(ge=1)] | None = 100_000
    work_hours_a_day: Annotated[int, Field(ge=1)] | None = 480


class JobSettings(Model):
    """The settings of jobs: the document `adminData/jobs`. Without it, nothing is paused and all limits have their
    defaults.

    Attributes:
        paused: The types of which no job begins. Jobs that run already go on.
        user_limits: The limits of each user. Null lifts all of them.
        project_limits: The limits of all users together. Null lifts all of them.
        stopped_until: No job of any type begins before this time. The server sets it when a limit of the project is
            reached.
        schema_version: The version of the document's form.

    Example:
        >>> JobSettings.from_firestore({"paused": ["video-processing"], "userLimits": {"atOnce": 3}}).user_limits.a_day
        1000
    """

    # A newer version may have written further fields.
    model_config = ConfigDict(extra="ignore")

    paused: list[JobTypeName] = Field(default_factory=list)
    user_limits: UserLimits | None = Field(default_factory=UserLimits)
    project_limits: ProjectLimits | None = Field(default_factory=ProjectLimits)
    stopped_until: Timestamp | None = None
    schema_version: SchemaVersion = 1


Domain = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x20\x7f@]{1,253}$")]
"""The domain of an e-mail address, such as `example.com`. A domain with other letters than ASCII may be written with
these letters, or in its ASCII form, `xn--...`."""


class SignUpSettings(Model):
    """The settings of sign-ups: the document `adminData/signUps`. Without it, everyone may sign up.

    Attributes:
        blocked_domains: Domains of e-mail addresses, such as `example.com`. Sign-ups with an address of these domains
            or of their subdomains are refused.
        refuse_disposable: True if sign-ups with addresses of known disposable mailboxes are refused.
        schema_version: The version of the document's form.

    Example:
        >>> SignUpSettings.from_firestore({"blockedDomains": ["example.com"]}).refuse_disposable
        False
    """

    # As above.
    model_config = ConfigDict(extra="ignore")

    blocked_domains: Annotated[list[Domain], Field(max_length=1000)] = Field(default_factory=list)
    refuse_disposable: bool = False
    schema_version: SchemaVersion = 1
