//! The parameters behind the path that all of Google's interfaces take.

use axum::body::Bytes;
use axum::extract::Request;

use crate::config::ServePlan;

use super::super::respond;
use super::error::GoogleError;

/// What stands behind the path. Parameters that are not named here are taken and do nothing.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Query {
    pub(in super::super) key: Option<String>,
    pretty_print: Option<String>,
    fields: Option<String>,
}

impl Query {
    /// Reads what stands behind a path, without its question mark.
    ///
    /// # Errors
    /// Where another form of answer than JSON is asked for.
    pub(in super::super) fn read(text: &str) -> Result<Self, GoogleError> {
        let mut query = Self::default();
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            match name.strip_prefix('$').unwrap_or(&name) {
                "key" => query.key = Some(value.into_owned()),
                "prettyPrint" => query.pretty_print = Some(value.into_owned()),
                "fields" => query.fields = Some(value.into_owned()),
                "alt" if value != "json" => {
                    return Err(GoogleError::invalid_argument("Invalid value at 'alt': only \"json\" is supported"));
                }
                _ => {}
            }
        }
        Ok(query)
    }

    /// Whether the answer is indented; Google's are, unless it is asked not to.
    pub(in super::super) fn is_pretty(&self) -> bool {
        !matches!(self.pretty_print.as_deref(), Some("false" | "0"))
    }

    /// Which fields of the answer are wanted.
    pub(super) fn fields(&self) -> Option<&str> {
        self.fields.as_deref().filter(|fields| !fields.is_empty())
    }
}

/// What a request asks with: what stands behind its path, and its body.
///
/// # Errors
/// Where one of the two cannot be read.
pub(super) async fn received(request: Request, plan: &ServePlan) -> Result<(Query, Bytes), GoogleError> {
    let (parts, body) = request.into_parts();
    let body = respond::read_body(body, plan).await?;
    Ok((Query::read(parts.uri.query().unwrap_or_default())?, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_as_google_names_them() {
        let read = |text: &str| Query::read(text).unwrap();
        assert_eq!(read("key=a%20b&alt=json&quotaUser=x").key.as_deref(), Some("a b"));
        assert!(read("").is_pretty() && read("prettyPrint=true").is_pretty());
        assert!(!read("prettyPrint=false").is_pretty() && !read("$prettyPrint=0").is_pretty());
        assert_eq!(read("fields=a,b(c)").fields(), Some("a,b(c)"));
        assert_eq!(read("fields=").fields(), None);
        assert_eq!(Query::read("alt=proto").unwrap_err().code.as_u16(), 400);
    }
}
