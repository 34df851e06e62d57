//! `card.md`: what the model is for, and what not.

use std::fmt::Write as _;

use super::TrainingFile;
use super::report::TopicReport;
use crate::classify::dense_head::FittedDenseHead;
use crate::topic::TopicModel;

pub(super) fn card(
    model: &TopicModel,
    files: &[TrainingFile],
    fitted: &FittedDenseHead,
    report: &TopicReport,
) -> String {
    let mut card = String::from(INTRODUCTION);
    card.push_str("\n## Trained on\n\n");
    for file in files {
        let _ = writeln!(card, "- `{}`: {} rows, SHA-256 `{}`", file.name, file.rows, file.sha256);
    }
    card.push_str(ORIGINS);
    card.push_str("\n## Figures\n\n");
    let _ = writeln!(
        card,
        "Fitted to {} examples, half of them off topic by construction; mean loss {:.4} nats (0.6931 is chance).\n",
        fitted.rows, fitted.loss
    );
    card.push_str(
        "AUC: chance that a comment of another thread scores above one of this thread. Threshold: the lowest score at \
         which at most 2 % of the on-topic comments are called off topic.\n\n\
         | compared with | comments | AUC, every comment | term cosine alone | AUC, scored | calibration error | threshold | off topic found |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    let figure = |number: Option<f64>| number.map_or_else(|| "–".to_owned(), |number| format!("{number:.3}"));
    for (name, situation) in &report.situations {
        let _ = writeln!(
            card,
            "| {name} | {} | {} | {} | {} | {} | {} | {} |",
            situation.every_comment.on_topic + situation.every_comment.off_topic,
            figure(situation.every_comment.auc),
            figure(situation.cosine_alone),
            figure(situation.scored.auc),
            figure(situation.calibration_error),
            figure(situation.threshold.map(|threshold| threshold.at_least)),
            figure(situation.threshold.map(|threshold| threshold.found)),
        );
    }
    if let Some(threshold) = report.suggested_threshold {
        let _ = writeln!(card, "\nSuggested threshold for holding a comment for review: {threshold:.3}.");
    }
    if let Some(auc) = report.good_answers {
        let _ = writeln!(card, "\nGood answers against bad ones, to the same questions: AUC {auc:.3}.");
    }
    card.push_str("\n## Weights\n\nLog-odds of off topic for each input, as it is:\n\n");
    for (name, weight) in model.named_weights() {
        let _ = writeln!(card, "- `{name}`: {weight:.4}");
    }
    card
}

const INTRODUCTION: &str = "# topic

Says how far a comment is off topic: from how near it is to the article's passages and title, to the comment that it answers,
to the thread so far and to what its author said there before. Logistic regression over 37 numbers; nearness is that of
places which the encoder (models/encoder) gives to texts, and of weighted words (tf-idf). It also says how far the comment is
on topic for the article, the parent and the thread, each alone.

## Intended use

To sort a moderator's queue, and to hold a comment for review where it has enough words and shares nothing with what it
stands under. English.

## Not for

- Rejecting without a person. Jokes, answers of a few words and comments that take the subject further share no words
  with it; most comments that this model finds doubtful are welcome.
- Judging a person by the sum of their comments.
- Other languages. Words that it never saw count as rare ones.

## Limits

- A comment of fewer than three content words gets no score, nor do greetings, thanks, reactions and comments on the
  conversation itself, nor one that has nothing to be compared with.
- The data names no authors. What an author said before was learnt from the parent's parent, which in a conversation of two
  is the author's own.
- The score is a probability where every other comment is off topic, as in training. On a real site far fewer are: use
  the threshold, not the number.
- Off topic in training means taken from another thread of the same sites, which is easier to tell than a comment that
  drifted away from its own.
- Spam that repeats the article's words is on topic for it.
- The words are those of forums of 2015; later names are rare words to it, which helps where both texts use them.
";

const ORIGINS: &str = "
`pairs_*`: comments from Reddit of March and April 2015, from the collection leahrnh/reddit_corpus on GitHub, which
states no licence; the comments are their writers'. `questions_*`: questions and answers
of Qatar Living from SemEval-2016 task 3 (Nakov and others, 2016); the copy used states no licence. The model holds how
many texts contain the words of each hashed cell, a Bloom filter of common words, and 37 weights: no comment can be read
back from it.
";
