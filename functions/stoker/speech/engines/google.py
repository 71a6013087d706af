"""Google Cloud Text-to-Speech, by its REST API: one request for each sentence, several at a time.

The API's own client library would add 0.3 s to a cold start; `requests` and `google-auth`, which Cloud Storage's client
brings along, are loaded anyway.
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
from stoker.speech.engine import Mark, Piece
from stoker.speech.engines.google_messages import BrokenAnswer, is_marked, read_answer, read_voices, request_body
from stoker.speech.engines.paid_answers import KeptAnswers
from stoker.speech.sentences import Sentence
from stoker.speech.voices import Voice

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
SLOWEST, FASTEST = 0.25, 2.0
"""Source: https://cloud.google.com/text-to-speech/docs/reference/rest/v1beta1/text/synthesize#AudioConfig"""

REQUESTS_AT_ONCE = 4
AHEAD = 8
"""Sentences asked for before they are needed; more would only lie in memory."""

TRIES = 6
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.5, 16.0
TIMEOUT_SECONDS = (5, 30)
"""To connect, and to be silent."""

AGAIN = {408, 429, 500, 502, 503, 504}
POLL_SECONDS = 0.5

ANSWERS = 1
"""Counts up where the same request would be answered differently: then no later attempt takes what was kept."""


Result = TypeVar("Result")


class Google:
    """Speaks by the Cloud Text-to-Speech API. Use it as a context manager: on leaving it, no request is under way.

    Args:
        kept: Answers of this job's attempts: what was paid for once is not asked for again.
        check: Called at least every `POLL_SECONDS`; what it raises ends the work.
        log: The job's.

    Raises:
        SpeechRefused: There are no credentials.
    """

    name = "google"
    sample_rate = 24_000

    def __init__(self, kept: KeptAnswers, check: Callable[[], None], log: JobLog) -> None:
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
        """All that there are: the language's own region first, and the families in the order of `MARKED_FAMILIES`."""
        answer = self._threads.submit(self._request, "GET", "v1/voices", None, read_voices)
        return self._wait(answer)

    def speed(self, voice: Voice, wanted: float) -> float:
        """See `Engine`."""
        return min(max(wanted, SLOWEST), FASTEST)

    def pitch(self, voice: Voice, wanted: float) -> float:
        """See `Engine`."""
        return wanted if is_marked(voice) else 0.0

    def unread(self, voice: Voice, text: str) -> list[str]:
        """See `Engine`. No list says what its voices read; a sentence that has no sound is found where it is spoken."""
        return []

    def speak(self, sentences: Sequence[Sentence], voice: Voice, speed: float, pitch: float) -> Iterator[Piece]:
        """See `Engine`."""
        asked: deque[tuple[Sentence, Future[tuple[bytes, list[Mark]]]]] = deque()
        for sentence in sentences:
            body = request_body(sentence.text, voice, speed, pitch, self.sample_rate)
            asked.append((sentence, self._threads.submit(self._speak, sentence.text, body)))
            if len(asked) >= AHEAD:
                yield self._piece(*asked.popleft())
        while asked:
            yield self._piece(*asked.popleft())

    def _piece(self, sentence: Sentence, answer: "Future[tuple[bytes, list[Mark]]]") -> Piece:
        return Piece(sentence, *self._wait(answer))

    def _wait(self, answer: "Future[Result]") -> Result:
        while True:
            self._check()
            try:
                return answer.result(POLL_SECONDS)
            except NotYet:
                continue

    def _speak(self, text: str, body: dict[str, Any]) -> tuple[bytes, list[Mark]]:
        recipe = hashlib.sha256(json.dumps([ANSWERS, body], sort_keys=True).encode()).hexdigest()
        kept = self._kept.read(recipe)
        if kept is not None:
            return read_answer(kept, text, self.sample_rate)

        def read(content: bytes) -> tuple[bytes, list[Mark]]:
            spoken = read_answer(content, text, self.sample_rate)
            self._kept.write(recipe, content)
            return spoken

        return self._request("POST", "v1beta1/text:synthesize", body, read)

    def _request(self, method: str, path: str, body: dict[str, Any] | None, read: Callable[[bytes], Result]) -> Result:
        """Asks, and asks again after a while where that may help.

        Raises:
            SpeechRefused: The request is wrong.
            SpeechFailed: The answers are cut short.
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
                self._log.warning("An answer of Cloud Text-to-Speech can't be read.", reason=str(reason))
                error = SpeechFailed("The voice's answer was cut short again and again.")
            except (requests.RequestException, TransportError) as reason:
                self._log.warning("Cloud Text-to-Speech did not answer.", reason=str(reason))
                error = Unavailable("Cloud Text-to-Speech did not answer.")
            else:
                error = self._refused(answer)
        raise error

    def _refused(self, answer: requests.Response) -> StokerError:
        """What to say of an answer that is none; raises what can't be mended by asking again."""
        said = _said(answer)
        self._log.warning("Cloud Text-to-Speech refused.", status=answer.status_code, said=said)
        if answer.status_code in (401, 403):
            raise Unavailable("This project may not use Cloud Text-to-Speech: its owner must enable the API for it.")
        if answer.status_code == 429:
            return Unavailable("The project's quota of Cloud Text-to-Speech is used up for now.")
        if answer.status_code in AGAIN:
            return Unavailable("Cloud Text-to-Speech has a fault of its own.")
        raise SpeechRefused(f"The voice does not take this: {said}")


def session() -> requests.Session:
    """A session with the function's own credentials.

    Raises:
        SpeechRefused: There are none.
    """
    try:
        credentials, _ = google.auth.default(scopes=[SCOPE])
    except DefaultCredentialsError as error:
        raise SpeechRefused(
            "There are no credentials for Cloud Text-to-Speech here. Whoever runs this sets "
            "GOOGLE_APPLICATION_CREDENTIALS, or STOKER_SPEECH=espeak for the embedded voice."
        ) from error
    return AuthorizedSession(credentials)


def _said(answer: requests.Response) -> str:
    try:
        return str(answer.json()["error"]["message"])[:300]
    except (ValueError, KeyError, TypeError):
        return f"status {answer.status_code}"


def _wait_seconds(tried: int) -> float:
    return SYSTEM.uniform(0.5, 1) * min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2.0**tried)
