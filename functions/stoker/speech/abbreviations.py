"""Words that decide whether a full stop ends a sentence, by language.

The lists have the words after which the next word does not decide, because it may be a name, a number or a noun.
Sources:

- the suppressions of Unicode CLDR, for nine languages (https://github.com/unicode-org/cldr/tree/main/common/segments)
- its short names of days and months (https://github.com/unicode-org/cldr/tree/main/common/main)
- the lists of `sentencex` (https://github.com/wikimedia/sentencex)

Words that often end a sentence are left out, such as `In.`, `Go.`, `Job.`, and in Swedish `fil.`
"""

from dataclasses import dataclass
from functools import lru_cache

INSIDE = {
    "": "cf cfr vgl vs Dr Mr Mrs Ms Mt Prof Rev St",
    "en": "approx viz Adj Adm Ald Asst Atty Ave Blvd Brig Bros Capt Cmdr Col Comdr Cpl Cpt Dept Det Dir Drs Ens Fr Gen"
    " Gov Govs Hon Hosp Insp Lt Maj Messrs Mgr Msgr Mx Pfc Ph Pres Pte Pvt RAdm Rep Reps Sen Sens Sfc Sgt Spc Supt"
    " Surg Univ VAdm",
    "de": "allg amtl bes bzw ca dergl ehem eigtl einschl entspr etw ev evtl exkl frz geb gebr gedr gegr gek gem gesch"
    " gest ggf ggfs inkl insb jew jährl kath kfm kgl max med min mind mtl möbl näml nördl od phil poln rer russ röm"
    " schweiz schwäb sog südd südl tägl u urspr ursprüngl v verh verw vorm wiss zeitl zz zzgl österr Abb Abs Abt Adm"
    " Allg Anh Ausg Bed Begr Ber Best Bez Bf Bhf Bibl Chr Dipl Doz Dr-Ing Einh Erg Fa Fam Folg Forts Frl Gebr Gen Ges"
    " Gesch Hbf Hg Hl Hptst Hr Hrn Hrsg Ing Inh Jh Kfm Kop Ldkr Ltn Mag Maj Mio Mrd Obj Orig Pfr Proz Red Reg Sek"
    " Spezif Stellv Tel Temp Tsd Verf Vors",
    "fr": "ap app apr av bd boul bull bât coll collab dict encycl env esc fg hôp ill imm imprim lieut rte rés sgt éd"
    " Cdt Ch Col Drs Gal Lt M MM Mal Me Mgr Mlle Mlles Mme Mmes Pr Prs Sr Ste Stes Sts Sœur Vve",
    "es": "afmo aprox avda bco depto deptos dpto dptos dr dra ej hnos ing lic ntra ntro p.ej prof prov sr sra sres"
    " srta uds Almte Arq Arz Av Avd Bco C CC Cap Cdte Cmdte Cnel Col Comte Ctra Cía D Dn Dpto Dras Drs Dña EE Emmo"
    " Excma Excmas Excmo Excmos FF Fdo Fr Gob Gral Hnos Ilma Ilmas Ilmo Ilmos JJ Lcda Lcdo Ldo Mons Mtro Ntra Pbro"
    " Pdta Pdte Presb Prov RR Rdo Rdos Rmo Rvdmo Rvdo Rvdos SS Sgto Srtas Sta Sto Tte Ud Vd Vda",
    "pt": "ap aprox av dep dr dra eng p.ex prof profa sr sra srta Al Alm Arq Brig Cap Cb Cel Cmte Comte D Da Des Drs"
    " Emb Engs Exma Exmas Exmo Exmos Fr Gen Gov Ilma Ilmo Ilmos Maj Mal Min Mons Pe Pref Pres Profs Pç Pça R Revmo"
    " Rod S Sarg Sen Sgt Srs Srtas Sta Sto Ten Trav V Ver",
    "it": "amm arch avv brig cap col comm cons dep dir dott dr egr gen geom gov ing magg maresc mons mov on pres prof"
    " proff prov rag rev sac sen sez sig sigg sigra spett ssa ten uff ver Amm P S SS V",
    "nl": "bc bijv burg ca dhr dir dr drs ds ech evt excl fam geb gebr gem gest incl ing ir jhr jkvr jl kap lt luit"
    " maj mej mevr mgr mr mw pres prof resp secr sen sint st wed zgn",
    "sv": "bl ca civ dir doc dr exkl forts fr föreg gen hr ing inkl insp jfr jur kand kapt komm kpt lic löjtn mag pol"
    " prof resp sekr st tekn tel teol övers",
    "da": "adv bl ca cand dir dr ekskl fhv fmd forf forts fr frk gl hr inkl jf kapt kgl komm lic ltn nuv pol prof sml"
    " stud tidl vedr",
    "nb": "adv bl ca cand dir dr ekskl fhv forf forts fr frk gml hr inkl jf kapt kgl lic ltn prof stud tidl vedr",
    "fi": "alik apul dipl esim ev fil hra ins joht kapt kenr kers kom ks lis luutn maist maj mm past pj pres prof rva"
    " toht toim tri tuom varat vrt vt vänr ylil ylim",
    "pl": "abp al ang bp bł cyt doc dot dr ds dyr dz fr gen gr hab hiszp hr im inż jw kard kpr kpt ks lic mec mgr mjr"
    " niem np nt o ob os pl pn por ppor ppłk prof prok przew przyp pt płk r ros rtm sierż st szer tj tow tzw ul w wg"
    " woj ws wł zast łac śp śr św Gen",
    "cs": "arch doc dr gen hr ing kpt lic mgr mil mjr mld nadpor např nám odd odst pl plk por pplk ppor prim prof přel"
    " red rtm sl st sv tis tj tzv tř ul zák zást Bc JUDr MDDr MUDr MVDr MgA PaedDr PhDr PharmDr RNDr ThDr",
    "ru": "авт адм акад англ архиеп бр бул г г-жа г-н гв ген гр греч дер доц еп им исп итал кап кн лат лейт митр мл"
    " наб напр нем обл оз пер пл полк пос пр прот проф рус св свящ сер см соч ср т тов ул урожд франц хут яз япон",
    "uk": "авт акад англ архієп буд бул бульв вул ген гр див доц ек кн лат митр мол наб напр нар нім обл оз пл польськ"
    " пос пр прот проф р ред св соч тов укр франц ім",
    "tr": "apt av bkz blv bul bşk cad doç dr ecz fak gör hz krş mah mim müd müh op ord org prof sn sok uzm vet yakl"
    " yrd örn öğr Alb Amir Arş Asb Astsb Av Bnb Bçvş Fr Gen Gör Hv Hz Korg Kur Ltn Mad Müh Ord Org Osm Sb Tuğa Tuğg"
    " Tümg Uzm Yb Yzb Öğr Ütğm İng İst",
    "el": "άρθ αγ βλ δηλ δισ δρ εκατ κ κα καθ κος λ.χ λεωφ μτφ οδ π.χ πλ πρβλ πχ σημ σμν στρ συν ταγμ υπ χιλ",
    "ar": "أ أ.د أ.م أ.م.د د د.م ش ق م هـ",
    "he": "גב ד״ר עו״ד פרופ",
    "hi": "इं एड कु कै चौ ठा डा डॉ न्या पं प्रो मो ले श्री श्रीमती सुश्री स्व",
}
"""Abbreviations that end no sentence: titles before a name, words for streets, and words before an explanation. A word
with a capital letter here, such as `Rep`, is an abbreviation only with the capital letter."""

TITLES = {"Capt", "Col", "Dr", "Gen", "M", "Me", "Mlle", "MM", "Mme", "Mr", "Mrs", "Ms", "Prof", "Rev", "Sr", "Sra"}
"""Titles of persons. The name of a person may be an opener: `Mr. He`, `Dr. Who`."""

PARTICLES = {"De", "Del", "Den", "Di", "Do", "Da", "El", "Het", "La", "Le", "Les", "Lo", "Los", "Van", "Von"}
"""Openers that can also begin a name, as in `mevr. De Vries`."""

NUMBERED = {
    "": "abb al apr art aug bd c ca cap ch chs cl dec dez eq eqs feb fig figs fn fol jan jul jun kap mar no nos nov nr"
    " nrn oct okt p pg pp ref s sec sep sept tel v vol vols vv",
    "en": "app approx apt bldg chap ed ex ext para pt ref rm sect sects ste tab ver Fri Mon Sat Sun Thu Thur Thurs Tue"
    " Tues Wed",
    "de": "anm aufl bsp ex fr gl hft hs jb jg jgg kat kl lfg lit mrz par pos rn rz sp std str tab zif ziff zl Di Do Fr"
    " Mi Mo Sa So",
    "fr": "août av avr bât chap dim déc env fasc févr janv jeu juil juill lett liv lun mars mer n n° réf sam sect t"
    " tab tél ven éd",
    "es": "abr ago aprox dic dom ed ene jue lib lun lám mié n.º núm núms par pág págs párr sáb tab tít vie",
    "pt": "abr ago al aprox apto dom ed fev fls inc lib liv mai n núm out parág pág págs qua qui seg set sex sáb séc"
    " tab ter",
    "it": "ago artt co comma dic dom fasc gen gio giu int lett lug lun mag mer n nn num ott pag pagg par sab ser set"
    " sez tab tav tomo ven voll",
    "nl": "aant afb afl bijl blz di dl do ed hfdst hfst jg jrg kl lid ma mrt nrs par tab vr wo za zo",
    "sv": "avd avsn bil fre kl lör mars mom mån not ons r ref sid st sön tab tis tors tr",
    "da": "afs bilag fre kl kol lør man mom ons pkt stk søn tirs tlf tors",
    "nb": "des fre kl lør man ons pkt søn tir tlf tor",
    "fi": "klo kpl kuv lk luk n nro osa puh sv taul",
    "pl": "al czw godz lok lp m niedz ok par pkt pon por poz pt rozdz rys sob str tab ul ust wt wyd zał zesz zob śr",
    "cs": "bod obd obr odd odst par ročn str vyd zák č čl čp",
    "ru": "авг апр вс вт вып гл д дек изд ил илл июл июн кв корп лл мар ноя нояб ок окт оф п пн пп пт рис с сб сен"
    " сент см ст стб стр стр-ца т табл тел тт ул фев февр ч чт чч янв №",
    "uk": "бер буд вер вип гл груд див жовт кв квіт лип лист лют ок п рис розд рр с серп ст стор січ т табл тел трав ч"
    " черв",
    "tr": "bl böl cilt fık md nu say sf ss sy tab şek",
    "el": "άρθ αρ αριθ εδ εικ κεφ πίν παρ σελ τ τηλ τόμ",
    "ar": "ت ج رقم ص ص.ب ط م هـ",
    "he": "טל מס עמ",
    "hi": "अ क्र नं पृ रु सं",
}
"""Abbreviations that end no sentence if a number follows, and months."""

CLOSING = {
    "": "etc",
    "de": "ff o.ä u.v.m u.ä usf usw",
    "it": "ecc fa",
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
"""Abbreviations at the end of an enumeration or after a number. A capital letter after them begins a sentence."""

CLOSING_PHRASES = ("т. д.", "т.д.", "т. п.", "т.п.")
"""Closing abbreviations whose last letter could also be an initial."""

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
"""Openers: words that begin a sentence if they have a capital letter, because they are no names. They decide after
`Am 2.` and `Plan B.`"""

ORDINALS = {
    *("bs", "cs", "da", "de", "dsb", "et", "fi", "fo", "gsw", "hr", "hsb", "hu", "is"),
    *("lb", "lv", "nb", "nds", "nn", "no", "pl", "sk", "sl", "sr", "tr"),
}
"""Languages that write an ordinal with a full stop: `am 2. Tag`. Source: the rules `digits-ordinal` of Unicode CLDR,
https://github.com/unicode-org/cldr/tree/main/common/rbnf."""

PLAIN_ROMANS = {"da", "fi", "nb", "nn", "no", "pl"}
"""Languages with ordinals that write no full stop after a Roman number: `Jan III Sobieski`."""

CAPITALIZED = {"de", "gsw", "lb", "nds", "tr"}
"""Languages in which a noun or an address with a capital letter often follows an ordinal."""

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
"""Languages that use the lists of another language."""


@dataclass(frozen=True)
class Words:
    """The lists of a language.

    Abbreviations are listed without their last full stop. An abbreviation in small letters also matches a word that
    begins with a capital letter.

    Attributes:
        inside: Abbreviations that end no sentence.
        numbered: Abbreviations and months that end no sentence if a number follows.
        closing: Abbreviations after which a capital letter begins a sentence.
        openers: Words that begin a sentence if they have a capital letter.
        ordinals: Whether ordinals are written with a full stop.
        romans: Whether Roman numbers that are ordinals are written with a full stop.
        nouns: Whether a noun or an address with a capital letter often follows an ordinal.
    """

    inside: frozenset[str]
    numbered: frozenset[str]
    closing: frozenset[str]
    openers: frozenset[str]
    ordinals: bool
    romans: bool
    nouns: bool


@lru_cache(maxsize=64)
def words_of(language: str) -> Words:
    """Return the lists of a language, together with the words of all languages.

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
        language not in PLAIN_ROMANS,
        language in CAPITALIZED,
    )
