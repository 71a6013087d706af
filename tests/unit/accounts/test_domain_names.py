"""A blocked domain is blocked in whichever way it is written."""

import pytest

from stoker.accounts.domain_names import ascii_form, domain_and_parents

BLOCKED = ("bücher.example", "BÜCHER.Example", "xn--bcher-kva.example", "XN--BCHER-KVA.EXAMPLE", "bu\u0308cher.example")
"""Ways in which an admin may write a domain."""

ADDRESSES = (
    *(f"a@{domain}" for domain in BLOCKED),
    *(f"a@bücher{dot}example" for dot in ("。", "．", "｡")),
    *(f"a@mail{dot}xn--bcher-kva{dot}example{dot}" for dot in (".", "。", "．", "｡")),
    *(f"a@bü{unseen}cher.example" for unseen in ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u200e")),
    *(f"a@bü{unseen}cher.example" for unseen in ("\u034f", "\ufe0f", "\u202e", "\u3164", "\x00", " ", "\u00a0")),
    "a@ｂüｃｈｅｒ.example",
    "a@𝐛ü𝐜𝐡𝐞𝐫.example",
    "a@xn--bcher-kva.ｅxample",
    "a@ｘn--bcher-kva.example",
    "a@xn--bcher-kva.exam\u200bple",
    "a@bad_label.bücher.example",
    "a@-.☃.\u206a.bücher.example",
    "a@..bücher.example..",
    "a@b@bücher.example",
)
"""Addresses of that domain, or of one below it."""


@pytest.mark.parametrize("address", ADDRESSES, ids=ascii)
@pytest.mark.parametrize("blocked", BLOCKED, ids=ascii)
def test_an_address_of_a_blocked_domain_is_found_however_both_are_written(blocked: str, address: str) -> None:
    assert ascii_form(blocked) in domain_and_parents(address)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "a@bucher.example",
            "a@xbücher.example",
            "a@bücher.example.com",
            "bücher.example@other.com",
            "a@bücherexample",
        ),
        *("a@bücher-example", "a@xn--bcher-kvb.example", "a@example", "", "@", "a@", "a@xn--", "a@xn--\U0001f408"),
    ],
    ids=ascii,
)
def test_an_address_of_another_domain_is_not(address: str) -> None:
    assert ascii_form("bücher.example") not in domain_and_parents(address)


@pytest.mark.parametrize("domain", ["faß.example", "xn--fa-hia.example"])
def test_a_sharp_s_is_a_letter_of_its_own(domain: str) -> None:
    assert ascii_form(domain) == "xn--fa-hia.example"
    assert ascii_form("fass.example") == "fass.example"


def test_a_domain_of_ascii_letters_stays_as_it_is() -> None:
    assert ascii_form("Mail.Example-1.COM") == "mail.example-1.com"


@pytest.mark.parametrize("address", ["", "@", "a@", "a@.", "a@\u200b", "a@xn--"], ids=ascii)
@pytest.mark.parametrize("blocked", ["", ".", "\u200b", "xn--"], ids=ascii)
def test_an_entry_without_a_letter_blocks_nobody(blocked: str, address: str) -> None:
    assert ascii_form(blocked) not in domain_and_parents(address)
