"""The shape that all command lines share."""

import argparse

import pytest

from stoker_tools.cli.command_line import whole_number


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("007", 7), ("1000", 1000), ("0" * 5000 + "1000", 1000)])
def test_a_number_up_to_the_greatest_is_read(text: str, number: int) -> None:
    assert whole_number(1000)(text) == number


@pytest.mark.parametrize(
    "text", ["", "0", "000", "1001", "0000000019999999999", "9" * 5000, "-1", "+1", "1.0", "1e2", "²", "٣", "1_0", " 1"]
)
def test_another_text_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is not a number from 1 to 1,000"):
        whole_number(1000)(text)
