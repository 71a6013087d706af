"""An app registers a type of job from its own code, also after Stoker's models and functions were imported."""

import inspect
import os
import subprocess
import sys
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from stoker import capacity, config, functions, registry
from stoker.errors import InvalidJob, UnsupportedType
from stoker.extend.job_type import job
from stoker.jobs.job import check_job
from stoker.models.batch import RunJobs
from stoker.models.settings import JobSettings
from stoker.registry import RegistrationError
from stoker_tools.generate.inputs import input_functions
from stoker_tools.generate.schemas import schemas
from stoker_tools.generate.uploads import upload_function
from unit.extend.registered import word_count
from unit.extend.words_input import WordsInput

JOB = {
    "id": "j",
    "userId": "ada",
    "type": "word-count",
    "input": {"text": "one two"},
    "status": "pending",
    "createdAt": datetime.now(UTC),
}


def endpoint(function: Any) -> Any:
    return function.__firebase_endpoint__


def places(function: Any) -> int:
    return int(endpoint(function).taskQueueTrigger["rateLimits"]["maxConcurrentDispatches"])


def test_its_jobs_are_read_while_it_is_registered() -> None:
    with pytest.raises(UnsupportedType, match="'word-count'"):
        check_job("j", JOB)
    with word_count():
        assert check_job("j", JOB).input == WordsInput(text="one two")
        with pytest.raises(InvalidJob, match=r"input.text: must be text"):
            check_job("j", {**JOB, "input": {"text": 5}})
        RunJobs.from_firestore({"operation": "run-jobs", "jobs": [{"type": "word-count", "input": {}}]})
        JobSettings.from_firestore({"paused": ["word-count"]})
    with pytest.raises(UnsupportedType):
        check_job("j", JOB)


def test_its_function_runs_its_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[Any] = []
    monkeypatch.setattr("stoker.jobs.attempt.run_attempt", lambda job_id, worker: ran.append((job_id, worker(1, 2))))
    with word_count() as function:
        inspect.unwrap(function)(SimpleNamespace(data={"jobId": "j"}))
        assert function.__doc__ == "Count the words of a text."
    assert ran == [("j", 2)]


def test_its_queue_has_its_options() -> None:
    with word_count(memory_mb=1024, cpu=2, at_once=3) as function:
        made = endpoint(function)
        assert (made.entryPoint, made.availableMemoryMb, made.cpu, made.concurrency) == ("wordcount", 1024, 2, 1)
        assert made.taskQueueTrigger["retryConfig"]["maxAttempts"] == config.MAX_ATTEMPTS


def test_the_functions_that_were_there_make_room_for_it() -> None:
    """The functions are declared before an app registers its types, and all share the budget of processors."""
    workers = [getattr(functions, queue.name) for one in registry.job_types().values() for queue in one.queues]
    before = [places(worker) for worker in workers]
    with word_count(at_once=200) as function:
        after = [places(worker) for worker in workers]
        used = sum(endpoint(one).cpu * endpoint(one).maxInstances for one in (*workers, function))
        assert used <= config.VCPU - capacity.RESERVED
        assert all(now < then for now, then in zip(after, before, strict=True))
        assert after == [
            queue.at_once for name in list(registry.job_types())[:-1] for queue in registry.job_types()[name].queues
        ]
    assert [places(worker) for worker in workers] == before


def test_its_rules_and_schemas_are_made() -> None:
    assert "word" not in input_functions("input")
    with word_count():
        assert "type == 'batch-operation' ? batchInputFits(input) :\n    wordsInputFits(input)" in input_functions(
            "input"
        )
        made = schemas()
        assert '"word-count"' in made["processing-job"]
        assert '"maxLength": 100000' in made["words-input"]
    assert "words-input" not in schemas()


def test_its_uploads_are_accepted_up_to_its_size() -> None:
    assert "text/rtf" not in upload_function("isAccepted")
    with word_count(uploads=("text/rtf", "text/markdown"), upload_endings=("rtf", "md"), max_upload_bytes=5000):
        function = upload_function("isAccepted")
        assert "(file.contentType in ['text/rtf', 'text/markdown'] && file.size <= 5000)" in function
        assert "file.name.lower().matches('.*[.](rtf|md)') && file.size <= 5000)" in function


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"stages": "counting"}, "give stages and uploads as lists"),
        ({"uploads": "text/rtf"}, "give stages and uploads as lists"),
        ({"input": None}, "input must be a text"),
        ({"uploads": ("image/*",)}, "Name whole media types, such as image/jpeg"),
        ({"uploads": ("image/jpeg'",)}, "Name whole media types"),
        ({"uploads": ("text/rtf",), "max_upload_bytes": 0}, "Choose 1 to 1,073,741,824"),
        ({"upload_endings": (".heic",)}, "Name endings in small letters, such as heic"),
        ({"upload_endings": ("a|b",)}, "Name endings in small letters"),
        ({"name": "Word Count"}, "'Word Count' needs another name: lower-case words"),
        ({"name": "word_count"}, "needs another name"),
        ({"name": ""}, "needs another name"),
        ({"name": "w" * 51}, "of at most 50 characters"),
        ({"name": 5}, "5 needs another name"),
        ({"name": "video-processing"}, "video-processing is registered twice"),
        ({"name": "videoprocessing"}, "video-processing and videoprocessing would both have the queue videoprocessing"),
        ({"name": "account-deletion"}, "both have the queue accountdeletion"),
        ({"name": "count-words"}, "Rename the function wordcount to countwords"),
        ({"input": "words_input"}, "Name the model as module:Class"),
        ({"input": "words_input:"}, "Name the model as module:Class"),
        ({"stages": ()}, "List each stage"),
        ({"stages": ("counting", "counting")}, "List each stage that the worker reports once"),
        ({"stages": ("queued",)}, "without queued and completed"),
        ({"memory_mb": 500}, "Choose one of 256, 512"),
        ({"cpu": 3}, "cpu=3. With memory_mb=512, choose 1 or 2"),
        ({"memory_mb": 8192, "cpu": 1}, "With memory_mb=8192, choose 2 or 4 or 8"),
        ({"memory_mb": 512, "cpu": 8}, "choose 1 or 2"),
        ({"at_once": 0}, "Choose 1 to 1000"),
    ],
)
def test_a_type_that_can_not_be_deployed_is_refused(options: dict[str, Any], sentence: str) -> None:
    before = dict(registry.job_types())
    with pytest.raises(RegistrationError) as raised, word_count(**options):
        raise AssertionError("The type was registered.")
    assert sentence in str(raised.value)
    assert dict(registry.job_types()) == before


REGISTER = """
from stoker import config, registry
from unit.extend.registered import word_count
try:
    word_count().__enter__()
except config.ParameterError as error:
    print(error, "word-count" in registry.job_types())
"""


def test_a_type_for_which_no_processor_is_left_is_refused() -> None:
    least = capacity.RESERVED + sum(one.cpu for one in registry.job_types().values() for _ in one.queues)
    environment = {**os.environ, "STOKER_VCPU": str(least), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", REGISTER], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == f"STOKER_VCPU is {least}. Set it to {least + 1} or more, or leave it out. False\n"


def test_the_decorator_is_a_public_name() -> None:
    import stoker

    assert stoker.job is job
