//! A translation that stands in a comment beside its original: with a marker, or found by what it says.

use crate::domain::{LanguageCode, LanguageVerdict, Span, TranslationStatus};
use crate::language::{Detector, Prior, is_same_family, reads, translation_need};
use crate::text::segments::SuppliedTranslation;
use crate::text::translation::{Halves, Marker, MarkerKind, halves, markers, may_say_the_same, says_the_same};

/// Most probability that the languages of the site may have, of a text without its thread, where a marker says that it
/// is the original of a translation.
const MAX_READ_OF_ORIGINAL: f64 = 0.1;

/// Finds the translation in a comment.
///
/// Behind a marker that says so in words, what follows is in a language that is sure, and what else the comment says is
/// in another one. A language's name or flag (`EN: …`) says less: what follows is in that language, the site reads it, and
/// nothing speaks against the two saying the same. Without any marker the comment falls into two halves that say the
/// same, of which one is surely in no language that the site reads, and the other surely in one that it does. Anything
/// else is a comment that happens to look like one.
pub(super) fn supplied_translation(
    text: &str,
    detector: &Detector,
    read: &[LanguageCode],
) -> Option<SuppliedTranslation> {
    let finder = Finder { text, detector, read, likely: Prior::from_weights(read.iter().map(|code| (*code, 1.0))) };
    let marked = markers(text).iter().find_map(|marker| finder.behind(marker));
    marked.or_else(|| halves(text).iter().find_map(|halves| finder.in_halves(halves)))
}

/// What the original of a marked translation is in, where the thread left that open: the verdict without the thread's
/// say, if it is not in a language that the site reads.
pub(super) fn without_its_thread(alone: LanguageVerdict, read: &[LanguageCode]) -> Option<LanguageVerdict> {
    let best = alone.best()?;
    let read_part: f64 =
        alone.candidates().iter().filter(|one| reads(read, one.language)).map(|one| one.probability).sum();
    (!reads(read, best.language) && read_part <= MAX_READ_OF_ORIGINAL).then_some(alone)
}

struct Finder<'a> {
    text: &'a str,
    detector: &'a Detector,
    read: &'a [LanguageCode],
    /// People translate for the site: what it reads is likely.
    likely: Prior,
}

impl Finder<'_> {
    fn behind(&self, marker: &Marker) -> Option<SuppliedTranslation> {
        let body = match marker.kind {
            MarkerKind::Original => marker.follows,
            MarkerKind::Translation | MarkerKind::Language(_) => self.without_foreign_ending(marker.follows),
        };
        self.with_body(marker, body)
    }

    /// A translation without lines at its end that are surely in no language that the site reads: there the commenter
    /// goes on in their own.
    fn without_foreign_ending(&self, body: Span) -> Span {
        let mut body = body;
        while let Some(line_begin) = body.of(self.text).rfind('\n') {
            let line = Span::new(body.begin + line_begin, body.end);
            let verdict = self.detector.judge(line.of(self.text), &self.likely);
            if translation_need(&verdict, self.read) != TranslationStatus::Needed {
                break;
            }
            let rest = Span::new(body.begin, line.begin);
            body = Span::new(body.begin, body.begin + rest.of(self.text).trim_end().len());
        }
        body
    }

    fn with_body(&self, marker: &Marker, body: Span) -> Option<SuppliedTranslation> {
        if body.is_empty() {
            return None;
        }
        let original = self.outside_of(&[Some(marker.marker), Some(body), marker.original]);
        // A name or a flag may as well be part of what is said: there the original has to be foreign on this site.
        let prior = if matches!(marker.kind, MarkerKind::Language(_)) { &self.likely } else { &Prior::none() };
        let original_language = self.detector.judge(&original, prior).best()?.language;
        let language = self.detector.judge(body.of(self.text), &self.likely).known()?;
        let is_translation = !is_same_family(original_language, language)
            && match marker.kind {
                MarkerKind::Translation => true,
                MarkerKind::Original => may_say_the_same(&original, body.of(self.text)),
                MarkerKind::Language(named) => {
                    is_same_family(named, language)
                        && reads(self.read, language)
                        && may_say_the_same(&original, body.of(self.text))
                }
            };
        let (marker, original_marker) = match marker.kind {
            MarkerKind::Original => (Span::new(body.begin, body.begin), Some(marker.marker)),
            _ => (marker.marker, marker.original),
        };
        is_translation.then_some(SuppliedTranslation { marker, original_marker, body, language, is_marked: true })
    }

    fn in_halves(&self, halves: &Halves) -> Option<SuppliedTranslation> {
        let (first, second) = (halves.first.of(self.text), halves.second.of(self.text));
        if is_quote(first) || is_quote(second) || !says_the_same(first, second) {
            return None;
        }
        let verdicts = [first, second].map(|half| self.detector.judge(half, &self.likely));
        let [first_read, second_read] =
            [0, 1].map(|place| verdicts[place].known().filter(|code| reads(self.read, *code)));
        let [first_needed, second_needed] =
            [0, 1].map(|place| translation_need(&verdicts[place], self.read) == TranslationStatus::Needed);
        let (body, language) = match (first_read, second_read) {
            (None, Some(language)) if first_needed => (halves.second, language),
            (Some(language), None) if second_needed => (halves.first, language),
            _ => return None,
        };
        Some(SuppliedTranslation { marker: halves.between, original_marker: None, body, language, is_marked: false })
    }

    /// The text without some parts of it, a line for each piece.
    fn outside_of(&self, parts: &[Option<Span>]) -> String {
        let mut parts: Vec<Span> = parts.iter().copied().flatten().collect();
        parts.sort_unstable();
        let mut outside = String::new();
        let mut from = 0;
        for part in parts.into_iter().chain([Span::new(self.text.len(), self.text.len())]) {
            outside.push_str(Span::new(from, part.begin.max(from)).of(self.text));
            outside.push('\n');
            from = part.end.max(from);
        }
        outside
    }
}

/// Whether all of a half is marked as somebody else's words.
fn is_quote(half: &str) -> bool {
    half.starts_with('>')
        || half.starts_with(['"', '“', '„', '«', '»', '‘']) && half.ends_with(['"', '”', '“', '»', '«', '’'])
}
