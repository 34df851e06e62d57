#!/usr/bin/env python3
"""Runs `threadsieve run` on made-up inputs of growing length, which come through a pipe, and prints a table in Markdown:
comments, seconds, comments a second, seconds of the processor, most memory. Linux and macOS."""

import argparse
import os
import select
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SIZES = [10_000, 100_000, 1_000_000]


def arguments():
    """What was asked for, and what the maker of comments gets."""
    parser = argparse.ArgumentParser(description=__doc__, epilog="All other options go to comments.py.")
    parser.add_argument("--threadsieve", required=True, metavar="PATH", help="the program, a release build")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="how many comments, run after run")
    parser.add_argument("--workers", type=int, nargs="+", metavar="N", help="as many runs of each size; else one, as the program chooses")
    parser.add_argument("--config", metavar="FILE", help="the configuration; the built-in one unless given")
    parser.add_argument("--output", default="/dev/null", metavar="FILE", help="where records go; /dev/null unless given")
    return parser.parse_known_args()


def measure(options, more, size, workers, folder):
    """One run: seconds, seconds of the processor, and bytes at most."""
    maker = subprocess.Popen([sys.executable, HERE / "comments.py", str(size), *more], stdout=subprocess.PIPE)
    command = [str(Path(options.threadsieve).resolve()), "run", "-", "--output", options.output]
    command += ["--dead-letters", "dead.jsonl", "--progress", "never"]
    command += ["--workers", str(workers)] if workers else []
    command += ["--config", str(Path(options.config).resolve())] if options.config else []
    # The maker needs a moment before its first comment, which is not timed.
    select.select([maker.stdout], [], [])
    begun = time.monotonic()
    with open(Path(folder, "log"), "w+", encoding="utf-8") as log:
        run = subprocess.Popen(command, stdin=maker.stdout, stdout=log, stderr=log, cwd=folder)
        maker.stdout.close()
        _, status, used = os.wait4(run.pid, 0)
        seconds = time.monotonic() - begun
        run.returncode = os.waitstatus_to_exitcode(status)
        log.seek(0)
        told = log.read()
    made = maker.wait()
    dead = Path(folder, "dead.jsonl").stat().st_size if Path(folder, "dead.jsonl").exists() else 0
    if run.returncode != 0 or made != 0 or dead:
        raise SystemExit(f"{size} comments: exit code {run.returncode}, {dead} bytes of dead letters\n{told}")
    if f"{size} items" not in told:
        raise SystemExit(f"{size} comments were made, but the summary says\n{told}")
    bytes_of_unit = 1 if sys.platform == "darwin" else 1024
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * bytes_of_unit


def main():
    """Measures one size after the other."""
    options, more = arguments()
    print("| comments | workers | seconds | comments/s | seconds of the processor | comments/s of a core | peak memory, MiB |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        for size in options.sizes:
            for workers in options.workers or [None]:
                seconds, cpu, peak = measure(options, more, size, workers, folder)
                print(
                    f"| {size:,} | {workers or 'as chosen'} | {seconds:,.2f} | {size / seconds:,.0f} | {cpu:,.2f} "
                    f"| {size / cpu:,.0f} | {peak / 2**20:,.1f} |", flush=True,
                )  # fmt: skip


if __name__ == "__main__":
    main()
