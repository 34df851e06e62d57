"""Fits src/tone/even_mix_table.rs and src/tone/even_mix_words_table.rs, and says what comes of it.

    fit.py TRAIN_FEATURES.jsonl DEV_FEATURES.jsonl --table src/tone/even_mix_table.rs \\
        --words-table src/tone/even_mix_words_table.rs [--reference NAME FILE]...

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
# Of single words: what their toxicity is worth, and their annoyance. Penalties are 1 / (C x rows) with these C.
WORD_TOXICITY, WORD_ANNOYANCE = 0.5, 0.2
TOXICITY_C, ANNOYANCE_C = 0.1, 1.0
WORD_PLACES, MOST_STEPS = 1 << 12, 99
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


class Words:
    """Texts as their places: 1 / sqrt(number of places) at each of them."""

    def __init__(self, rows):
        counts = np.array([len(row["words"]) for row in rows])
        self.count = len(rows)
        self.places = np.array([place for row in rows for place in row["words"]], dtype=np.int64)
        self.texts = np.repeat(np.arange(len(rows)), counts)
        self.values = np.repeat(1 / np.sqrt(np.maximum(counts, 1)), counts)

    def times(self, weights):
        return np.bincount(self.texts, self.values * weights[self.places], self.count)

    def transposed_times(self, numbers):
        return np.bincount(self.places, self.values * numbers[self.texts], WORD_PLACES)


def fit_words(words, answers, weights, penalty):
    """As `fit`, with steps by conjugate gradients: there are too many places for a matrix of curvatures."""
    weights = weights / weights.sum()
    found, intercept = np.zeros(WORD_PLACES), 0.0
    for _ in range(50):
        probability = logistic(words.times(found) + intercept)
        wrong, bend = weights * (probability - answers), weights * probability * (1 - probability)

        def curve(step):
            bent = bend * (words.times(step[:-1]) + step[-1])
            return np.append(words.transposed_times(bent) + penalty * step[:-1], bent.sum())

        short = -np.append(words.transposed_times(wrong) + penalty * found, wrong.sum())
        start = math.sqrt(short @ short)
        if start < 1e-7:
            return found
        step, left = np.zeros(WORD_PLACES + 1), short
        way = left
        for _ in range(60):
            curved = curve(way)
            length = (left @ left) / (way @ curved)
            step, rest = step + length * way, left - length * curved
            if math.sqrt(rest @ rest) < 0.01 * start:
                break
            way, left = rest + (rest @ rest) / (left @ left) * way, rest
        found, intercept = found + step[:-1], intercept + step[-1]
    raise SystemExit("the fit to words does not converge")


def to_even_odds(order, answers, weights, rate):
    """What has to be added to an order for the natural rate alone to bring it to even odds."""
    low, high = -30.0, 30.0
    for _ in range(100):
        middle = (low + high) / 2
        short = even(answers, weights) @ (logistic(order + middle) - answers)
        low, high = (middle, high) if short < 0 else (low, middle)
    return low + log_odds(rate)


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
    parser.add_argument("--words-table", required=True, help="the file to write with what words are worth")
    parser.add_argument("--reference", nargs=2, action="append", default=[], metavar=("NAME", "FILE"))
    given = parser.parse_args()
    with open(given.manifest, encoding="utf-8") as file:
        rates = dict(re.findall(r'^name = "(\w+)"\npositive_rows.*?^rate = ([\d.]+)', file.read(), re.M | re.S))
    rates = {label: float(rates[label]) for label in LABELS}
    with open(given.encoder_manifest, encoding="utf-8") as file:
        encoder = re.search(r'^citation = "(.*)"', file.read(), re.M).group(1)

    all_train = read(given.train)
    train = [row for row in all_train if row["source"] in MEANING_SOURCES]
    train = [row for row in train if row["labels"].get("toxicity") is not None]
    annoyed = [row for row in all_train if row["labels"].get("annoyance") is not None]
    direction = np.array([row["direction"] for row in train])
    answers = np.array([row["labels"]["toxicity"] for row in train])
    meaning = fit(direction, answers, even(answers, np.ones(len(answers))), penalty=1e-5)[:-1]
    meaning = np.round(meaning, 2)
    equal = np.ones(len(train))
    word_weights = WORD_TOXICITY * fit_words(Words(train), answers, equal, 1 / (TOXICITY_C * len(train)))
    annoyance = np.array([row["labels"]["annoyance"] for row in annoyed])
    equal = even(annoyance, np.ones(len(annoyed)))
    word_weights += WORD_ANNOYANCE * fit_words(Words(annoyed), annoyance, equal, 1 / (ANNOYANCE_C * len(annoyed)))
    # Few words are beyond the largest step, and they are counted as if they were there.
    word_step = round(float(np.percentile(np.abs(word_weights), 99.8)) / MOST_STEPS, 5)
    word_steps = np.clip(np.round(word_weights / word_step), -MOST_STEPS, MOST_STEPS)

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
    before_words = WHOLE * whole[:, at("toxicity")] + HIGHEST_SENTENCE * highest[:, at("toxicity")] + sentiment
    worth = np.array([row["direction"] for row in dev]) @ meaning
    text_alone = before_words + word_step * Words(dev).times(word_steps)
    # The sum is wider than log-odds are, so it gets a slope; that is the whole order's, with the head.
    order_slope, _ = fit(text_alone + MEANING * worth, toxic, even(toxic, natural))
    order_slope = round(float(order_slope), 2)
    # The intercepts are such that with this slope the natural rate alone brings the order to even odds, with the head and
    # without.
    word_intercept = round(to_even_odds(order_slope * text_alone, toxic, natural, rate) / order_slope, 2)
    text_alone = text_alone + word_intercept
    with_meaning = text_alone + MEANING * worth
    intercept = round(to_even_odds(order_slope * with_meaning, toxic, natural, rate) / order_slope / MEANING, 2)
    with_meaning = with_meaning + MEANING * intercept

    scales = {"toxicity": (order_slope, -log_odds(rate))}
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

    with open(given.words_table, "w", encoding="utf-8") as file:
        file.write(
            "//! What words are worth in the order of texts: made by `benches/perspective_scale/fit.py`, not to be edited by hand.\n\n"
            "use super::even_mix_words::WORD_PLACES;\n\n"
            "/// What a step is worth, in log-odds; their sum is divided by the square root of the number of places.\n"
            f"pub(super) const WORD_STEP: f64 = {word_step};\n"
            "/// What is added to that of any text with words.\n"
            f"pub(super) const WORD_INTERCEPT: f64 = {rust(word_intercept)};\n"
            "/// By place of the word, in steps.\n"
            "pub(super) static WORD_WEIGHTS: [i8; WORD_PLACES] = [\n    "
            + ", ".join(str(int(steps)) for steps in word_steps)
            + ",\n];\n"
        )

    orders = {
        "whole text": whole[:, at("toxicity")],
        "without words and encoder": before_words,
        "without words": before_words + MEANING * worth,
        "without the encoder": order_slope * text_alone,
        "with the encoder": order_slope * with_meaning,
    }
    print(f"{len(dev)} dev rows, weighted to {rate:.4f} toxic; {len(train)} rows for the head on directions")
    print(
        f"{len(annoyed)} rows for annoyance; the words' intercept is {word_intercept:.2f}, the head's {intercept:.2f}, "
        f"the slope {order_slope:.2f}"
    )
    for name, order in orders.items():
        at_even = order - log_odds(rate)
        said = flattened(at_even) >= log_odds(THRESHOLD)
        own_slope, shift = fit(order, toxic, even(toxic, natural))
        print(
            f"{name}: at {THRESHOLD} or above {natural @ said:.4f} (by the shift alone "
            f"{natural @ (at_even >= log_odds(THRESHOLD)):.4f}); toxic of these {(natural * toxic) @ said / (natural @ said):.3f}; "
            f"the upper half for 0.069 would be {log_odds(THRESHOLD) / quantile(at_even, natural, 0.069):.3f}; "
            f"even-mix slope {own_slope:.3f}, offset {shift:.3f} for {-log_odds(rate):.3f}"
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
            _, by_words = intervals(order, orders["without words"], reference, toxic, rate)
            harmless = spearman(order[toxic == 0], reference[toxic == 0], np.ones((toxic == 0).sum()))
            verdict = reference >= quantile(reference, natural, 0.069)
            agrees = natural @ ((flattened(order - log_odds(rate)) >= log_odds(THRESHOLD)) == verdict)
            print(
                f"{name}, {order_name}: Spearman {spearman(order, reference, natural):.3f} [{own[0]:.3f}, {own[1]:.3f}], "
                f"more than whole text by [{more[0]:.3f}, {more[1]:.3f}], than without words by "
                f"[{by_words[0]:.4f}, {by_words[1]:.4f}], harmless alone {harmless:.3f}; "
                f"agrees with its highest 6.9 % in {agrees:.4f}"
            )


if __name__ == "__main__":
    main()
