"""The CORS configuration of the bucket."""

import pytest

from stoker_tools.deploy import cors

UPLOADS = {"origin": ["https://admin.example.com"], "method": ["PUT"], "responseHeader": ["Content-Type"]}


def test_entries_of_others_stay() -> None:
    assert cors.merged([UPLOADS], ["https://app.example.com"]) == [cors.entry(["https://app.example.com"]), UPLOADS]


def test_a_second_deployment_changes_nothing() -> None:
    origins = ["https://app.example.com", "http://localhost:5173"]
    first = cors.merged([UPLOADS], origins)
    assert cors.merged(first, origins) == first


def test_an_origin_that_is_no_longer_configured_goes() -> None:
    first = cors.merged([UPLOADS], ["https://old.example.com", "https://app.example.com"])
    assert cors.merged(first, ["https://app.example.com"])[0]["origin"] == ["https://app.example.com"]


def test_a_player_may_ask_for_parts_of_a_file_and_see_which_part_it_got() -> None:
    made = cors.entry(["https://app.example.com"])
    assert {"Range", "Content-Range", "Content-Length"} <= set(made["responseHeader"])
    assert made["method"] == ["GET", "HEAD"]


@pytest.mark.parametrize(
    ("present", "may_read"),
    [([], False), ([UPLOADS], False), ([{"method": ["*"]}], True), ([UPLOADS, {"method": ["get"]}], True)],
)
def test_pages_may_read_if_an_entry_lets_them(present: list[cors.Entry], may_read: bool) -> None:
    assert cors.lets_pages_read(present) is may_read
