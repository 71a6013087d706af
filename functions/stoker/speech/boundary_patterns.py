"""The marks and patterns that `boundaries` looks for in the text around a place. They decide nothing by themselves."""

import re

# Marks

OPENING = "\"`'“‘«‹„‚「『《〈（(¿¡["
CLOSING = "\"'”’“»›」』》〉）)]"
"""Marks that open and that close a quote or a bracket. In some languages, a mark does both."""

LEADING = f"{OPENING}”’»,–—- \u00a0\u202f"
"""Characters that may stand before the first word of a sentence."""

NEVER_FIRST = {"º", "ª", ",", ";", "/", "№"}
"""Marks with which no sentence begins."""

WIDE_SPACE = re.compile(r"[^\S\n]")
"""Any space, except the end of a line."""

STRAY_OPENING = re.compile(rf"(?<=[.…!?])\s+[{re.escape(OPENING)}”’»]+$")
"""An opening mark at the end of a sentence. It belongs to the next sentence. In Swedish and Finnish, the mark ” opens
and closes."""

STRAY_CLOSING = re.compile(r"(?:[\"”’»]|'')\s")
"""A closing mark at the beginning of a sentence. It belongs to the sentence before."""

DASHED = re.compile(r"(?:[–—]\s*|-\s+)(\S)")
"""A dash before the next word, as in `— Você vem? — perguntou ele`."""

# Ends

PLACE = re.compile(rf"(?:[.…!?।؟۔](?:\s?[{re.escape(CLOSING)}])*\s+|[。！？]+[{re.escape(CLOSING)}]*\s*)(?=\S)")
"""A place where a sentence may end, although the library has not proposed it."""

QUOTED_END = re.compile(rf"([.…!?。！？।؟۔])\s?[{re.escape(CLOSING)}]+$")
"""The end of a sentence inside a quote or a bracket, such as `.”`."""

PLAIN_END = re.compile(
    r"(?:[^\W\d_]{3,}\.|\d{3,}\.|[A-ZА-Я]{2,}\.|\d\s?(?:[kcdmµ]?[gml]|ha|кг|[кмс]м|м?л|χλμ|κ)\.|(?:[\w-]{2,}|\d)\.[a-z]\w+\."
    r"|\w[\"'”’»“)\]–—]\.|[^\W_][!?！？]+|…|[.!?…]\s?[\"'”’»“)\]]+)$"
)
"""The end of a sentence that cannot be an abbreviation, such as that of a long word, `TV`, `5 kg` or `a.pdf`."""

QUOTE_REST = re.compile(r"[^\"“„«»”]*[.!?…][\"“»”]\s*([,\w])")
"""The end of a quote, after which the sentence goes on: `Stop. Now." and left`."""

SPEECH_END = re.compile(r"[^\s\"“«][\"”»]")
"""The end of a quote. A sentence with two ends of quotes has named the speaker already."""

SHORT_REST = re.compile(r"[^.!?…।؟。！？]{0,20}[.!?…।؟。！？]")
"""A short rest of a sentence after an ellipsis, in a script without capital letters."""

# Words

FIRST_WORD = re.compile(r"([^\W\d_][^\s\d.,;:!?…।'’\"”»)]*)(?![\w.])")
"""The first word of a text. A word before a full stop does not count, because it may be an initial."""

LAST_WORD = re.compile(r"(?:^|[\s(\[«„“\"'‘’،,;:/-])((?:[^\s.(\[«„“\"',;:/-]+\.)*[^\s.(\[«„“\"',;:/-]+)\.$")
"""The word before a full stop, with the full stops inside of it."""

INITIAL = re.compile(r"[^\W\d_]\.")
"""A single letter with a full stop, at the beginning of a text."""

TWO_INITIALS = re.compile(r"(?<!\w)[^\W\d_]\.\s?[^\W\d_]\.$")
"""Two single letters, each with a full stop, as in `z. B.`"""

IN_BRACKET = re.compile(r"\([a-zà-ÿа-яёіїєґά-ώ]{1,6}\.$")
"""An abbreviation at the beginning of a bracket, as in `(vgl. Abb. 3)`."""

STREET = ("str", "Str")
"""The endings of abbreviated names of streets in German and Dutch."""

CAPITAL_START = re.compile(r"[.!?][\"'”’»)]*\s+[\"'“„«(¿¡]*[A-ZÀ-ÞА-ЯΑ-Ω]")
"""The end of a sentence, and a capital letter at the beginning of the next one."""

DUTCH = re.compile(r"['’][a-z]\s+")
"""A Dutch word that is never capitalized, as in `'s Avonds`. The next word has the capital letter instead."""

# Numbers and dates

ITEM_NUMBER = re.compile(r"\(?\d{1,3}[.)]\s*")
"""The number of a list item, as in `1. First item`. It is not a sentence."""

NUMBER = re.compile(r"(?:\d[\d.,]*|[IVXLC]+)\s+\S+$|\w-\w\.$")
"""A number before the last word, as in `5 kg.`, or a letter after a hyphen, as in `Plan-B.`"""

ORDINAL = re.compile(r"(?:^|(?P<before>[^\s.]+)(?P<stop>\.?)\s+|[(„])(?:\d{1,3}|[IVXLC]+)\.$")
"""A number that may be an ordinal. After an abbreviation such as `Nr.`, it is a plain number: `Nr. 12.`"""

ROMAN = re.compile(r"[IVXLC]+(?![^\W_]|['’])")
"""A Roman number at the beginning of a text, as in `vol. XIV`."""

DEGREES = re.compile(r"(?:[°º˚]|\bst\.)\s?[CF]\.$")
"""The end of a temperature, such as `20 °C.`"""

DAY = re.compile(r"\d{1,2}\.\s")
"""The month after a year, as in `2020. 12. 5.`"""

YEAR_MONTH_DAY = re.compile(r"(?<!\d)\d{4}\.\s*\d{1,2}\.\s*\d{1,2}\.$")
"""A date that begins with the year, such as `2020. 12. 5.`"""

DATED = re.compile(
    r"(?:(?:[\dIVXLCХІ]|-х)\s*(?:гг?|р|r|вв?|w|ст)|\b(?:н\.\s?[эе]|n\.\s?[el]|[ad]\.\s?C|[vn]\.\s?Chr|[fe]\.\s?Kr|[ej]Kr|[ej]aa"
    r"|J\.?-C|[πμ]\.\s?Χ))\.$"
)
"""The end of a year, a century or an era, as in `w 1855 r.` and `216 a.C.`"""

DATED_START = re.compile(
    r"(?:(?:Już|Kiedy|Gdy|Уже|Когда|Вже|Коли)\s+\w\s+|(?:W|We|Do|Od|Po|Przed|Podczas|В|Во|К|С|До|От|По|У|З|Від|Nel|Dal|Al|In|Im"
    r"|Em|No|En|I)\s+(?:\S+\s+){0,5}|\d+\S*\s+(?:\S+\s+){0,4})?\S+$"
)
"""A sentence that has only a date so far, so that it goes on: `W 1812 r. Napoleon`."""

# Quotes in languages without capital letters

KOREAN_QUOTING = re.compile(r"이?라[고는며]|하[고며]\s")
"""Korean text after a quote, with which the sentence goes on."""

JAPANESE_QUOTES = ("」", "』")
JAPANESE_QUOTING = ("と", "って")
"""The marks at the end of a Japanese quote, and the words after it with which the sentence goes on: `「はい。」と`."""

CHINESE_SPEAKER = re.compile(r"[^，。！？、：“”]{1,6}?[说问答喊叫笑](?!了)")
"""The speaker after a Chinese quote, such as `她问`. The sentence goes on if it began with the quote."""

CHINESE_VERB = re.compile(r"就|便|并|然后就")
"""A Chinese verb without a subject after a quote. The sentence goes on."""
