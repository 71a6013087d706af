"""The ASCII form of domain names, so that two ways to write the same domain can be compared."""

import unicodedata
from functools import lru_cache

UNSEEN = ("C", "Z")
"""Unicode's categories of control, format and space characters. They are invisible, and no domain name needs them."""


@lru_cache(maxsize=4096)
def ascii_form(domain: str) -> str:
    """Convert a domain name to lower case and ASCII. Labels with other letters become Punycode.

    Any text can be converted, also labels that no registry would accept.
    Source: https://www.unicode.org/reports/tr46/ (UTS #46, nontransitional processing)

    Args:
        domain: The domain name, as a person or a client wrote it.

    Example:
        >>> ascii_form("BÜCHER。example.")
        'xn--bcher-kva.example'
    """
    labels = (_mapped(_decoded(label)) for label in _mapped(domain).split(".") if label)
    return ".".join(_encoded(label) for label in labels if label)


def domain_and_parents(email: str) -> set[str]:
    """List the domains that an e-mail address belongs to, in the form of `ascii_form`.

    Args:
        email: The address.

    Example:
        >>> sorted(domain_and_parents("a@mail.Example.com"))
        ['com', 'example.com', 'mail.example.com']
    """
    labels = [label for label in ascii_form(email.rpartition("@")[2]).split(".") if label]
    return {".".join(labels[first:]) for first in range(len(labels))}


def _mapped(text: str) -> str:
    import idna  # Imported here because its tables are large, and only sign-ups need them.

    seen = "".join(letter for letter in text if not unicodedata.category(letter).startswith(UNSEEN))
    try:
        return idna.uts46_remap(seen, std3_rules=False, transitional=False)
    except idna.IDNAError:
        return unicodedata.normalize("NFKC", seen).lower()  # The text has a letter that no domain may have.


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label  # The label only looks like Punycode.


def _encoded(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")
