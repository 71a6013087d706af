"""Words that decide whether a full stop ends a sentence, by language.

The lists are short, because `boundaries` looks at the next word first. They name what that word cannot decide: a name,
a number or a noun may follow. Unicode CLDR has lists too (https://github.com/unicode-org/cldr/tree/main/common/segments),
but for nine languages only, and with words that do end sentences, such as `In.`, `Go.` and `Job.`
"""

from dataclasses import dataclass
from functools import lru_cache

INSIDE = {
    "": "cf vgl vs Dr Mr Mrs Ms Mt Prof Rev St",
    "en": "approx viz Ave Blvd Capt Cmdr Col Gen Gov Hon Lt Maj Messrs Pres Rep Sen Sgt Supt",
    "de": "bes bzw ca dergl ehem einschl etw ev evtl exkl geb gegr gem gest ggf inkl insb kath max med min mind näml"
    " nördl od phil rer röm sog südl u urspr v verh vorm zz zzgl Abb Abs Abt Bf Chr Dipl Dr-Ing Fa Fam Frl Hbf Hl Hr"
    " Hrn Hrsg Ing Inh Jh Mio Mrd Stellv Tel Tsd Verf",
    "fr": "av bd boul env éd fg rte Drs M MM Me Mgr Mlle Mlles Mme Mmes Pr Ste",
    "es": "aprox avda dr dra ing lic prof sr sra sres srta uds Arq Av Avd C Ctra D Dña EE Excma Excmo Fdo Gral Pdte Sta"
    " Sto Ud Vd",
    "pt": "ap aprox av dep dr dra eng prof profa sr sra srta Al Arq Cap Cel D Da Drs Exma Exmo Gen Pe Pç Pça R Rod"
    " S Srs Sta Sto Trav V",
    "it": "arch avv cap col dott dr egr gen geom ing mons on prof rag sen sig sigg sigra spett ssa P S SS V",
    "nl": "bijv burg ca dhr dr drs ds evt excl incl ing ir mej mevr mr mw prof resp sint st",
    "sv": "bl ca dr exkl inkl kpt prof resp st tel",
    "da": "bl ca dr ekskl hr inkl prof",
    "nb": "bl ca dr ekskl hr inkl prof",
    "fi": "esim hra mm prof rva tri",
    "pl": "al dr gen hab im inż ks mgr np ob ok os pl prof płk r tj tzw ul w woj św",
    "cs": "doc dr gen ing mgr např nám pl plk prof sl sv tj tzv tř ul",
    "ru": "акад г г-жа г-н ген доц им напр пер пл полк пр проф св см ср т тов ул",
    "uk": "акад вул ген див доц напр пл пр проф р св ім",
    "tr": "apt av bkz blv bul cad doç gör mah org sn sok yrd örn öğr Alb Gen",
    "el": "δρ κ κα καθ κος οδ π.χ",
    "ar": "أ أ.د د د.م ش ق م",
    "he": "גב ד״ר עו״ד פרופ",
    "hi": "इं कु डा डॉ पं प्रो मो श्री सुश्री",
}
"""Abbreviations that end no sentence: titles before a name, words for streets, and those before what they explain. What
has a capital here is no abbreviation without it, such as `Rep`."""

TITLES = {"Capt", "Col", "Dr", "Gen", "M", "Me", "Mlle", "MM", "Mme", "Mr", "Mrs", "Ms", "Prof", "Rev", "Sr", "Sra"}
"""Titles of persons, whose names may be openers: `Mr. He`, `Dr. Who`."""

PARTICLES = {"De", "Del", "Den", "Di", "Do", "Da", "El", "Het", "La", "Le", "Les", "Lo", "Los", "Van", "Von"}
"""Openers that also begin a name, as in `mevr. De Vries`."""

NUMBERED = {
    "": "abb apr art aug bd c ca cap ch dec dez eq eqs feb fig figs jan jul jun kap mar no nos nov nr nrn oct okt"
    " p pg pp s sec sep sept tel v vol vv",
    "en": "app approx chap ed ex para pt ref tab ver",
    "de": "anm aufl bsp ex gl hft hs jg kl lfg mrz par pos rn rz std str tab zif ziff zl",
    "fr": "août av avr chap déc env fasc févr janv juill mars n n° réf tab tél éd",
    "es": "abr ago aprox dic ed ene n.º núm núms pág págs tab tít",
    "pt": "abr ago aprox apto ed fev liv mai n núm out pág págs set tab",
    "it": "ago dic gen giu lug mag n nn num ott pag pagg set tab tav",
    "nl": "afb blz hfdst kl mrt nrs par tab",
    "sv": "avd bil kl mars sid tab",
    "da": "bilag kl tlf",
    "nb": "kl tlf",
    "fi": "klo kpl n nro puh",
    "pl": "al godz m ok par por poz rozdz rys str tab ul ust zob",
    "cs": "obr odst str č čp",
    "ru": "авг апр вып гл д дек июл июн кв корп мар ноя нояб окт оф п пп рис с сен сент см ст стр т табл тел тт ул"
    " фев февр ч янв №",
    "uk": "буд гл див кв п рис с ст стор т табл тел ч",
    "tr": "bl böl md sf ss tab şek",
    "el": "αρ εικ κεφ σελ τηλ",
    "ar": "ت ج رقم ص ط م هـ",
    "he": "טל מס עמ",
    "hi": "अ क्र नं पृ रु सं",
}
"""Abbreviations that end no sentence if a number follows, and months."""

CLOSING = {
    "": "etc",
    "de": "ff o.ä u.a u.v.m u.ä usf usw",
    "it": "ecc",
    "nl": "enz",
    "sv": "m.fl m.m o.s.v osv",
    "da": "m.m mv osv",
    "nb": "m.m mv osv",
    "fi": "jne ym yms",
    "pl": "itd itp",
    "cs": "apod atd",
    "ru": "др",
    "uk": "ін",
    "tr": "vb vs",
    "el": "κ.λπ κτλ",
}
"""Abbreviations at the end of an enumeration or after a number. A capital after them begins a sentence."""

CLOSING_PHRASES = ("т. д.", "т.д.", "т. п.", "т.п.")
"""Closing abbreviations that end with a letter that may be an initial, too."""

OPENERS = {
    "en": "He She It We They You I The This That These Those There Then But And So If When While In On At As My His"
    " Her Our Their What Why How Who Where For To From After Before Now Yes Nobody Everyone Some Many Not All"
    " A An Its Here",
    "de": "Der Die Das Den Dem Er Sie Es Wir Ich Ihr Man Ein Eine Einen Und Aber Dann Danach Doch Auch Heute Wer Wo"
    " Wie Warum Wann In Im Am An Auf Aus Bei Mit Nach Zu Von Vor Für Jetzt Hier Dort Dies Diese Dieser Dieses"
    " Sein Seine Ihre Mein Meine So Wenn Weil Als Ob Alle Alles Nun Nein Ja Niemand"
    " Zum Zur Beim Vom Ins Seit Bis Durch Ohne Um Später Trotzdem Damit Dabei Dazu",
    "fr": "Le La Les L Il Elle Ils Elles On Nous Vous Je Tu Un Une Des Et Mais Puis Ensuite Ce Cette Ces Cela Ça C"
    " Dans En À Au Aux Pour Sur Avec Après Avant Qui Que Quand Comment Pourquoi Son Sa Ses Mon Ma Mes Si"
    " Personne Tout Tous",
    "es": "El La Los Las Un Una Él Ella Ellos Yo Tú Nosotros Y Pero Luego Después Entonces Este Esta Esto Eso En"
    " Con Por Para Al Del De Su Sus Mi Mis Si Cuando Como Qué Quién Nadie Todo Todos No Sí Hoy Ya Se Lo",
    "pt": "O A Os As Um Uma Ele Ela Eles Elas Eu Nós Você E Mas Depois Então Este Esta Isto Isso Em No Na Nos Nas"
    " Com Por Para Ao De Do Da Seu Sua Meu Minha Se Quando Como Que Quem Ninguém Tudo Todos Não Sim Hoje Já",
    "it": "Il Lo La I Gli Le L Un Una Lui Lei Loro Io Noi Voi E Ma Poi Dopo Allora Questo Questa Quello In Nel"
    " Nella Con Per Al Di Del Suo Sua Mio Mia Se Quando Come Che Chi Nessuno Tutto Tutti Non Sì Oggi Già Si",
    "nl": "De Het Een Hij Zij Ze Wij We Ik Jij Je U Men En Maar Toen Daarna Dan Dit Dat Deze Die In Op Aan Met Voor"
    " Van Naar Zijn Haar Mijn Als Wanneer Hoe Wat Wie Niemand Alles Niet Nee Ja Nu Er Daar Hier",
    "sv": "Den Det De En Ett Han Hon Vi Jag Du Ni Man Och Men Sedan Då I På Av Med För Till Från Hans Hennes Min Om"
    " När Hur Vad Vem Varför Var Ingen Alla Allt Inte Nej Ja Nu Där Här Detta Denna Efter",
    "da": "Den Det De En Et Han Hun Vi Jeg Du Man Og Men Så Da I På Af Med For Til Fra Hans Hendes Min Om Når"
    " Hvordan Hvad Hvem Ingen Alle Alt Ikke Nej Ja Nu Der Her Dette Denne Efter Bagefter",
    "nb": "Den Det De En Et Han Hun Vi Jeg Du Man Og Men Så Da I På Av Med For Til Fra Hans Hennes Min Om Når"
    " Hvordan Hva Hvem Ingen Alle Alt Ikke Nei Ja Nå Der Her Dette Denne Etter",
    "fi": "Hän He Me Minä Sinä Te Se Ne Tämä Nämä Tuo Ja Mutta Sitten Kun Jos Miksi Mitä Kuka Missä Ei Kyllä Nyt"
    " Siellä Täällä Niin Myös Kaikki",
    "pl": "On Ona Ono Oni My Ja Ty Wy To Ten Ta Te I A Ale Potem Wtedy W We Na Z Ze Do Od Po Za Przed Jego Jej Mój"
    " Jeśli Gdy Kiedy Jak Co Kto Nikt Wszystko Nie Tak Teraz Tam Tu Następnie Dlaczego Był Była Było",
    "cs": "On Ona Ono Oni My Já Ty Vy To Ten Ta Ti A Ale Pak Potom V Ve Na Z Ze Do Od Po Za Před Jeho Její Můj Když"
    " Jak Co Kdo Nikdo Všechno Ne Ano Teď Tam Tady Proč Byl Byla Bylo",
    "ru": "Он Она Оно Они Мы Я Ты Вы Это Этот Эта И А Но Потом Затем Тогда В Во На С Со К От По За До Его Её Мой"
    " Если Когда Как Что Кто Никто Всё Не Нет Да Теперь Там Тут Здесь Почему Был Была Было",
    "uk": "Він Вона Воно Вони Ми Я Ти Ви Це Цей Ця І Й А Але Потім Тоді У В На З До Від По За Його Її Мій Якщо Коли"
    " Як Що Хто Ніхто Все Не Ні Так Тепер Там Тут Чому Був Була Було",
    "tr": "O Bu Şu Ben Sen Biz Siz Onlar Ve Ama Sonra Ancak Bir Ne Nasıl Neden Kim Kimse Her Şimdi Burada Orada"
    " Evet Hayır Çünkü Eğer Daha Bunun",
    "el": "Ο Η Το Οι Τα Και Αλλά Μετά Τότε Αυτός Αυτή Αυτό Εγώ Εσύ Εμείς Στο Στη Στην Με Για Από Δεν Ναι Όχι Τώρα Εκεί",
    "ar": "ثم هذا هذه لكن ولكن هو هي هم نحن أنا كان كانت وكان وقد قد لا نعم ماذا لماذا كيف متى",
    "hi": "वह वे यह ये मैं हम तुम आप और लेकिन फिर तब अब क्या क्यों कैसे कौन नहीं हाँ",
}
"""Words that, with a capital, begin a sentence and are no names: after `Am 2.` and `Plan B.` they decide."""

ORDINALS = {
    *("bs", "cs", "da", "de", "dsb", "et", "fi", "fo", "gsw", "hr", "hsb", "hu", "is"),
    *("lb", "lv", "nb", "nds", "nn", "no", "pl", "sk", "sl", "sr", "tr"),
}
"""Languages that write an ordinal with a full stop: `am 2. Tag`. Source: the rules `digits-ordinal` of Unicode CLDR,
https://github.com/unicode-org/cldr/tree/main/common/rbnf."""

CAPITALIZED = {"de", "gsw", "lb", "nds", "tr"}
"""Languages in which a noun or an address with a capital often follows an ordinal."""

SAME = {
    "no": "nb",
    "nn": "nb",
    "gsw": "de",
    "lb": "de",
    "nds": "de",
    "sk": "cs",
    "ur": "ar",
    "fa": "ar",
    "mr": "hi",
    "ne": "hi",
}
"""Languages that share the lists of another."""


@dataclass(frozen=True)
class Words:
    """The lists of a language. Abbreviations have no last full stop; in small letters, they match capitals too."""

    inside: frozenset[str]
    numbered: frozenset[str]
    closing: frozenset[str]
    openers: frozenset[str]
    ordinals: bool
    nouns: bool


@lru_cache(maxsize=64)
def words_of(language: str) -> Words:
    """The lists of a language, with what is common to all.

    Args:
        language: The first part of a BCP 47 tag, in small letters.

    Example:
        >>> "blz" in words_of("nl").numbered, "Dr" in words_of("tlh").inside, words_of("de").ordinals
        (True, True, True)
    """
    key = SAME.get(language, language)

    def listed(table: dict[str, str]) -> frozenset[str]:
        return frozenset(f"{table.get('', '')} {table.get(key, '')}".split())

    return Words(
        listed(INSIDE),
        listed(NUMBERED),
        listed(CLOSING),
        listed(OPENERS),
        language in ORDINALS,
        language in CAPITALIZED,
    )
