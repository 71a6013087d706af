"""Google Cloud Text-to-Speech, through its REST API. Each sentence is a request, and several requests run at a time.

The API's client library would add 0.3 s to a cold start. `requests` and `google-auth` are loaded anyway, because the
client library of Cloud Storage needs them.
"""

import hashlib
import json
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from types import TracebackType
from typing import Any, Self, TypeVar

import google.auth
import requests
from google.auth.exceptions import DefaultCredentialsError, TransportError
from google.auth.transport.requests import AuthorizedSession

from stoker import config
from stoker.errors import SpeechFailed, SpeechRefused, StokerError, Unavailable
from stoker.host import SYSTEM
from stoker.logs import JobLog
from stoker.speech.engine import Mark, Utterance
from stoker.speech.engines.answer_cache import AnswerCache
from stoker.speech.engines.google_messages import BrokenAnswer, is_marked, read_answer, read_voices, request_body
from stoker.speech.sentences import Sentence
from stoker.speech.voices import Voice

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
SLOWEST, FASTEST = 0.25, 2.0
"""The range of speeds.
Source: https://cloud.google.com/text-to-speech/docs/reference/rest/v1beta1/text/synthesize#AudioConfig"""

REQUESTS_AT_ONCE = 4
AHEAD = 8
"""The sentences that are requested before they are needed. More sentences would only take memory."""

TRIES = 6
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.5, 16.0
TIMEOUT_SECONDS = (5, 30)
"""The longest time to connect, and the longest time without data, in seconds."""

RETRYABLE_STATUSES = {408, 429, 500, 502, 503, 504}
"""The HTTP statuses after which a request is sent again."""

POLL_SECONDS = 0.5
"""The longest time between two calls of `check`, in seconds."""

CACHE_VERSION = 1
"""The version of the cached answers. Raise it if the same request is answered differently, so that no attempt uses
answers that an older version has cached."""


Result = TypeVar("Result")


class Google:
    """The engine of Google Cloud Text-to-Speech.

    Use it as a context manager. After leaving it, no request is under way.

    Args:
        kept: The answers that earlier attempts of the job have paid for, so that no sentence is paid for twice.
        check: Called at least every `POLL_SECONDS`. An error that it raises ends the work.
        log: The log of the job.

    Raises:
        SpeechRefused: There are no credentials.
    """

    name = "google"
    sample_rate = 24_000

    def __init__(self, kept: AnswerCache, check: Callable[[], None], log: JobLog) -> None:
        self._kept = kept
        self._check = check
        self._log = log
        self._session = session()
        self._leaving = threading.Event()
        self._threads = ThreadPoolExecutor(REQUESTS_AT_ONCE, "speech")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, stack: TracebackType | None
    ) -> None:
        self._leaving.set()
        self._threads.shutdown(cancel_futures=True)
        self._session.close()

    def voices(self) -> Sequence[Voice]:
        """Return all voices. Voices of a language's main region come first, then `MARKED_FAMILIES` in their order."""
        answer = self._threads.submit(self._request, "GET", "v1/voices", None, read_voices)
        return self._wait(answer)

    def speed(self, voice: Voice, wanted: float) -> float:
        """See `Engine`."""
        return min(max(wanted, SLOWEST), FASTEST)

    def pitch(self, voice: Voice, wanted: float) -> float:
        """See `Engine`."""
        return wanted if is_marked(voice) else 0.0

    def unread(self, voice: Voice, text: str) -> list[str]:
        """See `Engine`. It is not known which letters Google's voices read. Sentences without sound are found later."""
        return []

    def speak(self, sentences: Sequence[Sentence], voice: Voice, speed: float, pitch: float) -> Iterator[Utterance]:
        """See `Engine`."""
        asked: deque[tuple[Sentence, Future[tuple[bytes, list[Mark]]]]] = deque()
        for sentence in sentences:
            body = request_body(sentence.text, voice, speed, pitch, self.sample_rate)
            asked.append((sentence, self._threads.submit(self._speak, sentence.text, body)))
            if len(asked) >= AHEAD:
                yield self._piece(*asked.popleft())
        while asked:
            yield self._piece(*asked.popleft())

    def _piece(self, sentence: Sentence, answer: "Future[tuple[bytes, list[Mark]]]") -> Utterance:
        return Utterance(sentence, *self._wait(answer))

    def _wait(self, answer: "Future[Result]") -> Result:
        while True:
            self._check()
            try:
                return answer.result(POLL_SECONDS)
            except NotYet:
                continue

    def _speak(self, text: str, body: dict[str, Any]) -> tuple[bytes, list[Mark]]:
        recipe = hashlib.sha256(json.dumps([CACHE_VERSION, body], sort_keys=True).encode()).hexdigest()
        kept = self._kept.read(recipe)
        if kept is not None:
            return read_answer(kept, text, self.sample_rate)

        def read(content: bytes) -> tuple[bytes, list[Mark]]:
            spoken = read_answer(content, text, self.sample_rate)
            self._kept.write(recipe, content)
            return spoken

        return self._request("POST", "v1beta1/text:synthesize", body, read)

    def _request(self, method: str, path: str, body: dict[str, Any] | None, read: Callable[[bytes], Result]) -> Result:
        """Send a request, and send it again after a while if that may help.

        Raises:
            SpeechRefused: The API refuses the request.
            SpeechFailed: The answers are incomplete.
            Unavailable: There is no answer, or the quota is used up.
        """
        error: StokerError = Unavailable("")
        for tried in range(TRIES):
            if tried and self._leaving.wait(_wait_seconds(tried)):
                break
            try:
                answer = self._session.request(
                    method, f"{config.SPEECH_ENDPOINT}/{path}", json=body, timeout=TIMEOUT_SECONDS
                )
                if answer.status_code == requests.codes.ok:
                    return read(answer.content)
            except BrokenAnswer as reason:
                self._log.warning("An answer from Cloud Text-to-Speech can't be read.", reason=str(reason))
                error = SpeechFailed("The voice's answer was cut short again and again.")
            except (requests.RequestException, TransportError) as reason:
                self._log.warning("Cloud Text-to-Speech did not answer.", reason=str(reason))
                error = Unavailable("Cloud Text-to-Speech did not answer.")
            else:
                error = self._refused(answer)
        raise error

    def _refused(self, answer: requests.Response) -> StokerError:
        """Return the error of an answer if another try may help. Raise it if no other try can help."""
        reason = _message_of(answer)
        self._log.warning("Cloud Text-to-Speech refused.", status=answer.status_code, reason=reason)
        if answer.status_code in (401, 403):
            raise Unavailable(
                "This project may not use Cloud Text-to-Speech, because its owner has not enabled the API."
            )
        if answer.status_code == 429:
            return Unavailable("The project's quota of Cloud Text-to-Speech is used up for now.")
        if answer.status_code in RETRYABLE_STATUSES:
            return Unavailable("Cloud Text-to-Speech has a fault of its own.")
        raise SpeechRefused(f"The voice does not take this: {reason}")


def session() -> requests.Session:
    """Open a session with the function's own credentials.

    Raises:
        SpeechRefused: There are no credentials.
    """
    try:
        credentials, _ = google.auth.default(scopes=[SCOPE])
    except DefaultCredentialsError as error:
        raise SpeechRefused(
            "There are no credentials for Cloud Text-to-Speech here. The operator must set "
            "GOOGLE_APPLICATION_CREDENTIALS, or STOKER_SPEECH=espeak for the embedded voice."
        ) from error
    return AuthorizedSession(credentials)


def _message_of(answer: requests.Response) -> str:
    try:
        return str(answer.json()["error"]["message"])[:300]
    except (ValueError, KeyError, TypeError):
        return f"status {answer.status_code}"


def _wait_seconds(tried: int) -> float:
    return SYSTEM.uniform(0.5, 1) * min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2.0**tried)
