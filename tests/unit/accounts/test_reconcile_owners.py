"""The reconcile of owners, without a service: how many owners without an account it takes for lost events."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest

from stoker import config
from stoker.accounts import cursor, orphans, owners_round, reconcile_owners
from stoker.accounts.owners import OwnerSource, OwnersPage

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
PAGE = 100


@dataclass
class Project:
    """A project with owners and accounts.

    Attributes:
        owners: The owners, by the source in which they are found.
        accounts: The uids that have an account.
        saved: What the last reconcile has saved.
        started: The owners whose deletion has begun.
        broken: A source that can't be read behind this uid.
    """

    owners: dict[str, list[str]]
    accounts: set[str]
    saved: dict[str, Any] = field(default_factory=dict)
    started: list[str] = field(default_factory=list)
    broken: str | None = None

    def sources(self) -> list[OwnerSource]:
        def page_of(uids: list[str]) -> Callable[[str], OwnersPage]:
            ordered = sorted(uids)

            def page(after: str) -> OwnersPage:
                if self.broken is not None and after >= self.broken:
                    raise RuntimeError("This source can't be read.")
                start = bisect_right(ordered, after)
                rest = ordered[start : start + PAGE]
                return OwnersPage(rest, rest[-1] if start + PAGE < len(ordered) else None)

            return page

        return [OwnerSource(name, page_of(uids)) for name, uids in self.owners.items()]

    def start(self, user_id: str, occasion: str) -> str:
        self.started.append(user_id)
        return f"orphan-{user_id}"

    def save(self, name: str, after: str | None, **more: Any) -> None:
        self.saved = {"after": after, **more}


@pytest.fixture
def reconciled(monkeypatch: pytest.MonkeyPatch) -> Callable[..., reconcile_owners.ReconciledOwners]:
    """Reconcile a project. No data is left of the owners whose deletion has begun."""

    def run(project: Project, seconds: float = 60) -> reconcile_owners.ReconciledOwners:
        gone = project.started
        sources = project.sources()
        monkeypatch.setattr(owners_round, "sources", lambda: sources)
        monkeypatch.setattr(owners_round, "existing", lambda uids: project.accounts & set(uids))
        monkeypatch.setattr(owners_round, "needs_deletion", lambda uid, before: uid not in gone)
        monkeypatch.setattr(reconcile_owners, "has_accounts", lambda: len(project.accounts) > 0)
        monkeypatch.setattr(reconcile_owners, "delete_orphan", project.start)
        monkeypatch.setattr(cursor, "record", lambda name: project.saved)
        monkeypatch.setattr(cursor, "save", project.save)
        return reconcile_owners.reconcile_owners(NOW, seconds)

    return run


def uids(count: int) -> list[str]:
    return [f"user-{number:06}" for number in range(count)]


def project_of(owners: int, accounts: int, sources: tuple[str, ...] = ("tasks",)) -> Project:
    """Owners, each in each source; those with accounts are the last ones."""
    everyone = uids(owners)
    return Project(dict.fromkeys(sources, everyone), set(everyone[owners - accounts :]) | {"nobody's"})


@pytest.mark.parametrize(
    ("owners", "accounts"), [(100, 1), (40, 2), (19, 0), (100, 0), (5, 0), (1000, 900), (10_000, 9000)]
)
def test_accounts_that_were_restored_in_part_cost_no_owner_the_data(
    reconciled: Any, capsys: pytest.CaptureFixture[str], owners: int, accounts: int
) -> None:
    project = project_of(owners, accounts, ("users", "tasks"))
    done = reconciled(project)
    assert (done.jobs, project.started) == ([], [])
    assert done.spared > 0
    log = capsys.readouterr().err
    assert "owners-without-accounts" in log
    assert "scripts/accounts orphans" in log


@pytest.mark.parametrize(("owners", "accounts"), [(100, 80), (1000, 950), (10_000, 9800), (3, 0), (1, 0)])
def test_a_few_owners_without_an_account_are_lost_events(reconciled: Any, owners: int, accounts: int) -> None:
    project = project_of(owners, accounts, ("users", "tasks", "files"))
    done = reconciled(project)
    assert (done.spared, sorted(project.started)) == (0, uids(owners - accounts))
    assert len(project.started) == len(set(project.started))


def test_a_project_without_any_account_loses_nothing(reconciled: Any) -> None:
    project = Project({"tasks": ["ada"]}, set())
    assert (reconciled(project).spared, project.started) == (1, [])


def test_the_pages_before_a_suspicious_page_are_spared_too(reconciled: Any) -> None:
    everyone = uids(1000)
    project = Project({"tasks": everyone}, set(everyone[10:500]))
    reconciled(project)
    assert project.started == []


def test_the_counts_of_a_round_outlast_its_runs(reconciled: Any) -> None:
    project = project_of(1000, 600)
    runs = 0
    while runs < 30 and (runs == 0 or "sources" in project.saved):
        reconciled(project, seconds=0)  # a page for each run
        runs += 1
    assert len(project.started) < 21  # as if it had been one run, up to the page at which it is too many


def test_a_round_that_was_stopped_begins_again_and_goes_on_once_the_accounts_are_back(reconciled: Any) -> None:
    project = project_of(1000, 100)
    assert reconciled(project).spared > 0
    assert "sources" not in project.saved
    project.accounts |= set(uids(1000)[2:])
    assert (reconciled(project).spared, project.started) == (0, uids(2))


def test_a_run_starts_no_more_deletions_than_it_has_time_for_and_the_next_run_starts_the_rest(reconciled: Any) -> None:
    everyone = uids(15_000)
    project = Project({"tasks": everyone}, {uid for number, uid in enumerate(everyone) if number % 25 != 1})
    reconciled(project)
    first = len(project.started)
    assert owners_round.MOST_ORPHANS <= first < owners_round.MOST_ORPHANS + PAGE
    for _ in range(10):
        reconciled(project)
    assert len(project.started) == 600


def test_many_owners_are_looked_at_in_one_run(reconciled: Any) -> None:
    """A lost event must not wait for weeks: only time bounds a run."""
    project = project_of(50_000, 49_999, ("users", "tasks"))
    assert reconciled(project).looked_at == 100_000
    assert project.started == uids(1)


def test_a_run_reads_all_sources_at_the_same_time(reconciled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An owner is a query, and each query waits for the one before. One source after the other would take days."""
    together = Barrier(3)

    def page(after: str) -> OwnersPage:
        together.wait(10)
        return OwnersPage(["ada"], None)

    project = project_of(1, 1)
    monkeypatch.setattr(project, "sources", lambda: [OwnerSource(name, page) for name in ("users", "tasks", "files")])
    project.accounts.add("ada")
    assert reconciled(project, seconds=0).looked_at == 3


def test_a_source_that_is_new_or_gone_means_no_other_beginning_for_the_others(reconciled: Any) -> None:
    project = project_of(1000, 1000, ("users", "formerly"))
    reconciled(project, seconds=0)
    project.owners = {"users": project.owners["users"], "tasks": project.owners["users"]}
    reconciled(project, seconds=0)
    assert {name: one["read"] for name, one in project.saved["sources"].items()} == {"users": 200, "tasks": 100}


def test_owners_that_are_kept_are_no_reason_for_suspicion(reconciled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [f"script-{number}" for number in range(50)]
    monkeypatch.setattr(config, "kept_owners", lambda: tuple(kept))
    project = Project({"tasks": [*kept, *uids(3)]}, set(uids(3)[1:]))
    assert (reconciled(project).spared, project.started) == (0, uids(1))


def test_what_was_found_before_an_error_is_not_lost(reconciled: Any, capsys: pytest.CaptureFixture[str]) -> None:
    project = project_of(1000, 999)
    project.broken = uids(1000)[500]
    reconciled(project)
    assert project.started == uids(1)
    assert project.saved["sources"]["tasks"]["after"].startswith("user-0005")
    assert "can't be read" in capsys.readouterr().err


def test_an_owner_is_old_enough_once_something_is_older_than_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """A backend may write documents for a uid whose first sign-in is to come."""
    seen: list[datetime] = []
    before: list[datetime | None] = []

    def needs(uid: str, time: datetime | None) -> bool:
        before.append(time)
        return True

    monkeypatch.setattr(owners_round, "sources", project_of(1, 0).sources)
    monkeypatch.setattr(owners_round, "existing", lambda uids: set[str]())
    monkeypatch.setattr(owners_round, "needs_deletion", needs)
    whole = owners_round.OwnersRound.begun()
    whole.read_pages(NOW)
    assert before == [NOW - owners_round.YOUNG]
    monkeypatch.setattr(orphans, "times_of_remains", lambda user_id: iter(seen))
    for made, old in (([], False), ([NOW], False), ([NOW, NOW - 2 * owners_round.YOUNG], True)):
        seen[:] = made
        assert orphans.has_data("ada", NOW - owners_round.YOUNG) is old
        assert orphans.has_data("ada") is (made != [])
