"""The boundaries of sentences. `sentencex` and punctuation propose places, and the text around a place decides.

Most full stops inside a sentence are recognized by the next word, which has a small letter or is a number. The lists in
`abbreviations` decide the others. The patterns are in `boundary_patterns`.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import sentencex

from stoker.speech import boundary_patterns as patterns
from stoker.speech.abbreviations import CLOSING_PHRASES, PARTICLES, TITLES, Words, words_of
from stoker.speech.width import cut_to_fit

WINDOW_CHARACTERS = 10_000
"""The most characters that the library gets at once. Its time grows with the square of the quotes and brackets."""

LOOK_CHARACTERS = 60
"""The characters before and after a place that are examined."""

CHINESE = {"cmn", "yue", "hak", "zh"}
"""The codes of Chinese languages. The library has one code for all of them: `zh`."""


@dataclass(frozen=True)
class TextContext:
    """The properties of a whole text that its sentences depend on.

    Attributes:
        language: The code of the language for the library.
        words: The lists of the language.
        capitals: Whether sentences begin with capital letters in this text. Many people write messages without them.
        danda: Whether sentences end with the mark `।`. Then a full stop ends no sentence.
    """

    language: str
    words: Words
    capitals: bool
    danda: bool

    @classmethod
    def of(cls, text: str, language: str) -> Self:
        """Find the properties of a text.

        Args:
            text: The whole text.
            language: A BCP 47 tag.
        """
        base = language.split("-")[0].lower()
        return cls("zh" if base in CHINESE else base, words_of(base), _has_capitals(text), "।" in text)


def sentence_spans(text: str, start: int, end: int, context: TextContext) -> Iterator[tuple[int, int]]:
    """Find the sentences of a part of a text. Yield the start and the end of each, in characters.

    The sentences cover the whole part: the space after a sentence belongs to it.

    Args:
        text: The whole text.
        start: The start of the part, in characters.
        end: The end of the part, in characters.
        context: The properties of the whole text.

    Example:
        >>> text = "Am 2. Tag kam er. Dann ging er."
        >>> [text[begin:stop] for begin, stop in sentence_spans(text, 0, len(text), TextContext.of(text, "de"))]
        ['Am 2. Tag kam er. ', 'Dann ging er.']
    """
    proposed = {_with_opening(text, start, place) for place in _proposed(text, start, end, context.language)}
    unseen = {place for place in _unseen(text, start, end) if place not in proposed}
    begin = start
    for place in sorted(proposed | unseen):
        if begin < place < end and _ends(text, begin, place, end, place in proposed, context):
            yield begin, place
            begin = place
    if begin < end:
        yield begin, end


def _ends(text: str, begin: int, place: int, end: int, proposed: bool, context: TextContext) -> bool:
    before = text[max(begin, place - LOOK_CHARACTERS) : place].rstrip()
    after = text[place : min(end, place + LOOK_CHARACTERS)].lstrip()
    quoted = text[begin : begin + LOOK_CHARACTERS].lstrip()[:1] in patterns.OPENING
    if patterns.STRAY_CLOSING.match(after) or (not text[place - 1].isspace() and _is_glued(before, after)):
        return False
    goes_on = _goes_on(before, after, quoted, context)
    if goes_on is None:
        # The library misses boundaries at quotes, before numbers, and after words that can also be abbreviations.
        first = after.lstrip(patterns.LEADING)[:1]
        if context.capitals and not proposed and (rest := patterns.QUOTE_REST.match(after)) and not rest[1].isupper():
            return False
        return proposed or ((first.isupper() or first.isdecimal()) and patterns.PLAIN_END.search(before) is not None)
    return not goes_on


def _is_glued(before: str, after: str) -> bool:
    """Return whether a place without a space is inside a word (`U.S.A.` in Chinese text), or before a closing mark."""
    if before.endswith(".") and after[:1].isascii() and after[:1].isalnum():
        return True
    return after[:1] in "”’›」』》〉）)]。、，"


def _proposed(text: str, start: int, end: int, language: str) -> Iterator[int]:
    """Yield the places where the library finds the beginning of a sentence.

    The beginning of a window is left out. The library always reports it, because it sees no text before it.
    """
    while start < end:
        window = cut_to_fit(text[start : min(end, start + WINDOW_CHARACTERS + 1)], WINDOW_CHARACTERS)
        # The library (1.0.32) panics at an initial before a space that has several bytes, such as a no-break space.
        found = sentencex.get_sentence_boundaries(language, patterns.WIDE_SPACE.sub(" ", window))
        places = [start + one["start_index"] for one in found if one["start_index"]]
        yield from places
        start += len(window)
        # The next window begins with the sentence that this window cuts, unless most of the text would be read twice.
        if start < end and places and places[-1] > start - len(window) // 2:
            start = places[-1]


def _with_opening(text: str, start: int, place: int) -> int:
    stray = patterns.STRAY_OPENING.search(text, max(start, place - LOOK_CHARACTERS), place)
    # In « Je pars. », a space stands before the closing mark.
    return place if stray is None or text[place : place + 1].isspace() else stray.end() - len(stray.group().lstrip())


def _unseen(text: str, start: int, end: int) -> Iterator[int]:
    """Yield the places that the library may miss. Places without a space count only outside of quotes and brackets."""
    depth, straight, at = 0, False, start
    for found in patterns.PLACE.finditer(text, start, end):
        for character in text[at : found.end()]:
            if character == '"':
                straight = not straight
            elif character in "“„«「『《（([":
                depth += 1
            elif character in "”»」』》）)]" and depth:
                depth -= 1
        at = found.end()
        if found.group()[0] not in "。！？" or (not depth and not straight):
            yield found.end()


def _goes_on(before: str, after: str, quoted: bool, context: TextContext) -> bool | None:
    """Return whether a sentence goes on at a place; None if the text around the place does not decide.

    Args:
        before: The text before the place.
        after: The text after the place.
        quoted: Whether the sentence began with a quotation mark.
        context: The properties of the whole text.
    """
    after = after.removeprefix(",,")  # Two commas may open a quote.
    if (
        patterns.ITEM_NUMBER.fullmatch(before)
        or patterns.IN_BRACKET.search(before)
        or after[:1] in patterns.NEVER_FIRST
    ):
        return True
    if after[:1] == "-" and _is_initials(_last_word(before)):
        return True  # J.-P. Sartre
    after = patterns.DUTCH.sub("", after, count=1) if patterns.DUTCH.match(after) else after
    first = after.lstrip(patterns.LEADING)[:1]
    small = context.capitals and first.islower() and not _is_brand(after)
    caseless = first.isalpha() and first.upper() == first.lower()
    dashed = patterns.DASHED.match(after)
    if dashed and context.capitals and dashed[1].islower():
        return True  # — Você vem? — perguntou ele.
    if end := patterns.QUOTED_END.search(before):
        return True if small else _after_quote(before, after, end[1], quoted, caseless, context.words)
    if before.endswith(("...", "…", ". . .")):
        return _after_ellipsis(before, after, small, caseless, context.words)
    if before.endswith("。"):
        return False
    if small or (before.endswith(".") and context.danda) or (caseless and patterns.YEAR_MONTH_DAY.search(before)):
        return True
    if not before.endswith("."):
        return None
    if first.isdecimal():
        return _before_number(before, after, context.words)
    return _before_name(before, after, context.words)


def _after_ellipsis(before: str, after: str, small: bool, caseless: bool, words: Words) -> bool | None:
    if small or (caseless and len(before.split()) == 1):
        return True
    if caseless:
        return patterns.SHORT_REST.match(after) is not None and _first_word(after) not in words.openers
    return None


def _after_quote(before: str, after: str, mark: str, quoted: bool, caseless: bool, words: Words) -> bool | None:
    if before.endswith(patterns.JAPANESE_QUOTES):
        return True if after.startswith(patterns.JAPANESE_QUOTING) else None  # 「はい。」と言った
    if mark in "。！？":
        spoke = patterns.CHINESE_SPEAKER.match(after) if quoted else None
        return spoke is not None or patterns.CHINESE_VERB.match(after) is not None  # 她问
    if after[:1] in patterns.OPENING:
        return None
    if patterns.KOREAN_QUOTING.match(after):
        return True
    spoken = len(patterns.SPEECH_END.findall(before)) > 1
    if caseless and quoted and not spoken and not unicodedata.name(after[0], "").startswith("HANGUL"):
        return _first_word(after) not in words.openers
    return False if (mark == "." and after[:1].isupper()) or (spoken and caseless) else None


def _before_number(before: str, after: str, words: Words) -> bool | None:
    word = _last_word(before)
    if word.isdecimal() and (len(word) <= 2 or (len(word) == 4 and patterns.DAY.match(after))):
        return True  # 5. 12. 2020, 2020. 12. 5.
    is_letter = len(word) == 1 and word.islower()
    if (is_letter or patterns.TWO_INITIALS.search(before)) and not patterns.NUMBER.search(before):
        return True  # z. B. 3, n. 3
    known = {word, word.lower(), _bare(word)} & (words.numbered | words.inside)
    return True if known or word.endswith(patterns.STREET) else None


def _before_name(before: str, after: str, words: Words) -> bool | None:
    word = _last_word(before)
    opener = _first_word(after) in words.openers
    if before.endswith(CLOSING_PHRASES) or word.lower() in words.closing or patterns.DEGREES.search(before):
        return False
    if _is_initials(word) and patterns.INITIAL.match(after):
        return True
    if patterns.DATED.search(before):
        return after[:1] in "–—„«" or (not opener and patterns.DATED_START.fullmatch(before) is not None)
    if word.lower() in words.numbered and patterns.ROMAN.match(after) and not opener:
        return True
    ordinal = patterns.ORDINAL.search(before) if words.ordinals and (words.romans or word.isdecimal()) else None
    if ordinal and (words.nouns or not word.isdecimal() or patterns.ROMAN.match(after)):
        counted = ordinal["before"] or ""
        numbered = counted.lower() in words.numbered if ordinal["stop"] else counted.istitle() and counted.isalpha()
        if word.isdecimal() and numbered and counted not in words.openers:
            return False  # Nr. 12. Zimmer 3.
        return not opener
    if word == "no":
        return False  # `no.` is an abbreviation only before a number.
    if {word, word.lower()} & words.inside:
        named = word in TITLES or _first_word(after) in PARTICLES
        return not opener or (named and not patterns.NUMBER.search(before))
    if _is_initials(word) and not patterns.NUMBER.search(before):
        return not opener
    return False if opener and after[:1] not in patterns.OPENING else None


def _last_word(before: str) -> str:
    found = patterns.LAST_WORD.search(before)
    return found[1] if found else ""


def _bare(word: str) -> str:
    """Remove the Arabic prefix `و` (and) from a word."""
    return word.removeprefix("و")


def _is_initials(word: str) -> bool:
    return bool(word) and all(len(part) == 1 and part.isalpha() for part in word.split("."))


def _is_brand(after: str) -> bool:
    """Return whether the next word is a name that begins with a small letter, such as iPhone."""
    return after[1:2].isupper()


def _first_word(after: str) -> str:
    """Return the first word of a sentence, without the marks before it; an empty text if it is an initial."""
    found = patterns.FIRST_WORD.match(after.lstrip(patterns.LEADING))
    return found[1] if found else ""


def _has_capitals(text: str) -> bool:
    letter = next((character for character in text[:1000] if character.isalpha()), "")
    return letter.isupper() or patterns.CAPITAL_START.search(text[:20_000]) is not None
