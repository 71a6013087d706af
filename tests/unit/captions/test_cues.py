"""Real-world captions: all readable cues are read, and omissions are reported."""

import pytest

from stoker.captions.cues import ParsedCaptions, UnreadableCaptions, parse

CUE = "00:01.000 --> 00:02.000\n"
SECOND = "00:03.000 --> 00:04.000\n"


def texts(content: bytes | str) -> list[str]:
    return [cue.text for cue in parse(content.encode() if isinstance(content, str) else content).cues]


def times(content: str) -> list[tuple[float, float]]:
    return [(cue.start, cue.end) for cue in parse(content.encode()).cues]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (f"WEBVTT\n{CUE}right below\n", ["right below"]),
        (f"WEBVTT\nname\n{CUE}below a name\n", ["below a name"]),
        (f"WEBVTT a title\nKind: captions\n\n{CUE}header\n", ["header"]),
        (f"WEBVTT\n\n{CUE}one\n{SECOND}two", ["one", "two"]),
        (f"WEBVTT\n\n{CUE}one\n2\n{SECOND}two", ["one\n2", "two"]),
        (f"\ufeffWEBVTT\r\n\r\n{CUE}one\r\nmore\r\n\r\n", ["one\nmore"]),
        (f"WEBVTT\r\r{CUE}one\rmore\r\r{SECOND}two".replace("\n", "\r"), ["one\nmore", "two"]),
        (f"WEBVTT\n\n{CUE}a\0b", ["a\ufffdb"]),
        (f"WEBVTT\n\nNOTE\nx\n\nSTYLE\n::cue {{}}\n\nREGION\nid:a\n\n1\n{CUE}one", ["one"]),
        (f"WEBVTT\n\n{CUE}\n{SECOND}two", ["two"]),
        (f"WEBVTT\n\n{CUE}a &#00000000065; &#99999999999; &notit;", ["a A \ufffd ¬it;"]),
        (f"WEBVTT\n\n{CUE}一\u3000二 \u200f&rlm;", ["一\u3000二 \u200f\u200f"]),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\ncaf\xe9\n", ["caf\ufffd"]),
        (f"WEBVTT\n\n{CUE}utf-16".encode("utf-16"), ["utf-16"]),
        ("WEBVTT\n\n", []),
        (f"1\n{CUE.replace('.', ',')}SubRip\n", ["SubRip"]),
        (f"\ufeff1\n{CUE}one\n\n2\n{SECOND}two\n".replace("\n", "\r\n"), ["one", "two"]),
        (f"1\n{CUE}one\n\n2\n{SECOND}two\n".replace("\n", "\r\r\n"), ["one", "two"]),
        (f"\n\n{CUE}one\n{SECOND}two\n\n\n", ["one", "two"]),
        (f"1\n{CUE}one\n2\n{SECOND}two", ["one", "two"]),
        (f"1\n{CUE}one\n\nmore of it\n\n2\n{SECOND}42\n\n", ["one\nmore of it", "42"]),
        (f"1\n{CUE}<font color='red'>r</font>{{\\an8}}<i>i</i> 1 < 2 & <3 &lt;&copy", ["ri 1 < 2 & <3 <&copy"]),
        (f"webvtt\n\n{CUE}small letters", ["small letters"]),
        (f"\nWEBVTT\n\n{CUE}a blank line first", ["a blank line first"]),
        ("WEBVTT\n\n1\n00:00:01,000 --> 00:00:02,000\nSubRip under the signature\n", ["SubRip under the signature"]),
        ("1\n00:00:01,000 --> 00:00:02,000\nÄrger\n".encode("utf-16"), ["Ärger"]),
    ],
)
def test_it_reads_what_people_have(content: bytes | str, expected: list[str]) -> None:
    assert texts(content) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("1:00:00.500 --> 1:00:01.000", (3600.5, 3601)),
        ("100:00:00.000 --> 100:00:01.000", (360_000, 360_001)),
        ("00:01.000-->00:02.000", (1, 2)),
        (" \t00:01.000\t-->\f00:02.000 align:start", (1, 2)),
        ("0:0:0.0 --> 0:0:5.320", (0, 5.32)),
        ("0:0:6.90 --> 0:0:6.500", (6.09, 6.5)),
        ("0:9:59.7 --> 0:10:0.12", (599.007, 600.012)),
    ],
)
def test_it_reads_the_times_of_browsers_and_of_teams(line: str, expected: tuple[float, float]) -> None:
    assert times(f"WEBVTT\n\n{line}\nx\n") == [expected]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("00:00:01,000 --> 00:00:02,000", (1, 2)),
        ("0:00:01.000 --> 0:00:02.000", (1, 2)),
        ("00:00:01 --> 00:00:02", (1, 2)),
        ("00:01,500 -> 00:02,500", (1.5, 2.5)),
        ("  1:2:3,4-->1:2:3,400  X1:100 X2:200", (3723.004, 3723.4)),
        ("00:00:01:500 --> 00:00:02:500", (1.5, 2.5)),
    ],
)
def test_it_reads_the_times_of_subrip(line: str, expected: tuple[float, float]) -> None:
    assert times(f"1\n{line}\nx\n") == [expected]


@pytest.mark.parametrize(
    ("cues", "left_out"),
    [
        ("00:00:05 --> nowhere\nbad\n\n", (6,)),
        ("00:03,000 --> 00:04,000\nbad\n\n", (6,)),
        ("00:03.000 --> 00:61.000\nbad\n", (6,)),
        ("٠٠:٠٣.٠٠٠ --> 00:04.000\nbad\n", (6,)),
        ("00:04.000 --> 00:03.000\nbackwards\n", (6,)),
        (f"00:03.000 --> 00:04.000\n{'x' * 1001}\n", (6,)),
        ("a text without a time\n\n", (6,)),
        ("-->\n\n\nname\n-->\nNOTE\n", (6, 10)),
        ("NOTE a --> b\n\n12\n\n \n\nSTYLE\n\n00:03.000 --> 00:04.000\n\n", ()),
    ],
)
def test_it_says_which_cues_are_left_out(cues: str, left_out: tuple[int, ...]) -> None:
    reading = parse(f"WEBVTT\n\n{CUE}good\n\n{cues}".encode())
    assert [cue.text for cue in reading.cues] == ["good"]
    assert reading.left_out == left_out


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "WEBVTT"),
        (b"#EXTM3U\n", "WEBVTT"),
        (b"WEBVTTX\n\nhello", "WEBVTT"),
        (b"\x00\x01\x02\x03" * 100, "WEBVTT"),
        (b"1\n00:00:01,000 --> 00:00:02,000\ncaf\xe9\n", "save it as UTF-8"),
        (b"\x89PNG\r\n\x1a\n", "save it as UTF-8"),
        (b"WEBVTT\n\n00:00:xx --> 1\nbad\n", "none of its cues can be read; see line 3"),
        (b"WEBVTT\n\n" + f"{CUE}x\n\n".encode() * 10_001, "more than 10000 cues"),
        (f"{CUE}x\n\n".encode() * 10_001, "more than 10000 cues"),
    ],
)
def test_it_refuses_a_file_without_captions(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableCaptions, match=reason):
        parse(content)


def test_its_warnings_say_what_to_look_at() -> None:
    assert [warning.message for warning in ParsedCaptions((), (7,)).warnings("public/a.vtt")] == [
        "1 cue of 'public/a.vtt' could not be read and was left out; see line 7."
    ]
    [bad, bytes_] = ParsedCaptions((), (7, 9), replaced=True).warnings("a.vtt")
    assert bad.message == "2 cues of 'a.vtt' could not be read and were left out; see line 7."
    assert "UTF-8" in bytes_.message
    assert {bad.code, bytes_.code} == {"bad-cues"}
