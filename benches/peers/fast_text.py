"""fastText: one-versus-all, 50 dimensions, with subwords of 3 to 5 characters or whole words alone."""

import os
import re
import tempfile
import time
from importlib import metadata

import fasttext

from result import Result

PREFIX = "__label__"
# Lines without any label are left out of training by fastText, and most comments have none.
NONE = "none"


def one_line(text):
    """A text as fastText reads it: lower case, punctuation apart, on one line, and no word that looks like a label."""
    spaced = re.sub(r"([^\w\s'])", r" \1 ", text.lower().replace(PREFIX, ""))
    return " ".join(spaced.split())


def measure(train, dev, pieces, labels, subwords, epochs=10, seed=1):
    """Trains in one thread on the rows that answer all labels, and scores text after text in one thread."""
    known = [row for row in train if None not in row.answers]
    if not known:
        raise SystemExit("fastText: no row answers all six labels")
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8", delete=False) as file:
        for row in known:
            names = [label for label, answer in zip(labels, row.answers) if answer] or [NONE]
            file.write(" ".join(PREFIX + name for name in names) + " " + one_line(row.text) + "\n")
    try:
        begun = time.process_time()
        model = fasttext.train_supervised(
            input=file.name, loss="ova", dim=50, epoch=epochs, lr=0.5, wordNgrams=1, minCount=1, thread=1, seed=seed,
            minn=3 if subwords else 0, maxn=5 if subwords else 0, verbose=0,
        )  # fmt: skip
        seconds = time.process_time() - begun
    finally:
        os.unlink(file.name)

    places = {PREFIX + label: at for at, label in enumerate(labels)}

    def score_one(text):
        # `model.predict` of 0.9.2 does not work with numpy 2; this is what it calls.
        scores = [0.0] * len(labels)
        for probability, name in model.f.predict(one_line(text) + "\n", -1, 0.0, "strict"):
            at = places.get(name)
            if at is not None:
                scores[at] = probability
        return scores

    rows = [score_one(row.text) for row in dev]
    trained = set(model.get_labels())
    columns = [
        [row[at] for row in rows] if PREFIX + label in trained else None for at, label in enumerate(labels)
    ]
    begun = time.process_time()
    for piece in pieces:
        score_one(piece)
    speed = len(pieces) / (time.process_time() - begun)
    what = "subwords 3-5" if subwords else "words only"
    name = f"fastText {metadata.version('fasttext-wheel')}: ova, {what}, 50 dimensions, {epochs} epochs"
    return Result(name, columns, speed, seconds, len(known))
