//! Tests of reading labelled texts.

use std::io::Write as _;

use super::*;
use crate::labelled::{describe_bad_rows, find_repeats};

const LINES: &str = concat!(
    "{\"text\":\"well said\",\"labels\":{\"toxicity\":0,\"threat\":null},\"source\":\"forum\",\"id\":\"1\"}\n",
    "{\"text\":\"you fool\",\"labels\":{\"toxicity\":0.5,\"other\":1},\"lang\":\"en\",\"decision\":\"removed\"}\n",
    "\n",
    "{\"text\":\" \",\"labels\":{\"toxicity\":0}}\n",
    "{\"text\":\"too much\",\"labels\":{\"toxicity\":1.5}}\n",
    "{\"text\":\"no label\",\"labels\":{\"other\":1}}\n",
    "{\"text\":\"broken\"\n",
    "{\"text\":\"well said\",\"labels\":{\"toxicity\":1,\"threat\":0}}\n",
    "{\"text\":\"what of it\",\"labels\":{\"toxicity\":1},\"decision\":\"dunno\"}\n",
    "{\"text\":\"last\",\"labels\":{\"threat\":1}}",
);

fn named(labels: &[&str]) -> LabelScheme {
    LabelScheme::Named(labels.iter().map(|label| (*label).to_owned()).collect())
}

fn scheme() -> LabelScheme {
    named(&["toxicity", "threat"])
}

fn try_read(bytes: &[u8], scheme: LabelScheme, map: &[&str]) -> Result<LabelledData, Vec<LabelledError>> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("rows");
    std::fs::write(&path, bytes).unwrap();
    read_labelled_files(&[path], scheme, Mapping::parse(map.iter().copied()).unwrap())
}

fn read(bytes: &[u8], scheme: LabelScheme) -> (LabelledSet, FileReport) {
    let mut data = try_read(bytes, scheme, &[]).unwrap();
    (data.set, data.files.remove(0))
}

/// Rows as `line text [answers]`, then what is bad.
fn check(text: &str, scheme: LabelScheme, map: &[&str], expected: &[&str]) {
    let data = try_read(text.as_bytes(), scheme, map).unwrap_or_else(|problems| panic!("{text}: {problems:?}"));
    let shown = |answer: &Option<f32>| answer.map_or_else(|| "?".to_owned(), |share| share.to_string());
    let mut found: Vec<String> = Vec::new();
    for row in &data.set.rows {
        let answers: Vec<String> = row.answers.iter().map(shown).collect();
        found.push(format!("{} {} [{}]", row.origin.line, row.text, answers.join(" ")));
    }
    found.extend(data.files[0].first_bad_rows.iter().map(|(line, bad)| format!("{line} {}", bad.as_str())));
    assert_eq!(found, expected, "{text}");
}

/// What is told of a file that cannot be read.
fn refuse(text: &str, scheme: LabelScheme, map: &[&str], expected: &[&str]) {
    let problems = try_read(text.as_bytes(), scheme, map).unwrap_err();
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), expected.len(), "{told:?}");
    for (told, expected) in told.iter().zip(expected) {
        assert!(told.contains(expected) && told.contains("hint: "), "`{expected}` is not in `{told}`");
    }
}

#[test]
fn good_rows_are_read_and_bad_ones_named() {
    let (set, report) = read(LINES.as_bytes(), scheme());
    let answers: Vec<_> = set.rows.iter().map(LabelledText::yes_or_no).collect();
    assert_eq!(answers, [[Some(false), None], [Some(true), None], [Some(true), Some(false)], [None, Some(true)]]);
    let first = &set.rows[0];
    assert_eq!((first.source.as_ref(), first.id.as_str(), first.origin.to_string()), ("forum", "1", "rows:1".into()));
    assert_eq!((first.language.as_deref(), first.decision), (None, None));
    let second = &set.rows[1];
    assert_eq!((second.source.as_ref(), second.language.as_deref(), second.decision), ("", Some("en"), Some(true)));
    assert_eq!(report.rows, 4);
    assert_eq!(
        report.first_bad_rows,
        [
            (4, BadRow::EmptyText),
            (5, BadRow::LabelOutsideRange),
            (6, BadRow::NoKnownLabel),
            (7, BadRow::Unreadable),
            (9, BadRow::UnknownDecision),
        ]
    );
    assert_eq!(report.bad_rows.values().sum::<usize>(), 5);
    let repeats = find_repeats(&set);
    assert_eq!((repeats.repeated_rows, repeats.contradicting_rows), (1, 1));
}

#[test]
fn compression_makes_no_difference_but_to_the_checksum() {
    let (plain, plain_report) = read(LINES.as_bytes(), scheme());
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(LINES.as_bytes()).unwrap();
    let zstd = zstd::encode_all(LINES.as_bytes(), 1).unwrap();
    for bytes in [gzip.finish().unwrap(), zstd] {
        let (set, report) = read(&bytes, scheme());
        assert_eq!(set, plain);
        assert_ne!(report.sha256, plain_report.sha256);
        assert_eq!(FileReport { sha256: plain_report.sha256.clone(), ..report }, plain_report);
    }
    assert_eq!(plain_report.sha256, crate::labelled::data_file::sha256_of(LINES.as_bytes()));
}

#[test]
fn files_that_cannot_be_read_are_all_named() {
    let zstd = zstd::encode_all(LINES.as_bytes(), 1).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let cut = directory.path().join("cut.zst");
    std::fs::write(&cut, &zstd[..zstd.len() / 2]).unwrap();
    let problems = read_labelled_files(&[cut, "nowhere".into()], scheme(), Mapping::default()).unwrap_err();
    assert!(problems[0].to_string().contains("cut.zst") && problems[1].to_string().contains("nowhere"), "{problems:?}");
}

#[test]
fn too_many_bad_rows_are_counted_and_the_first_are_named() {
    let (set, report) = read("{\"text\":\"\"}\n".repeat(25).as_bytes(), scheme());
    assert!(set.rows.is_empty());
    assert_eq!((report.bad_rows[&BadRow::EmptyText], report.first_bad_rows.len()), (25, 20));
    assert!(describe_bad_rows(&[report])[0].ends_with("19, 20, …"));
}

#[test]
fn a_huge_line_is_one_bad_row() {
    let huge = "x".repeat(MAX_LINE_BYTES as usize);
    let json = format!("{{\"text\":\"a\",\"labels\":{{\"threat\":1}}}}\n{{\"text\":\"{huge}\"}}\n");
    check(&json, scheme(), &[], &["1 a [? 1]", "2 longer than 16 MiB"]);
    let csv = format!("text,threat\na,1\n{huge}xx,1\nb,0\n");
    check(&csv, scheme(), &[], &["2 a [? 1]", "4 b [? 0]", "3 longer than 16 MiB"]);
}

#[test]
fn emotions_are_grouped() {
    let groups = |label: &str, members: &[&str]| (label.to_owned(), members.iter().map(|m| (*m).into()).collect());
    let scheme = LabelScheme::Emotions(vec![groups("up", &["joy", "love"]), groups("down", &["grief"])]);
    let lines = "{\"text\":\"a\",\"emotions\":[\"love\"]}\n{\"text\":\"b\",\"emotions\":[\"joy\",\"grief\"]}\n\
        {\"text\":\"c\",\"emotions\":[\"envy\"]}\n{\"text\":\"d\"}\n{\"text\":\"e\",\"emotions\":[]}\n\
        {\"text\":\"f\",\"labels\":{\"love\":0.25,\"joy\":0.75,\"down\":0}}\n{\"text\":\"g\",\"emotions\":\"joy\"}\n";
    check(
        lines,
        scheme.clone(),
        &[],
        &[
            "1 a [1 0]",
            "2 b [1 1]",
            "6 f [0.75 0]",
            "3 unknown emotion",
            "4 none of the labels is known",
            "5 none of the labels is known",
            "7 not a row of labelled text",
        ],
    );
    check("text,emotions\na,\"joy, grief\"\nb,Love\n", scheme.clone(), &[], &["2 a [1 1]", "3 b [1 0]"]);
    check("text,joy,grief\na,1,0\nb,0,0\n", scheme, &[], &["2 a [1 0]", "3 b [0 0]"]);
}

#[test]
fn the_toxic_comment_challenge_is_recognised() {
    let csv = "id,comment_text,toxic,severe_toxic,obscene,threat,insult,identity_hate\n\
        a1,\"one\ntwo\",1,0,1,0,1,0\na2,three,-1,-1,-1,-1,-1,-1\na3,four,2,0,0,0,0,0\n";
    let scheme = named(&["toxicity", "severe_toxicity", "profanity", "threat", "insult", "identity_attack"]);
    check(
        csv,
        scheme.clone(),
        &[],
        &["2 one\ntwo [1 0 1 0 1 0]", "4 none of the labels is known", "5 label outside of 0 to 1"],
    );
    let (set, report) = read(csv.as_bytes(), scheme);
    assert_eq!((set.rows[0].id.as_str(), report.format), ("a1", "CSV of Jigsaw's toxic comment challenge"));
}

#[test]
fn civil_comments_are_recognised() {
    let csv = "id,target,comment_text,severe_toxicity,obscene,identity_attack,insult,threat,male,rating\n\
        1,0.25,one,0.1,0,0,0.6,0,1,approved\n2,0.9,two,0,0,0,1,0,,rejected\n";
    let scheme = named(&["toxicity", "profanity", "insult"]);
    check(csv, scheme.clone(), &[], &["2 one [0.25 0 0.6]", "3 two [0.9 0 1]"]);
    let (set, report) = read(csv.as_bytes(), scheme.clone());
    assert_eq!([0, 1].map(|row| set.rows[row].decision), [Some(false), Some(true)]);
    assert_eq!(report.format, "CSV of Civil Comments");
    let other =
        "text,toxicity,severe_toxicity,obscene,threat,insult,identity_attack,sexual_explicit\nhm,0.5,0,0,0,0,0,1\n";
    check(other, scheme, &[], &["2 hm [0.5 0 0]"]);
    check(other, LabelScheme::AnyNamed, &[], &["2 hm [0 0 0 0 1 0 0.5]"]);
}

#[test]
fn other_tables_are_read_by_their_header() {
    check(
        "Text;Threat\nhm;yes\nso; 0\n;1\nx\n",
        scheme(),
        &[],
        &["2 hm [? 1]", "3 so [? 0]", "4 empty text", "5 not a row of labelled text"],
    );
    check("\u{feff}body\ttoxicity\nhm\t0.5\n", scheme(), &[], &["2 hm [0.5 ?]"]);
    check("\n\ncomment|threat|x\nhm|n/a|1\n", scheme(), &[], &["4 none of the labels is known"]);
    check("text,threat\n\"a, b\",maybe\n", scheme(), &[], &["2 not a row of labelled text"]);
}

#[test]
fn columns_and_fields_are_mapped() {
    let map = &["Message Body=text", "scores=threat", "who=source", "nr=id", "state=decision", "tongue=language"];
    let csv = "nr,Message Body,scores,who,state,tongue,text\n7,hm,0.5,forum,spam,de,not this\n";
    let data = try_read(csv.as_bytes(), scheme(), map).unwrap();
    let row = &data.set.rows[0];
    assert_eq!((row.text.as_str(), row.id.as_str(), row.source.as_ref()), ("hm", "7", "forum"));
    assert_eq!((row.decision, row.language.as_deref(), &row.answers), (Some(true), Some("de"), &vec![None, Some(0.5)]));
    let json = "{\"nr\":7,\"Message Body\":\"hm\",\"scores\":true,\"who\":\"f\",\"state\":\"kept\",\"tongue\":{\"code\":\"de\"}}";
    let data = try_read(json.as_bytes(), scheme(), map).unwrap();
    let row = &data.set.rows[0];
    assert_eq!((row.text.as_str(), row.id.as_str(), row.language.as_deref()), ("hm", "7", Some("de")));
    assert_eq!((row.decision, &row.answers), (Some(false), &vec![None, Some(1.0)]));
    check("{\"text\":\"a\",\"s\":{\"rude\":0.75}}", scheme(), &["s.rude=toxicity"], &["1 a [0.75 ?]"]);
}

#[test]
fn any_labels_are_found_and_sorted() {
    let lines =
        "{\"text\":\"a\",\"labels\":{\"spam\":1,\"no\":null}}\n{\"text\":\"b\",\"labels\":{\"constructive\":0.5}}\n";
    check(lines, LabelScheme::AnyNamed, &[], &["1 a [? 1]", "2 b [0.5 ?]"]);
    let csv = "text,likes,Spam,date,notes\na,3,0,2024-01-01,\nb,0,1,2024-01-02,\n";
    check(csv, LabelScheme::AnyNamed, &[], &["2 a [0]", "3 b [1]"]);
    check(csv, LabelScheme::AnyNamed, &["spam=junk"], &["2 a [0]", "3 b [1]"]);
    let labels = try_read(csv.as_bytes(), LabelScheme::AnyNamed, &["spam=junk"]).unwrap().set.labels;
    assert_eq!(labels, ["junk"]);
    let line = |at: usize| format!("{{\"text\":\"a\",\"labels\":{{\"l{at}\":1}}}}");
    let many = (0..=MAX_LABELS).map(line).collect::<Vec<_>>().join("\n");
    refuse(&many, LabelScheme::AnyNamed, &[], &["rows:65: more than 64 labels"]);
}

#[test]
fn decided_rows_are_kept_where_they_are_wanted() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("rows.csv");
    std::fs::write(&path, "text,decision\na,approved\nb,pending\nc,spam\n").unwrap();
    let mut reader = LabelledReader::new(scheme(), Mapping::default()).keeping_decided_rows();
    reader.read(&path).unwrap();
    let data = reader.finish();
    assert_eq!(data.set.rows.iter().map(|row| row.decision).collect::<Vec<_>>(), [Some(false), Some(true)]);
    assert_eq!(data.files[0].first_bad_rows, [(3, BadRow::NoKnownLabel)]);
}

#[test]
fn tables_without_texts_or_labels_are_refused() {
    refuse("well, hello there\n", scheme(), &[], &[":1: neither a JSON object nor the header of a CSV file"]);
    refuse("\nid,toxicity\n1,1\n", scheme(), &[], &["rows:2: neither"]);
    refuse("text,date\na,b\n", scheme(), &[], &["no column is one of the labels toxicity, threat"]);
    refuse("text,date\na,b\n", LabelScheme::AnyNamed, &[], &["the columns are text, date"]);
}

#[test]
fn mappings_that_fit_nothing_are_refused() {
    refuse("text,toxicity\na,1\n", scheme(), &["x=threat"], &["no file has a column or field `x`"]);
    refuse("{\"text\":\"a\",\"labels\":{\"threat\":1}}", scheme(), &["x.y=source"], &["`x.y`"]);
    refuse(
        "text,toxicity\na,1\n",
        scheme(),
        &["toxicity=rude"],
        &["there is no label `rude`", "no column is one of the labels"],
    );
}

#[test]
fn an_empty_file_has_no_rows() {
    for text in ["", "\n\n", "text,toxicity\n"] {
        let (set, report) = read(text.as_bytes(), scheme());
        assert_eq!((set.rows.len(), report.rows, report.bad_rows.len()), (0, 0, 0), "{text:?}");
    }
}
