//! How well an encoder tells the text that a comment answers from others.

use std::collections::BTreeMap;

use rand::RngExt as _;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng as _;
use serde::Serialize;

use crate::classify::embedding::Embedding;
use crate::classify::metrics::roc_auc;
use crate::classify::static_encoder::StaticEncoder;
use crate::train::model_folder::report_json;
use crate::train::topic::report::four_digits;
use crate::train::topic::rows::{Answer, Judgement, Row, Subject};
use crate::train::topic::slices::{depth_bucket, length_bucket};
use crate::train::training_file::TrainingFile;

/// Draws for a text of another thread, before a comment is left out.
const MAX_DRAWS: usize = 16;

/// What `report.json` holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EncoderReport {
    /// The files measured on.
    pub files: Vec<TrainingFile>,
    /// Area under the ROC curve of the cosine, a true pair against the same text with a comment of another thread: `parent`
    /// for replies, `title` for comments below a title or article, `opening` for those below a text that may be either.
    pub auc: BTreeMap<String, PairFigures>,
    /// `title` and `parent` by the comment's length.
    pub by_length: BTreeMap<String, PairFigures>,
    /// The same by its depth.
    pub by_depth: BTreeMap<String, PairFigures>,
    /// Good answers against bad ones to the same questions; missing where no file has answers of both kinds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub good_answers: Option<f64>,
}

impl EncoderReport {
    /// The report as indented JSON with a line break at its end.
    #[must_use]
    pub fn to_json(&self) -> String {
        report_json(self)
    }
}

/// A figure for some pairs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PairFigures {
    /// True pairs; there are as many strangers.
    pub pairs: usize,
    /// Area under the ROC curve; missing without pairs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auc: Option<f64>,
}

struct Measured {
    kind: &'static str,
    thread: usize,
    left: Embedding,
    comment: Embedding,
    chars: usize,
    depth: u32,
}

/// Collects rows to measure on.
pub(super) struct Measure<'encoder> {
    encoder: &'encoder StaticEncoder,
    pairs: Vec<Measured>,
    answers: Vec<(f64, bool)>,
    subject: Option<Subject>,
    threads: usize,
}

impl<'encoder> Measure<'encoder> {
    pub(super) fn new(encoder: &'encoder StaticEncoder) -> Self {
        Self { encoder, pairs: Vec::new(), answers: Vec::new(), subject: None, threads: 0 }
    }

    pub(super) fn add(&mut self, row: &Row) {
        if self.subject.as_ref() != Some(&row.subject) {
            self.threads += 1;
            self.subject = Some(row.subject.clone());
        }
        let encode = |text: &String| self.encoder.encode([text.as_str()]);
        let comment = encode(&row.text);
        let subject = &row.subject;
        if let Some(grade) = row.answer.filter(|grade| *grade != Answer::PotentiallyUseful) {
            let question = [&subject.title, &subject.article].into_iter().flatten().map(String::as_str);
            let cosine = self.encoder.encode(question).cosine(&comment);
            self.answers.push((f64::from(cosine), grade == Answer::Good));
        }
        if row.judgement != Judgement::OnTopic || comment.is_empty() {
            return;
        }
        let title = subject.title.as_ref().or(subject.article.as_ref());
        for (kind, text) in [("parent", row.parent.as_ref()), ("title", title), ("opening", subject.opening.as_ref())] {
            let Some(left) = text.map(encode).filter(|left| !left.is_empty()) else { continue };
            self.pairs.push(Measured {
                kind,
                thread: self.threads,
                left,
                comment: comment.clone(),
                chars: row.text.trim().chars().count(),
                depth: row.depth,
            });
        }
    }

    /// The figures; strangers are drawn by the seed.
    pub(super) fn finish(self, files: Vec<TrainingFile>, seed: u64) -> EncoderReport {
        let mut dice = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut groups: [BTreeMap<String, Vec<(f64, bool)>>; 3] = Default::default();
        for kind in ["parent", "title", "opening"] {
            let pairs: Vec<&Measured> = self.pairs.iter().filter(|pair| pair.kind == kind).collect();
            for pair in &pairs {
                let mut draws = (0..MAX_DRAWS).map(|_| pairs[dice.random_range(0..pairs.len())]);
                let Some(stranger) = draws.find(|stranger| stranger.thread != pair.thread) else { continue };
                let cosines = [(&pair.comment, true), (&stranger.comment, false)];
                let cosines = cosines.map(|(comment, is_true)| (f64::from(pair.left.cosine(comment)), is_true));
                groups[0].entry(kind.to_owned()).or_default().extend(cosines);
                if kind != "opening" {
                    let length = length_bucket(pair.chars);
                    let depth = depth_bucket(pair.depth);
                    groups[1].entry(format!("{kind}, {length}")).or_default().extend(cosines);
                    groups[2].entry(format!("{kind}, {depth}")).or_default().extend(cosines);
                }
            }
        }
        let figures =
            |pairs: &Vec<(f64, bool)>| PairFigures { pairs: pairs.len() / 2, auc: roc_auc(pairs).map(four_digits) };
        let [auc, by_length, by_depth] = groups.map(|groups: BTreeMap<String, Vec<(f64, bool)>>| {
            groups.iter().map(|(name, pairs)| (name.clone(), figures(pairs))).collect()
        });
        EncoderReport { files, auc, by_length, by_depth, good_answers: roc_auc(&self.answers).map(four_digits) }
    }
}
