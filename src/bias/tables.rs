//! The tables of terms and templates that are in the program: `data/bias/`.

/// Why a table cannot be used. Those in the program are sound, which a test holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("data/bias/{file}:{line}: {what}")]
pub struct TableError {
    /// The file.
    pub file: &'static str,
    /// The line, 1 for the first.
    pub line: usize,
    /// What is wrong with it.
    pub what: &'static str,
}

/// A word for people, in the forms that templates need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) group: &'static str,
    /// Whether it is in the rows to train on, too.
    pub(super) in_train: bool,
    pub(super) name: &'static str,
    /// As in "she is …".
    pub(super) is: &'static str,
    /// As in "this is …", with its article.
    pub(super) one: &'static str,
    /// As in "these are …".
    pub(super) many: &'static str,
    /// As in "two … doctors", where it goes there.
    pub(super) kind: Option<&'static str>,
}

impl Term {
    /// The kind with its article, which is that of `one`: they begin with the same word, but for `a woman`, `a female`.
    pub(super) fn one_kind(&self) -> Option<String> {
        let article = self.one.split(' ').next().unwrap_or_default();
        self.kind.map(|kind| format!("{article} {kind}"))
    }
}

/// A sentence with a place for a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    /// The labels that hold; none for a civil sentence.
    pub(super) labels: Vec<&'static str>,
    /// With a place for the term, and perhaps words in turn.
    pub(super) sentence: String,
}

impl Template {
    /// The sentence with its words for the term of this number: of `<one|two>` each term has one, in turn.
    pub(super) fn sentence_of(&self, term: usize) -> String {
        let Some((before, choices, after)) = bracket(&self.sentence, '<', '>') else { return self.sentence.clone() };
        let choices: Vec<&str> = choices.split('|').collect();
        format!("{before}{}{after}", choices[term % choices.len()])
    }
}

/// What stands before, in and after a pair of signs.
fn bracket(sentence: &str, open: char, close: char) -> Option<(&str, &str, &str)> {
    let (before, rest) = sentence.split_once(open)?;
    let (inside, after) = rest.split_once(close)?;
    Some((before, inside, after))
}

/// A table of the program: its name and text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table {
    pub(super) file: &'static str,
    pub(super) text: &'static str,
}

pub(super) const TERMS: Table = Table { file: "terms.tsv", text: include_str!("../../data/bias/terms.tsv") };
pub(super) const TRAIN: Table =
    Table { file: "templates_train.tsv", text: include_str!("../../data/bias/templates_train.tsv") };
pub(super) const TEST: Table =
    Table { file: "templates_test.tsv", text: include_str!("../../data/bias/templates_test.tsv") };

/// Labels that a template may name besides toxicity, which it always has unless it is civil.
const NAMED: [&str; 3] = ["threat", "insult", "identity_attack"];

/// The lines that say something, with their numbers.
fn lines(table: Table) -> impl Iterator<Item = (usize, &'static str)> {
    let numbered = table.text.lines().enumerate().map(|(at, line)| (at + 1, line));
    numbered.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// The terms, in the order of the table.
pub(super) fn terms(table: Table) -> Result<Vec<Term>, TableError> {
    let mut terms: Vec<Term> = Vec::new();
    for (line, text) in lines(table) {
        let fail = |what| TableError { file: table.file, line, what };
        let columns: Vec<&str> = text.split('\t').collect();
        let [group, halves, name, is, one, many, kind] = columns[..] else {
            return Err(fail("seven columns are needed"));
        };
        if columns.iter().any(|column| column.is_empty()) {
            return Err(fail("a column is empty"));
        }
        if terms.iter().any(|term| term.name == name) {
            return Err(fail("the term stands twice"));
        }
        let in_train = match halves {
            "both" => true,
            "test" => false,
            _ => return Err(fail("the second column is `both` or `test`")),
        };
        if !one.starts_with("a ") && !one.starts_with("an ") {
            return Err(fail("the fifth column begins with `a` or `an`"));
        }
        terms.push(Term { group, in_train, name, is, one, many, kind: (kind != "-").then_some(kind) });
    }
    Ok(terms)
}

/// The templates in the order of the table; of one with alternatives each by itself.
pub(super) fn templates(table: Table) -> Result<Vec<Template>, TableError> {
    let mut templates = Vec::new();
    for (line, text) in lines(table) {
        let fail = |what| TableError { file: table.file, line, what };
        let (named, sentence) = text.split_once('\t').ok_or_else(|| fail("two columns are needed"))?;
        let labels: Vec<&str> = match named {
            "civil" => Vec::new(),
            named => std::iter::once("toxicity").chain(named.split(',')).collect(),
        };
        if labels.iter().skip(1).any(|label| !NAMED.contains(label)) {
            return Err(fail("a label is not known"));
        }
        let places = ["{is}", "{one}", "{many}", "{kind}", "{a kind}"].map(|place| sentence.matches(place).count());
        if places.iter().sum::<usize>() != 1 || sentence.matches('{').count() != 1 {
            return Err(fail("one place for the term is needed"));
        }
        let is_closed = |open, close| sentence.matches(open).count() == sentence.matches(close).count();
        if !is_closed('[', ']') || !is_closed('<', '>') {
            return Err(fail("a bracket is not closed"));
        }
        for sentence in alternatives(sentence) {
            templates.push(Template { labels: labels.clone(), sentence });
        }
    }
    Ok(templates)
}

/// The sentences that one with `[one|two]` in it stands for; itself where there is none.
fn alternatives(sentence: &str) -> Vec<String> {
    let Some((before, choices, after)) = bracket(sentence, '[', ']') else { return vec![sentence.to_owned()] };
    choices.split('|').map(|choice| format!("{before}{choice}{after}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &'static str) -> Table {
        Table { file: "table.tsv", text }
    }

    #[test]
    fn the_tables_of_the_program_are_sound() {
        let terms = terms(TERMS).unwrap();
        let groups: std::collections::BTreeSet<&str> = terms.iter().map(|term| term.group).collect();
        assert_eq!(
            groups.into_iter().collect::<Vec<_>>(),
            ["age", "control", "disability", "gender", "origin", "religion", "sexuality"]
        );
        let in_train = terms.iter().filter(|term| term.in_train).count();
        assert!(terms.len() >= 60 && in_train * 3 >= terms.len() && in_train * 4 <= terms.len() * 3, "{in_train}");
        for half in [TRAIN, TEST] {
            let templates = templates(half).unwrap();
            let civil = templates.iter().filter(|template| template.labels.is_empty()).count();
            assert_eq!(civil * 2, templates.len(), "{}: as many civil sentences as others", half.file);
            let with_kind = |toxic: bool| {
                let of_class = templates.iter().filter(|template| template.labels.is_empty() != toxic);
                of_class.filter(|template| template.sentence.contains("kind}")).count()
            };
            assert_eq!(with_kind(true), with_kind(false), "{}: a term without a kind stays balanced", half.file);
        }
    }

    #[test]
    fn the_halves_share_no_sentence_and_terms_are_measured_with_the_same_words() {
        let (train, test) = (templates(TRAIN).unwrap(), templates(TEST).unwrap());
        assert!(test.iter().all(|template| !template.sentence.contains('<')));
        for template in &train {
            assert!(test.iter().all(|other| other.sentence != template.sentence), "{}", template.sentence);
        }
    }

    #[test]
    fn alternatives_become_sentences_and_labels_are_added_to_toxicity() {
        let found = templates(table("# x\ninsult\t{many} are [so|so].\n\ncivil\tHi, {a kind} man\n")).unwrap();
        assert_eq!(found.len(), 3);
        assert_eq!(found[1].labels, ["toxicity", "insult"]);
        assert_eq!((found[1].sentence.as_str(), found[2].labels.len()), ("{many} are so.", 0));
    }

    #[test]
    fn words_take_turns_with_the_terms() {
        let found = templates(table("civil\t{many} are <kind|calm|wise>.\n")).unwrap();
        let words = [0, 1, 2, 3].map(|term| found[0].sentence_of(term));
        assert_eq!(words, ["{many} are kind.", "{many} are calm.", "{many} are wise.", "{many} are kind."]);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, line, what) in [
            ("# x\n\ncivil {is}\n", 3, "two columns"),
            ("rude\tYou {is}\n", 1, "label"),
            ("civil\tNobody\n", 1, "one place"),
            ("civil\t{is} {one}\n", 1, "one place"),
            ("civil\t{is} {ones}\n", 1, "one place"),
            ("civil\t{is} [a|b\n", 1, "bracket"),
            ("civil\t{is} <a|b\n", 1, "bracket"),
        ] {
            let error = templates(table(text)).unwrap_err();
            assert!(error.line == line && error.what.contains(what), "{text}: {error}");
        }
        for (text, line, what) in [
            ("a\tboth\tb\tc\ta d\te\n", 1, "seven"),
            ("a\tboth\t\tc\ta d\te\tf\n", 1, "empty"),
            ("a\tnone\tb\tc\ta d\te\tf\n", 1, "second"),
            ("a\tboth\tb\tc\td\te\tf\n", 1, "fifth"),
            ("a\tboth\tb\tc\ta d\te\tf\na\ttest\tb\tc\ta d\te\tf\n", 2, "twice"),
        ] {
            let error = terms(table(text)).unwrap_err();
            assert!(error.line == line && error.what.contains(what), "{text}: {error}");
            assert!(error.to_string().starts_with("data/bias/table.tsv:"), "{error}");
        }
    }
}
