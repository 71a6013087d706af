"""The queries of the analytics, which the roll-up and the reports run."""

from google.cloud.firestore_v1 import Query
from google.cloud.firestore_v1.base_query import FieldFilter

from stoker import config
from stoker.firestore.client import client
from stoker.models.analytics import Granularity

NAME = "__name__"


def waiting_events() -> Query:
    """Events that are not rolled up, by their ids.

    The index behind it is of `rolledUp` alone, and its entries are sorted by ids, which are random: clients that write
    many events at the same time write all over it, and not to its end.
    """
    return _events(rolled_up=False)


def rolled_up_events() -> Query:
    """Events that the aggregates have, by their ids."""
    return _events(rolled_up=True)


def greatest(granularity: Granularity, bucket: str) -> Query:
    """The aggregates of an hour, a day or a month; those of the most events first."""
    aggregates = client().collection(config.ANALYTICS_AGGREGATES)
    of_bucket = aggregates.where(filter=FieldFilter("granularity", "==", granularity))
    of_bucket = of_bucket.where(filter=FieldFilter("bucket", "==", bucket))
    return of_bucket.order_by("count", direction=Query.DESCENDING)


def aggregates_of(granularity: Granularity, start: str, end: str) -> Query:
    """The aggregates from one bucket to another, both included, in their order."""
    aggregates = client().collection(config.ANALYTICS_AGGREGATES)
    between = aggregates.where(filter=FieldFilter("granularity", "==", granularity))
    between = between.where(filter=FieldFilter("bucket", ">=", start))
    return between.where(filter=FieldFilter("bucket", "<=", end)).order_by("bucket")


def _events(rolled_up: bool) -> Query:
    events = client().collection(config.ANALYTICS_EVENTS)
    return events.where(filter=FieldFilter("rolledUp", "==", rolled_up)).order_by(NAME)
