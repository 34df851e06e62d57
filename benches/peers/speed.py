#!/usr/bin/env python3
"""How many comments a second fastText and scikit-learn score on one core, on the comments that `threadsieve run` is timed on.

Times are seconds of the processor in user mode, so that other work on the machine counts little. What makes texts ready for
fastText (lower case, punctuation apart), and loading its model, is not timed; nor is fitting, of any."""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# Before numpy is loaded: scoring is timed in one thread.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

# The recipe of fast_text.py.
RECIPE = "-loss ova -dim 50 -epoch 10 -lr 0.5 -wordNgrams 1 -minCount 1 -thread 1 -seed 1 -verbose 0".split()
KINDS = {"fastText predict-prob, subwords 3-5": "-minn 3 -maxn 5", "fastText predict-prob, words only": "-minn 0 -maxn 0"}


def arguments():
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", nargs="+", required=True, metavar="FILE", help="labelled JSON lines, plain or gzip")
    parser.add_argument("--source", metavar="NAME", help="train on the rows of this source alone")
    parser.add_argument("--rows", type=int, default=0, metavar="N", help="train on the first N rows; 0, the default: all")
    parser.add_argument("--comments", required=True, metavar="FILE", help="JSON lines with a text each, as `run` reads them")
    parser.add_argument("--fasttext", default="fasttext", metavar="PATH", help="fastText's program (Debian: apt-get install fasttext)")
    parser.add_argument("--passes", type=int, default=3, metavar="N", help="the fastest of so many counts; 3 unless given")
    parser.add_argument("--slow", type=int, default=5_000, metavar="N", help="scikit-learn gets only the first N comments")
    return parser.parse_args()


def read_comments(path):
    """The texts of all comments; headers of threads have none."""
    with open(path, encoding="utf-8") as lines:
        return [row["text"] for row in map(json.loads, lines) if "text" in row]


def user_seconds(command, stdin):
    """Seconds in user mode of a program that reads a file; its output is thrown away."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    with open(stdin, "rb") as file:
        subprocess.run(command, stdin=file, stdout=subprocess.DEVNULL, check=True)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def fast_text_program(options, train, texts, labels, folder):
    """Comments a second of `fasttext predict-prob`, which gives the probability of every label."""
    from fast_text import NONE, PREFIX, one_line

    rows, input_file, empty = folder / "train.txt", folder / "comments.txt", folder / "empty.txt"
    with open(rows, "w", encoding="utf-8") as file:
        for row in train:
            if None not in row.answers:
                names = [label for label, answer in zip(labels, row.answers) if answer] or [NONE]
                file.write(" ".join(PREFIX + name for name in names) + " " + one_line(row.text) + "\n")
    input_file.write_text("".join(one_line(text) + "\n" for text in texts), encoding="utf-8")
    empty.write_text("")
    speeds = {}
    for kind, subwords in KINDS.items():
        model = str(folder / "model")
        subprocess.run([options.fasttext, "supervised", "-input", rows, "-output", model, *RECIPE, *subwords.split()], check=True)
        predict = [options.fasttext, "predict-prob", f"{model}.bin", "-", "-1"]
        loading = min(user_seconds(predict, empty) for _ in range(options.passes))
        seconds = min(user_seconds(predict, input_file) for _ in range(options.passes)) - loading
        speeds[kind] = len(texts) / seconds
    return speeds


def main():
    """Measures one after the other, and prints a table in Markdown."""
    options = arguments()
    from rows import LABELS, read_rows

    train = read_rows(options.train, options.source, max(options.rows, 0))
    texts = read_comments(options.comments)
    if not train or not texts:
        raise SystemExit(f"{len(train)} rows to train on, {len(texts)} comments: nothing to time")
    length = sum(len(text.encode()) for text in texts) / len(texts)
    print(f"{len(train):,} rows to train on, {len(texts):,} comments of {length:.0f} bytes", file=sys.stderr, flush=True)
    print("| system | comments/s of a core |\n| --- | ---: |")
    if shutil.which(options.fasttext):
        with tempfile.TemporaryDirectory() as folder:
            for kind, speed in fast_text_program(options, train, texts, LABELS, Path(folder)).items():
                print(f"| {kind} | {speed:,.0f} |", flush=True)
    else:
        print(f"{options.fasttext}: not found, left out", file=sys.stderr)
    import scikit_learn

    few = texts[: options.slow]
    result = scikit_learn.measure(train, train[:100], few, LABELS)
    print(f"| {result.name} | {result.comments_per_second:,.0f} |")


if __name__ == "__main__":
    main()
