"""The snippets in Python that a server runs, as they stand on the pages."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from stoker.access.callables import callables, forget_callable
from stoker.extend.app_query import forget_query
from stoker.queries.own_queries import own_queries
from stoker_tools.samples.user import SampleUser
from unit.docs.pages import Snippet, snippets

PARTS_OF_FILES = (Path("docs/add-a-job-type.md"), Path("docs/extend.md"))
"""The pages whose snippets are parts of files. Tests of an app's own code run them."""

SNIPPETS = [snippet for snippet in snippets("python") if snippet.page not in PARTS_OF_FILES]


@pytest.fixture(autouse=True)
def _declared() -> Iterator[None]:
    """Forget the queries and the callable functions that a snippet declares."""
    before, called = own_queries(), set(callables())
    yield
    for query in own_queries():
        if not any(query is one for one in before):
            forget_query(query)
    for name in set(callables()) - called:
        forget_callable(name)


@pytest.mark.slow
@pytest.mark.parametrize("snippet", SNIPPETS, ids=str)
def test_it_runs(snippet: Snippet, user: SampleUser, clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {
        "user_id": user.id,
        "source": user.upload(clip, "video/mp4"),
        "invoice_id": f"invoice-{user.id}",
        "monday": datetime.now(UTC) - timedelta(days=7),
        "timedelta": timedelta,
    }
    # The page adds this name to SERVER_EVENTS before. Here, another name of the server takes its place.
    exec(snippet.code.replace("invoice.paid", "user.signed-up"), names)
    if "create_processing_job" in snippet.code:
        assert f"job-outputs/{user.id}/" in capsys.readouterr().out
