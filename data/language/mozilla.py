"""Translated messages of Firefox, Thunderbird and LibreOffice (MPL-2.0), from packages of Debian 12.

`packages.tsv` names the packages, with their versions and SHA-256. Of a language at most 8,000 sentences are kept.
"""

import collections
import csv
import hashlib
import html
import re
import subprocess
import tempfile
import zipfile
from pathlib import Path

from catalogues import read_dtd, read_fluent, read_mo, read_properties
from texts import (
    LANGUAGES,
    WITHOUT_SPACES,
    CollectError,
    digest,
    is_in_script_of,
    is_written_in_latin,
    key,
    letters,
    sentences,
    spaces_collapsed,
    tags_removed,
)

PACKAGES = Path(__file__).with_name("packages.tsv")
WEIGHT = 0.3  # messages of programs are not how people write comments
COLON_IN_FILE_NAME = "%3a"
MOST_ROWS = 8_000  # of a language
MOST_ROWS_WITH_END_MARK = 6_000  # of a language; the others are labels and titles

# Close languages, which share texts by right, count as one where a text is found in many languages.
_FAMILIES = {"hr": "sr", "bs": "sr", "nn": "nb", "da": "nb", "ms": "id"}
_FEWEST_FAMILIES_OF_NO_TRANSLATION = 3

_READERS = {"ftl": read_fluent, "properties": read_properties, "dtd": read_dtd}
# Files and messages that hold names, error codes, keys of the keyboard or style rather than words.
_FILES_LEFT_OUT = re.compile(
    r"nsserrors|css\.properties|dom\.properties|htmlparser|xmlparser|regionNames|languageNames|keys\.|svg|mathml"
    r"|accessible|intl\."
)
_MESSAGES_LEFT_OUT = re.compile(
    r"access-?key|\.key$|keycode|commandkey|shortcut|css|font|\.width|\.style$|url|locale|charset", re.I
)

_BRACES = re.compile(r"\{[^{}]*\}")
_PLACEHOLDERS = re.compile(
    r"%?\$?\(?ARG\d+\)?|\$\([A-Za-z0-9]+\)|\$\w+\$?|%\w+%?|%\d*\$?[A-Za-z]|#\d+|\[[A-Z_ ]+\]"
)
_KEY_IN_BRACKETS = re.compile(r"\([&_~]?[A-Z]\)")
_KEY_MARK = re.compile(r"[~_&](?=\w)")
_ESCAPED_SPACE = re.compile(r"\\[nrt]|[\n\r\t]")
_INVISIBLE = str.maketrans("", "", "\\\u00ad\u200b\ufeff")
_EMPTY_QUOTES = re.compile(r"[“\"„]\s*[”\"“]|\(\s*\)|‘\s*’|«\s*»")
_PRODUCTS = re.compile(
    r"Mozilla|Firefox|Thunderbird|LibreOffice|OpenOffice|StarOffice|%?PRODUCT(NAME|VERSION|EXTENSION)|\bNSS\b"
    r"|Content-Security-Policy"
)
_SPACE_BEFORE_MARK = re.compile(r"\s+([,.;:!?])")
# Addresses, names of files, code, long numbers.
_JUNK = re.compile(
    r"https?:|www\.|\w+\.(org|com|net|html?|xml|js|dll|so)\b|[<>@^|=\[\]]|[a-z][A-Z]|\w_\w|\d{3,}|\(\)"
)
_END_MARK = re.compile(r"[.!?…।؟：:。！？][\"”»’)]*$")
_ENGLISH_WORDS = frozenset(
    "the your you this with and was are cannot from have been has will that not can be which".split()
)


def language_of(package):
    """The language of a package's name; `None` where it is none of ours.

    >>> [language_of(f"firefox-esr-l10n-{code}") for code in ("sr", "pt-br", "nb-no", "km")]
    ['sr', 'pt', 'nb', None]
    """
    code = package.partition("-l10n-")[2].partition("-")[0]
    return code if code in LANGUAGES else None


def cleaned(text):
    """A message without markup, placeholders, marks of keys, and names of products.

    >>> cleaned("Open <b>%1$S</b> in &amp;tab")
    'Open in tab'
    >>> cleaned("Save { $name } (S)~now ?")
    'Save now?'
    """
    if "&" in text:
        text = html.unescape(html.unescape(text))
    text = _BRACES.sub(" ", _BRACES.sub(" ", text)).replace("{", " ").replace("}", " ")
    text = _PLACEHOLDERS.sub(" ", tags_removed(text))
    text = _KEY_MARK.sub("", _KEY_IN_BRACKETS.sub("", text))
    text = _ESCAPED_SPACE.sub(" ", text).translate(_INVISIBLE)
    text = _PRODUCTS.sub(" ", _EMPTY_QUOTES.sub(" ", text))
    return spaces_collapsed(_SPACE_BEFORE_MARK.sub(r"\1", text))


def looks_english(text):
    """Whether two or more words of a text are common in English and rare elsewhere.

    >>> looks_english("You cannot open this"), looks_english("Das war gut, was?")
    (True, False)
    """
    return sum(word in _ENGLISH_WORDS for word in re.findall("[a-z]+", text.lower())) >= 2


def is_fit(language, text):
    """Whether a sentence has enough words, is no code, and is written as its language is.

    >>> is_fit("de", "Dies ist ein Satz."), is_fit("de", "Datei"), is_fit("de", "You cannot open this.")
    (True, False, False)
    """
    count = letters(text)
    if language in WITHOUT_SPACES:
        is_long_enough = count >= 6
    else:
        is_long_enough = count >= 12 or (count >= 10 and len(text.split()) >= 3)
    if not is_long_enough or len(text) > 300 or _JUNK.search(text) or count < 0.6 * len(text.replace(" ", "")):
        return False
    if language != "en" and is_written_in_latin(language) and looks_english(text):
        return False
    return is_in_script_of(language, text)


def read_packages():
    """The rows of `packages.tsv`, in its order."""
    with PACKAGES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def fetch(folder):
    """Downloads what is missing in a folder. Raises `CollectError` with everything that cannot be had."""
    folder.mkdir(parents=True, exist_ok=True)
    failed = []
    for package in read_packages():
        if (folder / package["file"]).exists():
            continue
        wanted = f"{package['package']}={package['version']}"
        done = subprocess.run(["apt-get", "download", wanted], cwd=folder, capture_output=True, check=False)
        if done.returncode != 0:
            failed.append(wanted)
    if failed:
        raise CollectError(
            "`apt-get download` failed for:\n  " + "\n  ".join(failed) + "\n  hint: run `apt-get update` on Debian 12; "
            "versions that the archive no longer has are on https://snapshot.debian.org: "
            f"put them into {folder}, or name a folder that has them with --debs"
        )


def check(folder):
    """Raises `CollectError` unless all packages are in a folder, each with the bytes that were used."""
    problems = []
    for package in read_packages():
        path = folder / package["file"]
        if not path.exists():
            problems.append(f"{path}: missing; expected {package['package']} {package['version']}")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != package["sha256"]:
            problems.append(f"{path}: damaged, or another build: its SHA-256 is not {package['sha256']}")
    if problems:
        raise CollectError(
            "\n".join(problems) + "\n  hint: `apt-get download PACKAGE=VERSION` in that folder; "
            "versions that Debian's archive no longer has are on https://snapshot.debian.org; "
            f"a file's name has `{COLON_IN_FILE_NAME}` where the version has a colon"
        )


def _catalogue_messages(folder):
    """Pairs of English and translated messages of the `.mo` files, LibreOffice's."""
    for path in sorted(folder.rglob("*.mo")):
        yield from read_mo(path.read_bytes())


def _language_pack_messages(folder):
    """Translated messages of the language packs, Firefox's and Thunderbird's."""
    for path in sorted(folder.rglob("*.xpi")):
        with zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                reader = _READERS.get(name.rpartition(".")[2])
                if reader is None or _FILES_LEFT_OUT.search(name):
                    continue
                for message, translation in reader(archive.read(name).decode("utf-8", "replace")):
                    if not _MESSAGES_LEFT_OUT.search(message):
                        yield translation


class Messages:
    """All sentences found so far."""

    def __init__(self):
        self.source_of = collections.defaultdict(dict)  # by language and sentence: the first program that has it
        self._families_of = collections.defaultdict(set)  # by key: the languages that it occurs in

    def add(self, language, source, message):
        """Takes the sentences of a message."""
        for sentence in sentences(cleaned(message)):
            self.source_of[language].setdefault(sentence, source)
            self._families_of[key(sentence)].add(_FAMILIES.get(language, language))

    def add_package(self, language, source, folder):
        """Takes the messages of an unpacked package. Short messages of LibreOffice, mostly names, are left out."""
        for english, translation in _catalogue_messages(folder):
            self.add("en", source, english)
            if translation != english and (len(english) >= 25 or len(english.split()) >= 4):
                self.add(language, source, translation)
        for translation in _language_pack_messages(folder):
            self.add(language, source, translation)

    def is_translation(self, language, text):
        """Whether a text is not English, and not the same in many languages, as names are."""
        families = self._families_of[key(text)]
        return language == "en" or ("en" not in families and len(families) < _FEWEST_FAMILIES_OF_NO_TRANSLATION)

    def rows(self, language):
        """The rows of a language, sentences with an end mark first in line, in the order of their hashes."""
        of_key = {}
        for text in sorted(self.source_of[language]):
            if self.is_translation(language, text) and is_fit(language, text):
                of_key.setdefault(key(text), text)
        in_order = sorted(of_key.values(), key=digest)
        ended = [text for text in in_order if _END_MARK.search(text)][:MOST_ROWS_WITH_END_MARK]
        others = [text for text in in_order if not _END_MARK.search(text)]
        for text in sorted((ended + others)[:MOST_ROWS], key=digest):
            yield {"lang": language, "text": text, "source": self.source_of[language][text], "weight": WEIGHT}


def mozilla_rows(folder):
    """The rows from a folder of packages, which `check` has found to be all there."""
    messages = Messages()
    for package in read_packages():
        language = language_of(package["package"])
        source = package["package"].partition("-l10n-")[0].removesuffix("-esr")
        with tempfile.TemporaryDirectory(prefix="collect-") as unpacked:
            subprocess.run(["dpkg-deb", "-x", folder / package["file"], unpacked], check=True)
            messages.add_package(language, source, Path(unpacked))
    for language in sorted(messages.source_of):
        yield from messages.rows(language)
