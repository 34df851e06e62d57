"""Fits src/tone/even_mix_table.rs, and says what comes of it.

    fit.py TRAIN_FEATURES.jsonl DEV_FEATURES.jsonl --table src/tone/even_mix_table.rs [--reference NAME FILE]...

Features are made by `examples/perspective_features.rs`. A reference is a file with one number for each dev row, in their order: what
some other scorer says of it. Python 3.9 or later, and numpy.
"""

import argparse
import json
import math
import re

import numpy as np

LABELS = ["toxicity", "severe_toxicity", "profanity", "threat", "insult", "identity_attack"]
# Chosen by hand, on dev rows: round numbers from the middle of where nothing changes much.
WHOLE, HIGHEST_SENTENCE, SENTIMENT, MEANING = 0.6, 0.4, 0.2, 0.3
UPPER_HALF = 0.4
MEANING_SOURCES = ["wikipedia-talk", "wikipedia-neutral-identity"]
THRESHOLD = 0.8
SAMPLES, SAMPLE_ROWS = 200, 2000


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def logistic(log_odds):
    return 1 / (1 + np.exp(-np.clip(log_odds, -40, 40)))


def log_odds(probability):
    return math.log(probability / (1 - probability))


def fit(columns, answers, weights, penalty=0.0):
    """Weighted logistic regression by Newton's method; the intercept comes last and is not penalised."""
    features = np.column_stack([columns, np.ones(len(answers))])
    weights = weights / weights.sum()
    ridge = np.full(features.shape[1], penalty)
    ridge[-1] = 0
    found = np.zeros(features.shape[1])
    for _ in range(100):
        probability = logistic(features @ found)
        gradient = features.T @ (weights * (probability - answers)) + ridge * found
        curvature = (features * (weights * probability * (1 - probability))[:, None]).T @ features + np.diag(ridge)
        step = np.linalg.solve(curvature, gradient)
        found = found - step
        if np.abs(step).max() < 1e-9:
            return found
    raise SystemExit("the fit does not converge")


def even(answers, weights):
    """Weights under which as many have the label as have not."""
    yes, no = weights[answers == 1].sum(), weights[answers == 0].sum()
    return np.where(answers == 1, weights / yes, weights / no)


def ranks(values, weights):
    """Weighted middle ranks."""
    order = np.argsort(values, kind="stable")
    sorted_values, total = values[order], np.cumsum(weights[order])
    first = np.r_[True, sorted_values[1:] != sorted_values[:-1]]
    before = np.r_[0, total[:-1]][first]
    behind = total[np.r_[first[1:], True]]
    found = np.empty(len(values))
    found[order] = ((before + behind) / 2)[np.cumsum(first) - 1]
    return found


def spearman(left, right, weights):
    left, right, weights = ranks(left, weights), ranks(right, weights), weights / weights.sum()
    left, right = left - weights @ left, right - weights @ right
    return (weights @ (left * right)) / math.sqrt((weights @ left**2) * (weights @ right**2))


def intervals(one, other, reference, answers, rate):
    """95 % intervals of one's correlation with the reference, and of what it has more than the other."""
    random = np.random.default_rng(1)
    yes, no = np.flatnonzero(answers == 1), np.flatnonzero(answers == 0)
    count = round(SAMPLE_ROWS * rate)
    ones, more = [], []
    for _ in range(SAMPLES):
        rows = np.r_[random.choice(yes, count), random.choice(no, SAMPLE_ROWS - count)]
        equal = np.ones(len(rows))
        ones.append(spearman(one[rows], reference[rows], equal))
        more.append(ones[-1] - spearman(other[rows], reference[rows], equal))
    return np.percentile(ones, [2.5, 97.5]), np.percentile(more, [2.5, 97.5])


def quantile(values, weights, share):
    order = np.argsort(-values)
    return values[order[np.searchsorted(np.cumsum(weights[order]), share)]]


def flattened(values):
    return np.where(values > 0, UPPER_HALF * values, values)


def rust(number):
    text = f"{number:.2f}"
    return "0.0" if text in ("0.00", "-0.00") else text.rstrip("0") + ("0" if text.endswith(".00") else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train")
    parser.add_argument("dev")
    parser.add_argument("--manifest", default="models/abuse/manifest.toml")
    parser.add_argument("--encoder-manifest", default="models/encoder/manifest.toml")
    parser.add_argument("--citation", required=True, help="of the abuse model, as records cite it")
    parser.add_argument("--table", required=True, help="the file to write")
    parser.add_argument("--reference", nargs=2, action="append", default=[], metavar=("NAME", "FILE"))
    given = parser.parse_args()
    with open(given.manifest, encoding="utf-8") as file:
        rates = dict(re.findall(r'^name = "(\w+)"\npositive_rows.*?^rate = ([\d.]+)', file.read(), re.M | re.S))
    rates = {label: float(rates[label]) for label in LABELS}
    with open(given.encoder_manifest, encoding="utf-8") as file:
        encoder = re.search(r'^citation = "(.*)"', file.read(), re.M).group(1)

    train = [row for row in read(given.train) if row["source"] in MEANING_SOURCES]
    train = [row for row in train if row["labels"].get("toxicity") is not None]
    direction = np.array([row["direction"] for row in train])
    answers = np.array([row["labels"]["toxicity"] for row in train])
    meaning = fit(direction, answers, even(answers, np.ones(len(answers))), penalty=1e-5)[:-1]
    meaning = np.round(meaning, 2)

    everyone = read(given.dev)
    known = np.array([row["labels"].get("toxicity") is not None for row in everyone])
    dev = [row for row, is_known in zip(everyone, known) if is_known]
    names = dev[0]["score_labels"]
    whole = np.array([row["whole"] for row in dev])
    highest = np.array([row["highest"] for row in dev])
    toxic = np.array([row["labels"]["toxicity"] for row in dev])
    rate = rates["toxicity"]
    natural = even(toxic, np.ones(len(toxic))) * np.where(toxic == 1, rate, 1 - rate)

    at = names.index
    sentiment = SENTIMENT * (whole[:, at("negative")] - whole[:, at("neutral")])
    text_alone = WHOLE * whole[:, at("toxicity")] + HIGHEST_SENTENCE * highest[:, at("toxicity")] + sentiment
    worth = np.array([row["direction"] for row in dev]) @ meaning
    with_meaning = text_alone + MEANING * worth
    # The head's intercept is such that the natural rate alone brings the order to even odds, with the head and without.
    low, high = -30.0, 30.0
    for _ in range(100):
        middle = (low + high) / 2
        short = even(toxic, natural) @ (logistic(with_meaning + middle) - toxic)
        low, high = (middle, high) if short < 0 else (low, middle)
    intercept = round((low + log_odds(rate)) / MEANING, 2)
    with_meaning = with_meaning + MEANING * intercept

    scales = {"toxicity": (1.0, -log_odds(rate))}
    for label in LABELS[1:]:
        told = np.array([row["labels"].get(label) is not None for row in dev])
        has = np.array([row["labels"].get(label) or 0 for row in dev])
        scales[label] = tuple(fit(whole[told, at(label)], has[told], even(has[told], natural[told])))

    with open(given.table, "w", encoding="utf-8") as file:
        file.write(
            "//! The numbers of the even mix: made by `benches/perspective_scale/fit.py`, not to be edited by hand.\n\n"
            "use super::even_mix::{Scale, ShippedLabel};\n\n"
            "/// What the toxicity of the whole text is worth in the order of texts.\n"
            f"pub(super) const WHOLE: f64 = {WHOLE};\n"
            "/// What that of its most toxic sentence is worth.\n"
            f"pub(super) const HIGHEST_SENTENCE: f64 = {HIGHEST_SENTENCE};\n"
            "/// What `negative` adds, and `neutral` takes.\n"
            f"pub(super) const SENTIMENT: f64 = {SENTIMENT};\n"
            "/// What the head on the encoder's direction adds.\n"
            f"pub(super) const MEANING: f64 = {MEANING};\n"
            "/// What log-odds above even ones are multiplied by.\n"
            f"pub(super) const UPPER_HALF: f64 = {UPPER_HALF};\n\n"
            "/// The abuse model that [`SHIPPED`] is of.\n"
            f'pub(super) const SHIPPED_CITATION: &str = "{given.citation}";\n'
            "/// Its labels.\n"
            f"pub(super) const SHIPPED: [ShippedLabel; {len(LABELS)}] = [\n"
        )
        for label in LABELS:
            slope, shift = scales[label]
            file.write(
                f'    ShippedLabel {{ label: "{label}", natural_rate: {rates[label]}, '
                f"scale: Scale {{ slope: {rust(slope)}, offset: {shift:.4f} }} }},\n"
            )
        file.write(
            "];\n\n"
            "/// The encoder that the head is for.\n"
            f'pub(super) const MEANING_ENCODER: &str = "{encoder}";\n'
            "/// The head's intercept.\n"
            f"pub(super) const MEANING_INTERCEPT: f64 = {rust(intercept)};\n"
            "/// What each dimension of the encoder's direction is worth, in log-odds of toxicity.\n"
            f"pub(super) const MEANING_WEIGHTS: [f32; {len(meaning)}] = [\n    "
            + ", ".join(rust(weight) for weight in meaning)
            + ",\n];\n"
        )

    orders = {"whole text": whole[:, at("toxicity")], "without the encoder": text_alone, "with the encoder": with_meaning}
    print(f"{len(dev)} dev rows, weighted to {rate:.4f} toxic; {len(train)} rows for the head on directions")
    print(f"the head's intercept is {intercept:.2f}")
    for name, order in orders.items():
        at_even = order - log_odds(rate)
        said = flattened(at_even) >= log_odds(THRESHOLD)
        slope, shift = fit(order, toxic, even(toxic, natural))
        print(
            f"{name}: at {THRESHOLD} or above {natural @ said:.4f} (by the shift alone "
            f"{natural @ (at_even >= log_odds(THRESHOLD)):.4f}); toxic of these {(natural * toxic) @ said / (natural @ said):.3f}; "
            f"the upper half for 0.069 would be {log_odds(THRESHOLD) / quantile(at_even, natural, 0.069):.3f}; "
            f"even-mix slope {slope:.3f}, offset {shift:.3f} for {-log_odds(rate):.3f}"
        )
    for label in LABELS[1:]:
        has = np.array([row["labels"].get(label) or 0 for row in dev])
        slope, shift = scales[label]
        at_even = flattened(slope * whole[:, at(label)] + shift)
        said = at_even >= log_odds(THRESHOLD)
        print(
            f"{label}: slope {slope:.2f}, offset {shift:.2f} (the rate alone {-log_odds(rates[label]):.2f}); {int(has.sum())} rows "
            f"have it, {natural @ has:.4f} at the natural mix; at {THRESHOLD} or above {natural @ said:.4f}, "
            f"of these it holds for {(natural * has) @ said / (natural @ said):.3f}"
        )
    for name, path in given.reference:
        with open(path, encoding="utf-8") as file:
            reference = np.array([float(line) for line in file])
        reference = reference[known] if len(reference) == len(known) else reference
        for order_name, order in orders.items():
            own, more = intervals(order, orders["whole text"], reference, toxic, rate)
            harmless = spearman(order[toxic == 0], reference[toxic == 0], np.ones((toxic == 0).sum()))
            verdict = reference >= quantile(reference, natural, 0.069)
            agrees = natural @ ((flattened(order - log_odds(rate)) >= log_odds(THRESHOLD)) == verdict)
            print(
                f"{name}, {order_name}: Spearman {spearman(order, reference, natural):.3f} [{own[0]:.3f}, {own[1]:.3f}], "
                f"more than whole text by [{more[0]:.3f}, {more[1]:.3f}], harmless alone {harmless:.3f}; "
                f"agrees with its highest 6.9 % in {agrees:.4f}"
            )


if __name__ == "__main__":
    main()
