//! The secret with which Coral signs its requests.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq as _};

use super::super::digest::{DIGEST_BYTES, digest};
use super::super::server::ServeError;

/// What stands before a signature in the header.
const PREFIX: &str = "sha256=";

/// The secret with which Coral signs its requests: HMAC with SHA-256 over the bytes of the body.
pub(super) struct CoralSecret(Box<[u8]>);

impl std::fmt::Debug for CoralSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CoralSecret(withheld)")
    }
}

impl CoralSecret {
    /// The secret that a variable of the environment holds.
    ///
    /// # Errors
    /// Where there is no such variable, or nothing in it.
    pub(super) fn of_environment(variable: &str) -> Result<Self, ServeError> {
        let secret = std::env::var(variable).unwrap_or_default();
        let secret = secret.trim();
        if secret.is_empty() {
            return Err(ServeError::CoralSecret { variable: variable.to_owned() });
        }
        Ok(Self(secret.as_bytes().into()))
    }

    /// Whether a header signs a body. It may hold several signatures while Coral changes its secret. How long it takes does
    /// not depend on how much of one is right.
    pub(super) fn signs(&self, header: &str, body: &[u8]) -> bool {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return false };
        mac.update(body);
        let expected: [u8; DIGEST_BYTES] = mac.finalize().into_bytes().into();
        let given = header.split(',').filter_map(|part| digest(part.trim().strip_prefix(PREFIX)?));
        let found = given.fold(Choice::from(0), |found, given| found | given.ct_eq(&expected));
        found.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_rfc_4231() {
        let check = |header: &str, is_good: bool| {
            let secret = CoralSecret(b"Jefe"[..].into());
            assert_eq!(secret.signs(header, b"what do ya want for nothing?"), is_good, "{header}");
        };
        let good = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        check(good, true);
        check(&good.to_uppercase().replace("SHA256", "sha256"), true);
        check(&format!("sha256={}, {good}", "0".repeat(64)), true);
        check(&format!("{good},sha1=00"), true);
        check(&good.replace('5', "6"), false);
        check(&format!("{good}0"), false);
        check(good.strip_prefix(PREFIX).unwrap(), false);
        for header in ["", "sha256=", "sha256=zz", ",,,", "sha256=ž"] {
            check(header, false);
        }
    }

    #[test]
    fn a_secret_does_not_show() {
        assert!(!format!("{:?}", CoralSecret(b"Jefe"[..].into())).contains("Jefe"));
    }
}
