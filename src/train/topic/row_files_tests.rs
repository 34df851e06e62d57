//! Training files of all formats, the samples in `data/topic` among them.

use std::fmt::Write as _;
use std::path::Path;

use super::*;

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/topic").join(name)
}

fn mapping(entries: &[&str]) -> Mapping {
    Mapping::parse(entries.iter().copied()).unwrap()
}

fn read(paths: &[PathBuf], entries: &[&str]) -> Result<(Vec<Row>, LabelCounts, Vec<RowFile>), String> {
    let mut files = RowFiles::open(paths, mapping(entries)).map_err(|problems| problems.to_string())?;
    let mut rows = Vec::new();
    let counts = files.for_each(|row| rows.push(row)).map_err(|problems| problems.to_string())?;
    let mut again = Vec::new();
    assert_eq!(files.for_each(|row| again.push(row)).unwrap(), counts);
    assert!(rows == again, "a second reading gives other rows");
    Ok((rows, counts, files.files().to_vec()))
}

/// What is wrong with files of these contents, without their folder.
fn refusal(contents: &[&str], entries: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = (0..contents.len()).map(|at| folder.path().join(format!("f{at}"))).collect();
    for (path, content) in paths.iter().zip(contents) {
        std::fs::write(path, content).unwrap();
    }
    let told = read(&paths, entries).unwrap_err().replace(&format!("{}/", folder.path().display()), "");
    assert!(!told.contains("secret"), "{told}");
    told
}

#[test]
fn the_labelled_sample_is_read() {
    let (rows, counts, files) = read(&[sample("labelled.jsonl")], &[]).unwrap();
    assert_eq!(counts, LabelCounts { rows: 120, on_topic: 90, off_topic: 30, ..LabelCounts::default() });
    assert_eq!(files, [RowFile { path: sample("labelled.jsonl"), coral: None, rows: 120 }]);
    let mut subjects: Vec<_> = rows.iter().map(|row| &row.subject).collect();
    subjects.dedup();
    assert_eq!(subjects.len(), 15, "rows of an article stand next to each other");
    assert_eq!(rows.iter().filter(|row| row.parent.is_some()).count(), 30);
}

#[test]
fn a_table_says_the_same_as_lines() {
    let (expected, counts, _) = read(&[sample("labelled.jsonl")], &[]).unwrap();
    let mut table = "headline;article;answers;comment_text;irrelevant\n".to_owned();
    for line in std::fs::read_to_string(sample("labelled.jsonl")).unwrap().lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let field = |name: &str| row[name].as_str().unwrap_or_default().replace('"', "\"\"");
        let [title, article, parent, text] = ["title", "article", "parent", "text"].map(field);
        let off_topic = if row["off_topic"] == 1 { "yes" } else { "no" };
        writeln!(table, "\"{title}\";\"{article}\";\"{parent}\";\"{text}\";{off_topic}").unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    std::fs::write(&path, table).unwrap();
    let entries = ["headline=title", "answers=parent", "irrelevant=off_topic"];
    let (rows, of_table, _) = read(&[path], &entries).unwrap();
    assert!(rows == expected);
    assert_eq!(of_table, counts);
}

#[test]
fn a_coral_export_is_read_in_any_order() {
    let names = ["coral_comments.ndjson", "coral_stories.ndjson", "coral_moderation_actions.ndjson"];
    let (rows, counts, files) = read(&names.map(sample), &[]).unwrap();
    let expected = LabelCounts {
        rows: 38,
        on_topic: 18,
        off_topic: 7,
        unknown: 13,
        rejected_without_reason: 1,
        without_story: 1,
        without_text: 1,
        repeated: 0,
        without_parent: 1,
    };
    assert_eq!(counts, expected);
    assert_eq!(files.iter().map(|file| file.rows).collect::<Vec<_>>(), [40, 4, 28]);
    assert_eq!(rows[0].subject.title.as_deref(), Some("Dogs off the lead in Priory Park\n"));
    assert_eq!((rows[1].parent.as_ref(), rows[1].depth), (Some(&rows[0].text), 2));
    assert_eq!(rows[1].text, "Not mine, we cross the park to school at eight and two of them are afraid of dogs.\n");
    for order in [[2, 1, 0], [1, 0, 2]] {
        assert!(read(&order.map(|at| sample(names[at])), &[]).unwrap().0 == rows, "{order:?}");
    }
    let both = read(&[sample(names[0]), sample("labelled.jsonl"), sample(names[1])], &["off_topic=off_topic"]).unwrap();
    assert_eq!((both.1.rows, both.1.off_topic, both.1.rejected_without_reason), (158, 30, 10));
}

#[test]
fn the_table_names_trouble_only_where_there_is_some() {
    let sound = LabelCounts { rows: 3, on_topic: 2, off_topic: 1, ..LabelCounts::default() };
    assert_eq!(sound.describe().len(), 4);
    let told = LabelCounts { without_story: 12, ..sound }.describe();
    assert_eq!(told[0], "rows                                   3");
    assert_eq!(told[4], "left out, without a story             12  give the export of stories too");
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let row = r#"{"title":"T","text":"secret","off_topic":1}"#;
    for (contents, entries, expected) in [
        (
            vec![r#"{"title":"T","text":" ","off_topic":1}"#, "{\"text\":\"secret\",\"off_topic\":1}\nsecret\n"],
            vec![],
            vec!["f0:1: `text` is empty", "f1:1: nothing that the comment could be off", "f1:2: no JSON object"],
        ),
        (vec![row], vec!["text=toxicity", "x=id"], vec!["`--map text=toxicity`: a row has no `toxicity`", "no `id`"]),
        (vec![row], vec!["gone=parent"], vec!["`--map gone=…`: no file has a column or field `gone`"]),
        (
            vec![r#"{"id":"s","url":"u","metadata":{"title":"secret"}}"#, row],
            vec![],
            vec!["f0: documents of Coral, but no file has the comments\n  hint: "],
        ),
        (
            vec![r#"{"id":"c","storyID":"s","revisions":[{"body":"secret"}],"status":"NONE"}"#],
            vec![],
            vec!["none of the 1 comments of Coral has text and a story with a title\n  hint: "],
        ),
        (
            vec!["{\"id\":\"c\",\"storyID\":\"s\",\"revisions\":[]}\n{\"storyID\":\"s\",\"revisions\":[]}\n{\"id"],
            vec![],
            vec!["f0:2: a document of comments without `id`", "f0:3: no JSON object"],
        ),
        (vec!["[\n"], vec![], vec!["f0:1: a JSON array"]),
    ] {
        let told = refusal(&contents, &entries);
        assert!(expected.iter().all(|expected| told.contains(expected)), "{contents:?}: {told}");
    }
    let told = read(&[PathBuf::from("nowhere.csv"), PathBuf::from("gone.csv")], &[]).unwrap_err();
    assert!(told.contains("nowhere.csv: cannot read") && told.contains("gone.csv: cannot read"), "{told}");
}

#[test]
fn empty_files_and_no_files_give_no_rows() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty");
    std::fs::write(&empty, "\n\n").unwrap();
    for paths in [vec![], vec![empty]] {
        assert_eq!(read(&paths, &[]).unwrap().1, LabelCounts::default());
    }
    assert!(RowFiles::open(&[], mapping(&["a=text"])).unwrap().for_each(|_| {}).is_ok(), "no file, no unused column");
}
