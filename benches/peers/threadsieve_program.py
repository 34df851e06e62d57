"""threadsieve itself, through its commands: train, evaluate, run."""

import json
import os
import resource
import subprocess
import tempfile
from pathlib import Path

from result import Result
from rows import write_rows

# Only the abuse model is compared, but `run` scores tone as a whole: abuse, sentiment, and what language it is.
CONFIG = '[models]\nabuse = "model"\n[topic]\nenabled = false\n[output]\ntext = false\n'


def on_one_processor():
    """Keeps the process that is about to start on one processor, where the system can do that."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def seconds_of_children():
    """Processor time, of all threads, of the processes that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def call(program, *arguments, folder, one_processor=False):
    """Runs the program to its end; what it printed."""
    done = subprocess.run(
        [program, *arguments], cwd=folder, capture_output=True, text=True, check=False,
        preexec_fn=on_one_processor if one_processor and os.name == "posix" else None,
    )  # fmt: skip
    if done.returncode != 0:
        raise SystemExit(f"threadsieve {' '.join(arguments)}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout


def find_aucs(report, labels):
    """ROC AUC by label, from the part of a report that is about all rows."""
    whole = report.get("all", report)
    found = {}
    for figures in whole.get("labels", []):
        auc = figures.get("roc_auc")
        if figures.get("label") in labels and auc is not None:
            found[figures["label"]] = auc["value"] if isinstance(auc, dict) else auc
    return found


def criterion_speed(folder):
    """Comments a second of `cargo bench --bench tone`, for the texts that it calls `english_400`, in comments; or None."""
    try:
        parts = Path(folder, "tone_comments", "english_400", "new")
        nanoseconds = json.loads((parts / "estimates.json").read_text())["slope"] or {}
        if not nanoseconds:
            nanoseconds = json.loads((parts / "estimates.json").read_text())["mean"]
        comments = json.loads((parts / "benchmark.json").read_text())["throughput"]["Elements"]
    except (OSError, KeyError, ValueError):
        return None
    return comments / (nanoseconds["point_estimate"] * 1e-9)


def measure(program, train, dev, pieces, labels, criterion=None):
    """Trains, evaluates, and labels the pieces with one worker on one processor, the whole pipeline but for topic."""
    program = str(Path(program).resolve())
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        write_rows(train, here / "train.jsonl")
        write_rows(dev, here / "dev.jsonl")
        with open(here / "pieces.jsonl", "w", encoding="utf-8") as file:
            for at, piece in enumerate(pieces):
                # A thread each: the others would be looked through for quotes.
                file.write(json.dumps({"thread_id": str(at), "text": piece}) + "\n")
        (here / "own.toml").write_text(CONFIG)
        begun = seconds_of_children()
        call(program, "train", "abuse", "train.jsonl", "--out", "model", folder=folder)
        seconds = seconds_of_children() - begun
        report = json.loads(call(program, "evaluate", "model", "dev.jsonl", "--json", folder=folder))
        begun = seconds_of_children()
        call(
            program, "run", "pieces.jsonl", "--config", "own.toml", "--workers", "1", "--progress", "never",
            "--output", "records.jsonl", folder=folder, one_processor=True,
        )  # fmt: skip
        whole = len(pieces) / (seconds_of_children() - begun)
        version = call(program, "--version", folder=folder).strip()
    measured = find_aucs(report, labels)
    speed, what = whole, "speed of the whole `run`, language and sentiment included"
    scoring = criterion_speed(criterion) if criterion else None
    if scoring is not None:
        speed, what = scoring, f"speed of scoring abuse and sentiment; the whole `run` {whole:,.0f}"
    return Result(f"{version} ({what})", [], speed, seconds, len(train), measured)
