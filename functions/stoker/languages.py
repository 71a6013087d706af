"""Tags of languages: the form that BCP 47 prefers, and the form in which two tags are compared.

Source: Unicode CLDR 45 (`languageAlias` and `territoryAlias`). It holds the preferred values of IANA's registry
(https://www.iana.org/assignments/language-subtag-registry), and the two-letter code for each code of ISO 639-2.

The child process that opens files imports this module too. It can import no package, so this module must import nothing
of `stoker`.
"""

import re

LANGUAGES = dict(
    re.findall(
        r"(\w+)=(\w+)",
        """
aar=aa abk=ab adp=dz afr=af aka=ak alb=sq als=sq amh=am ara=ar arb=ar arg=an arm=hy asm=as ava=av ave=ae aym=ay ayr=ay
aze=az azj=az bak=ba bam=bm baq=eu bel=be ben=bn bis=bi bod=bo bos=bs bre=br bul=bg bur=my cat=ca ces=cs cha=ch che=ce
chi=zh chu=cu chv=cv cls=sa cor=kw cos=co cre=cr cwd=cr cym=cy cze=cs dan=da deu=de div=dv drh=mn dut=nl dzo=dz ekk=et
ell=el eng=en epo=eo esk=ik est=et eus=eu ewe=ee fao=fo fas=fa fat=ak fij=fj fin=fi fra=fr fre=fr fry=fy fuc=ff ful=ff
gaz=om geo=ka ger=de gla=gd gle=ga glg=gl glv=gv gom=kok gre=el grn=gn gug=gn guj=gu hat=ht hau=ha heb=he her=hz
hin=hi hmo=ho hrv=hr hun=hu hye=hy ibo=ig ice=is ido=io iii=ii ike=iu iku=iu ile=ie in=id ina=ia ind=id ipk=ik isl=is
ita=it iw=he jav=jv jaw=jv ji=yi jpn=ja jw=jv kal=kl kan=kn kas=ks kat=ka kau=kr kaz=kk khk=mn khm=km kik=ki kin=rw
kir=ky kmr=ku knc=kr kng=kg kom=kv kon=kg kor=ko kpv=kv kua=kj kur=ku lao=lo lat=la lav=lv lim=li lin=ln lit=lt ltz=lb
lub=lu lug=lg lvs=lv mac=mk mah=mh mal=ml mao=mi mar=mr may=ms mkd=mk mlg=mg mlt=mt mo=ro mol=ro mon=mn mri=mi msa=ms
mya=my nau=na nav=nv nbl=nr nde=nd ndo=ng nep=ne nld=nl nno=nn nob=nb nor=no npi=ne nya=ny oci=oc ojg=oj oji=oj ori=or
orm=om ory=or oss=os pan=pa pbu=ps per=fa pes=fa pli=pi plt=mg pol=pl por=pt prp=gu pus=ps que=qu quz=qu roh=rm ron=ro
rum=ro run=rn rus=ru sag=sg san=sa scc=sr scr=hr sin=si slk=sk slo=sk slv=sl sme=se smo=sm sna=sn snd=sd som=so sot=st
spa=es sqi=sq src=sc srd=sc srp=sr ssw=ss sun=su swa=sw swe=sv swh=sw tah=ty tam=ta tat=tt tel=te tgk=tg tgl=fil
tha=th tib=bo tir=ti tl=fil ton=to tsn=tn tso=ts tuk=tk tur=tr twi=ak uig=ug ukr=uk urd=ur uzb=uz uzn=uz ven=ve vie=vi
vol=vo wel=cy wln=wa wol=wo xho=xh ydd=yi yid=yi yor=yo zha=za zho=zh zsm=ms zul=zu zyb=za
sh=sr
""",
    )
)
"""The preferred code for each code of a language that is withdrawn or that has a shorter form."""

REGIONS = dict(re.findall(r"(\w+)=(\w+)", "AN=CW BU=MM CS=RS DD=DE FX=FR SU=RU TP=TL UK=GB YD=YE YU=RS ZR=CD"))
"""The preferred code for each code of a country that is withdrawn or that was never valid."""

GRANDFATHERED = {
    "art-lojban": "jbo",
    "en-gb-oed": "en-GB",
    "i-ami": "ami",
    "i-bnn": "bnn",
    "i-hak": "hak",
    "i-klingon": "tlh",
    "i-lux": "lb",
    "i-navajo": "nv",
    "i-pwn": "pwn",
    "i-tao": "tao",
    "i-tay": "tay",
    "i-tsu": "tsu",
    "no-bok": "nb",
    "no-nyn": "nn",
    "sgn-be-fr": "sfb",
    "sgn-be-nl": "vgt",
    "sgn-ch-de": "sgg",
    "zh-guoyu": "cmn",
    "zh-hakka": "hak",
    "zh-min-nan": "nan",
    "zh-xiang": "hsn",
}
"""The preferred tag for each grandfathered tag. Source: RFC 5646, section 2.2.8."""

EXTENDED = re.compile(r"(?:zh|ar|ms|sw|uz|lv|kok|sgn)-([a-z]{3})(?=-|$)")
"""An extended language subtag: a language behind the language that it belongs to, as in `zh-yue`.
Source: RFC 5646, section 2.2.2."""

SAME = {"cmn": "zh", "nb": "no", "tlh": "piqd"}
"""The codes of languages that have two codes, with the code that is compared. CLDR joins the first two languages. The
third is Klingon, for which eSpeak NG has a code of its own."""


UNKNOWN = "und"
"""The tag of an unknown language. Source: RFC 5646, section 4.1."""

NO_LANGUAGE = {UNKNOWN, "mis", "mul", "zxx"}
"""Codes that name no language: undetermined, uncoded, several, none. Source: ISO 639-2."""

TAG = re.compile(
    r"[a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3})){0,3}",
    re.ASCII | re.IGNORECASE,
)
"""A tag without extensions and private parts. Source: RFC 5646, section 2.1."""


def preferred(tag: str) -> str:
    """Return a tag in the form that BCP 47 prefers.

    Args:
        tag: A tag, with hyphens or underscores, in upper or lower case.

    Example:
        >>> [preferred(tag) for tag in ("iw", "de_DE", "zh_hant_tw", "in-ID", "ENG-uk", "zh-yue", "i-klingon")]
        ['he', 'de-DE', 'zh-Hant-TW', 'id-ID', 'en-GB', 'yue', 'tlh']
    """
    plain = tag.replace("_", "-").lower()
    plain = GRANDFATHERED.get(plain, EXTENDED.sub(r"\1", plain, count=1) if EXTENDED.match(plain) else plain)
    first, *rest = plain.split("-")
    return "-".join([LANGUAGES.get(first.lower(), first.lower()), *_written(rest)])


def compared(tag: str) -> str:
    """Return the form of a tag in which two tags of the same language are equal.

    Example:
        >>> compared("cmn-CN") == compared("zh_CN"), compared("nb") == compared("no")
        (True, True)
    """
    first, *rest = preferred(tag).lower().split("-")
    return "-".join([SAME.get(first, first), *rest])


def bcp47(code: str) -> str | None:
    """Return the BCP 47 tag of a language that a container names; None if it names no language.

    Args:
        code: A code of ISO 639-1, ISO 639-2 or BCP 47. It may also be any other text, because a file may hold any text.

    Example:
        >>> [bcp47(code) for code in ("ger", "deu", "pt_br", "zh-hant", "und", 'de",URI="x', "")]
        ['de', 'de', 'pt-BR', 'zh-Hant', None, None, None]
    """
    tag = code.strip().replace("_", "-")
    if not TAG.fullmatch(tag) or tag.partition("-")[0].lower() in NO_LANGUAGE:
        return None
    return preferred(tag)


def match(wanted: str, found: str) -> int:
    """Return how well a track's language matches a wanted language.

    Args:
        wanted: The code of the wanted language.
        found: The code that the track has.

    Returns:
        2 for the same tag, 1 for the same language, 0 for another language.

    Example:
        >>> match("de", "ger"), match("pt-BR", "pt-BR"), match("pt-BR", "por"), match("de", "eng")
        (2, 2, 1, 0)
    """
    first, second = (compared(tag) if (tag := bcp47(code)) else "" for code in (wanted, found))
    if not first or first.partition("-")[0] != second.partition("-")[0]:
        return 0
    return 2 if first == second else 1


def _written(subtags: list[str]) -> list[str]:
    """Return subtags with scripts as `Hant`, regions as `TW`, and everything else in lower case."""
    written: list[str] = []
    for number, subtag in enumerate(subtags):
        if len(subtag) == 1:  # An extension or a private use follows, which stays as it is.
            return [*written, *subtags[number:]]
        if len(subtag) == 4 and subtag.isalpha():
            subtag = subtag.capitalize()
        elif len(subtag) == 2 and subtag.isalpha():
            subtag = REGIONS.get(subtag.upper(), subtag.upper())
        written.append(subtag)
    return written
