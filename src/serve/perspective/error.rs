//! Google's errors: their status, their words, and the details that clients read.

use axum::body::Body;
use axum::extract::OriginalUri;
use axum::http::{Method, Response, StatusCode};
use serde::{Serialize, Serializer};

use super::super::respond::{self, BodyProblem};

/// An error as Google's interfaces write it.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct GoogleError {
    pub(in super::super) code: StatusCode,
    pub(in super::super) status: &'static str,
    pub(in super::super) message: String,
    pub(in super::super) details: Vec<Detail>,
}

/// What programs read of an error.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "@type")]
pub(in super::super) enum Detail {
    /// `google.commentanalyzer.v1alpha1.Error`.
    #[serde(rename = "type.googleapis.com/google.commentanalyzer.v1alpha1.Error", rename_all = "camelCase")]
    CommentAnalyzer {
        error_type: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        language_not_supported_by_attribute_error: Option<LanguageNotSupported>,
    },
    /// `google.rpc.ErrorInfo`.
    #[serde(rename = "type.googleapis.com/google.rpc.ErrorInfo")]
    ErrorInfo { reason: &'static str, domain: &'static str, metadata: Metadata },
    /// `google.rpc.Help`.
    #[serde(rename = "type.googleapis.com/google.rpc.Help")]
    Help { links: [Link; 1] },
    /// `google.rpc.BadRequest`.
    #[serde(rename = "type.googleapis.com/google.rpc.BadRequest", rename_all = "camelCase")]
    BadRequest { field_violations: Vec<FieldViolation> },
}

/// What an `ErrorInfo` says besides, in order.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Metadata(pub(in super::super) Vec<(&'static str, String)>);

impl Serialize for Metadata {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// A link of a `Help`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(in super::super) struct Link {
    pub(in super::super) description: &'static str,
    pub(in super::super) url: &'static str,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(in super::super) struct FieldViolation {
    field: String,
    description: String,
}

/// `LanguageNotSupportedByAttributeError`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct LanguageNotSupported {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    detected_languages: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    requested_languages: Vec<String>,
    attribute: String,
}

/// Where the languages of a request come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LanguageSource {
    Detected,
    Requested,
}

/// The body of an error.
#[derive(Serialize)]
struct ErrorBody<'e> {
    error: ErrorFields<'e>,
}

#[derive(Serialize)]
struct ErrorFields<'e> {
    code: u16,
    message: &'e str,
    status: &'e str,
    #[serde(skip_serializing_if = "<[Detail]>::is_empty")]
    details: &'e [Detail],
}

impl GoogleError {
    /// An error without details.
    pub(in super::super) fn new(code: StatusCode, status: &'static str, message: impl Into<String>) -> Self {
        Self { code, status, message: message.into(), details: Vec::new() }
    }

    /// A mistake of the client's for which Google gives no details.
    pub(in super::super) fn invalid_argument(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "INVALID_ARGUMENT", message)
    }

    /// A mistake of the client's with its type.
    pub(in super::super) fn of_type(error_type: &'static str, message: impl Into<String>) -> Self {
        let details = vec![Detail::CommentAnalyzer { error_type, language_not_supported_by_attribute_error: None }];
        Self { details, ..Self::invalid_argument(message) }
    }

    /// A comment without a text.
    pub(in super::super) fn comment_empty() -> Self {
        Self::of_type("COMMENT_EMPTY", "Comment must be non-empty.")
    }

    /// A text that is longer than its limit.
    pub(in super::super) fn too_many_bytes(what: &str, bytes: usize, limit: usize) -> Self {
        Self::invalid_argument(format!("{what} was too many bytes. Value ({bytes}) exceeded limit ({limit})."))
    }

    /// A body that is longer than its limit.
    pub(in super::super) fn too_long(limit: usize) -> Self {
        Self::invalid_argument(format!("Request payload size exceeds the limit: {limit} bytes."))
    }

    /// An attribute that does not read the languages of a text.
    pub(super) fn language_not_supported(attribute: &str, source: LanguageSource, languages: &[String]) -> Self {
        let message = format!("Attribute {attribute} does not support request languages: {}", languages.join(", "));
        let of = |wanted: LanguageSource| if source == wanted { languages.to_vec() } else { Vec::new() };
        let detail = Detail::CommentAnalyzer {
            error_type: "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE",
            language_not_supported_by_attribute_error: Some(LanguageNotSupported {
                detected_languages: of(LanguageSource::Detected),
                requested_languages: of(LanguageSource::Requested),
                attribute: attribute.to_owned(),
            }),
        };
        Self { details: vec![detail], ..Self::invalid_argument(message) }
    }

    /// A field, or a parameter, that cannot be what it is.
    pub(super) fn bad_field(field: impl Into<String>, description: impl Into<String>) -> Self {
        let violation = FieldViolation { field: field.into(), description: description.into() };
        let details = vec![Detail::BadRequest { field_violations: vec![violation] }];
        Self { details, ..Self::invalid_argument("Request contains an invalid argument.") }
    }

    /// A failure of ours.
    pub(in super::super) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", "Internal error encountered.")
    }

    /// The answer.
    pub(in super::super) fn respond(&self, is_pretty: bool) -> Response<Body> {
        let fields = ErrorFields {
            code: self.code.as_u16(),
            message: &self.message,
            status: self.status,
            details: &self.details,
        };
        respond::json(self.code, &ErrorBody { error: fields }, is_pretty)
    }
}

impl From<BodyProblem> for GoogleError {
    fn from(problem: BodyProblem) -> Self {
        match problem {
            BodyProblem::TooLong { limit } => Self::too_long(limit),
            BodyProblem::BrokeOff => Self::invalid_argument("The body of the request broke off."),
        }
    }
}

/// Answers where there is nothing.
pub(in super::super) async fn not_found(OriginalUri(uri): OriginalUri) -> Response<Body> {
    let message = format!("Method not found: {}", uri.path());
    GoogleError::new(StatusCode::NOT_FOUND, "NOT_FOUND", message).respond(true)
}

/// Answers where a path is asked by another method than it takes.
pub(in super::super) async fn method_not_allowed(method: Method, OriginalUri(uri): OriginalUri) -> Response<Body> {
    let message = format!("Method not allowed: {method} {}", uri.path());
    GoogleError::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message).respond(true)
}
