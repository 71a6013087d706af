"""uv gets the settings of pip."""

import pytest

from stoker_tools.setup.uv import variables

LISTED = """\
:env:.index-url='https://mirror.example/simple'
:env:.no-cache-dir='1'
global.cert='/etc/ssl/company.pem'
global.extra-index-url='https://one.example https://two.example'
global.find-links='\\n/wheels\\n/more'
global.index-url='https://old.example/simple'
global.timeout='60'
install.no-index='false'
list.format='columns'
"""


def test_the_settings_of_pip_become_variables_for_uv() -> None:
    assert variables(LISTED, {}) == {
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_NO_CACHE": "true",
        "SSL_CERT_FILE": "/etc/ssl/company.pem",
        "UV_INDEX": "https://one.example https://two.example",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": "/wheels,/more",
        "UV_HTTP_TIMEOUT": "60",
        "UV_NO_INDEX": "false",
    }


def test_a_machine_without_settings_sets_nothing() -> None:
    assert variables("", {}) == {}


def test_what_is_set_for_uv_is_kept() -> None:
    kept = variables(LISTED, {"UV_DEFAULT_INDEX": "https://mine.example"})
    assert "UV_DEFAULT_INDEX" not in kept
    assert kept["SSL_CERT_FILE"] == "/etc/ssl/company.pem"


def test_a_lock_file_is_made_without_extra_indexes() -> None:
    names = variables(LISTED, {}, sources=False).keys()
    assert names == {"UV_DEFAULT_INDEX", "UV_NO_CACHE", "SSL_CERT_FILE", "UV_HTTP_TIMEOUT"}


@pytest.mark.parametrize("later", ["install", ":env:"])
def test_a_section_wins_over_those_before_it(later: str) -> None:
    listed = sorted([f"{later}.index-url='https://b.example'", "global.index-url='https://a.example'"])
    assert variables("\n".join(listed), {}) == {"UV_DEFAULT_INDEX": "https://b.example"}
