//! What is written of a comment without e-mail addresses and telephone numbers. Scores are those of the text as it came.

use std::borrow::Cow;

use crate::domain::{Body, Comment, MachineTranslation, Reject, Translation};
use crate::text::contact_details::ContactDetails;

/// The comment as its record shows it.
pub(super) fn redacted_comment(comment: &Comment, details: ContactDetails) -> Cow<'_, Comment> {
    match details.masked(comment.body.as_str()) {
        Cow::Borrowed(_) => Cow::Borrowed(comment),
        Cow::Owned(text) => Cow::Owned(Comment { body: Body::new(text), ..comment.clone() }),
    }
}

/// The translation as its record shows it.
pub(super) fn redacted_translation(translation: &Translation, details: ContactDetails) -> Cow<'_, Translation> {
    let Some(machine) = &translation.machine else { return Cow::Borrowed(translation) };
    match details.masked(machine.text.as_str()) {
        Cow::Borrowed(_) => Cow::Borrowed(translation),
        Cow::Owned(text) => {
            let machine = MachineTranslation { engine: machine.engine.clone(), text: Body::new(text) };
            Cow::Owned(Translation { machine: Some(machine), ..translation.clone() })
        }
    }
}

/// The reject as its dead letter shows it.
pub(super) fn redacted_reject(mut reject: Reject, details: ContactDetails) -> Reject {
    if let Some(raw) = reject.raw.as_mut().filter(|_| !details.is_empty()) {
        let masked = details.masked_raw(&String::from_utf8_lossy(raw)).into_owned();
        *raw = masked.into_bytes().into();
    }
    reject
}
