"""The functions of an app's own codebases that collide with those of Stoker: by their names, or because Firebase Auth
calls only one function before an account is created.

The code is read, and not run. JavaScript is read without its comments and strings; Python by its syntax tree.
"""

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from stoker_tools.install.foreign_codebases import ForeignCodebase
from stoker_tools.install.foreign_refusals import Refusal, Remark

BEFORE_CREATED, BEFORE_SIGNED_IN = "beforeCreate", "beforeSignIn"
WORDS = {
    "beforeUserCreated": BEFORE_CREATED,
    "beforeUserSignedIn": BEFORE_SIGNED_IN,
    "before_user_created": BEFORE_CREATED,
    "before_user_signed_in": BEFORE_SIGNED_IN,
}
"""The names by which the second generation of functions declares a blocking function, and its event."""

OURS = {BEFORE_CREATED: "before_created", BEFORE_SIGNED_IN: "before_signed_in"}
"""The functions of `stoker.accounts.sign_up`, by their events."""

TOKEN = re.compile(
    r"(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<string>'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"|`(?:[^`\\]|\\.)*`)",
    re.DOTALL,
)
IMPORT = re.compile(r"\bimport\b[^;()=]*?\bfrom\b|(?:const|let|var)\s*\{[^}]*\}\s*=\s*require\b")
FIRST_GENERATION = re.compile(r"\.\s*(beforeCreate|beforeSignIn)\s*\(")
OF_USER = re.compile(r"\buser\s*\([^;]{0,300}$")
TRIGGER = re.compile(
    r"\bon[A-Z]\w*\s*\)?\s*(?:<[^;()]*>\s*)?\(|\bfunctions\s*\.|\bbefore(?:User|Create|SignIn)\w*\s*\("
)
EXPORTED = re.compile(
    r"\bexports\s*\.\s*([A-Za-z_$][\w$]*)\s*=(?!=)"
    r"|\bexport\s+(?:const|let|var|(?:async\s+)?function)\s+([A-Za-z_$][\w$]*)"
)
LISTED = re.compile(r"(?:\bexport|\bmodule\s*\.\s*exports\s*=)\s*\{([^{}]*)\}")
IS_ENTRY = re.compile(r"(?:^|/)(?:index|main|app)\.[cm]?[jt]s$")


@dataclass(frozen=True)
class DeclaredFunction:
    """A function that a codebase declares.

    Attributes:
        name: Its name in the code; empty if it is not known.
        line: Its line, from 1.
        event: The event of Firebase Auth for which it blocks, such as `beforeCreate`; empty for other functions.
    """

    name: str
    line: int
    event: str = ""


def declared_functions(path: str, text: str) -> list[DeclaredFunction]:
    """Return the functions that a file declares and that may collide: all blocking ones, and all deployed ones.

    Args:
        path: The path of the file.
        text: Its text.

    Example:
        >>> [one] = declared_functions("index.js", "exports.hello = beforeUserCreated((event) => {});")
        >>> one.name, one.event
        ('hello', 'beforeCreate')
    """
    found = set(_python(text) if path.endswith(".py") else _javascript(path, text))
    blocking = {one.name for one in found if one.event}
    found = {one for one in found if one.event or one.name not in blocking}
    return sorted(found, key=lambda one: (one.line, one.name, one.event))


def _python(text: str) -> Iterator[DeclaredFunction]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        # A newer Python than this one. The words alone must do.
        for word, event in WORDS.items():
            for found in re.finditer(rf"\b{word}\b", text):
                yield DeclaredFunction("", _line(text, found.start()), event)
        return
    imported = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    decorated = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for decorator in node.decorator_list:
                word = _called(decorator, imported)
                decorated |= {id(part) for part in ast.walk(decorator)}
                if word in WORDS or word.startswith("on_"):
                    yield DeclaredFunction(node.name, decorator.lineno, WORDS.get(word, ""))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and id(node) not in decorated and (word := _called(node, imported)) in WORDS:
            yield DeclaredFunction("", node.lineno, WORDS[word])


def _called(node: ast.expr, imported: Mapping[str, str]) -> str:
    """Return the name of what is called, as its own module names it; empty if it has no name."""
    function = node.func if isinstance(node, ast.Call) else node
    if isinstance(function, ast.Attribute):
        return function.attr
    return imported.get(function.id, function.id) if isinstance(function, ast.Name) else ""


def _javascript(path: str, text: str) -> Iterator[DeclaredFunction]:
    code = TOKEN.sub(_blanked, text)
    outside = IMPORT.sub(lambda found: _spaces(found[0]), code)
    for word, event in WORDS.items():
        aliases = re.findall(rf"\b{word}\s*(?:as|:)\s*([A-Za-z_$][\w$]*)", code)
        for name in (word, *aliases):
            uses = [*re.finditer(rf"(?<![\w$]){re.escape(name)}(?![\w$])", outside), *_calls(name, text)]
            for found in uses:
                function = _name_before(outside, found.start()) or _name_before(text, found.start())
                yield DeclaredFunction(function, _line(code, found.start()), event)
    for found in FIRST_GENERATION.finditer(code):
        if "firebase-functions" in text or OF_USER.search(code[: found.start()]):
            yield DeclaredFunction(_name_before(code, found.start()), _line(code, found.start()), found[1])
    is_entry = bool(IS_ENTRY.search(path))
    for found in EXPORTED.finditer(code):
        if is_entry or TRIGGER.search(_statement(code, found.end())):
            yield DeclaredFunction(found[1] or found[2], _line(code, found.start()))
    if is_entry:
        for found in LISTED.finditer(code):
            for part in found[1].split(","):
                if name := re.search(r"([A-Za-z_$][\w$]*)\s*$", part.partition(":")[0]):
                    yield DeclaredFunction(name[1], _line(code, found.start(1) + found[1].index(part)))


def _calls(name: str, text: str) -> Iterator["re.Match[str]"]:
    """Yield the calls of a function. A quote in a regular expression may have hidden them in the blanked code."""
    for found in re.finditer(rf"(?<![\w$]){re.escape(name)}\s*\(", text):
        before = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
        if "//" not in before and not before.lstrip().startswith(("*", "/*")):
            yield found


def _blanked(found: "re.Match[str]") -> str:
    """Return spaces for a comment or a string. A string may be the name of a property: `identity["onCall"]`."""
    before = found.string[max(0, found.start() - 1) : found.start()]
    if found["string"] and before == "[":
        return f" {found[0][1:-1]} "
    return _spaces(found[0])


def _spaces(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _statement(code: str, start: int) -> str:
    """Return the code from an offset up to where the next exported name begins."""
    following = EXPORTED.search(code, start)
    return code[start : following.start() if following else len(code)][:2000]


def _name_before(code: str, offset: int) -> str:
    """Return the exported name whose value an offset is in; empty if there is none."""
    names = [found[1] or found[2] for found in EXPORTED.finditer(code, 0, offset)]
    statement = code[:offset].rpartition(";")[2]
    return names[-1] if names and re.search(rf"\b{re.escape(names[-1])}\b", statement) else ""


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


MAKER = "on_user_created"
"""Stoker's function that makes a profile after a sign-up. It belongs to the feature `profiles`."""


def function_refusals(
    codebase: ForeignCodebase,
    files: Mapping[str, str],
    functions: Collection[str],
    *,
    blocking: bool = False,
) -> Iterator[Refusal | Remark]:
    """Yield what collides in the code of a codebase: at most one finding for each name and each event.

    Args:
        codebase: The codebase.
        files: The texts of its files, by their paths relative to firebase.json.
        functions: The names under which Stoker's functions are deployed.
        blocking: Whether the app wants Stoker's blocking functions: `STOKER_BLOCKING=true`.
    """
    found = [(path, one) for path, text in sorted(files.items()) for one in declared_functions(path, text)]
    for event in OURS:
        if places := [(path, one) for path, one in found if one.event == event]:
            yield _blocking(codebase, places, event, functions, wanted=blocking)
    ours = {name for name in functions if blocking or name not in OURS.values()}
    named: dict[str, tuple[str, int]] = {}
    for path, one in found:
        if one.name and codebase.deployed_name(one.name) in ours:
            named.setdefault(codebase.deployed_name(one.name), (path, one.line))
    for name, (path, line) in named.items():
        yield Refusal(
            path,
            line,
            "name-taken",
            f"The codebase {codebase.name} has a function {name}, and Stoker has one, too. The Firebase CLI refuses to "
            "deploy both, and replaces the deployed one if Stoker is deployed alone.",
            'Give this function another name, or its codebase a "prefix" in firebase.json. If Stoker is installed, its '
            f"own entry may have the prefix, too: Stoker's function is then PREFIX-{name}, also for clients.",
        )


def _blocking(
    codebase: ForeignCodebase,
    places: Sequence[tuple[str, DeclaredFunction]],
    event: str,
    functions: Collection[str],
    *,
    wanted: bool,
) -> Refusal | Remark:
    path, one = places[0]
    name = f" {one.name}" if one.name else ""
    what = f"The codebase {codebase.name} has a blocking function{name} for {event}"
    if not wanted:
        stays = f"{what}. It stays as it is, because Stoker has no blocking function here."
        makers = [f" Stoker's function {name} makes the profiles." for name in functions if name.endswith(MAKER)]
        return Remark(path, one.line, "own-blocking-function", "".join([stays, *makers]))
    return Refusal(
        path,
        one.line,
        "event-taken",
        f"{what}. Firebase Auth calls one function only: the one that was deployed last, without a word.",
        (_cure_in_python if PurePosixPath(path).suffix == ".py" else _cure_in_javascript)(event),
    )


def _cure_in_python(event: str) -> str:
    ours = OURS[event]
    decorator = next(word for word, one in WORDS.items() if one == event and "_" in word)
    return "\n".join(
        [
            "Set STOKER_BLOCKING=false in the .env of Stoker's functions, and call Stoker's function from yours. Name "
            "stoker's wheel in the requirements.txt of your codebase, too.",
            "from stoker.accounts import sign_up",
            "",
            f"@identity_fn.{decorator}()",
            "def yours(event):",
            f"    answer = sign_up.{ours}(event)  # It refuses blocked domains, and makes the profile.",
            "    ...",
            "    return answer  # With your own fields added: the claims of both are needed.",
        ]
    )


def _cure_in_javascript(event: str) -> str:
    lines = [
        "Set STOKER_BLOCKING=false in the .env of Stoker's functions: JavaScript can't import Stoker's function.",
    ]
    if event == BEFORE_CREATED:
        lines += [
            "on_user_created makes the profile soon after a sign-up. If the app needs it at once, let it call",
            "ensureProfile after the sign-up. Stoker then refuses no domains of e-mail addresses: your function can.",
        ]
    else:
        lines += ["Let the app call ensureProfile after a sign-in: it makes a missing profile, and confirms it."]
    return "\n".join(lines)
