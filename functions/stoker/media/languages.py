"""Languages of tracks. The child process that opens files imports it.

Source: https://www.loc.gov/standards/iso639-2/php/code_list.php
"""

CODES = """
aa aar|ab abk|ae ave|af afr|ak aka|am amh|an arg|ar ara|as asm|av ava|ay aym|az aze|ba bak|be bel|bg bul|bi bis|bm bam
bn ben|bo bod tib|br bre|bs bos|ca cat|ce che|ch cha|co cos|cr cre|cs ces cze|cu chu|cv chv|cy cym wel|da dan
de deu ger|dv div|dz dzo|ee ewe|el ell gre|en eng|eo epo|es spa|et est|eu eus baq|fa fas per|ff ful|fi fin|fj fij
fo fao|fr fra fre|fy fry|ga gle|gd gla|gl glg|gn grn|gu guj|gv glv|ha hau|he heb iw|hi hin|ho hmo|hr hrv scr|ht hat
hu hun|hy hye arm|hz her|ia ina|id ind in|ie ile|ig ibo|ii iii|ik ipk|io ido|is isl ice|it ita|iu iku|ja jpn|jv jav jw
ka kat geo|kg kon|ki kik|kj kua|kk kaz|kl kal|km khm|kn kan|ko kor|kr kau|ks kas|ku kur|kv kom|kw cor|ky kir|la lat
lb ltz|lg lug|li lim|ln lin|lo lao|lt lit|lu lub|lv lav|mg mlg|mh mah|mi mri mao|mk mkd mac|ml mal|mn mon|mr mar
ms msa may|mt mlt|my mya bur|na nau|nd nde|ne nep|ng ndo|nl nld dut|no nor nb nob nn nno|nr nbl|nv nav|ny nya|oc oci
oj oji|om orm|or ori|os oss|pa pan|pi pli|pl pol|ps pus|pt por|qu que|rm roh|rn run|ro ron rum mo mol|ru rus|rw kin
sa san|sc srd|sd snd|se sme|sg sag|si sin|sk slk slo|sl slv|sm smo|sn sna|so som|sq sqi alb|sr srp scc|ss ssw|st sot
su sun|sv swe|sw swa|ta tam|te tel|tg tgk|th tha|ti tir|tk tuk|tl tgl fil|tn tsn|to ton|tr tur|ts tso|tt tat|tw twi
ty tah|ug uig|uk ukr|ur urd|uz uzb|ve ven|vi vie|vo vol|wa wln|wo wol|xh xho|yi yid ji|yo yor|za zha
zh zho chi cmn yue|zu zul
"""
"""Codes of one language: ISO 639-1, 639-2/T, 639-2/B, those replaced, and parts of it such as `nob` of `no`."""

SAME = {code: names.split()[0] for names in CODES.replace("\n", "|").split("|") for code in names.split()}


def match(asked: str, told: str) -> int:
    """How well a track's language is the one that was asked for: 2 if it is the same tag, 1 if it is
    the same language, 0 where it is another.

    Example:
        >>> match("de", "ger"), match("pt-BR", "pt-BR"), match("pt-BR", "por"), match("de", "eng")
        (1, 2, 1, 0)
    """
    wanted, there = (code.replace("_", "-").lower().split("-") for code in (asked, told))
    if not asked or not told or _plain(wanted[0]) != _plain(there[0]):
        return 0
    return 2 if wanted == there else 1


def _plain(code: str) -> str:
    return SAME.get(code, code)
