#!/usr/bin/env python3
"""What checkpoints cost, and how long a resumed run takes until it goes on.

    cargo build --release
    python3 benches/checkpoint/costs.py target/release/threadsieve --comments 100000

Threads of 100 comments of some 400 bytes. Runs with and without checkpoints take turns, and the fastest of each is told; then
a run is killed at about 90 % and resumed.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import tempfile
import time

WORDS = ("ferry lamp harbour orchard bridge copper meadow window lantern pebble walnut ribbon kettle mill heron council "
         "ticket morning winter market river library square garden neighbour the a of and to in that it was for on with "
         "they have this not but at from are we there been would more about when which some time").split()


def write_input(path, comments, threads_at_a_time):
    """Threads of 100 comments, so many of them open at a time."""
    dice = random.Random(3)
    live, made = [], 0
    with open(path, "w", encoding="utf-8") as file:
        for _ in range(comments):
            while len(live) < threads_at_a_time:
                made += 1
                live.append([f"t{made}", 0])
            at = dice.randrange(len(live))
            thread = live[at]
            thread[1] += 1
            text = " ".join(dice.choice(WORDS) for _ in range(dice.randrange(50, 86)))
            comment = {"thread_id": thread[0], "id": str(thread[1]), "author": dice.choice(WORDS), "text": text.capitalize() + "."}
            if thread[1] > 1:
                comment["parent_id"] = str(dice.randrange(1, thread[1]))
            file.write(json.dumps(comment) + "\n")
            if thread[1] == 100:
                live.pop(at)


def timed(command, folder):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.monotonic()
    subprocess.run(command, cwd=folder, check=True, stderr=subprocess.DEVNULL)
    wall = time.monotonic() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def items(folder):
    try:
        with open(os.path.join(folder, "run.checkpoint"), encoding="utf-8") as file:
            progress = json.load(file)["progress"]
    except FileNotFoundError:
        return 0
    return progress["at"]["items"] if isinstance(progress, dict) else None


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("program")
    options.add_argument("--comments", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=3)
    options = options.parse_args()
    program = os.path.abspath(options.program)
    for name, at_a_time in [("30 threads at a time", 30), ("one after the other", 1), ("one endless thread", 0)]:
        with tempfile.TemporaryDirectory() as folder:
            source = os.path.join(folder, "comments.jsonl")
            if at_a_time:
                write_input(source, options.comments, at_a_time)
            else:
                write_input(source, options.comments, 1)
                with open(source, encoding="utf-8") as file:
                    lines = [json.loads(line) for line in file]
                with open(source, "w", encoding="utf-8") as file:
                    for place, line in enumerate(lines):
                        line.update(thread_id="t", id=str(place))
                        line.pop("parent_id", None)
                        file.write(json.dumps(line) + "\n")
            plain = [program, "run", "comments.jsonl", "-o", "records.jsonl", "--workers", "2"]
            with_checkpoints = plain + ["--checkpoint", "run.checkpoint"]
            best = {}
            for _ in range(options.rounds):
                for kind, command in [("without", plain), ("with", with_checkpoints)]:
                    found = timed(command, folder)
                    best[kind] = min(best.get(kind, found), found)
                    if kind == "with":
                        size = os.path.getsize(os.path.join(folder, "run.checkpoint"))
                        os.remove(os.path.join(folder, "run.checkpoint"))
            process = subprocess.Popen(with_checkpoints + ["--checkpoint-every", "10000"], cwd=folder, stderr=subprocess.DEVNULL)
            largest = 0
            while process.poll() is None and (items(folder) or 0) < options.comments * 0.9:
                time.sleep(0.001)
            process.kill()
            process.wait()
            there = items(folder)
            largest = os.path.getsize(os.path.join(folder, "run.checkpoint"))
            resumed = timed(with_checkpoints + ["--checkpoint-every", "10000", "--resume"], folder)
            print(f"{name}: without checkpoints {best['without'][0]:.2f} s ({best['without'][1]:.2f} s of processor), "
                  f"with them {best['with'][0]:.2f} s ({best['with'][1]:.2f} s)")
            print(f"  killed behind item {there}, resumed and done in {resumed[0]:.2f} s ({resumed[1]:.2f} s of processor); "
                  f"the checkpoint has {largest} bytes, at the end {size}")


if __name__ == "__main__":
    main()
