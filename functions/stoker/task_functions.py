"""The functions that run jobs. Each has a queue of Cloud Tasks, and makes one attempt at the job that a task names."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from firebase_functions.https_fn import CallableRequest
from firebase_functions.options import RateLimits, RetryConfig
from firebase_functions.private.util import set_func_endpoint_attr
from firebase_functions.tasks_fn import on_task_dispatched

from stoker import config, registry

TaskFunction = Callable[..., Any]


@dataclass(frozen=True)
class _Made:
    function: TaskFunction
    body: Callable[[CallableRequest[Any]], None]
    job_type: str
    deletes_owner: bool


_made: list[_Made] = []


def task_function(job_type: str, *, deletes_owner: bool = False) -> TaskFunction:
    """Make the function that runs a type of job, and its queue.

    Args:
        job_type: The type's name in `stoker.registry`.
        deletes_owner: Whether the function runs the jobs that delete their owner's account.

    Returns:
        The function. `main.py` must give it the name of the queue, which is the type's name without hyphens.
    """

    def run(request: CallableRequest[Any]) -> None:
        run_task(job_type, request)

    run.__name__ = run.__qualname__ = registry.queue_of(job_type, deletes_owner=deletes_owner).name
    run.__doc__ = description(job_type, deletes_owner=deletes_owner)
    function = on_task_dispatched(**queue_options(job_type, deletes_owner=deletes_owner))(run)
    _made.append(_Made(function, run, job_type, deletes_owner))
    return function


def description(job_type: str, *, deletes_owner: bool = False) -> str:
    """Return the sentence about a function that runs a type of job.

    Args:
        job_type: The type's name in `stoker.registry`.
        deletes_owner: Whether the function runs the jobs that delete their owner's account.
    """
    which = " that deletes its owner's account" if deletes_owner else ""
    return f"Make one attempt at a job of the type `{job_type}`{which}."


def run_task(job_type: str, request: CallableRequest[Any]) -> None:
    """Make one attempt at the job that a task names, with the worker of its type."""
    from stoker.jobs.attempt import run_attempt

    run_attempt(request.data["jobId"], registry.load(registry.job_types()[job_type].worker))


def fit_again() -> None:
    """Give each function its number of instances again, after another type was registered.

    All queues share the budget of processors, so another queue may leave fewer places for each.
    """
    for made in _made:
        options = queue_options(made.job_type, deletes_owner=made.deletes_owner)
        fitted: Any = on_task_dispatched(**options)(made.body)
        set_func_endpoint_attr(made.function, fitted.__firebase_endpoint__)


def drop(job_type: str) -> None:
    """Forget the function of a type that is no longer registered.

    Args:
        job_type: The type's name.
    """
    _made[:] = [made for made in _made if made.job_type != job_type]


def queue_options(job_type: str, *, deletes_owner: bool = False) -> dict[str, Any]:
    """Return the options of a function that runs a type of job, and of its queue.

    Args:
        job_type: The type's name in `stoker.registry`.
        deletes_owner: Whether the function runs the jobs that delete their owner's account.
    """
    registered, queue = registry.job_types()[job_type], registry.queue_of(job_type, deletes_owner=deletes_owner)
    return {
        "region": config.REGION,
        "memory": registered.memory_mb,
        "cpu": registered.cpu,
        # Each attempt needs all the memory and all the processors of its instance.
        "concurrency": 1,
        "timeout_sec": config.ATTEMPT_SECONDS,
        "max_instances": queue.at_once,
        "retry_config": RetryConfig(
            max_attempts=config.MAX_ATTEMPTS, min_backoff_seconds=10, max_backoff_seconds=300, max_doublings=4
        ),
        "rate_limits": RateLimits(max_concurrent_dispatches=queue.at_once),
    }
