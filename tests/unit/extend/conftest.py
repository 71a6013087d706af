"""Each test ends without the documents, queries, callables and achievements that it has registered."""

from collections.abc import Iterator

import pytest

from stoker.access.callables import callables, forget_callable
from stoker.extend.achievement import forget_achievement
from stoker.extend.app_query import forget_query
from stoker.extend.document import forget_document
from stoker.own_documents import own_documents
from stoker.progress.achievements import achievements
from stoker.queries.own_queries import own_queries


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    """Remove what a test has registered, so that no other test sees it."""
    documents, queries, functions = {*own_documents()}, [*own_queries()], {*callables()}
    reached = {one.id for one in achievements()}
    yield
    for collection in {*own_documents()} - documents:
        forget_document(collection)
    for query in own_queries():
        if not any(query is one for one in queries):
            forget_query(query)
    for function in {*callables()} - functions:
        forget_callable(function)
    for one in {one.id for one in achievements()} - reached:
        forget_achievement(one)
