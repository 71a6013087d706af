"""The time of a client's event by the server's clock, because the client's clock may be wrong."""

from datetime import datetime, timedelta
from typing import Final

LATE: Final = timedelta(hours=72)
"""The longest time between a client's event and its write. An event that is written later is not counted.
Source: https://developers.google.com/analytics/devguides/collection/protocol/ga4/sending-events (events can be
backdated up to 72 hours)."""

SLOW: Final = timedelta(hours=1)
"""The most that a slow clock is corrected by. If `createdAt` is later than `sentAt` by more than this, the write has
waited offline in the client library, and the clock is assumed to be right."""


def event_time(occurred_at: datetime, sent_at: datetime | None, created_at: datetime) -> datetime | None:
    """Return the time of an event by the server's clock. It is never later than the write of the event.

    `sent_at - occurred_at` is the age of the event when it was sent. The age is right even if the client's clock is
    wrong, because both times come from that clock. The age is subtracted from the time of the write. This corrects a
    clock that is fast by any time, or slow by at most `SLOW`.

    Args:
        occurred_at: The time of the event, by the client's clock.
        sent_at: The time at which the client sent the event, by the same clock; None if it is not known.
        created_at: The time at which the event was written, by the server's clock.

    Returns:
        The time; None if the event was written more than `LATE` after it happened.

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
