"""Blocking functions of an app, and functions with a name of Stoker's, are found in its source code."""

import textwrap

import pytest

from stoker_tools.install.foreign_codebases import ForeignCodebase
from stoker_tools.install.foreign_functions import declared_functions, function_refusals
from stoker_tools.install.foreign_refusals import Refusal, Remark

APP = ForeignCodebase("default", "functions", "", 3)
OURS = frozenset({"retryJob", "on_user_created", "before_created", "videoprocessing"})

NODE = """\
const { onCall } = require("firebase-functions/v2/https");
const { beforeUserCreated } = require("firebase-functions/v2/identity");

exports.checkSignUp = beforeUserCreated({ region: "europe-west1" }, (event) => {
  return { customClaims: { plan: "free" } };
});
exports.hello = onCall(() => "hello");
"""

BLOCKING = {
    "commonjs.js": (NODE, 4, "checkSignUp"),
    "namespace.js": (
        """\
        const identity = require("firebase-functions/v2/identity");
        exports.checkSignUp = identity.beforeUserCreated((event) => {});
        """,
        2,
        "checkSignUp",
    ),
    "module.ts": (
        """\
        import { HttpsError, beforeUserCreated as before } from 'firebase-functions/v2/identity';
        /* a comment */
        export const checkSignUp = before<unknown>(async (event) => { throw new HttpsError('denied', ''); });
        """,
        3,
        "checkSignUp",
    ),
    "compiled.js": (
        """\
        const identity_1 = require("firebase-functions/v2/identity");
        exports.checkSignUp = (0, identity_1.beforeUserCreated)((event) => {});
        """,
        2,
        "checkSignUp",
    ),
    "first-generation.js": (
        """\
        const functions = require('firebase-functions');
        exports.checkSignUp = functions
          .region('europe-west1')
          .auth.user({ blockingOptions: { idToken: true } })
          .beforeCreate((user, context) => {});
        """,
        5,
        "checkSignUp",
    ),
    "split.js": (
        """\
        import * as functions from "firebase-functions/v1";
        const builder = functions.auth.user();
        export const checkSignUp = builder.beforeCreate((user) => {});
        """,
        3,
        "checkSignUp",
    ),
    "brackets.js": ("exports.checkSignUp = identity['beforeUserCreated']((event) => {});\n", 1, "checkSignUp"),
    "after-a-quote.js": (
        "const quote = /`/;\nexports.checkSignUp = beforeUserCreated(check);\nconst other = /`/;\n",
        2,
        "checkSignUp",
    ),
    "main.py": (
        """\
        from firebase_functions import identity_fn as idf

        @idf.before_user_created(region="europe-west1")
        def check_sign_up(event):
            return None
        """,
        3,
        "check_sign_up",
    ),
    "alias.py": (
        """\
        from firebase_functions.identity_fn import before_user_created as before

        @before()
        def check_sign_up(event): ...
        """,
        3,
        "check_sign_up",
    ),
    "called.py": (
        """\
        from firebase_functions import identity_fn
        check = identity_fn.before_user_created()(print)
        """,
        2,
        "",
    ),
    "newer.py": ("def newer{\nidentity_fn.before_user_created()\n", 2, ""),
}

HARMLESS = {
    "comment.js": "// exports.a = beforeUserCreated(() => {});\n/* beforeUserCreated() */\na(); // beforeUserCreated(",
    "string.js": "console.log('beforeUserCreated is of another codebase');",
    "import.js": 'import { beforeUserCreated, onCall } from "firebase-functions/v2/identity";',
    "hook.js": "Account.beforeCreate((account) => { account.id = uuid(); });",
    "other.js": "exports.sent = beforeEmailSent(() => {});\nexports.notbeforeUserCreated = 1;",
    "comment.py": '"""before_user_created()"""\n# @before_user_created()\n',
    "stoker.py": "from stoker.accounts import sign_up\nanswer = sign_up.before_created\n",
}


def blocking(name: str, text: str) -> list[tuple[int, str]]:
    """Return the lines and names of the blocking functions of a file."""
    return [(one.line, one.name) for one in declared_functions(name, textwrap.dedent(text)) if one.event]


@pytest.mark.parametrize("name", BLOCKING)
def test_a_blocking_function_is_found(name: str) -> None:
    text, line, function = BLOCKING[name]
    assert (line, function) in blocking(name, text)
    assert {one.event for one in declared_functions(name, textwrap.dedent(text)) if one.event} == {"beforeCreate"}


@pytest.mark.parametrize("name", HARMLESS)
def test_other_code_is_no_blocking_function(name: str) -> None:
    assert blocking(name, HARMLESS[name]) == []


def found(files: dict[str, str], *, blocking: bool, codebase: ForeignCodebase = APP) -> list[Refusal | Remark]:
    """Return the findings in the files of a codebase."""
    return list(function_refusals(codebase, files, OURS, blocking=blocking))


def test_with_our_blocking_functions_theirs_is_refused() -> None:
    [one] = found({"functions/index.js": NODE}, blocking=True)
    assert isinstance(one, Refusal)
    assert (one.place, one.code) == ("functions/index.js:4", "event-taken")
    assert "checkSignUp" in one.sentence
    assert "STOKER_BLOCKING=false" in one.cure
    assert "ensureProfile" in one.cure


def test_the_cure_in_python_calls_ours_from_theirs() -> None:
    [one] = found({"functions/main.py": textwrap.dedent(BLOCKING["main.py"][0])}, blocking=True)
    assert isinstance(one, Refusal)
    example = one.cure[one.cure.index("from stoker") :]
    compile(example, "example", "exec")
    assert "sign_up.before_created(event)" in example


def test_without_our_blocking_functions_theirs_stays_and_is_named() -> None:
    [one] = found({"functions/index.js": NODE}, blocking=False)
    assert isinstance(one, Remark)
    assert (one.place, one.code) == ("functions/index.js:4", "own-blocking-function")
    assert "on_user_created" in one.sentence


def test_each_event_is_refused_once() -> None:
    text = NODE + "exports.again = beforeUserSignedIn(() => {});\nexports.third = beforeUserSignedIn(() => {});\n"
    assert [one.line for one in found({"functions/index.js": text}, blocking=True)] == [4, 8]


TAKEN = {
    "index.js": "exports.retryJob = something;",
    "src/index.ts": "export { list, retryJob } from './jobs';",
    "lib/jobs.js": "exports.retryJob = (0, https_1.onCall)(() => {});",
    "src/jobs.ts": "export const retryJob = onCall<Input>({ cors: true }, () => {});",
    "main.js": "module.exports = {\n  hello,\n  retryJob: jobs.retry,\n};",
    "main.py": "@https_fn.on_call()\ndef retryJob(request): ...",
}

FREE = {
    "index.js": "exports.jobs = { retryJob: 1 }; const retryJob = 2; // exports.retryJob = onCall()",
    "src/jobs.ts": "export function retryJob(id: string) { return id; }",
    "src/index.ts": "export { retryJob as again } from './jobs';",
    "main.py": "def retryJob(): ...",
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_function_with_a_name_of_ours_is_refused(name: str) -> None:
    [one] = found({name: TAKEN[name]}, blocking=False)
    assert isinstance(one, Refusal)
    assert (one.file, one.code) == (name, "name-taken")


@pytest.mark.parametrize("name", FREE)
def test_a_helper_with_a_name_of_ours_is_accepted(name: str) -> None:
    assert found({name: FREE[name]}, blocking=False) == []


def test_a_prefix_tells_functions_apart() -> None:
    files = {"index.js": "exports.retryJob = onCall(() => {});"}
    assert found(files, blocking=False, codebase=ForeignCodebase("default", "functions", "app", 3)) == []
    ours = {"app-retryJob"}
    [one] = function_refusals(ForeignCodebase("default", "functions", "app", 3), files, ours)
    assert one.code == "name-taken"


def test_our_blocking_functions_have_no_name_if_they_are_not_wanted() -> None:
    files = {"main.py": "@https_fn.on_call()\ndef before_created(request): ..."}
    assert found(files, blocking=False) == []
    assert [one.code for one in found(files, blocking=True)] == ["name-taken"]
