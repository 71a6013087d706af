"""Sentences end where a reader of the language would end them."""

from collections import Counter

import pytest

from stoker.speech.sentences import split_sentences
from stoker.speech.words import word_spans
from unit.speech.corpus import Paragraph, marked, paragraphs

LANGUAGES = {"en", "de", "fr", "es", "pt", "it", "nl", "sv", "pl", "ru", "tr", "ar", "hi", "zh", "ja"}


def found(paragraph: Paragraph) -> list[tuple[int, str]]:
    return [(one.start, one.text) for one in split_sentences(paragraph.text, paragraph.language)]


def test_at_least_98_percent_of_the_sentences_of_fifteen_languages_are_found() -> None:
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    wrong = []
    for paragraph in paragraphs():
        sentences = found(paragraph)
        right[paragraph.language] += len(set(sentences) & set(paragraph.sentences))
        total[paragraph.language] += len(paragraph.sentences)
        wrong += [] if sentences == list(paragraph.sentences) else [sentences]
    assert {language for language in total if total[language] >= 20} >= LANGUAGES
    assert right.total() >= 0.98 * total.total(), wrong
    assert all(right[language] >= 0.9 * total[language] for language in LANGUAGES), wrong


def test_every_word_of_the_corpus_is_there_once() -> None:
    for paragraph in paragraphs():
        spoken = "".join(text for _, text in found(paragraph))
        assert "".join(spoken.split()) == "".join(paragraph.text.split())


FAMILIES = {
    "German ordinals": (
        "de",
        [
            *("Am 2. Tag kam er.", "Die 3. Auflage ist da.", "Das 1. Kapitel fehlt.", "Im 18. Jahrhundert war Krieg."),
            *("Er wurde beim 5. Versuch Erster.", "Am 24. Dezember ruht alles.", "Zum 100. Mal rief er an."),
            *("Ludwig XIV. Bourbon war König.", "Der 1. FC Köln siegte.", "Ihr 2. Kind heißt Ida."),
            "Er wohnt im 4. Stock. |Der Aufzug fährt.",
            "Sie wurde 30. |Er blieb 29.",
            "Das war am 3. |Dann kam der 4. |Und nun?",
            "Wir wohnen in Nr. 12. |Hunde bellen.",
            "Es endete 3:2. |Bayern gewann.",
            "Das war 1989. |Berlin feierte.",
        ],
    ),
    "ordinals of others": (
        "cs",
        ["Narodil se 2. května.", "Karel IV. Lucemburský vládl.", "Bydlím v č. 5. |Pak ne."],
    ),
    "Arabic titles": (
        "ar",
        ["وصل د. أحمد اليوم.", "جاء أ. سالم و م. علي.", "سافر أ.د. محمود. |ثم عاد.", "انظر ص. 12 وج. 3."],
    ),
    "Portuguese": (
        "pt",
        [
            "Moro na R. Augusta, n.º 45.",
            "É o 2.º andar.",
            "A R. das Flores é longa. |O bairro é bom.",
            "Veja D. Maria.",
        ],
    ),
    "French": (
        "fr",
        [
            "Le 3 janv. 2023, il partit.",
            "Le 3 janv. il partit.",
            "Voir l'art. 5.",
            "M. Le Pen et Mme De Gaulle sont là.",
        ],
    ),
    "English": (
        "en",
        [
            *("See Eq. 3 and Vol. 7.", "Cf. Fig. 2 on pp. 3 ff.", "Ask Dr. No.", "It is in ch. 4, sec. 2, no. 1."),
            *("We left the U.S. |They stayed.", "Pens, paper, etc. |Then we go.", "He said no. |Jack left."),
            *("She left at 5 a.m. |He did not.", "No. 5 is alive.", "I like J. R. R. Tolkien. |He wrote."),
            "He has an iPad. |iPhone users smile.",
        ],
    ),
    "Spanish": (
        "es",
        ["A las 3 p. m. en casa.", "A las 3 p. m. |El tren sale.", "En EE. UU. hay más.", "—¿Vienes? —dijo."],
    ),
    "Dutch": ("nl", ["Het is 3,5 mln. euro.", "Dhr. De Vries, nr. 4, blz. 12.", "Hij is er. |'s Avonds niet."]),
    "dialogue": (
        "sv",
        ['"Kommer du?" frågade hon. |"Nej ... senare."', "”Vänta!” ropade hon. |Tåget går.", "Nej! |Jo!"],
    ),
    "Chinese dialogue": (
        "zh",
        [
            *("“真的吗？”她问。|“当然！”", "他说：“好。”|我走了。", "“走吧。”|“好。”", "他喊：“快跑！”然后就走了。"),
            *("（他笑了。）|好吧！", "来自U.S.A.公司。|好。"),
        ],
    ),
    "words that are abbreviations elsewhere": (
        "en",
        [
            "Go to No. 10 Downing St. |Then wait.",
            "She is a sen. |He left.",
            "Dr. Who came. |Mr. He did not.",
            "See Sec. 4(b). |No.",
        ],
    ),
    "particles of names": ("nl", ["Ik zag mevr. De Vries. |De hond niet.", "Dhr. Van Dam kwam."]),
    "German numbers after nouns": (
        "de",
        [
            "Siehe Zimmer 12. |Hunde bellen.",
            "Kapitel 3. |Peter schläft.",
            "Am Montag, 2. Mai, kam er.",
            "Beim 1. FC Köln.",
        ],
    ),
    "dates of Slavic languages": (
        "pl",
        [
            *("W 1812 r. Napoleon ruszył na Moskwę.", "Zmarł w 1855 r. |Pochowano go na Wawelu."),
            *(
                "Rządził Jan III. |Kraków rósł.",
                "Było to w VI w. n.e. |Słowianie przyszli.",
                "Ulica im. Jana, np. Długa.",
            ),
        ],
    ),
    "the same mark on both sides": (
        "fi",
        ["Hän tuli. |”Olen täällä”, hän sanoi. |”Hyvä.” |Sitten hän lähti.", "Hän lähti. |1900-luvulla se oli toisin."],
    ),
    "sentences in a quote": (
        "en",
        [
            '"It was an accident. |But I do not know why it happened."',
            "“It was late. |I went home,” she said. |“Good.”",
            "``It was late. |I went home,'' she said. |``Why?'' |He slept… |Then he woke.",
        ],
    ),
    "units and names of files": (
        "it",
        [
            "Pesa 5 kg. |Costa poco.",
            "È a 180 °C. |Unite il latte.",
            "Apri modulo.pdf. |Leggilo.",
            "Guardo la TV. |Dormo.",
        ],
    ),
    "Korean": ("ko", ['"좋아요."라고 그가 말했다. |그는 갔다.', "그는 1917. 12. 30. 서울에서 태어났다."]),
    "Polish": ("pl", ["Dałem im. |Potem poszedł.", "Szkoła im. Jana jest na ul. Długiej."]),
    "messages without capitals": ("en", ["i came home. |then i slept. |ok?"]),
}


@pytest.mark.parametrize(
    ("language", "line"),
    [(language, line) for language, lines in FAMILIES.values() for line in lines],
    ids=lambda value: ascii(value)[:40],
)
def test_a_family_is_cut_where_it_is_marked(language: str, line: str) -> None:
    paragraph = marked(language, line)
    assert found(paragraph) == list(paragraph.sentences)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "We went to the market and bought some bread, milk and honey for all of our friends. "),
        ("en", 'He said "We went to the market." and bought bread for all of our very good friends. '),
        ("de", "Wir gingen am 2. Tag zum Markt und kauften Brot und Honig für alle unsere guten Freunde. "),
        ("zh", "我们去市场给所有的朋友买了面包、牛奶和蜂蜜。"),
        ("hi", "हम बाज़ार गए और अपने सभी दोस्तों के लिए रोटी और शहद खरीदा। "),
    ],
)
def test_a_sentence_of_a_long_paragraph_is_whole(language: str, sentence: str) -> None:
    text = sentence * (35_000 // len(sentence))
    assert {one.text for one in split_sentences(text, language)} == {sentence.strip()}


def test_a_sentence_longer_than_a_window_ends_once() -> None:
    sentence = "and so it went on, " * 1500
    ends = [one.ends for one in split_sentences(f"It began. Then it rained {sentence}. It ended.", "en")]
    assert [ends.count("sentence"), ends[-1]] == [2, "paragraph"]


def test_every_word_of_the_corpus_has_its_place() -> None:
    for paragraph in paragraphs():
        spaced = paragraph.text.replace(" ", "  \n ")
        words = [
            (sentence.position(begin), sentence.text[begin:end])
            for sentence in split_sentences(spaced, paragraph.language)
            for begin, end in word_spans(sentence.text)
        ]
        assert "".join(word for _, word in words).replace(" ", "") == "".join(paragraph.text.split())
        assert all("".join(spaced[place:].split()).startswith("".join(word.split())) for place, word in words)
        assert [place for place, _ in words] == sorted({place for place, _ in words})
