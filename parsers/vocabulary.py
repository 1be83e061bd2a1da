"""Words of MediaWiki in German and English, for wikis that have not said theirs.

From MediaWiki's own MessagesDe and MessagesEn, Help:Magic words, and the extensions that most wikis install.
"""

from __future__ import annotations

GERMAN = {
    -2: "Medium",
    -1: "Spezial",
    0: "",
    1: "Diskussion",
    2: "Benutzer",
    3: "Benutzer Diskussion",
    4: "Projekt",
    5: "Projekt Diskussion",
    6: "Datei",
    7: "Datei Diskussion",
    8: "MediaWiki",
    9: "MediaWiki Diskussion",
    10: "Vorlage",
    11: "Vorlage Diskussion",
    12: "Hilfe",
    13: "Hilfe Diskussion",
    14: "Kategorie",
    15: "Kategorie Diskussion",
    828: "Modul",
    829: "Modul Diskussion",
}
ENGLISH = (
    (-2, "Media"),
    (-1, "Special"),
    (1, "Talk"),
    (2, "User"),
    (3, "User talk"),
    (4, "Project"),
    (5, "Project talk"),
    (6, "File"),
    (7, "File talk"),
    (8, "MediaWiki"),
    (9, "MediaWiki talk"),
    (10, "Template"),
    (11, "Template talk"),
    (12, "Help"),
    (13, "Help talk"),
    (14, "Category"),
    (15, "Category talk"),
    (828, "Module"),
    (829, "Module talk"),
)
ALIASES = (
    (2, "Benutzerin"),
    (3, "BD"),
    (3, "Benutzerin Diskussion"),
    (6, "Bild"),
    (6, "Image"),
    (7, "Bild Diskussion"),
    (7, "Image talk"),
)

REDIRECT_WORDS = ("#WEITERLEITUNG", "#REDIRECT")


def _words(pairs: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {f"__{word.lower()}__": f"__{name}__" for name, words in pairs.items() for word in (name, *words)}


DOUBLE_UNDERSCORES = _words(
    {
        "NOTOC": ("KEIN_INHALTSVERZEICHNIS", "KEININHALTSVERZEICHNIS"),
        "FORCETOC": ("INHALTSVERZEICHNIS_ERZWINGEN",),
        "TOC": ("INHALTSVERZEICHNIS",),
        "NOEDITSECTION": ("ABSCHNITTE_NICHT_BEARBEITEN",),
        "NEWSECTIONLINK": ("NEUER_ABSCHNITTSLINK", "PLUS_LINK"),
        "NONEWSECTIONLINK": ("KEIN_NEUER_ABSCHNITTSLINK",),
        "NOGALLERY": ("KEINE_GALERIE",),
        "HIDDENCAT": ("VERSTECKTE_KATEGORIE", "WARTUNGSKATEGORIE"),
        "EXPECTUNUSEDCATEGORY": ("ERWARTE_UNBENUTZTE_KATEGORIE",),
        "INDEX": ("INDEXIEREN",),
        "NOINDEX": ("NICHT_INDEXIEREN",),
        "STATICREDIRECT": ("PERMANENTE_WEITERLEITUNG",),
        "NOCONTENTCONVERT": ("NOCC", "KEIN_INHALTSKONVERT"),
        "NOTITLECONVERT": ("NOTC", "KEIN_TITELKONVERT"),
        "DISAMBIG": ("BEGRIFFSKLÄRUNG",),
        "NOFACTBOX": ("KEINE_FAKTENBOX",),
        "SHOWFACTBOX": ("FAKTENBOX",),
    }
)

CONDITIONAL = frozenset({"#if", "#ifeq", "#ifexpr", "#ifexist", "#iferror", "#switch"})
TRANSPARENT = frozenset({"lc", "uc", "lcfirst", "ucfirst", "formatnum", "padleft", "padright", "plural"})
# canonical name -> other names, without the colon
_FUNCTIONS = {
    "DEFAULTSORT": ("sortierung", "defaultsortkey", "defaultcategorysort"),
    "DISPLAYTITLE": ("seitentitel",),
    "#if": ("#wenn",),
    "#ifeq": ("#wenngleich",),
    "#ifexpr": ("#wennausdruck",),
    "#ifexist": ("#wennvorhanden",),
    "#iferror": ("#wennfehler",),
    "#switch": ("#wechsle",),
    "#expr": ("#ausdruck",),
    "#time": ("#zeit",),
    "#timel": (),
    "#rel2abs": (),
    "#titleparts": (),
    "#tag": (),
    "#invoke": ("#aufrufen",),
    "#ask": ("#frage",),
    "#show": ("#zeige",),
    "#set": (),
    "#subobject": (),
    "#arraymap": (),
    "#vardefine": (),
    "#var": (),
    "#len": (),
    "#pos": (),
    "#sub": (),
    "#replace": (),
    "#explode": (),
    "#language": ("#sprache",),
    "#special": (),
    "#formatdate": ("#dateformat",),
    "lc": ("klein",),
    "uc": ("gross",),
    "lcfirst": ("initial_klein",),
    "ucfirst": ("initial_gross",),
    "formatnum": ("zahlenformat",),
    "padleft": ("füllenlinks",),
    "padright": ("füllenrechts",),
    "plural": (),
    "grammar": ("grammatik",),
    "gender": ("geschlecht",),
    "int": ("nachricht",),
    "ns": ("nr",),
    "nse": ("nr_url",),
    "urlencode": ("urlencodiert", "urlenkodiert"),
    "anchorencode": ("sprungmarkeenkodiert",),
    "localurl": ("lokale_url",),
    "localurle": ("lokale_url_c",),
    "fullurl": ("vollständige_url",),
    "fullurle": ("vollständige_url_c",),
    "canonicalurl": ("kanonische_url",),
    "canonicalurle": ("kanonische_url_c",),
    "bidi": (),
    "filepath": ("dateipfad",),
    "pagesincategory": ("seiten_in_kategorie",),
    "pagesize": ("seitengröße",),
    "numberingroup": ("benutzer_in_gruppe",),
    "protectionlevel": ("schutzstatus",),
    "protectionexpiry": (),
}
FUNCTIONS = {word.lower(): name for name, words in _FUNCTIONS.items() for word in (name, *words)}

# Variables that also tell of another page or group: {{PAGENAME:Wohnen}}
_WITH_ARGUMENT = (
    "PAGENAME PAGENAMEE FULLPAGENAME FULLPAGENAMEE BASEPAGENAME BASEPAGENAMEE SUBPAGENAME SUBPAGENAMEE "
    "ROOTPAGENAME ROOTPAGENAMEE TALKPAGENAME TALKPAGENAMEE SUBJECTPAGENAME SUBJECTPAGENAMEE ARTICLEPAGENAME "
    "NAMESPACE NAMESPACEE NAMESPACENUMBER TALKSPACE TALKSPACEE SUBJECTSPACE SUBJECTSPACEE PAGEID REVISIONID "
    "REVISIONDAY REVISIONDAY2 REVISIONMONTH REVISIONMONTH1 REVISIONYEAR REVISIONTIMESTAMP REVISIONUSER "
    "ARTICLESPACE ARTICLESPACEE NUMBEROFPAGES NUMBEROFARTICLES NUMBEROFFILES NUMBEROFUSERS NUMBEROFADMINS "
    "NUMBEROFACTIVEUSERS NUMBEROFEDITS"
)
WITH_ARGUMENT = frozenset(_WITH_ARGUMENT.split())
_PAGE_NAMES = (
    f"{_WITH_ARGUMENT} CURRENTYEAR CURRENTMONTH CURRENTMONTH1 CURRENTMONTHNAME CURRENTMONTHNAMEGEN "
    "CURRENTMONTHABBREV CURRENTDAY CURRENTDAY2 CURRENTDAYNAME CURRENTTIME CURRENTHOUR CURRENTWEEK CURRENTDOW "
    "CURRENTTIMESTAMP CURRENTVERSION "
    "LOCALYEAR LOCALMONTH LOCALMONTH1 LOCALMONTHNAME LOCALMONTHNAMEGEN LOCALMONTHABBREV LOCALDAY LOCALDAY2 "
    "LOCALDAYNAME LOCALTIME LOCALHOUR LOCALWEEK LOCALDOW LOCALTIMESTAMP SITENAME SERVER SERVERNAME "
    "SCRIPTPATH STYLEPATH ARTICLEPATH CONTENTLANGUAGE CONTENTLANG PAGELANGUAGE DIRECTIONMARK DIRMARK ! ="
)
# Of these the case does not matter (MessagesEn); they are looked up in lower case, too
_ANY_CASE = ("SERVER", "SERVERNAME", "SCRIPTPATH", "STYLEPATH", "ARTICLEPATH")
VARIABLES = (
    {name: name for name in _PAGE_NAMES.split()}
    | {name.lower(): name for name in _ANY_CASE}
    | {
        "SEITENNAME": "PAGENAME",
        "VOLLER_SEITENNAME": "FULLPAGENAME",
        "NAMENSRAUM": "NAMESPACE",
        "OBERSEITE": "BASEPAGENAME",
        "UNTERSEITE": "SUBPAGENAME",
        "SEITENANZAHL": "NUMBEROFPAGES",
        "ARTIKELANZAHL": "NUMBEROFARTICLES",
        "JETZIGES_JAHR": "CURRENTYEAR",
        "JETZIGER_MONAT": "CURRENTMONTH",
        "JETZIGER_MONATSNAME": "CURRENTMONTHNAME",
        "JETZIGER_KALENDERTAG": "CURRENTDAY",
        "LOKALES_JAHR": "LOCALYEAR",
        "LOKALER_MONAT": "LOCALMONTH",
        "LOKALER_KALENDERTAG": "LOCALDAY",
        "PROJEKTNAME": "SITENAME",
    }
)

LANGUAGES = frozenset(
    "af als am an ang ar arz as ast az ba bar bat-smg be be-tarask be-x-old bg bn bo bpy br bs ca ce ceb ckb co cs "
    "csb cv cy da de diq dsb el eml en eo es et eu ext fa fi fiu-vro fo fr frp frr fur fy ga gan gd gl gsw gu gv "
    "he hi hif hr hsb ht hu hy ia id ie ilo io is it ja jbo jv ka kk km kn ko ksh ku kv kw ky la lad lb li lij "
    "lmo ln lt lv map-bms mg mi min mk ml mn mr mrj ms mt mwl my nah nap nds nds-nl ne new nl nn no nov nrm oc "
    "or os pa pam pcd pdc pfl pl pms pnb ps pt qu rm ro roa-rup roa-tara ru rue sa sah sc scn sco se sh si simple "
    "sk sl so sq sr stq su sv sw szl ta te tg th tk tl tr tt ug uk ur uz vec vep vi vls vo wa war wo wuu xal yi "
    "yo za zea zh zh-classical zh-min-nan zh-yue zu".split()
)
INTERWIKI = frozenset(
    "w wikipedia wikt wiktionary b wikibooks n wikinews q wikiquote s wikisource v wikiversity voy wikivoyage "
    "c commons d wikidata species wikispecies m meta mw mediawikiwiki phab bugzilla dewiki enwiki".split()
)

# Tags whose content the preprocessor takes out whole (core, and extensions in wide use).
EXTENSION_TAGS = frozenset(
    "nowiki pre gallery indicator langconvert ref references poem math chem ce syntaxhighlight source "
    "score timeline graph mapframe maplink templatedata templatestyles hiero inputbox imagemap categorytree section "
    "charinsert dynamicpagelist rss html tabber headertabs seo embedvideo youtube".split()
)
# Of these the content is wikitext; that of the others is not.
WIKITEXT_TAGS = frozenset({"ref", "references", "poem", "indicator", "tabber", "gallery"})
# Of these the content is seen as it stands.
LITERAL_TAGS = frozenset({"nowiki", "pre", "syntaxhighlight", "source", "math", "chem", "ce"})

PAPER_HOSTS = ("allris", "ratsinfo", "ratsinformation", "sessionnet", "sdnetrim", "buergerinfo", "ris.")
