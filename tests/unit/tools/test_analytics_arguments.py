"""The command lines of `stoker analytics` that are refused before the project is asked."""

import pytest

from stoker_tools.cli.analytics import arguments, commands


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("report --top --in nonsense", "'nonsense' is not an hour, a day or a month"),
        ("report --top --in 2026-13", "'2026-13' is not an hour, a day or a month"),
        ("report --top --in 2999-01", "the period is in the future"),
        ("report all --from 2026-11-22 --to 2026-11-01", "the period ends before it begins"),
        ("report --users --png users.png", "the number of active users is not drawn"),
        ("report --users --html users.html", "the number of active users is not drawn"),
        ("report --users --on 2999-01-01", "the period is in the future"),
        ("report Played", "no event can have the name 'Played'"),
        ("rebuild --from 2026-11-22 --to 2026-11-22", "the period ends before it begins"),
    ],
)
def test_a_wrong_command_line_is_named(words: str, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = arguments.parser()
    with pytest.raises(SystemExit) as ended:
        commands.check(parser.parse_args(words.split()), parser.error)
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err
