//! A row of training data for the topic model, and the shapes that it is made of.

use serde::Deserialize;
use serde_json::Value;

use crate::labelled::{Complaint, CoralLabel, CoralThread, Fields};
use crate::text::words::{hash_word, mix};

/// What a row says of its comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// It answers what it stands under.
    OnTopic,
    /// It does not, a person said.
    OffTopic,
    /// Nothing that could be learned from; it is only part of the thread.
    Unknown,
}

/// What a comment stands under. Rows with the same one, next to each other, are one thread.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Subject {
    /// Headline.
    pub title: Option<String>,
    /// Article, or the text of a question.
    pub article: Option<String>,
    /// The text that opened the thread, which may be an article or just the first comment.
    pub opening: Option<String>,
}

/// Of 100 threads of pairs, so many are no training data of the encoder.
const LEFT_OUT_IN_100: u64 = 10;
/// Decides which ones; the same for every encoder and head, or the head would learn from what the encoder has learnt.
const LEFT_OUT_SEED: u64 = 0x7468_7265_6164_7321;

impl Subject {
    /// A number for the thread.
    pub fn hash(&self, seed: u64) -> u64 {
        let texts = [&self.title, &self.article, &self.opening];
        texts.into_iter().flatten().fold(seed, |hash, text| mix(hash ^ hash_word(text)))
    }

    /// Whether encoders leave this thread out of their training, so that a head can learn from it how near texts are that
    /// the encoder has not seen together. On those that it has learnt it looks better than it is.
    pub fn is_left_for_the_head(&self) -> bool {
        self.hash(LEFT_OUT_SEED) % 100 < LEFT_OUT_IN_100
    }
}

/// What a reader of a question's answers said of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It answers the question.
    Good,
    /// It may help.
    PotentiallyUseful,
    /// It does not answer it.
    Bad,
}

/// What a comment holds beside its writer's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extras {
    /// A web address.
    pub link: bool,
    /// A quoted line.
    pub quote: bool,
}

impl Extras {
    fn of(text: &str) -> Self {
        let quoted = |line: &str| line.trim_start().starts_with('>') || line.trim_start().starts_with("&gt;");
        Self { link: ADDRESSES.iter().any(|start| text.contains(start)), quote: text.lines().any(quoted) }
    }
}

/// One comment with what it stands under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it stands under.
    pub subject: Subject,
    /// The comment that it answers; `None` for a comment on the subject itself.
    pub parent: Option<String>,
    /// 1 for a comment on the subject itself.
    pub depth: u32,
    /// The comment.
    pub text: String,
    /// Whether it is on topic.
    pub judgement: Judgement,
    /// Whether a person said so of this comment; else it follows from where it stands.
    pub by_person: bool,
    /// How good an answer it is, where it stands under a question.
    pub answer: Option<Answer>,
    /// Whether it holds a link, or quotes somebody; neither is in `text`.
    pub extras: Extras,
    /// Whether it is a pair: what encoders are trained from.
    pub is_pair: bool,
}

#[derive(Deserialize)]
struct Pair {
    root: String,
    root_title_like: bool,
    depth: u32,
    parent: String,
    comment: String,
}

#[derive(Deserialize)]
struct Question {
    title: Option<String>,
    article: Option<String>,
    comment: String,
    relevance: String,
}

/// The fields of a labelled row: what a column can be mapped to.
pub const LABELLED_FIELDS: [&str; 6] = ["title", "article", "root", "parent", "text", "off_topic"];

/// Makes a row of the fields of a line; the shape is told by `off_topic`, `relevance` or `root_title_like`.
///
/// # Errors
/// What is wrong with it, and what to do, without its words.
pub fn row_of(fields: Fields) -> Result<Row, Complaint> {
    if fields.contains_key("off_topic") {
        labelled_row(&fields)
    } else if fields.contains_key("relevance") {
        serde_json::from_value(Value::Object(fields))
            .map_err(|_| {
                "no answer to a question: needs `title` or `article`, `comment` and `relevance`, all texts".to_owned()
            })
            .and_then(question_row)
    } else if fields.contains_key("root_title_like") {
        let pair = serde_json::from_value(Value::Object(fields));
        pair.map(pair_row).map_err(|_| {
            "no pair: needs the texts `root`, `parent` and `comment`, `root_title_like` (true or false) and `depth` (a \
             number)"
                .to_owned()
        })
    } else {
        Err("no row of a known shape: it has neither `off_topic` nor `relevance` nor `root_title_like`\n  hint: \
             {title?, article|root, parent?, text, off_topic: 0 or 1}; name other fields with --map FIELD=off_topic"
            .to_owned())
    }
}

fn pair_row(Pair { root, root_title_like, depth, parent, comment }: Pair) -> Row {
    let root = own_words(&root);
    let subject = if root_title_like {
        Subject { title: Some(root), ..Subject::default() }
    } else {
        Subject { opening: Some(root), ..Subject::default() }
    };
    let parent = (depth > 1).then(|| own_words(&parent));
    let extras = Extras::of(&comment);
    Row {
        subject,
        parent,
        depth,
        text: own_words(&comment),
        judgement: Judgement::OnTopic,
        by_person: false,
        answer: None,
        extras,
        is_pair: true,
    }
}

fn question_row(Question { title, article, comment, relevance }: Question) -> Result<Row, Complaint> {
    // A bad answer may well be on topic.
    let (answer, judgement) = match relevance.as_str() {
        "Good" => (Answer::Good, Judgement::OnTopic),
        "PotentiallyUseful" => (Answer::PotentiallyUseful, Judgement::OnTopic),
        "Bad" => (Answer::Bad, Judgement::Unknown),
        _ => return Err("`relevance` must be Good, PotentiallyUseful or Bad".to_owned()),
    };
    let [title, article] = [title, article].map(|text| text.as_deref().map(own_words));
    let subject = Subject { title, article, opening: None };
    let extras = Extras::of(&comment);
    let text = own_words(&comment);
    let by_person = false;
    Ok(Row {
        subject,
        parent: None,
        depth: 1,
        text,
        judgement,
        by_person,
        answer: Some(answer),
        extras,
        is_pair: false,
    })
}

fn labelled_row(fields: &Fields) -> Result<Row, Complaint> {
    let judgement = judgement_of(fields)?;
    let given = |name: &str| match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(_) => Err(format!("`{name}` must be a text")),
    };
    let Some(text) = given("text")? else {
        let state = if fields.contains_key("text") { "is empty" } else { "is missing" };
        return Err(format!(
            "`text` {state}\n  hint: leave the row out, or name the comment's field with --map FIELD=text"
        ));
    };
    let own = |name: &str| Ok::<_, Complaint>(given(name)?.map(own_words));
    let (title, article, root, parent) = (own("title")?, own("article")?, own("root")?, own("parent")?);
    // Where nothing but the parent is known, the thread is known from there on. Rows with other parents are other threads.
    let is_known = title.is_some() || article.is_some() || root.is_some();
    let opening = if is_known { root } else { parent.clone() };
    if !is_known && opening.is_none() {
        return Err(
            "nothing that the comment could be off: `title`, `article`, `root` and `parent` are all missing\n  hint: \
                    one of them is enough; name another field with --map FIELD=article"
                .to_owned(),
        );
    }
    let depth = if parent.is_some() { 2 } else { 1 };
    let subject = Subject { title, article, opening };
    Ok(Row {
        subject,
        parent,
        depth,
        text: own_words(text),
        judgement,
        by_person: judgement != Judgement::Unknown,
        answer: None,
        extras: Extras::of(text),
        is_pair: false,
    })
}

fn judgement_of(fields: &Fields) -> Result<Judgement, Complaint> {
    let word = match fields.get("off_topic") {
        None | Some(Value::Null) => return Ok(Judgement::Unknown),
        Some(Value::Bool(yes)) => return Ok(if *yes { Judgement::OffTopic } else { Judgement::OnTopic }),
        Some(Value::String(word)) => word.trim().to_ascii_lowercase(),
        Some(other) => other.to_string(),
    };
    match word.as_str() {
        "1" | "1.0" | "true" | "yes" => Ok(Judgement::OffTopic),
        "0" | "0.0" | "false" | "no" => Ok(Judgement::OnTopic),
        "" | "null" => Ok(Judgement::Unknown),
        _ => {
            Err("`off_topic` must be 0, 1, true or false, or null where nobody said\n  hint: round shares of several \
                  readers"
                .to_owned())
        }
    }
}

/// The comments of a Coral export, thread by thread, as rows.
pub fn for_each_coral_row(threads: &[CoralThread], mut each: impl FnMut(Row)) {
    for thread in threads {
        let [title, article] = [&thread.title, &thread.description].map(|text| text.as_deref().map(own_words));
        let subject = Subject { title, article, opening: None };
        for comment in &thread.comments {
            let judgement = match comment.label {
                CoralLabel::OnTopic => Judgement::OnTopic,
                CoralLabel::OffTopic => Judgement::OffTopic,
                CoralLabel::Unknown | CoralLabel::RejectedWithoutReason => Judgement::Unknown,
            };
            each(Row {
                subject: subject.clone(),
                parent: comment.parent.map(|parent| own_words(&thread.comments[parent].text)),
                depth: comment.depth,
                text: own_words(&comment.text),
                judgement,
                by_person: judgement != Judgement::Unknown,
                answer: None,
                extras: Extras::of(&comment.text),
                is_pair: false,
            });
        }
    }
}

/// How a web address begins.
const ADDRESSES: [&str; 3] = ["http://", "https://", "www."];

/// The writer's own words: without quoted lines and web addresses, character references resolved.
fn own_words(text: &str) -> String {
    const REFERENCES: [(&str, &str); 6] =
        [("&gt;", ">"), ("&lt;", "<"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")];
    let mut plain = text.to_owned();
    if plain.contains('&') {
        for (reference, character) in REFERENCES {
            plain = plain.replace(reference, character);
        }
    }
    let mut own = String::with_capacity(plain.len());
    for line in plain.lines().filter(|line| !line.trim_start().starts_with('>')) {
        let mut rest = line;
        while let Some(begin) = ADDRESSES.iter().filter_map(|start| rest.find(start)).min() {
            let (before, address) = rest.split_at(begin);
            own.push_str(before);
            own.push(' ');
            let ends = |character: char| character.is_whitespace() || matches!(character, ')' | ']' | '>' | '"');
            rest = address.find(ends).map_or("", |end| address.split_at(end).1);
        }
        own.push_str(rest);
        own.push('\n');
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(json: &str) -> Result<Row, Complaint> {
        row_of(serde_json::from_str(json).unwrap())
    }

    #[test]
    fn pairs_and_answers_are_read() {
        let pair = row(
            r#"{"subreddit":"x","root":"Dam breaks","root_title_like":true,"depth":2,"parent":"Sad","comment":"Very sad"}"#,
        )
        .unwrap();
        assert_eq!((pair.judgement, pair.parent.as_deref(), pair.depth), (Judgement::OnTopic, Some("Sad\n"), 2));
        assert_eq!(pair.subject, Subject { title: Some("Dam breaks\n".into()), ..Subject::default() });
        let answer =
            row(r#"{"title":"Bank","article":"Which bank?","comment":"The blue one","relevance":"Bad"}"#).unwrap();
        assert_eq!((answer.judgement, answer.depth), (Judgement::Unknown, 1));
    }

    #[test]
    fn labelled_rows_are_read() {
        let owned = |text: &str| (!text.is_empty()).then(|| format!("{text}\n"));
        // What is given; title, article, opening, parent; depth.
        for (json, expected, depth) in [
            (r#""title":"T","article":"A","parent":"P""#, ["T", "A", "", "P"], 2),
            (r#""article":"A""#, ["", "A", "", ""], 1),
            (r#""root":"R""#, ["", "", "R", ""], 1),
            (r#""title":"T","root":"R","article":null,"parent":" ""#, ["T", "", "R", ""], 1),
            (r#""parent":"P""#, ["", "", "P", "P"], 2),
        ] {
            let row = row(&format!(r#"{{{json},"text":"Buy shoes","off_topic":1,"thread_id":7}}"#)).unwrap();
            let [title, article, opening, parent] = expected.map(owned);
            let subject = Subject { title, article, opening };
            let text = "Buy shoes\n".to_owned();
            let (judgement, extras) = (Judgement::OffTopic, Extras::default());
            let expected =
                Row { subject, parent, depth, text, judgement, by_person: true, answer: None, extras, is_pair: false };
            assert_eq!(row, expected, "{json}");
        }
    }

    #[test]
    fn labels_have_many_spellings() {
        for (label, expected) in [
            ("1", Judgement::OffTopic),
            ("true", Judgement::OffTopic),
            ("\" TRUE \"", Judgement::OffTopic),
            ("1.0", Judgement::OffTopic),
            ("0", Judgement::OnTopic),
            ("false", Judgement::OnTopic),
            ("\"no\"", Judgement::OnTopic),
            ("null", Judgement::Unknown),
            ("\"\"", Judgement::Unknown),
        ] {
            let row = row(&format!(r#"{{"title":"T","text":"x","off_topic":{label}}}"#)).unwrap();
            assert_eq!(row.judgement, expected, "{label}");
        }
    }

    #[test]
    fn a_bad_row_says_what_is_wrong_and_not_its_words() {
        for (json, expected) in [
            (r#"{"text":"secret"}"#, "no row of a known shape"),
            (r#"{"article":"a","text":"secret","off_topic":7}"#, "`off_topic` must be 0, 1, true or false"),
            (r#"{"article":"a","text":"secret","off_topic":"secret"}"#, "`off_topic` must be"),
            (r#"{"article":"a","text":"secret","off_topic":0.5}"#, "hint: round shares"),
            (r#"{"article":"a","text":"secret","off_topic":[1]}"#, "`off_topic` must be"),
            (r#"{"text":"secret","off_topic":1}"#, "nothing that the comment could be off"),
            (r#"{"article":"  ","text":"secret","off_topic":1}"#, "nothing that the comment could be off"),
            (r#"{"article":["secret"],"text":"secret","off_topic":1}"#, "`article` must be a text"),
            (r#"{"article":"secret","text":7,"off_topic":1}"#, "`text` must be a text"),
            (r#"{"article":"secret","text":"\n","off_topic":1}"#, "`text` is empty\n  hint: leave the row out"),
            (r#"{"article":"secret","off_topic":1}"#, "`text` is missing"),
            (r#"{"title":"a","comment":"secret","relevance":"secret-ish"}"#, "`relevance` must be Good"),
            (r#"{"title":"secret","relevance":"Good"}"#, "no answer to a question"),
            (r#"{"root":"secret","root_title_like":1}"#, "no pair"),
        ] {
            let told = row(json).unwrap_err();
            assert!(told.contains(expected) && !told.contains("secret"), "{json}: {told}");
        }
    }

    #[test]
    fn quotes_and_addresses_are_not_own_words() {
        for (text, expected) in [
            ("&gt; quoted\nmine", "mine\n"),
            ("[moon](https://example.org/a?b=c&amp;d=e) and www.example.org", "[moon]( ) and  \n"),
            ("a &amp; b &lt;3", "a & b <3\n"),
            ("&amp;gt; twice", "&gt; twice\n"),
            ("", ""),
        ] {
            assert_eq!(own_words(text), expected, "{text}");
        }
    }
}
