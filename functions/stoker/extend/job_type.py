"""The registration of an app's own type of job."""

from collections.abc import Callable, Iterable
from typing import Any

from stoker import registry
from stoker.registry import JobType, RegistrationError
from stoker.task_functions import TaskFunction, drop, fit_again, task_function


def job(
    name: str,
    *,
    input: str,
    stages: Iterable[str],
    memory_mb: int = 512,
    cpu: int = 1,
    at_once: int = 10,
    makes_jobs: bool = False,
    end_hook: str | None = None,
    uploads: Iterable[str] = (),
    upload_endings: Iterable[str] = (),
    max_upload_bytes: int = 10 * 1024**2,
) -> Callable[[Callable[..., Any]], TaskFunction]:
    """Make a type of job of a worker, with its queue and its function.

    Put the decorator on a function in `main.py`. The function has the name of the queue: the type's name without
    hyphens. It takes the attempt (`JobContext`) and the input, and returns a `JobOutput`. Import the code that does the
    work in its body, because each cold start imports the whole of `main.py`.

    Args:
        name: The type's name: lower-case words with hyphens between them.
        input: The model of the input, as `module:Class`. It is imported when a job is read.
        stages: Every stage that the worker reports, in the order of the work.
        memory_mb: The memory of an instance, in MiB, `/tmp` included.
        cpu: The processors of an instance.
        at_once: The most attempts that run at the same time. All queues share `STOKER_VCPU`, so there may be fewer.
        makes_jobs: Whether the worker returns `Children`.
        end_hook: A function that runs after the end of each job that asks for it, as `module:name`.
        uploads: The media types of files that clients may upload for such jobs, such as `image/jpeg`. Files for
            Stoker's own types are accepted in any case.
        upload_endings: The endings of the names of such files, such as `heic`. They decide if a client sends no media
            type, as browsers do for formats that they do not know.
        max_upload_bytes: The largest of these uploads, in bytes.

    Raises:
        RegistrationError: The type can't be deployed, or another type has its name.
        ParameterError: `STOKER_VCPU` is too small for another queue.

    Example:
        >>> @job("word-count", input="words_input:WordsInput", stages=("counting",))
        ... def wordcount(run, words):
        ...     from words import count
        ...     return count(run, words)
        >>> wordcount.__firebase_endpoint__.availableMemoryMb
        512
        >>> forget("word-count")
    """

    if isinstance(stages, str) or isinstance(uploads, str) or isinstance(upload_endings, str):
        raise RegistrationError(f'The job type {name}: give stages and uploads as lists, such as stages=("counting",).')
    if not isinstance(input, str) or not isinstance(max_upload_bytes, int):
        raise RegistrationError(f"The job type {name}: input must be a text, and max_upload_bytes a number.")

    def decorate(worker: Callable[..., Any]) -> TaskFunction:
        registered = JobType(
            name=name,
            input=input,
            worker=worker,
            stages=tuple(stages),
            memory_mb=memory_mb,
            cpu=cpu,
            at_once=at_once,
            makes_jobs=makes_jobs,
            end_hook=end_hook,
            uploads=tuple(uploads),
            upload_endings=tuple(upload_endings),
            max_upload_bytes=max_upload_bytes,
        )
        registry.register(registered)
        if worker.__name__ != registered.queue.name:
            registry.unregister(name)
            raise RegistrationError(
                f"Rename the function {worker.__name__} to {registered.queue.name}: the function of the job type "
                f"{name} has the name of its queue."
            )
        function = task_function(name)
        function.__doc__ = worker.__doc__
        fit_again()
        return function

    return decorate


def forget(name: str) -> None:
    """Remove a type of the app, after a test that has registered the type.

    Args:
        name: The name of the type.
    """
    registry.unregister(name)
    drop(name)
    fit_again()
