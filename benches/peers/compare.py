#!/usr/bin/env python3
"""Trains and times scikit-learn, fastText and threadsieve on the same labelled comments; prints a table in Markdown."""

import argparse
import os
import sys

# Before numpy is loaded: scoring is timed in one thread.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

SYSTEMS = ["threadsieve", "fasttext", "fasttext-words", "scikit-learn"]


def arguments():
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", nargs="+", required=True, metavar="FILE", help="labelled JSON lines, plain or gzip")
    parser.add_argument("--dev", nargs="+", required=True, metavar="FILE", help="the same, not trained on")
    parser.add_argument("--source", metavar="NAME", help="train on the rows of this source alone")
    parser.add_argument("--rows", type=int, default=0, metavar="N", help="train on the first N rows; 0, the default: all")
    parser.add_argument("--threadsieve", metavar="PATH", help="the program, a release build; left out unless given")
    parser.add_argument("--criterion", metavar="FOLDER", help="target/criterion, after `cargo bench --bench tone`")
    parser.add_argument("--only", nargs="+", choices=SYSTEMS, default=SYSTEMS, metavar="SYSTEM", help=", ".join(SYSTEMS))
    parser.add_argument("--piece-bytes", type=int, default=400, metavar="N", help="length of the texts that are timed")
    parser.add_argument("--pieces", type=int, default=2_000, metavar="N", help="how many of them; threadsieve gets ten times as many")
    return parser.parse_args()


def main():
    """Measures one system after the other."""
    options = arguments()
    from result import table
    from rows import LABELS, pieces, read_rows

    def tell(message):
        print(message, file=sys.stderr, flush=True)

    train = read_rows(options.train, options.source, max(options.rows, 0))
    dev = read_rows(options.dev)
    if not train or not dev:
        raise SystemExit(f"{len(train)} rows to train on, {len(dev)} to measure on: nothing to compare")
    timed = pieces(dev, options.piece_bytes, options.pieces)
    tell(f"{len(train):,} rows to train on, {len(dev):,} to measure on, {len(timed):,} texts to time")

    results = []
    for system in options.only:
        if system == "threadsieve":
            if options.threadsieve is None:
                tell("threadsieve: left out; name the program with --threadsieve")
                continue
            tell("threadsieve …")
            import threadsieve_program

            many = pieces(dev, options.piece_bytes, 10 * options.pieces)
            result = threadsieve_program.measure(options.threadsieve, train, dev, many, LABELS, options.criterion)
        elif system == "scikit-learn":
            tell("scikit-learn …")
            import scikit_learn

            result = scikit_learn.measure(train, dev, timed, LABELS)
        else:
            tell(f"{system} …")
            import fast_text

            result = fast_text.measure(train, dev, timed, LABELS, subwords=system == "fasttext")
        tell(f"  trained in {result.training_seconds:.0f} s")
        results.append(result)
    print(table(results, dev, LABELS))


if __name__ == "__main__":
    main()
