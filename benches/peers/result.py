"""What a system achieved, and the table of all of them."""

from dataclasses import dataclass, field

from sklearn.metrics import roc_auc_score


@dataclass
class Result:
    """Scores of the dev rows by label (None where the label could not be trained), and what it took.

    All times are processor time, of all threads together, so that other work on the machine does not count.
    """

    name: str
    scores: list
    comments_per_second: float | None
    training_seconds: float
    training_rows: int
    # Label to ROC AUC, for a system that measured itself.
    measured: dict = field(default_factory=dict)

    def figures(self, dev, labels):
        """ROC AUC of each label; None where the rows, or the system, know only one answer."""
        found = []
        for at, label in enumerate(labels):
            if label in self.measured or not self.scores:
                found.append(self.measured.get(label))
                continue
            known = [row for row, truth in enumerate(dev) if truth.answers[at] is not None]
            truth = [dev[row].answers[at] for row in known]
            if self.scores[at] is None or len(set(truth)) < 2:
                found.append(None)
                continue
            found.append(float(roc_auc_score(truth, [self.scores[at][row] for row in known])))
        return found


def table(results, dev, labels):
    """All results as a table in Markdown."""
    short = [label.split("_")[0] for label in labels]
    head = ["system", "mean ROC AUC", *short, "comments/s", "training, CPU", "rows"]
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    for result in results:
        figures = result.figures(dev, labels)
        known = [figure for figure in figures if figure is not None]
        mean = f"{sum(known) / len(known):.4f}" if known and len(known) == len(figures) else "-"
        shown = ["-" if figure is None else f"{figure:.4f}" for figure in figures]
        speed = "-" if result.comments_per_second is None else f"{result.comments_per_second:,.0f}"
        lines.append(
            f"| {result.name} | {mean} | {' | '.join(shown)} | {speed} "
            f"| {result.training_seconds:,.0f} s | {result.training_rows:,} |"
        )
    return "\n".join(lines)
