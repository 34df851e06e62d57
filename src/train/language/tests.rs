//! Tests of training a language model.

use super::*;

/// Sentences of made-up languages: one writes `ak`-words, the other `og`-words, and both some that they share.
fn write_rows(path: &Path) {
    let mut rows = String::new();
    for at in 0..120 {
        for (language, ending) in [("nl", "ak"), ("sv", "og")] {
            let word = |shift: usize| {
                let letters = ["b", "d", "f", "g", "k", "l", "m", "n"];
                format!("{}a{}{ending}", letters[(at + shift) % 8], letters[(at / 8 + shift) % 8])
            };
            let text = format!("{} per {} in {} {at}{language}", word(0), word(3), word(5));
            rows.push_str(&serde_json::json!({"lang": language, "text": text}).to_string());
            rows.push('\n');
        }
    }
    rows.push_str("{\"lang\":\"nl\",\"text\":\"takelak\",\"frequency\":0.01}\n");
    std::fs::write(path, rows).unwrap();
}

fn options(folder: &Path) -> LanguageTrainingOptions {
    LanguageTrainingOptions {
        data: vec![folder.join("rows.jsonl")],
        dev: vec![folder.join("rows.jsonl")],
        out: folder.join("model"),
        seed: 3,
        threads: 2,
        hyperparameters: LanguageHyperparameters {
            buckets: BTreeMap::from([(Script::LATIN, 1 << 10)]),
            windows: 400,
            min_texts: 10,
            ..LanguageHyperparameters::default()
        },
    }
}

#[test]
fn a_model_tells_the_languages_apart_that_it_was_trained_on() {
    let folder = tempfile::tempdir().unwrap();
    write_rows(&folder.path().join("rows.jsonl"));
    let options = options(folder.path());
    let outcome = train_language(&options, &mut |_| {}).unwrap();
    let evaluation = outcome.evaluation.unwrap();
    assert!(evaluation.macro_accuracy.unwrap() > 0.95, "{evaluation:?}");
    assert_eq!((outcome.rows, outcome.languages["Latn"]), (241, 2));
    let read = |name: &str| std::fs::read(options.out.join(name)).unwrap();
    let files = ["weights.bin", "manifest.toml", "card.md", "report.json"];
    let first = files.map(read);
    let again = LanguageTrainingOptions { threads: 1, ..options.clone() };
    train_language(&again, &mut |_| {}).unwrap();
    assert_eq!(files.map(read), first, "the same data and seed, the same bytes");
    train_language(&LanguageTrainingOptions { seed: 4, ..options.clone() }, &mut |_| {}).unwrap();
    assert_ne!(read("weights.bin"), first[0]);
}

#[test]
fn too_little_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    let train = |rows: &str| {
        std::fs::write(&options.data[0], rows).unwrap();
        train_language(&options, &mut |_| {}).unwrap_err().to_string()
    };
    assert!(train("").starts_with("no script has texts in two languages"));
    assert!(train("{\"lang\":\"de\",\"text\":\"Guten Tag\"}").starts_with("no script has texts in two languages"));
    assert!(train("{}").contains("rows.jsonl:1"));
}
