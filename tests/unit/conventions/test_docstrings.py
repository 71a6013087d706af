"""Docstrings that begin with a question word are found, with their place and their first sentence."""

import pytest

from stoker_tools.conventions.docstrings import problems

WORDS = ("What", "Who", "Whoever", "Whatever", "Which", "Whether", "Where", "How")


@pytest.mark.parametrize("word", WORDS)
def test_each_question_word_is_refused(word: str) -> None:
    [problem] = problems("lease.py", f'"""{word} holds the job. More follows."""')
    assert problem == f'lease.py:1: A docstring begins with a question word: "{word} holds the job."'


@pytest.mark.parametrize(
    "text", ["Take a pending job.", "Return whether it ended.", "A job. What it holds.", "Whole numbers.", "Whose?", ""]
)
def test_other_beginnings_are_accepted(text: str) -> None:
    assert list(problems("lease.py", f'"""{text}"""')) == []


def test_docstrings_of_everything_are_read_in_the_order_of_lines() -> None:
    source = '''
"""How a module begins
over two lines. And more."""

MOST = 5
"""
What a constant is.
"""

class Lease:
    """A lease."""

    token: str
    """Which attempt holds it"""

    def end(self) -> None:
        """Whether it ends."""
        self.ended = True
        """Where an attribute is set."""
        print("What a value is.")

    async def later(self) -> None:
        """Who comes later."""
'''
    found = [problem.removeprefix("a.py:") for problem in problems("a.py", source)]
    assert [problem.partition(":")[0] for problem in found] == ["2", "6", "14", "17", "19", "23"]
    assert found[0].endswith('"How a module begins over two lines."')
    assert found[2].endswith('"Which attempt holds it"')
