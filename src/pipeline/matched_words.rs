//! The words of a comment as patterns of policy rules see them.

use crate::domain::SegmentKind;
use crate::policy::Policy;
use crate::text::evasion::as_meant;
use crate::text::normalise::for_each_normalised;
use crate::text::segments::text_of;

use super::context::CommentInContext;
use super::run::Site;

/// The commenter's own prose, whatever language it is in, with evasions undone, in small letters, with plain quotation marks
/// and dashes, and single spaces for all white space. Empty where no rule looks for patterns.
pub(super) fn matched_words(comment: &CommentInContext, site: &Site) -> String {
    let mut words = String::new();
    let rivals = site.rivals.iter().flatten();
    if [&site.plan.policy].into_iter().chain(rivals).any(Policy::asks_for_words) {
        let prose = text_of(comment.comment.body.as_str(), &comment.segments, SegmentKind::Prose);
        for_each_normalised(&as_meant(&prose), |character, _| words.push(character));
    }
    words
}
