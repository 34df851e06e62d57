"""Rows from sets of JSON lines: sentences whose language is known, and English comments out of the tone sets."""

import gzip
import json

from texts import CollectError, digest, key, share

DEV_SHARE = 0.15
LONGEST_COMMENT = 600  # characters; the rest is cut
EMOTION_COMMENTS = 12_000
ABUSE_COMMENTS = {"wikipedia-talk": 6_000, "civil-comments": 6_000, "tweets-davidson": 6_000}
"""How many comments of each source."""


def read_rows(path):
    """The rows of a gzip file of JSON lines. Raises `CollectError` with the line that is none."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                row = json.loads(line)
                if not isinstance(row, dict) or not isinstance(row.get("text"), str):
                    raise CollectError(f"{path}:{number}: no JSON object with a `text`")
                yield row
    except json.JSONDecodeError:
        raise CollectError(f"{path}:{number}: no JSON") from None
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise CollectError(
            f"{path}: cannot be read as gzip of UTF-8: {error}\n  hint: see whether the file is whole"
        ) from None


def is_dev(text):
    """Whether a text is to measure on. Texts with the same key are always on the same side.

    >>> sum(is_dev(str(number)) for number in range(2_000)) in range(250, 350)
    True
    >>> is_dev("Dobar dan!") == is_dev("dobar dan")
    True
    """
    return share(key(text)) < DEV_SHARE


def first_by_hash(texts, count):
    """As many of the texts as are asked for, those with the smallest SHA-256, in its order, each once.

    >>> first_by_hash(["a", "b", "a"], 5) == sorted(["a", "b"], key=digest)
    True
    """
    return sorted(dict.fromkeys(texts), key=digest)[:count]


def comment_rows(emotions, abuse):
    """English comments from the two tone sets."""
    texts = {"emotions": [row["text"] for row in read_rows(emotions)]}
    for row in read_rows(abuse):
        if row.get("source") in ABUSE_COMMENTS:
            texts.setdefault(row["source"], []).append(row["text"])
    for source, count in {"emotions": EMOTION_COMMENTS, **ABUSE_COMMENTS}.items():
        chosen = first_by_hash(filter(str.strip, texts.get(source, [])), count)
        if len(chosen) < count:
            raise CollectError(
                f"only {len(chosen)} comments of {source}, expected {count}\n"
                "  hint: --emotions and --abuse are emotions_train.jsonl.gz and abuse_train.jsonl.gz"
            )
        for text in chosen:
            yield {"lang": "en", "kind": "comment", "source": source, "text": text[:LONGEST_COMMENT]}
