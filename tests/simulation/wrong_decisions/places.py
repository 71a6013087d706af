"""Wrong decisions about the order of jobs, the limits of users and the places of queues."""

from simulation.mutants import Mutant

PLACES: tuple[Mutant, ...] = (
    Mutant(
        "a place is taken without a look at the others",
        "jobs.limits",
        "    return limits.at_once is not None and len(usage.running) >= limits.at_once\n",
        "    return False\n",
        ("limits",),
    ),
    Mutant(
        "a place is taken whoever else has taken one meanwhile",
        "jobs.limits",
        "Create(path, fields) if found is None else Update(path, fields, found.update_time)",
        "Create(path, fields) if found is None else Update(path, fields)",
        ("limits", "places are kept", "places are given back", "nothing waits for ever"),
    ),
    Mutant(
        "a full queue is not shared",
        "jobs.fairness",
        "return held == 0 or held < free_places(places, running)",
        "return True",
        ("first jobs begin at once",),
    ),
    Mutant(
        "batches keep their places while others wait",
        "jobs.turns",
        "if turn is None or now >= self._began + turn:",
        "if turn is None:",
        ("batches take turns",),
    ),
    Mutant(
        "deletions share the queue of batches",
        "registry",
        "return registered.deletions if deletes_owner and registered.deletions is not None else registered.queue",
        "return registered.queue",
        ("deletions have places of their own",),
    ),
    Mutant(
        "deletions keep their places while others wait",
        "jobs.context",
        "if self._saved and self._turn.is_over():",
        "if self._saved and not self._lease.state.deletes_owner and self._turn.is_over():",
        ("deletions take turns",),
    ),
    Mutant(
        "turns are those of a queue of more places",
        "jobs.context",
        "Turn(document.type, lease.state.queue.at_once)",
        "Turn(document.type, 4 * lease.state.queue.at_once)",
        ("batches take turns", "deletions take turns"),
    ),
    Mutant(
        "each of a user's many jobs takes a turn of the queue",
        "jobs.dispatch",
        "    return reason_to_defer(state, state.user_id, limits)\n",
        "    return None\n",
        ("a flood keeps nobody waiting",),
    ),
    Mutant(
        "a dedupe key is not taken",
        "jobs.dispatch",
        "            take_key(document)\n",
        "            pass\n",
        ("one job per dedupe key",),
    ),
    Mutant(
        "a dedupe key is taken from a job that is alive",
        "jobs.dedupe",
        "if holder != document.id and _is_alive(holder):",
        "if False:",
        ("one job per dedupe key",),
    ),
    Mutant(
        "a job that was woken is not found again",
        "jobs.waiting",
        '.write({"stage": "queued", "runAfter": _age(job)})',
        '.write({"stage": "queued"})',
        ("no job is lost", "nothing waits for ever"),
    ),
    Mutant(
        "nobody is woken by a release",
        "jobs.waiting",
        'released.sums["waiting"] == 0:',
        'released.sums["waiting"] == 1:',
        ("nothing waits for ever",),
    ),
)
