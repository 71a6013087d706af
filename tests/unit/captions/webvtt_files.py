"""WebVTT files as people and programs write them, well and badly: made at random, each from its number."""

from random import Random

SIGNATURES = (
    *["WEBVTT"] * 12,
    "WEBVTT - a title",
    "WEBVTT\tKind: captions; Language: en",
    "\ufeffWEBVTT",
    "WEBVTT FILE\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000",
    "WEBVTT\nKind: captions\nLanguage: en",
    "WEBVTT --> nothing",
)
BLOCKS = (
    "NOTE a comment",
    "NOTE\nof two lines\nand three",
    "NOTE 00:01.000 --> 00:02.000",
    "NOTE\n00:01.000 --> 00:02.000\nthis is a cue",
    "STYLE\n::cue { color: red }",
    "STYLE\n::cue(b) {\n  color: red;\n}",
    "STYLE\n00:01.000 --> 00:03.000\nalso a cue",
    "REGION\nid:fred\nwidth:40%\nlines:3",
    "a line alone",
    "two lines\nalone",
    "12",
    " ",
    "\t",
    "\f",
)
SETTINGS = (
    "align:start",
    "line:0",
    "line:-1 position:50%,line-left",
    "position:10% size:35% align:right",
    "vertical:rl",
    "region:fred",
    "nonsense",
    "align:",
    "--",
    "00:00:09.000",
    "size:200%",
)
NAMES = ("1", "2", "intro", "a name with spaces", "ünïcödé", "WEBVTT", "00:01.000", "NOTE", "-- >", "->", "<b>", " ")
TEXTS = (
    "Good morning.",
    "Two\nlines",
    "three\nlines\nof text",
    "<v Ada>Hello</v>",
    "<v.loud Ada &amp; Bob>Hello",
    "<i>a</i> <b>b</b> <u>c</u>",
    "<c.yellow.bg_blue>coloured</c>",
    "<lang en-GB>colour</lang>",
    "<ruby>漢<rt>kan</rt>字<rt>ji</rt></ruby>",
    "<rt>no ruby</rt>",
    "before <00:00:01.500>after<00:01.700> that",
    "<00:bad>text",
    "1 < 2 and 3 > 2",
    "a <b",
    "a <>b</> c",
    "a </b> b",
    "<i><b>crossed</i></b>",
    "<br>line<br/>break",
    "<script>alert(1)</script>",
    "<!-- comment -->",
    "<v\tAda>tab",
    "<v\nAda>over\nlines",
    "<b/>x",
    "<.c>y",
    "<v a>b>c",
    "AT&T &amp; &lt;b&gt; &quot;&apos;",
    "&nbsp;a&nbsp;b&lrm;c&rlm;d",
    "&copy; &copy &eacute; &eacut; &NotEqualTilde; &notit; &notin;",
    "&#65;&#x42;&#X43; &#0; &#xD800; &#x110000; &#128512; &#65",
    "&#00000000065; &#x0000000042;",
    "&#99999999999; &#xFFFFFFFFF;",
    "&; &# &#x &#; &&amp;& &amp",
    "&lt;i&gt;not italic&lt;/i&gt;",
    "&CounterClockwiseContourIntegral; &gt &ltx",
    "&#128; &#150; &#x99;",
    "--&gt; arrow",
    "-- > no arrow",
    "- Hello.\n- Hi.",
    "  spaces   inside  ",
    "\ttabs\t\tinside\t",
    "你好，世界",
    "مرحبا بالعالم",
    "שלום",
    "สวัสดี",
    "😀 👨‍👩‍👧 e\u0301",
    "\ufeffmark inside",
    "nul\0inside",
    "vertical\vtab, line\u2028separator",
    "{\\an8}at the top",
    "42",
    "NOTE inside",
    "WEBVTT",
    "STYLE",
    " ",
    "",
)
SEPARATORS = ("-->",) * 12 + ("->", "-- >", "--->", "——>")
LINE_ENDS = ("\n", "\n", "\r\n", "\r\n", "\r")


def webvtt_file(number: int) -> bytes:
    """The file of a number, always the same."""
    random = Random(number)
    parts = [random.choice(SIGNATURES), random.choice(("\n\n", "\n\n", "\n\n\n", "\n", "\n \n"))]
    clock = 0
    for _ in range(random.randint(1, 12)):
        if random.random() < 0.2:
            parts.append(random.choice(BLOCKS))
        else:
            clock += random.randint(0, 90_000)
            parts.append(_cue(random, clock))
        parts.append(random.choice(("\n\n", "\n\n", "\n\n", "\n", "\n\n\n", "\n \n", "\n\t\n\n")))
    text = "".join(parts)
    if random.random() < 0.3:
        text = _damaged(random, text)
    content = text.replace("\n", random.choice(LINE_ENDS)).encode()
    if random.random() < 0.05:
        at = random.randrange(len(content))
        content = content[:at] + random.randbytes(2) + content[at:]
    return content


def _cue(random: Random, start: int) -> str:
    end = start + random.randint(1, 8000) * (-1 if random.random() < 0.03 else 1)
    spaces = [random.choice((" ",) * 8 + ("", "  ", "\t", " \t ", "\f")) for _ in range(4)]
    separator = random.choice(SEPARATORS)
    times = f"{_time(random, start)}{spaces[0]}{separator}{spaces[1]}{_time(random, max(end, 0))}"
    line = random.choice(("",) * 9 + (" ", "\t")) + times
    if random.random() < 0.4:
        line += (spaces[2] or " ") + " ".join(random.sample(SETTINGS, random.randint(1, 3)))
    name = random.choice(NAMES) + random.choice(("\n",) * 9 + ("\n\n",)) if random.random() < 0.4 else ""
    texts = random.choices(TEXTS, k=random.choice((1, 1, 1, 2, 3)))
    return f"{name}{line}\n" + "\n".join(texts)


def _time(random: Random, milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    hours, minutes, second = seconds // 3600, seconds // 60 % 60, seconds % 60
    usual = [f"{hours:02}:{minutes:02}:{second:02}.{rest:03}"] * 6
    if not hours:
        usual += [f"{minutes:02}:{second:02}.{rest:03}"] * 4
    odd = [
        f"{hours}:{minutes:02}:{second:02}.{rest:03}",
        f"{hours + 100}:{minutes:02}:{second:02}.{rest:03}",
        f"{hours:03}:{minutes:02}:{second:02}.{rest:03}",
        f"{hours}:{minutes}:{second}.{rest}",
        f"{minutes}:{second:02}.{rest:03}",
        f"{hours:02}:{minutes:02}:{second:02},{rest:03}",
        f"{hours:02}:{minutes:02}:{second:02}",
        f"{hours:02}:{minutes:02}:{second:02}.{rest // 10:02}",
        f"{hours:02}:{minutes:02}:{second:02}.{rest:03}0",
        f"{hours:02}:{minutes + 60:02}:{second:02}.{rest:03}",
        f"{minutes:02}:{second + 60:02}.{rest:03}",
        f"{hours:02}.{minutes:02}.{second:02}.{rest:03}",
        f"-{minutes:02}:{second:02}.{rest:03}",
        "٠٠:٠٠:٠١.٠٠٠",
        "",
    ]
    return random.choice(odd) if random.random() < 0.12 else random.choice(usual)


def _damaged(random: Random, text: str) -> str:
    """A text with a few characters doubled, lost or changed."""
    letters = list(text)
    for _ in range(random.randint(1, 6)):
        at = random.randrange(6, len(letters))  # the signature stays
        letters[at] = random.choice(("", letters[at] * 2, *"\n<>&;:.- 0é", "-->", "\n\n"))
    return "".join(letters)
