"""The bill of `stoker costs` and of `docs/costs.md`."""

import json
import re
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
import yaml

from stoker import config
from stoker_tools.cli.costs import commands
from stoker_tools.cli.costs.arguments import parser
from stoker_tools.cli.costs.commands import run
from stoker_tools.costs import work
from stoker_tools.costs.bill import free_part, price_of
from stoker_tools.costs.estimate import DONE_BY, Figures, estimate
from stoker_tools.costs.functions import Functions
from stoker_tools.costs.prices import DATABASES, EVERYWHERE, Meter, Price, prices
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode
from stoker_tools.generate.cost_tables import work_table
from stoker_tools.setup.environment import ROOT

MANIFEST = (ROOT / "functions/functions.yaml").read_text()
FUNCTIONS = Functions.of_manifest(MANIFEST)
SOME = Figures(films=1000, speech_characters=1_000_000, batches=5, exports=5, events=1000, completions=10, users=10)


def lines(figures: Figures) -> dict[str, float]:
    bill = estimate(figures, FUNCTIONS, "nam5")
    return {item.name: price_of(item.usage, bill.prices) for item in bill.items}


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert run(parser().parse_args(words)) == ExitCode.DONE
    return capsys.readouterr().out


def test_a_minute_of_film_costs_mainly_its_processors_and_memory() -> None:
    usage = work.film(FUNCTIONS, 1)
    worker = {meter: usage[meter] for meter in (Meter.VCPU_SECONDS, Meter.GIB_SECONDS)}
    assert price_of(worker, EVERYWHERE) > 0.9 * price_of(usage, prices("nam5"))


def test_a_million_events_at_a_hundred_a_second_cost_about_five_dollars() -> None:
    together = work.aggregates(1e6, 10, 1e6 / 100 / config.ROLL_UP_EVERY_SECONDS)
    assert price_of(together, prices("nam5")) == pytest.approx(0.08, abs=0.01)
    assert price_of(work.client_event(), prices("nam5")) * 1e6 == pytest.approx(4.8, abs=0.1)


def test_the_figures_that_other_pages_repeat_are_right() -> None:
    months_of_events = lines(Figures(events=1_000_000))["events"]
    assert months_of_events == pytest.approx(18, abs=0.5)  # docs/analytics.md
    idle = estimate(Figures(), FUNCTIONS, "nam5")
    assert idle.to_pay < 1  # docs/costs.md
    busy = price_of(work.looks(FUNCTIONS, work.MINUTES), prices("nam5")) - price_of(
        work.looks(FUNCTIONS), prices("nam5")
    )
    assert busy == pytest.approx(43, abs=2)  # Less with the free tier: docs/costs.md, docs/analytics.md


def test_the_order_of_a_usage_changes_no_digit_of_its_price() -> None:
    """Python 3.12 began to sum floats more exactly. So a generated page had another last digit on Python 3.11."""
    each = {meter: Price(1, 1, 1, "") for meter in Meter}
    orders = list(permutations({Meter.READS: 0.1, Meter.WRITES: 0.2, Meter.DELETES: 0.3, Meter.REQUESTS: 1e-9}.items()))
    assert len({price_of(dict(order), each) for order in orders}) == 1
    assert len({free_part(dict(order), each) for order in orders}) == 1


def test_a_busier_app_never_costs_less() -> None:
    least = lines(SOME)
    for name in ("films", "minutes", "speech_characters", "batches", "exports", "events", "completions", "users"):
        more = lines(replace(SOME, **{name: 2 * getattr(SOME, name)}))
        assert more.keys() == least.keys()
        assert sum(more.values()) > sum(least.values()), name
        assert all(more[line] >= least[line] for line in least), name


def test_an_app_without_users_pays_only_for_what_runs_on_a_schedule() -> None:
    assert lines(Figures()).keys() == {"the sweeper", "the roll-up", "the reconciles", "schedules"}


def test_work_is_billed_for_the_size_of_its_function() -> None:
    def larger(match: re.Match[str]) -> str:
        return f"availableMemoryMb: {2 * int(match[1])}"

    assert work_table(MANIFEST) != work_table(re.sub(r"availableMemoryMb: (\d+)", larger, MANIFEST))


def test_the_lines_add_up_and_the_free_tiers_are_apart(capsys: pytest.CaptureFixture[str]) -> None:
    bill = json.loads(printed(capsys, "--films", "1000", "--events", "1,000,000", "--json"))
    assert sum(item["usd"] for item in bill["items"]) == pytest.approx(bill["totalUsd"])
    assert bill["totalUsd"] - bill["freeUsd"] == pytest.approx(bill["toPayUsd"])
    assert 0 < bill["freeUsd"] < bill["totalUsd"]
    assert {item["name"] for item in bill["items"]} >= {"films", "events", "the roll-up"}


def test_a_bill_for_people_has_a_line_for_each_item(capsys: pytest.CaptureFixture[str]) -> None:
    shown = printed(capsys, "--speech-characters", "2000000", "--voice", "standard")
    assert re.search(r"^speech +8\.\d\d US\$$", shown, re.MULTILINE)
    assert re.search(r"^to pay +\d+\.\d\d US\$$", shown, re.MULTILINE)


WRONG = [
    ("--films", "-1"),
    ("--films", "many"),
    ("--films", "9" * 30),
    ("--minutes", "nan"),
    ("--minutes", "-2"),
    ("--voice", "loud"),
    ("--event-names", "0"),
]


@pytest.mark.parametrize("words", WRONG)
def test_nonsense_is_refused_with_a_sentence(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(words)
    assert ended.value.code == ExitCode.USAGE
    assert f"argument {words[0]}: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--region", "mars"), "The prices of functions in 'mars' are not in the list"),
        (("--database", "eur3"), "The prices of Firestore in 'eur3' are not in the list: choose from nam5"),
        (("--films", "1", "--minutes", "0"), "A film of 0 minutes can't be made"),
    ],
)
def test_a_place_without_prices_is_refused_with_a_sentence(words: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=re.escape(sentence)) as refused:
        run(parser().parse_args(words))
    assert refused.value.exit_code == ExitCode.USAGE


def test_each_price_has_a_source() -> None:
    every = [*EVERYWHERE.items(), *(pair for listed in DATABASES.values() for pair in listed.items())]
    assert {meter for meter, _ in every} == set(Meter)
    assert all(price.source.startswith("https://") and price.per > 0 <= price.usd for _, price in every)


@pytest.mark.parametrize(("figure", "function", "feature"), [(one, *by) for one, by in DONE_BY.items()])
def test_work_of_a_feature_that_is_off_is_refused(
    figure: str, function: str, feature: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    off = yaml.safe_load(MANIFEST)
    del off["endpoints"][function]
    (tmp_path / "functions.yaml").write_text(yaml.safe_dump(off))
    monkeypatch.setattr(commands, "functions_folder", lambda: tmp_path)
    option = f"--{figure.replace('_', '-')}"
    with pytest.raises(CommandError, match=f"The feature {feature} of this app is off.* {option}") as refused:
        run(parser().parse_args([option, "5"]))
    assert refused.value.exit_code == ExitCode.USAGE
    assert run(parser().parse_args([])) == ExitCode.DONE


def test_without_a_feature_an_app_pays_nothing_for_it() -> None:
    sizes = {name: size for name, size in FUNCTIONS.sizes.items() if name not in ("roll_up_events", "on_task_written")}
    less = Functions(sizes, FUNCTIONS.schedules - 1)
    figures = Figures(films=10, batches=10)
    bill = estimate(figures, less, "nam5")
    assert bill.total < estimate(figures, FUNCTIONS, "nam5").total
    assert "the roll-up" not in {item.name for item in bill.items}
