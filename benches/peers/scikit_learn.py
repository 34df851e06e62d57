"""scikit-learn's usual recipe: TF-IDF of words 1-2 and characters 2-6, one liblinear logistic regression a label."""

import time

import numpy
import sklearn
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_union

from result import Result


def measure(train, dev, pieces, labels, features=100_000):
    """Trains on all rows that answer a label, and scores in one thread, all pieces as one batch."""
    half = features // 2
    shared = {"sublinear_tf": True, "strip_accents": "unicode", "dtype": numpy.float32}
    union = make_union(
        TfidfVectorizer(analyzer="word", ngram_range=(1, 2), token_pattern=r"\w{1,}", max_features=half, **shared),
        TfidfVectorizer(analyzer="char", ngram_range=(2, 6), max_features=half, **shared),
    )
    begun = time.process_time()
    matrix = union.fit_transform([row.text for row in train]).tocsr()
    models = []
    for at, _ in enumerate(labels):
        answers = [row.answers[at] for row in train]
        known = numpy.flatnonzero([answer is not None for answer in answers])
        truth = numpy.array([bool(answers[row]) for row in known])
        if truth.all() or not truth.any():
            models.append(None)
            continue
        models.append(LogisticRegression(solver="liblinear").fit(matrix[known], truth))
    seconds = time.process_time() - begun
    del matrix

    def score(texts):
        features = union.transform(texts).tocsr()
        return [None if model is None else model.decision_function(features) for model in models]

    scores = score([row.text for row in dev])
    begun = time.process_time()
    score(pieces)
    speed = len(pieces) / (time.process_time() - begun)
    name = f"scikit-learn {sklearn.__version__}: TF-IDF words 1-2 + chars 2-6, {features:,} features, liblinear"
    return Result(name, scores, speed, seconds, len(train))
