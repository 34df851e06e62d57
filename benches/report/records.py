"""Makes N records of a few: threadsieve run data/samples/thread.jsonl | python3 records.py 50000 > records.jsonl

Each gets an id, a thread, a day and scores of its own from a seeded generator, so that no two are alike.
"""

import json
import random
import sys

COUNT = int(sys.argv[1])
THREADS = max(1, COUNT // 400)
SAMPLE = [json.loads(line) for line in sys.stdin]
DRAWN = random.Random(5)

for number in range(COUNT):
    record = dict(SAMPLE[number % len(SAMPLE)], id=f"c{number}", thread_id=f"story-{DRAWN.randrange(THREADS)}")
    record["created_at"] = f"2026-05-{1 + number * 30 // COUNT:02}T{DRAWN.randrange(24):02}:00:00Z"
    if "scores" in record["tone"]:
        scores = {label: round(DRAWN.betavariate(0.5, 5), 4) for label in record["tone"]["scores"]}
        record["tone"] = dict(record["tone"], scores=scores)
    if "off_topic" in record["topic"]:
        record["topic"] = dict(record["topic"], off_topic=round(DRAWN.betavariate(0.6, 1.6), 4))
    print(json.dumps(record, ensure_ascii=False))
