"""Labelled rows: reading, choosing, and cutting texts of a fixed length out of them."""

import gzip
import json
from dataclasses import dataclass

LABELS = ["toxicity", "severe_toxicity", "profanity", "threat", "insult", "identity_attack"]


@dataclass
class Row:
    """A text with its answers: True, False, or None where nobody was asked."""

    text: str
    answers: list
    raw: dict


def read_rows(paths, source=None, limit=0):
    """Rows of JSON lines, plain or gzip, in order; those of one source, and the first `limit` of them, if asked for."""
    rows = []
    for path in paths:
        opener = gzip.open if open(path, "rb").read(2) == b"\x1f\x8b" else open
        with opener(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if limit and len(rows) >= limit:
                    return rows
                if not line.strip():
                    continue
                try:
                    raw = json.loads(line)
                    text, stated = raw["text"], raw["labels"]
                except (ValueError, KeyError, TypeError) as error:
                    raise SystemExit(f"{path}:{number}: no labelled row ({type(error).__name__})") from error
                if source is not None and raw.get("source") != source:
                    continue
                answers = [None if stated.get(label) is None else stated[label] >= 0.5 for label in LABELS]
                rows.append(Row(text, answers, raw))
    return rows


def write_rows(rows, path):
    """The same rows as JSON lines."""
    with open(path, "w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row.raw, ensure_ascii=False) + "\n")


def pieces(rows, length, count):
    """`count` texts of at most, and nearly, `length` bytes: the words of all rows one after the other, cut between words.

    Where the rows have too few words they begin again, from another word each time.
    """
    words = [word for row in rows for word in row.text.split() if len(word.encode()) < length]
    if not words:
        raise SystemExit("not one word to cut texts out of")
    found, current, size, at = [], [], 0, 0
    while len(found) < count:
        # After each round one word is left out, so that the cuts fall elsewhere.
        at += at > 0 and at % len(words) == 0
        word = words[at % len(words)]
        at += 1
        if size + len(word.encode()) + 1 > length:
            found.append(" ".join(current))
            current, size = [], 0
        current.append(word)
        size += len(word.encode()) + 1
    return found
