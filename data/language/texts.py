"""What all sources share: language codes, scripts, and the cleaning and cutting of texts.

Everything here depends on the text alone, so the same input gives the same output.
"""

import functools
import hashlib
import re
import sys
import unicodedata

LANGUAGES = frozenset(
    "af ar az be bg bn bs ca cs cy da de el en eo es et eu fa fi fr ga gu he hi hr hu hy id is it ja ka kk ko la lg lt "
    "lv mi mk mn mr ms nb nl nn pa pl pt ro ru sk sl sn so sq sr st sv sw ta te th tl tn tr ts uk ur vi xh yo zh "
    "zu".split()
)
"""The 75 languages, by ISO 639-1."""

WITHOUT_SPACES = frozenset(("ja", "th", "zh"))
"""Languages that are written without spaces between words."""

_LATIN = ("LATIN",)
_SCRIPTS = {
    "ARABIC": "ar fa ur",
    "ARMENIAN": "hy",
    "BENGALI": "bn",
    "CYRILLIC": "be bg kk mk mn ru uk",
    "DEVANAGARI": "hi mr",
    "GEORGIAN": "ka",
    "GREEK": "el",
    "GUJARATI": "gu",
    "GURMUKHI": "pa",
    "HANGUL": "ko",
    "HEBREW": "he",
    "TAMIL": "ta",
    "TELUGU": "te",
    "THAI": "th",
    "CJK": "zh",
}
# Beginnings of the Unicode names of a language's letters.
_LETTER_NAMES = {language: (script,) for script, languages in _SCRIPTS.items() for language in languages.split()}
_LETTER_NAMES |= {"ja": ("CJK", "HIRAGANA", "KATAKANA"), "sr": ("LATIN", "CYRILLIC"), "bs": ("LATIN", "CYRILLIC")}

# Punctuation, symbols, spaces, and characters that control how others are shown.
_CATEGORIES_OF_NO_WORDS = frozenset("Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf".split())
_NO_WORDS = {
    code: None for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in _CATEGORIES_OF_NO_WORDS
}
_TAG = re.compile(r"<[^<>]{1,200}>")
_SENTENCE_END = re.compile(
    r"""(?<=[.!?…।؟։])["»”’“)\]]*\s+(?=\S)"""  # a mark, closing quotation marks or brackets, a space
    r"""|(?<=[。！？])["”」』）]*"""  # the marks of Chinese and Japanese need no space
)
_AROUND_A_SENTENCE = " \u2014-–•\"“”„«»"


class CollectError(Exception):
    """Something that the user has to see to. The message says where, what, and what to do."""


def spaces_collapsed(text):
    r"""Runs of white space become one space; none is left at the ends.

    >>> spaces_collapsed(" two\n\twords ")
    'two words'
    """
    return re.sub(r"\s+", " ", text).strip()


def tags_removed(text):
    """Tags of HTML or XML become spaces.

    >>> tags_removed("a <b>bold</b> word")
    'a  bold  word'
    """
    return _TAG.sub(" ", text)


def key(text):
    """What stays of a text when case, spaces and punctuation are set aside: equal keys are the same text.

    Marks are kept, for the vowels of Indian scripts are marks. A text of nothing but punctuation is its own key.

    >>> key("Dobar dan, svete!") == key("dobar dan svete")
    True
    >>> key("कि") == key("की")
    False
    >>> key("?!")
    '?!'
    """
    return unicodedata.normalize("NFC", text).casefold().translate(_NO_WORDS) or text


def digest(text):
    """SHA-256 in hexadecimal digits: an order that is as good as random and always the same."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def share(text):
    """A number 0..1 that depends on the text alone, evenly spread.

    >>> 0 <= share("text") < 1 and share("text") == share("text")
    True
    """
    return int(digest(text)[:13], 16) / 16**13


def sentences(text):
    """The sentences of a text, without dashes and quotation marks around them.

    >>> list(sentences("„Dobar dan.“ Kako ste? Hvala"))
    ['Dobar dan.', 'Kako ste?', 'Hvala']
    >>> list(sentences("你好。再见。"))
    ['你好。', '再见。']
    """
    for piece in _SENTENCE_END.split(text):
        sentence = piece.strip(_AROUND_A_SENTENCE)
        if sentence:
            yield sentence


@functools.lru_cache(maxsize=None)
def is_letter(character):
    """Whether Unicode calls the character a letter."""
    return unicodedata.category(character).startswith("L")


@functools.lru_cache(maxsize=None)
def _letter_name(character):
    return unicodedata.name(character, "")


def letters(text):
    """How many letters a text has.

    >>> letters("a 1 ž!")
    2
    """
    return sum(map(is_letter, text))


def is_in_script_of(language, text):
    """Whether at least 7 of 10 letters belong to the script, or one of the scripts, of the language.

    >>> is_in_script_of("ru", "да"), is_in_script_of("ru", "da"), is_in_script_of("sr", "da")
    (True, False, True)
    """
    expected = _LETTER_NAMES.get(language, _LATIN)
    found = [character for character in text if is_letter(character)]
    fitting = sum(_letter_name(character).startswith(expected) for character in found)
    return bool(found) and fitting >= 0.7 * len(found)


def is_written_in_latin(language):
    """Whether the language has Latin letters and no others.

    >>> is_written_in_latin("de"), is_written_in_latin("sr")
    (True, False)
    """
    return _LETTER_NAMES.get(language, _LATIN) == _LATIN
