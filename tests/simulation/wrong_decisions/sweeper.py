"""Wrong decisions of the sweeper."""

from simulation.mutants import Mutant

SWEEPER: tuple[Mutant, ...] = (
    Mutant(
        "an end hook whose process died is forgotten",
        "jobs.sweeper",
        '            ("end-hooks", lambda walk: '
        "walk.in_rounds(_seen(job_queries.end_hooks_due()), self._run_end_hook)),\n",
        "",
        ("end hooks run",),
    ),
    Mutant(
        "the sweeper does not fill places that are left",
        "jobs.sweeper",
        '            *((f"places-{job_type}", self._places(job_type)) for job_type in registry.job_types()),\n',
        "",
        ("places are filled",),
        rare=True,
    ),
    Mutant(
        "the sweeper forgets lapsed leases",
        "jobs.sweeper",
        "job_queries.lapsed_leases(self.now)), self._bring_back)",
        "job_queries.lapsed_leases(self.now)), lambda found: None)",
        ("no job is lost", "nothing waits for ever"),
    ),
    Mutant(
        "the sweeper forgets cancelled jobs that wait",
        "jobs.sweeper",
        "job_queries.cancelled_while_waiting()), self._bring_back)",
        "job_queries.cancelled_while_waiting()), lambda found: None)",
        ("nothing waits for ever",),
    ),
    Mutant(
        "the sweeper forgets batches",
        "jobs.sweeper",
        "            update_parent(found.id)\n",
        "            pass\n",
        ("no job is lost", "nothing waits for ever"),
    ),
    Mutant(
        "the sweeper forgets jobs that are no longer paused",
        "jobs.sweeper",
        '            *((f"released-{job_type}", self._released(job_type)) for job_type in released),\n',
        "",
        ("nothing waits for ever",),
    ),
    Mutant(
        "the sweeper forgets jobs that are due",
        "jobs.sweeper",
        '            ("due", self._due),\n',
        "",
        ("nothing waits for ever",),
    ),
    Mutant(
        "the sweeper forgets jobs whose event was lost",
        "jobs.sweeper",
        '            ("stale", self._stale),\n',
        "",
        ("no job is lost", "nothing waits for ever"),
    ),
    Mutant(
        "the sweeper forgets jobs whose second task was lost",
        "jobs.sweeper",
        '            ("due-again", self._due_again),\n',
        "",
        ("no job is lost", "nothing waits for ever"),
    ),
    Mutant(
        "the sweeper does not wake jobs that wait for others",
        "jobs.sweeper",
        '            ("owners", self._owners),\n',
        "",
        ("no job is lost", "nothing waits for ever"),
    ),
    Mutant(
        "the sweeper forgets batches whose children were retried",
        "jobs.sweeper",
        '            ("children-again", self._children_again),\n',
        "",
        ("figures follow",),
        rare=True,
    ),
)
