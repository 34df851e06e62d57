//! Third stage, in parallel: score, judge, and write down.

use crate::config::EvidenceLabels;
use crate::domain::{
    Absence, Decision, Evidence, LabelledScore, LanguageCode, LanguageVerdict, Reject, Segment, SegmentKind, Stage,
    Tone, Topic,
};
use crate::language::may_be_one_of;
use crate::policy::Facts;
use crate::text::contact_details::ContactDetails;
use crate::text::segments::{place_of, text_of};
use crate::tone::ToneScratch;
use crate::wire::record::{Parts, Record};

use super::checkpoint::Mark;
use super::context::{CommentInContext, InContext};
use super::guard::guarded;
use super::matched_words::matched_words;
use super::models::Scorers;
use super::redaction::{redacted_comment, redacted_reject, redacted_translation};
use super::run::Site;
use super::tally::Tally;
use super::translation::settle;
use super::verdict::Verdict;

/// A single letter says nothing, but weighs as much as a whole comment once its vector has length 1.
const MIN_LETTERS: usize = 2;

/// What a batch has become.
#[derive(Debug, Default)]
pub(super) struct Judged {
    /// Records, one a line.
    pub(super) lines: Vec<u8>,
    /// What each policy would do, where that is asked for instead of records.
    pub(super) verdicts: Vec<Verdict>,
    /// Items that became none.
    pub(super) rejects: Vec<Reject>,
    /// Before which byte of the lines each of them would stand.
    pub(super) reject_places: Vec<usize>,
    pub(super) tally: Tally,
    /// Where a checkpoint is to be made behind it.
    pub(super) mark: Option<Mark>,
}

impl Judged {
    fn add_reject(&mut self, reject: Reject) {
        self.tally.add_reject(&reject);
        self.rejects.push(reject);
        self.reject_places.push(self.lines.len());
    }
}

/// Judges a batch with the models of tone that were in force when its turn came. A failure in one comment is that comment's
/// reject, not the run's end.
pub(super) fn judge_batch(items: Vec<InContext>, site: &Site, scorers: &Scorers) -> Judged {
    let mut judged = Judged::default();
    let mut scratch = ToneScratch::default();
    let redact = site.plan.output.redact;
    for item in items {
        match item {
            InContext::Thread => judged.tally.threads += 1,
            InContext::Aside(aside) => judged.tally.add_aside(&aside),
            InContext::Reject(reject) => {
                judged.add_reject(redacted_reject(reject, redact));
            }
            InContext::Comment(mut comment) => {
                let (length, verdicts) = (judged.lines.len(), judged.verdicts.len());
                let scored = guarded(Stage::Score, comment.comment.origin.clone(), comment.comment.raw.clone(), || {
                    settle(&mut comment, site);
                    judge_comment(&comment, site, scorers, &mut scratch, &mut judged);
                });
                if let Err(reject) = scored {
                    judged.lines.truncate(length);
                    judged.verdicts.truncate(verdicts);
                    scratch = ToneScratch::default();
                    judged.add_reject(redacted_reject(reject, redact));
                }
            }
        }
    }
    judged
}

fn judge_comment(
    comment: &CommentInContext,
    site: &Site,
    scorers: &Scorers,
    scratch: &mut ToneScratch,
    judged: &mut Judged,
) {
    let tone = tone(comment, site, scorers, scratch);
    let topic = topic(comment, site, &mut judged.tally);
    let words = matched_words(comment, site);
    let facts = facts(comment, &words, &tone, &topic);
    let decision = site.plan.policy.decide(facts);
    let action = decision.action;
    if let Some(rivals) = &site.rivals {
        let rivals = rivals.iter().map(|rival| rival.decide(facts)).collect();
        judged.verdicts.push(Verdict::new(&comment.comment, decision, rivals));
    } else {
        let outcome = Outcome { tone: &tone, topic: &topic, decision: &decision };
        write_record(comment, site, scorers, &outcome, &mut judged.lines);
    }
    judged.tally.add_record(action, &comment.language, &comment.translation, &tone);
}

/// What rules ask about.
pub(super) fn facts<'c>(
    comment: &'c CommentInContext,
    words: &'c str,
    tone: &'c Result<Tone, Absence>,
    topic: &'c Result<Topic, Absence>,
) -> Facts<'c> {
    let CommentInContext { language, translation, flags, .. } = comment;
    Facts { language, translation, tone, topic, flags, words }
}

/// What came of a comment.
pub(super) struct Outcome<'a> {
    pub(super) tone: &'a Result<Tone, Absence>,
    pub(super) topic: &'a Result<Topic, Absence>,
    pub(super) decision: &'a Decision,
}

/// Adds the record of a comment as a line.
pub(super) fn write_record(
    comment: &CommentInContext,
    site: &Site,
    scorers: &Scorers,
    outcome: &Outcome<'_>,
    lines: &mut Vec<u8>,
) {
    let Outcome { tone, topic, decision } = *outcome;
    let output = &site.plan.output;
    let author = comment.comment.author.as_ref().and_then(|author| site.authors.shown(author.as_str(), output.redact));
    // Only a text that is written needs masking, and its spans hold in what is masked.
    let redact = if output.text { output.redact } else { ContactDetails::default() };
    let shown = redacted_comment(&comment.comment, redact);
    let translation = redacted_translation(&comment.translation, redact);
    let record = Record::from(Parts {
        comment: &shown,
        author: author.as_deref(),
        with_text: output.text,
        language: &comment.language,
        translation: &translation,
        segments: &comment.segments,
        scored_translation: comment.scored_translation(),
        tone,
        topic,
        flags: &comment.flags,
        duplicate_of: comment.duplicate_of.as_ref(),
        decision,
        statement: output.statement,
        models: scorers.citations(),
    });
    #[allow(
        clippy::expect_used,
        reason = "strings, finite numbers and lists always serialise; a panic is caught above"
    )]
    serde_json::to_writer(&mut *lines, &record).expect("a record is plain data");
    lines.push(b'\n');
}

/// The tone of a comment, as records show it.
pub(super) fn tone(
    comment: &CommentInContext,
    site: &Site,
    scorers: &Scorers,
    scratch: &mut ToneScratch,
) -> Result<Tone, Absence> {
    let model = scorers.tone.as_ref().ok_or(Absence::SwitchedOff)?;
    let text = text_for_tone(comment)?;
    let count = site.plan.evidence_count;
    let of_leading = if site.plan.evidence_labels == EvidenceLabels::Leading { count } else { 0 };
    let mut tone = model.score_where(&text, |languages| may_be_in(comment, languages), of_leading, scratch)?;
    if count > 0 && site.plan.evidence_labels == EvidenceLabels::All {
        tone.evidence = model.evidence_of_all_labels(&text, count, scratch);
        // A site's own model that does not read the language has no score to explain.
        tone.evidence.retain(|evidence| tone.scores.iter().any(|score| score.label == evidence.label));
    }
    for LabelledScore { probability, .. } in &mut tone.scores {
        *probability = probability.rounded();
    }
    tone.evidence = tone.evidence.into_iter().filter_map(|evidence| in_comment(evidence, comment)).collect();
    Ok(tone)
}

/// Whether the text that is scored is, or may well be, in one of some languages.
pub(super) fn may_be_in(comment: &CommentInContext, languages: &[LanguageCode]) -> bool {
    if comment.scored_translation().is_some() {
        return comment.translation.to.is_some_and(|language| languages.contains(&language));
    }
    if comment.scored != SegmentKind::Translation {
        return may_be_one_of(&comment.language, languages);
    }
    let translation = comment.segments.iter().find(|segment| segment.kind == SegmentKind::Translation);
    translation.and_then(|segment| segment.language).is_some_and(|language| languages.contains(&language))
}

/// The text that tone is scored on, if there is enough of it.
pub(super) fn text_for_tone(comment: &CommentInContext) -> Result<std::borrow::Cow<'_, str>, Absence> {
    let text = scored_text_or_absence(comment)?;
    match text.chars().filter(|character| character.is_alphabetic()).nth(MIN_LETTERS - 1) {
        None => Err(Absence::TooLittleText),
        Some(_) => Ok(text),
    }
}

/// Evidence with the spans that it has in the comment; `None` where it lies across two segments. Evidence in a machine's
/// translation has its spans there.
pub(super) fn in_comment(mut evidence: Evidence, comment: &CommentInContext) -> Option<Evidence> {
    if comment.scored_translation().is_some() {
        return Some(evidence);
    }
    let place = |span| place_of(span, &comment.segments, comment.scored);
    evidence.span = place(evidence.span)?;
    for run in &mut evidence.runs {
        run.span = place(run.span)?;
    }
    Some(evidence)
}

/// How far a comment is off topic, as records show it.
pub(super) fn topic(comment: &CommentInContext, site: &Site, tally: &mut Tally) -> Result<Topic, Absence> {
    let model = site.models.topic.as_ref().ok_or(Absence::SwitchedOff)?;
    scored_text_or_absence(comment)?;
    let similarities = comment.similarities.as_ref().ok_or(Absence::LanguageUnsupported)?;
    let mut topic = model.score(similarities)?;
    if let Some((look, sentences)) = comment.second_look.as_deref().zip(site.models.sentences.as_deref()) {
        if let Some(found) = look.compare(sentences) {
            topic = model.second_score(topic, similarities, &found);
            tally.second_scores += 1;
        } else {
            tally.sentence_encoder_failures += 1;
        }
    }
    Ok(Topic { off_topic: topic.off_topic.rounded(), ..topic })
}

/// The text that is scored: the commenter's own prose, or the translation that was supplied with it or made of it.
fn scored_text_or_absence(comment: &CommentInContext) -> Result<std::borrow::Cow<'_, str>, Absence> {
    if let Some(translation) = comment.scored_translation() {
        return Ok(translation.into());
    }
    let has_letters = |segment: &Segment| {
        segment.kind == comment.scored
            && segment.span.of(comment.comment.body.as_str()).chars().any(char::is_alphabetic)
    };
    // A mention is letters, but no words of the commenter's.
    let is_wordless = comment.scored == SegmentKind::Prose && comment.language == LanguageVerdict::NoText;
    if is_wordless || !comment.segments.iter().any(has_letters) {
        return Err(Absence::NoText);
    }
    if !comment.is_readable {
        return Err(Absence::LanguageUnsupported);
    }
    Ok(text_of(comment.comment.body.as_str(), &comment.segments, comment.scored))
}
