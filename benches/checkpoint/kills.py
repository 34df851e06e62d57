#!/usr/bin/env python3
"""Kills runs (SIGKILL) at random times, resumes them, and compares the bytes with those of a run that was not killed.

    cargo build --release
    python3 benches/checkpoint/kills.py target/release/threadsieve --kills 200 --seed 1

Each run is killed and resumed until it is complete, with another number of workers each time; then its outputs and its
summary (without what the clock says) are compared, and the next one begins. Ends with code 1 at the first difference.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

WORDS = "ferry lamp harbour orchard bridge copper meadow window lantern pebble walnut ribbon kettle mill heron".split()
OUTPUTS = ["records.jsonl", "table.csv.gz", "packed.jsonl.zst", "hold.sh", "dead.jsonl.zst"]


def write_input(path, comments, seed):
    """Interleaved threads that come and go, with answers, repeats, quotes, headers, and lines that are no comments."""
    dice = random.Random(seed)
    live, number, said = [], 0, {}
    with open(path, "w", encoding="utf-8") as file:
        for place in range(comments):
            if len(live) < 20 or dice.random() < 0.01:
                number += 1
                name = f"t{number}"
                live.append(name)
                said[name] = []
                article = " ".join(dice.choice(WORDS) for _ in range(60))
                file.write(json.dumps({"type": "thread", "thread_id": name, "title": "News", "article": article}) + "\n")
                if len(live) > 60:
                    said.pop(live.pop(0))
            name = dice.choice(live)
            earlier = said[name]
            text = "The " + " ".join(dice.choice(WORDS) for _ in range(dice.randrange(4, 60))) + "."
            if earlier and dice.random() < 0.1:
                text = dice.choice(earlier)
            elif earlier and dice.random() < 0.1:
                text = f"“{dice.choice(earlier)}” And what of the {dice.choice(WORDS)}?"
            earlier.append(text)
            comment = {"thread_id": name, "id": str(len(earlier)), "author": dice.choice(WORDS), "text": text}
            if len(earlier) > 1 and dice.random() < 0.5:
                comment["parent_id"] = str(dice.randrange(1, len(earlier)))
            file.write(json.dumps(comment, ensure_ascii=False) + "\n")
            if place % 97 == 0:
                file.write("{oops\n")


class Run:
    def __init__(self, program, folder, every, source):
        os.makedirs(folder)
        self.folder = folder
        shutil.copy2(source, os.path.join(folder, "comments.jsonl"))
        with open(os.path.join(folder, "pipeline.toml"), "w", encoding="utf-8") as file:
            file.write("[limits]\nmax_threads = 40\nmax_comments = 1500\n")
        self.command = [program, "run", "comments.jsonl", "--checkpoint", "run.checkpoint", "--resume"]
        self.command += ["--checkpoint-every", str(every), "--summary", "sum.json", "--dead-letters", "dead.jsonl.zst"]
        self.command += ["-o", "records.jsonl", "-o", "table.csv.gz", "-o", "packed.jsonl.zst"]
        self.command += ["--write-back", "wordpress=hold.sh"]

    def start(self, workers):
        command = self.command + ["--workers", str(workers)]
        return subprocess.Popen(command, cwd=self.folder, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)

    def items(self):
        try:
            with open(os.path.join(self.folder, "run.checkpoint"), encoding="utf-8") as file:
                progress = json.load(file)["progress"]
        except FileNotFoundError:
            return 0
        return progress["at"]["items"] if isinstance(progress, dict) else None

    def left(self):
        files = {}
        for name in OUTPUTS:
            with open(os.path.join(self.folder, name), "rb") as file:
                files[name] = file.read()
        with open(os.path.join(self.folder, "sum.json"), encoding="utf-8") as file:
            summary = json.load(file)
        for name in ["seconds", "comments_per_second", "resumed_after"]:
            summary.pop(name, None)
        return files, summary


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("program")
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--comments", type=int, default=12_000)
    options.add_argument("--every", type=int, default=500)
    options = options.parse_args()
    program = os.path.abspath(options.program)
    dice = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "input.jsonl")
        write_input(source, options.comments, options.seed)
        unbroken = Run(program, os.path.join(folder, "unbroken"), options.every, source)
        begun = time.monotonic()
        process = unbroken.start(2)
        process.communicate()
        seconds = time.monotonic() - begun
        assert process.returncode == 0
        expected = unbroken.left()
        killed = compared = before_first = catching_up = in_the_end = went_on = 0
        while killed < options.kills:
            run = Run(program, os.path.join(folder, f"run{compared}"), options.every, source)
            before = 0
            while True:
                process = run.start(dice.randrange(1, 9))
                # Long enough to get somewhere beyond what was there, and at any moment of that.
                limit = None if killed >= options.kills else dice.uniform(0, seconds * dice.choice([0.1, 0.3, 0.6, 1.0]))
                try:
                    _, stderr = process.communicate(timeout=limit)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.communicate()
                    killed += 1
                    items = run.items()
                    before_first += items == 0
                    catching_up += items is not None and 0 < items == before
                    went_on += items is not None and items > before
                    in_the_end += items is None
                    if items is None:
                        break
                    assert items >= before, f"a checkpoint went back from {before} to {items}"
                    before = items
                    continue
                assert process.returncode == 0, stderr.decode()
                break
            files, summary = run.left()
            for name, content in files.items():
                if content != expected[0][name]:
                    sys.exit(f"run {compared}: {name} is another one ({len(content)} bytes, not {len(expected[0][name])})")
            if summary != expected[1]:
                sys.exit(f"run {compared}: the summary is another one: {summary}")
            shutil.rmtree(run.folder)
            compared += 1
        size = sum(len(content) for content in expected[0].values())
        print(f"{killed} kills in {compared} runs of {options.comments} comments, checkpoints every {options.every} items;")
        print(f"  {before_first} before the first checkpoint, {catching_up} with no new checkpoint since the last kill,")
        print(f"  {went_on} with new ones, {in_the_end} when all was written;")
        print(f"  the outputs of all {compared} runs ({size} bytes each) and their summaries are those of the unbroken run")


if __name__ == "__main__":
    main()
