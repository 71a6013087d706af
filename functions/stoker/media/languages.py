"""From the languages that containers name to those that the web names."""

import re

UNKNOWN = "und"
"""The tag of a language that nobody knows. Source: RFC 5646, section 4.1."""

NO_LANGUAGE = {"und", "mis", "mul", "zxx"}
"""Codes that name no language: undetermined, uncoded, several, none. Source: ISO 639-2."""

TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|\d{3}))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3})){0,3})",
    re.IGNORECASE,
)
"""A tag without extensions and private parts. Source: RFC 5646, section 2.1."""

THREE_AND_TWO_LETTERS = """\
aar:aa abk:ab afr:af aka:ak alb:sq amh:am ara:ar arg:an arm:hy asm:as ava:av ave:ae aym:ay aze:az bak:ba bam:bm
baq:eu bel:be ben:bn bis:bi bod:bo bos:bs bre:br bul:bg bur:my cat:ca ces:cs cha:ch che:ce chi:zh chu:cu chv:cv
cor:kw cos:co cre:cr cym:cy cze:cs dan:da deu:de div:dv dut:nl dzo:dz ell:el eng:en epo:eo est:et eus:eu ewe:ee
fao:fo fas:fa fij:fj fin:fi fra:fr fre:fr fry:fy ful:ff geo:ka ger:de gla:gd gle:ga glg:gl glv:gv gre:el grn:gn
guj:gu hat:ht hau:ha heb:he her:hz hin:hi hmo:ho hrv:hr hun:hu hye:hy ibo:ig ice:is ido:io iii:ii iku:iu ile:ie
ina:ia ind:id ipk:ik isl:is ita:it jav:jv jpn:ja kal:kl kan:kn kas:ks kat:ka kau:kr kaz:kk khm:km kik:ki kin:rw
kir:ky kom:kv kon:kg kor:ko kua:kj kur:ku lao:lo lat:la lav:lv lim:li lin:ln lit:lt ltz:lb lub:lu lug:lg mac:mk
mah:mh mal:ml mao:mi mar:mr may:ms mkd:mk mlg:mg mlt:mt mon:mn mri:mi msa:ms mya:my nau:na nav:nv nbl:nr nde:nd
ndo:ng nep:ne nld:nl nno:nn nob:nb nor:no nya:ny oci:oc oji:oj ori:or orm:om oss:os pan:pa per:fa pli:pi pol:pl
por:pt pus:ps que:qu roh:rm ron:ro rum:ro run:rn rus:ru sag:sg san:sa sin:si slk:sk slo:sk slv:sl sme:se smo:sm
sna:sn snd:sd som:so sot:st spa:es sqi:sq srd:sc srp:sr ssw:ss sun:su swa:sw swe:sv tah:ty tam:ta tat:tt tel:te
tgk:tg tgl:tl tha:th tib:bo tir:ti ton:to tsn:tn tso:ts tuk:tk tur:tr twi:tw uig:ug ukr:uk urd:ur uzb:uz ven:ve
vie:vi vol:vo wel:cy wln:wa wol:wo xho:xh yid:yi yor:yo zha:za zho:zh zul:zu"""
"""The two letters of a language that has three, bibliographic (`ger`) or terminological (`deu`), because a tag takes
the shorter code. Source: https://www.loc.gov/standards/iso639-2/php/code_list.php"""

SHORTER = dict(pair.split(":") for pair in THREE_AND_TWO_LETTERS.split())


def bcp47(code: str | None) -> str | None:
    """The BCP 47 tag of a language that a container names; None where that names none.

    Args:
        code: Of ISO 639-1, ISO 639-2 or BCP 47, or anything else.

    Example:
        >>> [bcp47(code) for code in ("ger", "deu", "pt_br", "zh-hant", "und", 'de",URI="x', None)]
        ['de', 'de', 'pt-BR', 'zh-Hant', None, None, None]
    """
    found = TAG.fullmatch((code or "").strip().replace("_", "-"))
    if found is None or found["language"].lower() in NO_LANGUAGE:
        return None
    language = found["language"].lower()
    parts = (
        SHORTER.get(language, language),
        (found["script"] or "").title(),
        (found["region"] or "").upper(),
        found["variants"].lower().strip("-"),
    )
    return "-".join(filter(None, parts))
