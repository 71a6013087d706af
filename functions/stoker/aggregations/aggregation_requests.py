"""The requests of figures, sent to Firestore and answered."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from google.cloud.firestore_v1.types import StructuredQuery

from stoker.aggregations.request_plan import COUNT, Aggregate, Request
from stoker.firestore import raw
from stoker.firestore.selection import NAME, AnyOf, Selection
from stoker.queries.message import message_of
from stoker.queries.query import comparisons

ENTRIES_OF_A_READ: Final = 1_000
"""The index entries that are billed as one read.
Source: https://firebase.google.com/docs/firestore/pricing#aggregation_queries"""

_ASCENDING: Final = int(StructuredQuery.Direction.ASCENDING)


@dataclass
class Answers:
    """The answers to requests.

    Attributes:
        values: The value of each figure, as a plain Python number; None for the average of nothing.
        counts: The number of documents of each request.
        read_time: The time at which all figures are right, as a protobuf message.
        reads: An estimate of the document reads that are billed.
    """

    values: dict[Aggregate, int | float | None] = field(default_factory=dict)
    counts: dict[Request, int] = field(default_factory=dict)
    read_time: Any = None
    reads: int = 0


def reads_of(entries: int) -> int:
    """Return the reads that an aggregation costs.

    Args:
        entries: The index entries that it counts, one for each document.

    Example:
        >>> reads_of(0), reads_of(1_000), reads_of(1_001)
        (1, 1, 2)
    """
    return max(1, -(-entries // ENTRIES_OF_A_READ))


def answered(counting: Selection, adding: Selection, requests: Iterable[Request], read_time: Any | None) -> Answers:
    """Send requests, all for the same time.

    Args:
        counting: The query whose documents are counted.
        adding: The query whose documents are added up.
        requests: The requests of `request_plan.planned`.
        read_time: The time of the figures, as a protobuf message; None for now.
    """
    answers = Answers(read_time=read_time)
    for request in requests:
        aliases = {f"figure_{number}": one for number, one in enumerate(request)}
        messages = [aggregation_message(alias, one) for alias, one in aliases.items()]
        selection = counting if request == (COUNT,) else adding
        values, time = raw.aggregate(request_query(selection, request), messages, answers.read_time)
        found = {one: _number(values[alias]) for alias, one in aliases.items()}
        answers.read_time = answers.read_time or time
        answers.counts[request] = int(found[COUNT] or 0)
        answers.reads += reads_of(answers.counts[request])
        # The first count is that of all documents. Those of the other requests lack documents without their fields.
        answers.values = {**found, **answers.values}
    return answers


def left_out_of_sums(answers: Answers, required: Collection[str]) -> tuple[str, ...]:
    """Return a sentence for each request whose sums leave out documents that lack a field that the model requires.

    Args:
        answers: The answers to requests.
        required: The fields that the model requires.
    """
    if (COUNT,) not in answers.counts:
        return ()
    sentences: dict[str, None] = {}
    for request, count in answers.counts.items():
        fields = ", ".join(dict.fromkeys(one.field for one in request if one.field in required))
        if fields and count != answers.counts[(COUNT,)]:
            sentences[
                f"The sums and averages of {fields} are of {count:,} documents, but the query finds "
                f"{answers.counts[(COUNT,)]:,}. Documents from before a field was required lack it. Write the missing "
                "values into them."
            ] = None
    return tuple(sentences)


def limited_count(selection: Selection, most: int | None, read_time: Any | None) -> tuple[int, Any]:
    """Count the documents that a query finds.

    Args:
        selection: The query.
        most: The largest count of interest, so that a count of more ends early; None for no limit.
        read_time: The time of the count, as a protobuf message; None for now.

    Returns:
        The number of documents, and the time of the count as a protobuf message.
    """
    counting = raw.AggregationMessage(alias="count", count={})
    if most is not None:
        counting.count.up_to.value = most
    values, time = raw.aggregate(message_of(selection), [counting], read_time)
    return int(_number(values["count"]) or 0), read_time or time


def request_query(selection: Selection, request: Request) -> Any:
    """Return the message of the query of a request.

    The query keeps its order. So the index of the query serves a count, and the count is that of the documents that the
    query finds. The added-up fields follow in the order, so that the index is the one that such an order needs.
    Documents that lack such a field are in no sum in any case. The name is left out, because Firestore refuses a field
    behind it: "requires an index that has fields [x] after __name__".

    Args:
        selection: The query.
        request: The figures of the request.
    """
    query = message_of(selection)
    fields = dict.fromkeys(one.field for one in request if one.field)
    if fields:
        kept = [one for one in query.order_by if one.field.field_path != NAME]
        query.ClearField("order_by")
        query.order_by.extend(kept)
        compared = comparisons(one for one in selection.filters if not isinstance(one, AnyOf))
        equal = {field for field, kind in compared if kind != "range"}
        for field in fields:
            if field not in equal and field not in [one.field.field_path for one in kept]:
                query.order_by.add(field={"field_path": field}, direction=_ASCENDING)
    return query


def aggregation_message(alias: str, one: Aggregate) -> Any:
    """Return the message of a figure.

    Args:
        alias: The name of the figure in the answer.
        one: The figure.
    """
    message = raw.AggregationMessage(alias=alias)
    if one.kind == "count":
        message.count.SetInParent()
    elif one.kind == "sum":
        message.sum.field.field_path = one.field
    else:
        message.avg.field.field_path = one.field
    return message


def figures_of(answers: Answers, fields: Iterable[str], kind: Literal["sum", "average"]) -> Mapping[str, Any]:
    """Return the answered figures of a kind, by field."""
    return {one: answers.values[Aggregate(kind, one)] for one in fields}


def _number(value: Any) -> int | float | None:
    """Return the number of an answer. The client library gives 0.0 for the average of nothing, which is null."""
    kind = value.WhichOneof("value_type")
    return None if kind in (None, "null_value") else getattr(value, kind)
