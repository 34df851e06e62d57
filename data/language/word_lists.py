"""Words with their share of running text, from the Python package wordfreq, version 3.1.1."""

import importlib.metadata
import itertools

from texts import LANGUAGES, CollectError

VERSION = "3.1.1"
MOST_WORDS = 30_000  # of a language
# Where wordfreq's code is another one than ours. Serbian, Croatian and Bosnian have one list.
_WORDFREQ_CODES = {"hbs": "sh", "tl": "fil"}


def check():
    """Raises `CollectError` unless the version that was used is installed."""
    try:
        found = importlib.metadata.version("wordfreq")
    except importlib.metadata.PackageNotFoundError:
        raise CollectError(f"wordfreq is not installed\n  hint: pip install wordfreq=={VERSION}") from None
    if found != VERSION:
        raise CollectError(f"wordfreq is {found}, expected {VERSION}\n  hint: pip install wordfreq=={VERSION}")


def word_rows():
    """The most frequent words without digits of each language that has a list, the most frequent first."""
    import wordfreq  # only here, so that the rest works without it

    large, small = wordfreq.available_languages("large"), wordfreq.available_languages("small")
    for language in sorted((LANGUAGES - {"bs", "hr", "sr"}) | {"hbs"}):
        code = _WORDFREQ_CODES.get(language, language)
        if code not in small:
            continue
        size = "large" if code in large else "small"
        frequencies = wordfreq.get_frequency_dict(code, size)
        words = (word for word in wordfreq.iter_wordlist(code, size) if not any(map(str.isdigit, word)))
        for word in itertools.islice(words, MOST_WORDS):
            yield {"lang": language, "text": word, "frequency": float(f"{frequencies[word]:.3e}")}
