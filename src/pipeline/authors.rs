//! How authors' names appear in records.

use std::borrow::Cow;
use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::text::contact_details::ContactDetails;

/// Hexadecimal digits of the hash that records show: 64 bits, enough to tell a site's authors apart.
const SHOWN_DIGITS: usize = 16;

/// What is done with authors' names, with its key at hand.
#[derive(Clone)]
pub enum Authors {
    /// Written as they are.
    Keep,
    /// Left out.
    Omit,
    /// Replaced by a keyed hash: HMAC (RFC 2104) with SHA-256. Without the key nobody can try names out.
    Hash(Box<[u8]>),
}

impl std::fmt::Debug for Authors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Keep => "Keep",
            Self::Omit => "Omit",
            Self::Hash(_) => "Hash(key withheld)",
        })
    }
}

impl Authors {
    /// The name as a record shows it, if it does; where it is kept, without these details, which some use as a name.
    #[must_use]
    pub fn shown<'a>(&self, name: &'a str, redact: ContactDetails) -> Option<Cow<'a, str>> {
        match self {
            Self::Keep => Some(redact.masked(name)),
            Self::Omit => None,
            Self::Hash(key) => {
                // HMAC takes a key of any length.
                let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
                mac.update(name.as_bytes());
                let digest = mac.finalize().into_bytes();
                let mut hex = String::with_capacity(SHOWN_DIGITS);
                for byte in &digest[..SHOWN_DIGITS / 2] {
                    // Writing to a string does not fail.
                    let _ = write!(hex, "{byte:02x}");
                }
                Some(Cow::Owned(hex))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: ContactDetails = ContactDetails { emails: true, phones: true };

    #[test]
    fn a_hash_depends_on_name_and_key() {
        let shown = |key: &[u8], name: &'static str| Authors::Hash(key.into()).shown(name, ALL).unwrap().into_owned();
        assert_eq!(shown(b"key", "ana"), shown(b"key", "ana"));
        assert_ne!(shown(b"key", "ana"), shown(b"key", "eva"));
        assert_ne!(shown(b"key", "ana"), shown(b"other", "ana"));
        assert_eq!(shown(b"key", "ana").len(), SHOWN_DIGITS);
        // RFC 4231, test case 2.
        assert_eq!(shown(b"Jefe", "what do ya want for nothing?"), "5bdcc146bf60754e");
        assert_eq!(Authors::Omit.shown("ana", ALL), None);
        assert_eq!(Authors::Keep.shown("ana@example.org", ALL).unwrap(), "***@*******.***");
        assert_eq!(Authors::Keep.shown("ana", ALL).unwrap(), "ana");
        assert!(!format!("{:?}", Authors::Hash(b"secret"[..].into())).contains("secret"));
    }
}
