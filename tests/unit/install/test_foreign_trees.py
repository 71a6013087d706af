"""No accepted rules allow a request to a path of Stoker, for generated trees of blocks and a judge of their own.

The judge is written a second time here, in another way: a path of rules becomes a regular expression, and a condition
is made in Python beside the condition in rules.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hypothesis import event, given
from hypothesis import strategies as st

from stoker_tools.install.foreign_paths import firestore_paths
from stoker_tools.install.foreign_rules import FIRESTORE, rules_refusals

NAMES = ("users", "completions", "tasks", "jobKeys", "notes", "posts")
REQUESTS = ("users/ann", "users/ann/completions/one", "tasks/one", "jobKeys/one", "tasks/tasks", "users/notes")


@dataclass(frozen=True)
class Condition:
    """A generated condition: in rules, and the same in Python."""

    rules: str
    python: str

    def holds(self, wildcards: dict[str, str]) -> bool:
        """Return its value. A wildcard that the path does not have makes an error, which refuses."""
        try:
            return bool(eval(self.python, {"__builtins__": {}}, wildcards))
        except NameError:
            return False


@dataclass(frozen=True)
class Node:
    """A generated block: its path, the condition of its permission, and the blocks inside it."""

    path: tuple[str, ...]
    condition: Condition | None
    inner: tuple["Node", ...] = ()

    def text(self) -> str:
        """Return the block as rules."""
        allow = "" if self.condition is None else f"allow get: if {self.condition.rules};"
        return f"match /{'/'.join(self.path)} {{ {allow} {' '.join(one.text() for one in self.inner)} }}"

    def flat(self, outer: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Condition]]:
        """Yield the condition of each permission with its whole path."""
        whole = (*outer, *self.path)
        if self.condition is not None:
            yield whole, self.condition
        for one in self.inner:
            yield from one.flat(whole)


def is_valid(path: tuple[str, ...]) -> bool:
    """Return whether the compiler accepts a path: each wildcard once, and one `{x=**}` at most."""
    wildcards = [one.strip("{}").removesuffix("=**") for one in path if one.startswith("{")]
    return len(wildcards) == len(set(wildcards)) and sum("=**" in one for one in path) <= 1


def made(rules: str, python: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[Condition]:
    """Generate a condition of names: its text in rules and in Python, with places for the names."""
    return st.tuples(*parts).map(lambda found: Condition(rules.format(*found), python.format(*found)))


def joined(rules: str, python: str, inner: st.SearchStrategy[Condition], number: int) -> st.SearchStrategy[Condition]:
    """Generate a condition of other conditions."""
    return st.lists(inner, min_size=number, max_size=number).map(
        lambda found: Condition(
            rules.format(*(one.rules for one in found)), python.format(*(one.python for one in found))
        )
    )


segments = st.sampled_from([*NAMES, "{a}", "{b}", "{c}", "{d}", "{x=**}"])
paths = st.lists(segments, min_size=1, max_size=4).map(tuple)
names = st.sampled_from(NAMES)
texts = st.sampled_from(["a", "b", "c", "d"])
comparisons = st.one_of(
    made("{0} != '{1}'", "{0} != '{1}'", texts, names),
    made('"{1}" == {0}', "'{1}' == {0}", texts, names),
    made("{} in ['{}', '{}']", "{} in ['{}', '{}']", texts, names, names),
    made("!({} in ['{}', '{}'])", "{} not in ['{}', '{}']", texts, names, names),
    st.sampled_from([Condition("true", "True"), Condition("false", "False")]),
)
conditions = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        joined("({} && {})", "({} and {})", inner, 2),
        joined("({} || {})", "({} or {})", inner, 2),
        joined("!({})", "(not ({}))", inner, 1),
        joined("({} ? {} : {})", "({1} if {0} else {2})", inner, 3),
    ),
    max_leaves=5,
)
leaves = st.builds(Node, paths, conditions)
nodes = st.recursive(
    leaves, lambda inner: st.builds(Node, paths, st.none() | conditions, st.lists(inner, max_size=2).map(tuple))
)
trees = nodes.filter(lambda one: all(is_valid(path) for path, _ in one.flat()))


def allows(node: Node, request: str) -> bool:
    """Return whether a tree of blocks allows a request."""
    return any(
        condition.holds(found.groupdict()) for path, condition in node.flat() if (found := matched(path, request))
    )


def matched(path: tuple[str, ...], request: str) -> "re.Match[str] | None":
    """Return the match of a path of rules with a path; None if it does not match."""
    pattern = ""
    for segment in path:
        if segment.endswith("=**}"):
            pattern += f"(?P<{segment[1:-4]}>(?:/[^/]+)*)"
        elif segment.startswith("{"):
            pattern += f"/(?P<{segment[1:-1]}>[^/]+)"
        else:
            pattern += f"/{segment}"
    return re.fullmatch(pattern, f"/{request}")


def is_accepted(node: Node) -> bool:
    """Return whether `stoker install` accepts the rules of a tree."""
    rules = f"rules_version = '2';\nservice cloud.firestore {{ match /databases/{{z}}/documents {{ {node.text()} }} }}"
    found = rules_refusals(rules, "firestore.rules", FIRESTORE, firestore_paths())
    assert all(one.code in ("wider-rights", "collection-taken") for one in found)
    return not found


@given(trees)
def test_accepted_rules_allow_nothing_on_our_paths(tree: Node) -> None:
    accepted = is_accepted(tree)
    event(f"accepted: {accepted}")
    if accepted:
        assert [request for request in REQUESTS if allows(tree, request)] == []


@given(st.lists(st.sampled_from(["notes", "posts", "{a}", "{b}"]), min_size=1, max_size=6).map(tuple), conditions)
def test_blocks_that_begin_with_a_name_of_the_app_are_accepted(path: tuple[str, ...], condition: Condition) -> None:
    node = Node(("notes", *path), condition)
    if is_valid(node.path):
        assert is_accepted(node)
