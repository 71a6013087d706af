"""Wrong decisions about batches, their children and their figures."""

from simulation.mutants import Mutant

BATCHES: tuple[Mutant, ...] = (
    Mutant(
        "children are not cancelled with their batch",
        "jobs.children",
        "    if parent.cancel_requested:\n        _cancel_children(parent)\n",
        "",
        ("nothing waits for ever",),
    ),
    Mutant(
        "a batch ends before its children",
        "jobs.children",
        "    if alive:\n",
        "    if alive > 1:\n",
        ("parents end after children",),
    ),
    Mutant(
        "children that were completed begin anew with their batch",
        "jobs.children",
        'elif existing.data.get("status") in ("failed", "cancelled"):',
        "else:",
        ("only the table's transitions", "no unforeseen error"),
    ),
    Mutant(
        "a batch that has ended does not hear of a child that is retried",
        "jobs.commands",
        "*retried_child_writes(state)",
        "",
        ("figures follow", "parents end after children"),
    ),
    Mutant(
        "children that are retried count as done while they run",
        "jobs.batch_output",
        "        return _failures_in(earlier).get(str(number))\n",
        "        return None\n",
        ("figures follow",),
    ),
    Mutant(
        "a batch is retried while children of it run again",
        "jobs.commands",
        "    if job.stage == RUNNING_AGAIN:\n",
        "    if False:\n",
        ("figures follow",),
        rare=True,
    ),
    Mutant(
        "a child is retried while its batch is run again",
        "jobs.children",
        '    if parent.state in ("pending", "processing"):\n        raise NotRetryable(',
        '    if parent.state in ("pending", "processing"):\n        return ()\n        raise NotRetryable(',
        ("figures follow",),
        rare=True,
    ),
    Mutant(
        "a completed batch is retried although nothing has failed",
        "jobs.commands",
        'if job.state == "completed" and not job.failed_items:',
        "if False:",
        ("what is done stays done", "no unforeseen error"),
    ),
)
