"""The reasons for which an attempt must stop."""

from stoker.errors.stoker_error import StokerError


class Interrupted(StokerError):
    """The order that an attempt must stop. Nothing is wrong with the work."""


class JobCancelled(Interrupted):
    """The end of a job, because its owner has cancelled it or because its work is no longer needed."""

    code = "cancelled"


class LeaseLost(Interrupted):
    """The loss of the lease: another attempt has taken the job, or the job has ended or was deleted."""

    code = "lease-lost"


class HandedBack(Interrupted):
    """The stop of the instance by the platform. Another instance takes the job, and this attempt does not count."""

    code = "handed-back"


class TimeIsUp(Interrupted):
    """The end of an attempt's time or turn. The next attempt goes on from the checkpoint; this one does not count."""

    code = "time-is-up"
