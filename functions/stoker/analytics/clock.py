"""The time at which an event of a client happened, by the server's clock: the client's own clock may be wrong."""

from datetime import datetime, timedelta
from typing import Final

LATE: Final = timedelta(hours=72)
"""The longest time between an event of a client and its write. An event that is written later is not counted.
Source: https://developers.google.com/analytics/devguides/collection/protocol/ga4/sending-events (events can be
backdated up to 72 hours)."""

SLOW: Final = timedelta(hours=1)
"""A clock that is slower than this is not corrected. A write that comes longer after its `sentAt` has waited offline,
as the client libraries of Firestore let it."""


def event_time(occurred_at: datetime, sent_at: datetime | None, created_at: datetime) -> datetime | None:
    """Return the time of an event by the server's clock, which is never after it was written.

    The client's clock alone says how old the event was when it was sent, and that is right even if the clock is wrong.
    The server's clock says when the event was written. So a clock is corrected that is fast by any time, or slow by at
    most `SLOW`.

    Args:
        occurred_at: When it happened, by the client's clock.
        sent_at: When the client sent it, by the same clock; None if the client does not say.
        created_at: When it was written, by the server's clock.

    Returns:
        The time; None if the event was written more than `LATE` after it.

    Example:
        >>> from datetime import UTC
        >>> noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
        >>> fast = timedelta(minutes=6)
        >>> event_time(noon + fast - timedelta(minutes=1), noon + fast, noon).isoformat()
        '2026-11-22T11:59:00+00:00'
    """
    if sent_at is None or created_at - sent_at > SLOW:
        sent_at = created_at
    age = sent_at - occurred_at
    return None if age > LATE else created_at - max(age, timedelta(0))
