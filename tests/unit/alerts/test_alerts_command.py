"""The command line of `stoker alerts`."""

import pytest

from stoker_tools.cli.alerts.arguments import main


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [([], "required: --email"), (["--email", "ada"], "'ada' is no e-mail address")],
)
def test_alerts_need_an_address(arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert sentence in capsys.readouterr().err
