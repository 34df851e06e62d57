//! `[translation]`: who translates what the site does not read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use toml::de::{DeTable, DeValue};
use ureq::http::Uri;

use crate::domain::LanguageCode;
use crate::language::is_same_family;

use super::Problem;
use super::plan::Reader;

/// Comments that may wait for their translation, unless the configuration says otherwise.
const DEFAULT_QUEUE: usize = 512;
const MAX_QUEUE: usize = 100_000;
const DEFAULT_TIMEOUT_MS: u64 = 10_000;
const MAX_TIMEOUT_MS: u64 = 600_000;
const MAX_PARALLEL: usize = 64;

/// Who translates, checked. Nothing of it has been started or contacted yet.
#[derive(Debug, Clone, PartialEq)]
pub struct TranslationPlan {
    /// Comments that may wait for their translation at a time: beyond it, reading waits.
    pub queue: usize,
    /// The translators; none of them unless the configuration names some.
    pub translators: Vec<TranslatorPlan>,
}

impl Default for TranslationPlan {
    fn default() -> Self {
        Self { queue: DEFAULT_QUEUE, translators: Vec::new() }
    }
}

/// One translator.
#[derive(Debug, Clone, PartialEq)]
pub struct TranslatorPlan {
    /// What records call it.
    pub name: Arc<str>,
    /// The languages that it translates from; empty for any.
    pub from: Vec<LanguageCode>,
    /// The language that it translates to: one of those that the site reads.
    pub to: LanguageCode,
    /// What translates.
    pub engine: EnginePlan,
    /// How long a text may take.
    pub timeout: Duration,
    /// Texts that it works on at a time: processes of a command, requests to a URL.
    pub parallel: usize,
    /// Whether Serbian Cyrillic is sent to it in Latin letters.
    pub wants_latin: bool,
}

/// What translates.
#[derive(Debug, Clone, PartialEq)]
pub enum EnginePlan {
    /// A program that is kept running.
    Command {
        /// The program and its arguments; not empty.
        words: Vec<String>,
        /// How texts are handed to it.
        protocol: Protocol,
    },
    /// A server with the interface of `LibreTranslate`.
    Url {
        /// Where it is: `http` or `https`, without `/translate`.
        url: String,
        /// The environment variable with its key, where it wants one.
        api_key_env: Option<String>,
        /// What it calls a language, where that is not what we call it.
        codes: BTreeMap<LanguageCode, String>,
    },
}

/// How a text is handed to a command: a line of the text at a time, and one answer for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// Both end with a line feed.
    Lines,
    /// Both end with a zero byte.
    Nul,
    /// As Apertium's programs expect it with `-z`: its special characters behind backslashes, a line feed and a zero byte
    /// at the end.
    Apertium,
}

impl TranslationPlan {
    /// The translator for a language, by its place in the list: the first that names it, else the first that names one
    /// which counts as the same (`sr`, `hr`, `bs`, `hbs`), else the first that names none.
    #[must_use]
    pub fn translator_from(&self, language: LanguageCode) -> Option<usize> {
        let find = |fits: &dyn Fn(&[LanguageCode]) -> bool| {
            self.translators.iter().position(|translator| fits(&translator.from))
        };
        find(&|from| from.contains(&language))
            .or_else(|| find(&|from| from.iter().any(|one| is_same_family(*one, language))))
            .or_else(|| find(&<[LanguageCode]>::is_empty))
    }
}

/// `[translation]` as it is written.
#[derive(Debug, Serialize)]
pub(super) struct TranslationSection {
    queue: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    translators: Vec<TranslatorSection>,
}

/// Letters that a text is sent in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ScriptChoice {
    #[default]
    AsWritten,
    Latin,
}

/// One of `[[translation.translators]]`
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TranslatorSection {
    name: String,
    #[serde(default)]
    from: Vec<String>,
    to: Option<String>,
    command: Option<Vec<String>>,
    protocol: Option<Protocol>,
    url: Option<String>,
    api_key_env: Option<String>,
    #[serde(default)]
    script: ScriptChoice,
    #[serde(default = "default_timeout_ms")]
    timeout_ms: u64,
    #[serde(default = "default_parallel")]
    parallel: usize,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    codes: BTreeMap<String, String>,
}

fn default_timeout_ms() -> u64 {
    DEFAULT_TIMEOUT_MS
}

fn default_parallel() -> usize {
    1
}

impl TranslationSection {
    /// The section that makes a plan.
    pub(super) fn of(plan: &TranslationPlan) -> Self {
        Self { queue: plan.queue, translators: plan.translators.iter().map(TranslatorSection::of).collect() }
    }
}

impl TranslatorSection {
    fn of(plan: &TranslatorPlan) -> Self {
        let (command, protocol, url, api_key_env, codes) = match &plan.engine {
            EnginePlan::Command { words, protocol } => {
                (Some(words.clone()), Some(*protocol), None, None, BTreeMap::new())
            }
            EnginePlan::Url { url, api_key_env, codes } => {
                let codes = codes.iter().map(|(code, theirs)| (code.to_string(), theirs.clone())).collect();
                (None, None, Some(url.clone()), api_key_env.clone(), codes)
            }
        };
        Self {
            name: plan.name.to_string(),
            from: plan.from.iter().map(ToString::to_string).collect(),
            to: Some(plan.to.to_string()),
            command,
            protocol,
            url,
            api_key_env,
            script: if plan.wants_latin { ScriptChoice::Latin } else { ScriptChoice::AsWritten },
            timeout_ms: u64::try_from(plan.timeout.as_millis()).unwrap_or(MAX_TIMEOUT_MS),
            parallel: plan.parallel,
            codes,
        }
    }

    /// The checked translator, or all that is wrong with it.
    fn check(self, read: &[LanguageCode], translate_to: LanguageCode) -> Result<TranslatorPlan, Vec<String>> {
        let mut problems = Vec::new();
        let is_plain = |character: char| character.is_ascii_alphanumeric() || "_-.".contains(character);
        if self.name.is_empty() || !self.name.chars().all(is_plain) {
            problems.push("a name has letters from a to z, digits, `_`, `-` and `.`, and nothing else".to_owned());
        }
        let from = codes(&self.from, "from", &mut problems);
        let to = match &self.to {
            None => translate_to,
            Some(code) => code.parse().ok().filter(|code| read.contains(code)).unwrap_or_else(|| {
                problems.push(format!("`to = \"{code}\"` must be one of the languages in `read` of [language]"));
                translate_to
            }),
        };
        if !(1..=MAX_TIMEOUT_MS).contains(&self.timeout_ms) {
            problems.push(format!("`timeout_ms` must be 1 to {MAX_TIMEOUT_MS}"));
        }
        if !(1..=MAX_PARALLEL).contains(&self.parallel) {
            problems.push(format!("`parallel` must be 1 to {MAX_PARALLEL}"));
        }
        let engine = engine(self.command, self.protocol, self.url, self.api_key_env, self.codes, &mut problems);
        match engine {
            Some(engine) if problems.is_empty() => Ok(TranslatorPlan {
                name: self.name.into(),
                from,
                to,
                engine,
                timeout: Duration::from_millis(self.timeout_ms),
                parallel: self.parallel,
                wants_latin: self.script == ScriptChoice::Latin,
            }),
            _ => Err(problems),
        }
    }
}

fn codes(written: &[String], key: &str, problems: &mut Vec<String>) -> Vec<LanguageCode> {
    let mut found = Vec::new();
    for code in written {
        match code.parse() {
            Ok(code) if found.contains(&code) => {}
            Ok(code) => found.push(code),
            Err(error) => problems.push(format!("`{key}`: `{code}`: {error}")),
        }
    }
    found
}

fn engine(
    command: Option<Vec<String>>,
    protocol: Option<Protocol>,
    url: Option<String>,
    api_key_env: Option<String>,
    codes: BTreeMap<String, String>,
    problems: &mut Vec<String>,
) -> Option<EnginePlan> {
    match (command, url) {
        (Some(words), None) => {
            if words.first().is_none_or(|program| program.trim().is_empty()) {
                problems.push("`command` is empty: name a program, then its arguments".to_owned());
            }
            if words.iter().any(|word| word.contains('\0')) {
                problems.push("`command` must not hold a zero byte".to_owned());
            }
            if api_key_env.is_some() || !codes.is_empty() {
                problems.push("`api_key_env` and `codes` are of use only with `url`".to_owned());
            }
            Some(EnginePlan::Command { words, protocol: protocol.unwrap_or(Protocol::Lines) })
        }
        (None, Some(url)) => {
            if let Err(problem) = check_url(&url) {
                problems.push(format!("`url`: {problem}"));
            }
            if protocol.is_some() {
                problems.push("`protocol` is of use only with `command`".to_owned());
            }
            let mut checked = BTreeMap::new();
            for (code, theirs) in codes {
                match code.parse() {
                    Err(error) => problems.push(format!("`codes`: `{code}`: {error}")),
                    Ok(_) if theirs.trim().is_empty() => problems.push(format!("`codes`: `{code}` is called nothing")),
                    Ok(code) => {
                        checked.insert(code, theirs);
                    }
                }
            }
            Some(EnginePlan::Url { url, api_key_env, codes: checked })
        }
        _ => {
            problems.push("a translator needs one of `command` and `url`".to_owned());
            None
        }
    }
}

fn check_url(url: &str) -> Result<(), &'static str> {
    let uri: Uri = url.parse().map_err(|_| "this is no URL")?;
    let authority = uri.authority().filter(|authority| !authority.host().is_empty());
    let authority = authority.ok_or("a URL begins with http:// or https:// and a host")?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err("a URL begins with http:// or https://");
    }
    if authority.as_str().contains('@') {
        return Err("a URL must hold no name or password: it is shown; use `api_key_env`");
    }
    if uri.query().is_some() || url.contains('#') {
        return Err("a URL ends with its path, without `?` and `#`");
    }
    Ok(())
}

impl Reader<'_> {
    /// Reads and checks `[translation]`; its defaults where it is missing.
    pub(super) fn translation(
        &mut self,
        sections: &mut DeTable<'_>,
        read: &[LanguageCode],
        translate_to: LanguageCode,
    ) -> TranslationPlan {
        let mut plan = TranslationPlan::default();
        let Some(section) = sections.remove("translation") else { return plan };
        let place = section.span().start;
        let DeValue::Table(table) = section.into_inner() else {
            self.problems.push(Problem::at(self.path, self.text, Some(place), "`translation` must be a table"));
            return plan;
        };
        for (key, value) in table {
            let place = key.span().start;
            let mut problem =
                |message: String| self.problems.push(Problem::at(self.path, self.text, Some(place), message));
            match (key.get_ref().as_ref(), value.span().start) {
                ("queue", _) => match self.value(value) {
                    Some(queue) if (1..=MAX_QUEUE).contains(&queue) => plan.queue = queue,
                    Some(_) => self.problem(format!("[translation] `queue` must be 1 to {MAX_QUEUE}")),
                    None => {}
                },
                ("translators", _) => match value.into_inner() {
                    DeValue::Array(translators) => {
                        plan.translators = self.translators(translators, read, translate_to);
                    }
                    _ => problem("`translation.translators` must be an array".to_owned()),
                },
                (key, _) => {
                    problem(format!("unknown key `{key}` in [translation]"));
                    if let Some(last) = self.problems.pop() {
                        self.problems.push(last.with_hint("translators are written as [[translation.translators]]"));
                    }
                }
            }
        }
        plan
    }

    fn translators(
        &mut self,
        written: toml::de::DeArray<'_>,
        read: &[LanguageCode],
        translate_to: LanguageCode,
    ) -> Vec<TranslatorPlan> {
        let (mut checked, mut names) = (Vec::new(), BTreeSet::new());
        for value in written {
            let place = value.span().start;
            let Some(section) = self.value::<TranslatorSection>(value) else { continue };
            let name = section.name.clone();
            let mut problem = |message: String| {
                let message = format!("translator `{name}`: {message}");
                self.problems.push(Problem::at(self.path, self.text, Some(place), message));
            };
            if !names.insert(name.clone()) {
                problem("it is there twice".to_owned());
            }
            match section.check(read, translate_to) {
                Ok(translator) => checked.push(translator),
                Err(messages) => messages.into_iter().for_each(problem),
            }
        }
        checked
    }
}

#[cfg(test)]
mod tests {
    use super::super::{parse, render};
    use super::*;

    fn translators(text: &str) -> TranslationPlan {
        parse("pipeline.toml", text).unwrap_or_else(|all| panic!("{all:?}")).translation
    }

    fn check(translator: &str, expected: &[&str]) {
        let text = format!("[language]\nread = [\"en\", \"de\"]\n[[translation.translators]]\n{translator}\n");
        let all: Vec<String> =
            parse("pipeline.toml", &text).err().unwrap_or_default().iter().map(ToString::to_string).collect();
        assert_eq!(all.len(), expected.len(), "{translator}: {all:?}");
        for (found, expected) in all.iter().zip(expected) {
            assert!(found.contains(expected), "{translator}: `{expected}` is not in `{found}`");
        }
    }

    #[test]
    fn translators_are_read_and_survive_a_round_trip() {
        let text = "[language]\nread = [\"en\", \"de\"]\n[translation]\nqueue = 9\n\
            [[translation.translators]]\nname = \"one\"\nfrom = [\"sr\", \"hr\", \"sr\"]\ncommand = [\"sh\", \"-c\", \"cat\"]\n\
            protocol = \"apertium\"\nscript = \"latin\"\ntimeout_ms = 200\nparallel = 2\n\
            [[translation.translators]]\nname = \"two\"\nto = \"de\"\nurl = \"http://localhost:5000\"\n\
            api_key_env = \"KEY\"\ncodes = { hbs = \"sr\", zh = \"zh-Hans\" }\n";
        let plan = parse("pipeline.toml", text).unwrap();
        assert_eq!(parse("shown", &render(&plan).unwrap()).unwrap(), plan);
        let [one, two] = plan.translation.translators.as_slice() else { panic!("{plan:?}") };
        assert_eq!((plan.translation.queue, one.from.len(), one.timeout.as_millis(), one.parallel), (9, 2, 200, 2));
        assert!(one.wants_latin && !two.wants_latin);
        assert_eq!((one.to, two.to.as_str(), two.parallel), (LanguageCode::EN, "de", 1));
        assert!(translators("").translators.is_empty(), "nobody unless somebody is named");
    }

    #[test]
    fn the_one_that_names_the_language_goes_before_its_family_and_anybody() {
        let named = |name: &str, from: &str| {
            format!("[[translation.translators]]\nname = \"{name}\"\nfrom = {from}\ncommand = [\"cat\"]\n")
        };
        let text = [named("any", "[]"), named("hr", "[\"hr\"]"), named("sr", "[\"sr\", \"de\"]")].concat();
        let plan = translators(&text);
        let of = |code: &str| plan.translator_from(code.parse().unwrap());
        assert_eq!([of("sr"), of("hr"), of("hbs"), of("de"), of("fr")], [Some(2), Some(1), Some(1), Some(2), Some(0)]);
        assert_eq!(translators(&named("sr", "[\"sr\"]")).translator_from("fr".parse().unwrap()), None);
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        check("name = \"a\"\ncommand = [\"cat\"]", &[]);
        check("name = \"a\"", &["pipeline.toml:3: translator `a`: a translator needs one of `command` and `url`"]);
        check("name = \"a\"\ncommand = [\"cat\"]\nurl = \"http://x\"", &["needs one of"]);
        check(
            "name = \"a b\"\ncommand = []\nfrom = [\"serbian\"]\nto = \"fr\"\ntimeout_ms = 0\nparallel = 99",
            &[
                "a name has letters",
                "`from`: `serbian`",
                "`to = \"fr\"` must be one of",
                "`timeout_ms` must be",
                "`parallel` must be",
                "`command` is empty",
            ],
        );
        check("name = \"a\"\ncommand = [\"cat\"]\napi_key_env = \"KEY\"", &["of use only with `url`"]);
        check("name = \"a\"\nurl = \"http://x\"\nprotocol = \"nul\"", &["of use only with `command`"]);
        check("name = \"a\"\nurl = \"http://x\"\ncodes = { serbian = \"sr\", hr = \"\" }", &["`hr`", "`serbian`"]);
        check("name = \"a\"\ncommand = [\"cat\"]\nprotocol = \"morse\"", &["unknown variant `morse`"]);
        check("name = \"a\"\ncommand = [\"cat\"]\ncolour = 1", &["unknown field `colour`"]);
        check("command = [\"cat\"]", &["missing field `name`"]);
        check(
            "name = \"a\"\ncommand = [\"cat\"]\n[[translation.translators]]\nname = \"a\"\ncommand = [\"cat\"]",
            &["it is there twice"],
        );
        for (url, expected) in [
            ("ftp://x", "begins with http"),
            ("localhost:5000", "begins with http"),
            ("http://", "no URL"),
            ("http://me:secret@x/", "no name or password"),
            ("http://x/?key=1", "without `?`"),
            ("https://x/base/", ""),
        ] {
            let expected = Some(expected).filter(|expected| !expected.is_empty());
            check(&format!("name = \"a\"\nurl = \"{url}\""), expected.as_slice());
        }
        for (section, expected) in [
            ("[translation]\nqueue = 0\n", "`queue` must be"),
            ("[translation]\nworkers = 1\n", "unknown key `workers`"),
            ("[translation]\ntranslators = 1\n", "must be an array"),
            ("translation = 1\n", "must be a table"),
        ] {
            let all = parse("pipeline.toml", section).unwrap_err();
            assert!(all.len() == 1 && all[0].to_string().contains(expected), "{section}: {all:?}");
        }
    }
}
