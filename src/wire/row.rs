//! A record as one flat row of typed columns, for formats that are tables.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Boolean,
}

/// What stands in one column of one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'r> {
    /// Nothing.
    Null,
    /// Text.
    Text(&'r str),
    /// A number.
    Number(f64),
    /// True or false.
    Boolean(bool),
}

/// A column of the table.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name, unlike all others also where capital and small letters are the same.
    pub name: String,
    /// Its type.
    pub kind: ColumnKind,
    source: Source,
}

#[derive(Debug, Clone)]
enum Source {
    Field(Getter),
    Score(Arc<str>),
}

type Getter = for<'r, 'a> fn(&'r Row<'a>) -> Cell<'r>;
type Field = (&'static str, ColumnKind, Getter);

/// What stands before the scores …
const BEFORE_SCORES: &[Field] = &[
    ("schema", ColumnKind::Text, |row| text(&row.record.schema)),
    ("thread_id", ColumnKind::Text, |row| text(&row.record.thread_id)),
    ("id", ColumnKind::Text, |row| text(&row.record.id)),
    ("parent_id", ColumnKind::Text, |row| maybe_text(row.record.parent_id.as_deref())),
    ("author", ColumnKind::Text, |row| maybe_text(row.record.author.as_deref())),
    ("created_at", ColumnKind::Text, |row| maybe_text(row.record.created_at.as_deref())),
    ("text", ColumnKind::Text, |row| maybe_text(row.record.text.as_deref())),
    ("language", ColumnKind::Text, |row| maybe_text(row.record.language.code.as_deref())),
    ("language_status", ColumnKind::Text, |row| text(&row.record.language.status)),
    ("language_confidence", ColumnKind::Number, |row| number(row.record.language.confidence)),
    ("script", ColumnKind::Text, |row| maybe_text(row.record.language.script.as_deref())),
    ("translation_flagged", ColumnKind::Boolean, |row| Cell::Boolean(row.record.translation.flagged)),
    ("translation_status", ColumnKind::Text, |row| text(&row.record.translation.status)),
    ("translation_from", ColumnKind::Text, |row| maybe_text(row.record.translation.from.as_deref())),
    ("translation_to", ColumnKind::Text, |row| maybe_text(row.record.translation.to.as_deref())),
    ("translation_untranslated", ColumnKind::Number, |row| number(row.record.translation.untranslated)),
    ("translation_engine", ColumnKind::Text, |row| maybe_text(row.record.translation.engine.as_deref())),
    ("translation_text", ColumnKind::Text, |row| maybe_text(row.record.translation.text.as_deref())),
    ("translation_failure", ColumnKind::Text, |row| maybe_text(row.record.translation.failure.as_deref())),
    ("tone", ColumnKind::Text, |row| maybe_text(row.record.tone.label.as_deref())),
    ("tone_absent", ColumnKind::Text, |row| maybe_text(row.record.tone.absent.as_deref())),
];

/// … and behind them.
const AFTER_SCORES: &[Field] = &[
    ("off_topic", ColumnKind::Number, |row| number(row.record.topic.off_topic)),
    ("topic_basis", ColumnKind::Text, |row| maybe_text(row.record.topic.basis.as_deref())),
    ("topic_absent", ColumnKind::Text, |row| maybe_text(row.record.topic.absent.as_deref())),
    ("relevance_article", ColumnKind::Number, |row| number(row.record.topic.relevance.article)),
    ("relevance_parent", ColumnKind::Number, |row| number(row.record.topic.relevance.parent)),
    ("relevance_thread", ColumnKind::Number, |row| number(row.record.topic.relevance.thread)),
    ("flags", ColumnKind::Text, |row| Cell::Text(&row.flags)),
    ("duplicate_of", ColumnKind::Text, |row| maybe_text(row.record.duplicate_of.as_deref())),
    ("action", ColumnKind::Text, |row| Cell::Text(row.action())),
    ("rules", ColumnKind::Text, |row| Cell::Text(&row.rules)),
    ("reasons", ColumnKind::Text, |row| Cell::Text(row.record.decision.reasons.get())),
    ("segments", ColumnKind::Text, |row| Cell::Text(row.record.segments.get())),
    ("models", ColumnKind::Text, |row| Cell::Text(row.record.models.get())),
];

/// Only where records hold a statement of reasons.
const STATEMENT: &[Field] = &[
    ("automated_detection", ColumnKind::Text, |row| of_statement(row, |statement| &statement.automated_detection)),
    ("automated_decision", ColumnKind::Text, |row| of_statement(row, |statement| &statement.automated_decision)),
    ("decision_ground", ColumnKind::Text, |row| of_statement(row, |statement| &statement.decision_ground)),
    ("decision_facts", ColumnKind::Text, |row| of_statement(row, |statement| &statement.decision_facts)),
    ("puid", ColumnKind::Text, |row| of_statement(row, |statement| &statement.puid)),
];

fn text(value: &str) -> Cell<'_> {
    Cell::Text(value)
}

fn maybe_text(value: Option<&str>) -> Cell<'_> {
    value.map_or(Cell::Null, Cell::Text)
}

fn number<'r>(value: Option<f64>) -> Cell<'r> {
    value.map_or(Cell::Null, Cell::Number)
}

fn of_statement<'r>(row: &'r Row<'_>, field: for<'s, 'a> fn(&'s StatementLine<'a>) -> &'s str) -> Cell<'r> {
    row.record.statement_of_reasons.as_ref().map_or(Cell::Null, |statement| Cell::Text(field(statement)))
}

/// The columns of a table of records, in order.
///
/// `labels` are those of the models that are loaded: each has a column `score_LABEL`.
#[must_use]
pub fn columns(labels: &[Arc<str>], with_statement: bool) -> Vec<Column> {
    let field =
        |(name, kind, getter): &Field| Column { name: (*name).to_owned(), kind: *kind, source: Source::Field(*getter) };
    let mut columns: Vec<Column> = BEFORE_SCORES.iter().map(field).collect();
    for label in labels {
        let plain = format!("score_{label}");
        let mut name = plain.clone();
        let mut number = 1;
        // Labels may differ in nothing but capital letters, which are the same in some programs that read tables.
        while columns.iter().any(|column| column.name.to_lowercase() == name.to_lowercase()) {
            number += 1;
            name = format!("{plain}_{number}");
        }
        columns.push(Column { name, kind: ColumnKind::Number, source: Source::Score(Arc::clone(label)) });
    }
    columns.extend(AFTER_SCORES.iter().map(field));
    columns.extend(STATEMENT.iter().filter(|_| with_statement).map(field));
    columns
}

/// A record, read back from its line.
#[derive(Debug)]
pub struct Row<'a> {
    line: &'a [u8],
    record: Line<'a>,
    flags: String,
    rules: String,
}

impl<'a> Row<'a> {
    /// The rows of lines that each end in a line break.
    ///
    /// # Errors
    /// Where a line is no record.
    pub fn parse_lines(lines: &'a [u8]) -> Result<Vec<Self>, serde_json::Error> {
        lines.split_inclusive(|byte| *byte == b'\n').map(Self::parse).collect()
    }

    fn parse(line: &'a [u8]) -> Result<Self, serde_json::Error> {
        let record: Line<'a> = serde_json::from_slice(line)?;
        let reasons: Vec<ReasonLine<'_>> = serde_json::from_str(record.decision.reasons.get())?;
        let rules: Vec<&str> = reasons.iter().map(|reason| &*reason.rule).collect();
        let (flags, rules) = (record.flags.join(" "), rules.join(" "));
        Ok(Self { line, record, flags, rules })
    }

    /// The line, with its line break.
    #[must_use]
    pub fn line(&self) -> &'a [u8] {
        self.line
    }

    /// What stands in a column.
    #[must_use]
    pub fn cell(&self, column: &Column) -> Cell<'_> {
        match &column.source {
            Source::Field(getter) => getter(self),
            Source::Score(label) => number(self.record.tone.scores.get(&**label).copied()),
        }
    }

    /// The thread.
    #[must_use]
    pub fn thread_id(&self) -> &str {
        &self.record.thread_id
    }

    /// The comment.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.record.id
    }

    /// What policy would do.
    #[must_use]
    pub fn action(&self) -> &str {
        &self.record.decision.action
    }

    /// The ids of the rules that matched, with spaces between.
    #[must_use]
    pub fn rules(&self) -> &str {
        &self.rules
    }
}

#[derive(Debug, Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    schema: Cow<'a, str>,
    #[serde(borrow)]
    thread_id: Cow<'a, str>,
    #[serde(borrow)]
    id: Cow<'a, str>,
    parent_id: Option<Cow<'a, str>>,
    author: Option<Cow<'a, str>>,
    created_at: Option<Cow<'a, str>>,
    text: Option<Cow<'a, str>>,
    language: LanguageLine<'a>,
    translation: TranslationLine<'a>,
    #[serde(borrow)]
    segments: &'a RawValue,
    tone: ToneLine<'a>,
    topic: TopicLine<'a>,
    flags: Vec<Cow<'a, str>>,
    duplicate_of: Option<Cow<'a, str>>,
    #[serde(borrow)]
    decision: DecisionLine<'a>,
    statement_of_reasons: Option<StatementLine<'a>>,
    #[serde(borrow)]
    models: &'a RawValue,
}

#[derive(Debug, Deserialize)]
struct LanguageLine<'a> {
    code: Option<Cow<'a, str>>,
    script: Option<Cow<'a, str>>,
    confidence: Option<f64>,
    status: Cow<'a, str>,
}

#[derive(Debug, Deserialize)]
struct TranslationLine<'a> {
    flagged: bool,
    status: Cow<'a, str>,
    from: Option<Cow<'a, str>>,
    to: Option<Cow<'a, str>>,
    untranslated: Option<f64>,
    engine: Option<Cow<'a, str>>,
    text: Option<Cow<'a, str>>,
    failure: Option<Cow<'a, str>>,
}

#[derive(Debug, Deserialize)]
struct ToneLine<'a> {
    label: Option<Cow<'a, str>>,
    #[serde(default)]
    scores: BTreeMap<Cow<'a, str>, f64>,
    absent: Option<Cow<'a, str>>,
}

#[derive(Debug, Deserialize)]
struct TopicLine<'a> {
    off_topic: Option<f64>,
    basis: Option<Cow<'a, str>>,
    #[serde(default)]
    relevance: RelevanceLine,
    absent: Option<Cow<'a, str>>,
}

#[derive(Debug, Default, Deserialize)]
struct RelevanceLine {
    article: Option<f64>,
    parent: Option<f64>,
    thread: Option<f64>,
}

#[derive(Debug, Deserialize)]
struct DecisionLine<'a> {
    action: Cow<'a, str>,
    #[serde(borrow)]
    reasons: &'a RawValue,
}

#[derive(Debug, Deserialize)]
struct ReasonLine<'a> {
    rule: Cow<'a, str>,
}

#[derive(Debug, Deserialize)]
struct StatementLine<'a> {
    automated_detection: Cow<'a, str>,
    automated_decision: Cow<'a, str>,
    decision_ground: Cow<'a, str>,
    decision_facts: Cow<'a, str>,
    puid: Cow<'a, str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "{\"schema\":\"threadsieve.record/1\",\"thread_id\":\"t\",\"id\":\"a \\\"1\\\"\",\"parent_id\":null,\
        \"created_at\":\"yesterday\",\"language\":{\"code\":\"en\",\"script\":\"Latn\",\"confidence\":0.9876,\
        \"status\":\"known\",\"candidates\":[{\"code\":\"en\",\"p\":0.9876}]},\"translation\":{\"flagged\":false,\
        \"status\":\"not_needed\",\"from\":null,\"to\":null,\"span\":null,\"untranslated\":null},\"segments\":[],\
        \"tone\":{\"label\":\"neutral\",\"scores\":{\"toxicity\":0.1,\"Spam\":0.25,\"spam\":0.5}},\
        \"topic\":{\"absent\":\"no_context\"},\"flags\":[\"link_only\",\"parent_unknown\"],\"duplicate_of\":null,\
        \"decision\":{\"action\":\"review\",\"reasons\":[{\"rule\":\"a\",\"label\":null,\"score\":null,\
        \"threshold\":null},{\"rule\":\"b\",\"label\":\"toxicity\",\"score\":0.1,\"threshold\":0.05}]},\
        \"models\":{\"language\":\"x@1\"}}\n";

    fn labels(names: &[&str]) -> Vec<Arc<str>> {
        names.iter().map(|name| Arc::from(*name)).collect()
    }

    #[test]
    fn each_column_has_what_the_record_says() {
        let rows = Row::parse_lines(LINE.as_bytes()).unwrap();
        let columns = columns(&labels(&["toxicity", "Spam", "spam", "threat"]), true);
        let cell = |name: &str| {
            let column = columns.iter().find(|column| column.name == name).unwrap_or_else(|| panic!("{name}"));
            rows[0].cell(column)
        };
        for (name, expected) in [
            ("id", Cell::Text("a \"1\"")),
            ("parent_id", Cell::Null),
            ("text", Cell::Null),
            ("language", Cell::Text("en")),
            ("language_confidence", Cell::Number(0.9876)),
            ("translation_flagged", Cell::Boolean(false)),
            ("tone_absent", Cell::Null),
            ("score_toxicity", Cell::Number(0.1)),
            ("score_Spam", Cell::Number(0.25)),
            ("score_spam_2", Cell::Number(0.5)),
            ("score_threat", Cell::Null),
            ("off_topic", Cell::Null),
            ("topic_absent", Cell::Text("no_context")),
            ("relevance_article", Cell::Null),
            ("flags", Cell::Text("link_only parent_unknown")),
            ("rules", Cell::Text("a b")),
            ("segments", Cell::Text("[]")),
            ("models", Cell::Text("{\"language\":\"x@1\"}")),
            ("puid", Cell::Null),
        ] {
            assert_eq!(cell(name), expected, "{name}");
        }
        assert_eq!((rows[0].action(), rows[0].line()), ("review", LINE.as_bytes()));
    }

    #[test]
    fn a_line_that_is_no_record_is_an_error() {
        assert!(Row::parse_lines(b"{}\n").is_err());
        assert!(Row::parse_lines(b"").unwrap().is_empty());
    }

    #[test]
    fn no_two_columns_have_the_same_name() {
        let columns = columns(&labels(&["x", "X", "x_2", "\u{c4}", "\u{e4}"]), true);
        let mut names: Vec<String> = columns.iter().map(|column| column.name.to_lowercase()).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
