"""Fair: crowds in which no honest user may wait for long, and the longest wait of each.

Alone, a job begins a fraction of a second after it was written.
"""

from collections.abc import Mapping, Sequence

from simulation.crowd import BATCH, FILM, SPEECH, Crowd, Waits, Wish
from simulation.outcome import Broken

FIRST_SECONDS = 10.0
"""A first job may begin so much later than alone, whatever five other users have queued."""

TURN_SECONDS = 60.0
"""A first batch begins within so many seconds if fifty users have queued a batch each. So does a deletion behind twenty
long deletions."""

FILLED_SECONDS = 75.0
"""Places that become free are taken within so many seconds: the sweeper runs each minute."""

DAYS_29 = 29 * 24 * 3600.0
"""A client may write a job so long before it is due."""


def run_fair_crowds(seed: int) -> None:
    """Run all crowds.

    Raises:
        Broken: An honest user waits for too long.
    """
    of_deletions = (deletions, beside_deletions, behind_deletions)
    for crowd in (five_greedy_users, fifty_users, a_place_is_left, a_flood, a_burst, *of_deletions):
        crowd(seed)


def five_greedy_users(seed: int, job_type: str = FILM, jobs: int = 20) -> Waits:
    """Five users have queued many long jobs; three others come with one job each."""
    greedy = [Wish(0.1 * number, f"mallory{number % 5}", job_type, 600.0) for number in range(5 * jobs)]
    honest = [Wish(30.0 + 10 * number, f"user{number}", job_type, 20.0, honest=True) for number in range(3)]
    return _judged(seed, [*greedy, *honest], 300.0, FIRST_SECONDS, "first jobs begin at once")


def a_burst(seed: int, job_type: str = FILM) -> Waits:
    """Five users have written a hundred long jobs each in the same moment; others come with one job each."""
    greedy = [Wish(10.0, f"mallory{number % 5}", job_type, 600.0) for number in range(500)]
    honest = [Wish(11.0 + 5 * number, f"user{number}", job_type, 2.0, honest=True) for number in range(8)]
    return _judged(seed, [*greedy, *honest], 300.0, FIRST_SECONDS, "a burst of jobs is refused in time")


def fifty_users(seed: int, job_type: str = BATCH, work_seconds: float = 300.0) -> Waits:
    """Fifty users have queued a long job each; one more user comes."""
    crowd = [Wish(0.01 * number, f"user{number}", job_type, work_seconds) for number in range(50)]
    last = Wish(20.0, "ada", job_type, 20.0, honest=True)
    return _judged(seed, [*crowd, last], 600.0, TURN_SECONDS, "batches take turns")


def a_place_is_left(seed: int) -> Waits:
    """A user's second job waits while fourteen others run. They end, and no job of the user's own does."""
    others = [Wish(0.0, f"user{number}", FILM, 80.0) for number in range(14)]
    own = [Wish(0.0, "ada", FILM, 900.0), Wish(5.0, "ada", FILM, 10.0, honest=True)]
    return _judged(seed, [*others, *own], 300.0, 80.0 + FILLED_SECONDS, "places are filled")


def a_flood(seed: int, jobs: int = 2000, each_second: int = 500) -> Waits:
    """A user writes many jobs in a few seconds. Another user's job comes in the middle, and a third one's deletion."""
    flood = [Wish(number / each_second, "mallory", BATCH, 60.0) for number in range(jobs)]
    middle = jobs / each_second / 2
    honest = Wish(middle, "ada", BATCH, 5.0, honest=True)
    deletion = Wish(middle, "bob", BATCH, 5.0, honest=True, deletes=True)
    return _judged(seed, [*flood, honest, deletion], 200.0, FIRST_SECONDS, "a flood keeps nobody waiting")


def deletions(seed: int) -> Waits:
    """Users who are at their limits want their data to be deleted, while the type is paused."""
    users = [f"user{number}" for number in range(3)]
    films = [Wish(0.0, user, FILM, 900.0) for user in users]
    wishes = [Wish(20.0, user, BATCH, 10.0, honest=True, deletes=True) for user in users]
    admin = {"paused": [BATCH], "userLimits": {"atOnce": 1, "aDay": 1}}
    return _judged(seed, [*films, *wishes], 200.0, FIRST_SECONDS, "deletions pass limits and pauses", admin)


def beside_deletions(seed: int, count: int = 40, work_seconds: float = 300.0) -> Waits:
    """Many accounts are deleted at the same time; a user comes with a batch."""
    gone = [Wish(0.01 * number, f"gone{number}", BATCH, work_seconds, deletes=True) for number in range(count)]
    batch = Wish(30.0, "ada", BATCH, 20.0, honest=True)
    return _judged(seed, [*gone, batch], 600.0, FIRST_SECONDS, "deletions have places of their own")


def behind_deletions(seed: int, count: int = 20, work_seconds: float = 900.0) -> Waits:
    """Accounts with very many documents are deleted; one more user's deletion comes."""
    gone = [Wish(0.1 * number, f"gone{number}", BATCH, work_seconds, deletes=True) for number in range(count)]
    last = Wish(30.0, "ada", BATCH, 20.0, honest=True, deletes=True)
    return _judged(seed, [*gone, last], 1000.0, TURN_SECONDS, "deletions take turns")


def many_users(seed: int, users: int, hours: float) -> Waits:
    """Users who come one after another with a short job each, beside five attackers.

    In an hour, each attacker writes two hundred long jobs, eight hundred that are due in 29 days, ten batches that wait
    for a film, and, one attacker after another, a batch of a hundred films.
    """
    types: Sequence[str] = (FILM, SPEECH, BATCH)
    greedy = [
        Wish(0.1 * number, f"mallory{number % 5}", types[number % 3], 120.0) for number in range(int(1000 * hours))
    ]
    later = int(800 * hours)
    for number, name in enumerate(f"mallory{number}" for number in range(5)):
        greedy += [Wish(3600 * hours * place / later, name, FILM, 2.0, due_after=DAYS_29) for place in range(later)]
        greedy += [Wish(360 * place, name, BATCH, 120.0, makes=1) for place in range(int(10 * hours))]
        greedy.append(Wish(600 * hours * (1 + number), name, BATCH, 120.0, makes=100))
    gap = 3600 * hours / users
    honest = [
        Wish(10.0 + gap * number, f"user{number}", types[number % 3], 2.0, honest=True) for number in range(users)
    ]
    return _judged(seed, [*greedy, *honest], 3600 * hours + 100, FIRST_SECONDS, "first jobs begin at once")


def _judged(
    seed: int,
    wishes: Sequence[Wish],
    seconds: float,
    most: float,
    invariant: str,
    admin: Mapping[str, object] | None = None,
) -> Waits:
    waits = Crowd(seed, wishes, admin).run(seconds)
    if max(waits.honest) > most:
        raise Broken(seed, invariant, f"an honest user waits for {max(waits.honest):.1f} s, and may for {most}", [])
    return waits
