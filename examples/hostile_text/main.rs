//! How long hostile texts take, and what evasions do to scores; prints the tables of docs/hostile-text.md:
//!
//! ```sh
//! cargo run --release --example hostile_text            # both
//! cargo run --release --example hostile_text -- emoji   # texts whose name has this in it
//! ```

#![allow(clippy::print_stdout, reason = "it is there to print")]
#![allow(clippy::disallowed_methods, reason = "it is there to measure time")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "it may fail")]

mod evasions;
mod kinds;

use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use threadsieve::classify::artifact::Artifact;
use threadsieve::config;
use threadsieve::language::{Detector, Prior};
use threadsieve::pipeline::{Authors, Models, Settings, VerdictOutputs, judge};
use threadsieve::source::{FieldMap, InputSpec, RawInput};
use threadsieve::telemetry::Counters;
use threadsieve::text::html::marked_text;
use threadsieve::tone::{ToneModel, ToneScratch};
use threadsieve::translate::Translators;

use evasions::{EVASIONS, PLAIN};
use kinds::{ARTICLE, HTML_KINDS, KINDS};

/// Sizes of texts, in bytes.
const SIZES: [usize; 3] = [1 << 16, 1 << 18, 1 << 20];
/// The policy has patterns that take as long as patterns can.
const CONFIGURATION: &str = r"
[limits]
max_body_bytes = 2_000_000
[[policy.rules]]
id = 'bombs'
when = { text_matches = ['(a+)+$x', '(a|aa)+b$', '(.*)(.*)(.*)(.*)=x', '([a-z]+)*[0-9]{3}z', '(x+x+)+y'] }
action = 'review'
";

fn main() {
    let wanted = std::env::args().nth(1);
    println!("| text | ms at 64 KiB | ms at 256 KiB | ms at 1 MiB | 1 MiB against 64 KiB |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    for kind in KINDS.iter().filter(|kind| wanted.as_deref().is_none_or(|wanted| kind.name.contains(wanted))) {
        let times = SIZES.map(|size| milliseconds(&kind.text(size)));
        let [least, middle, most] = times;
        println!("| {} | {least:.1} | {middle:.1} | {most:.1} | {:.0} |", kind.name, most / least.max(0.1));
    }
    for kind in HTML_KINDS.iter().filter(|kind| wanted.as_deref().is_none_or(|wanted| kind.name.contains(wanted))) {
        let [least, middle, most] = SIZES.map(|size| html_milliseconds(&kind.text(size)));
        println!("| HTML: {} | {least:.1} | {middle:.1} | {most:.1} | {:.0} |", kind.name, most / least.max(0.1));
    }
    if wanted.is_none() {
        print_evasions();
    }
}

/// How long a comment takes from its line of JSON to its verdict; the shortest of three runs, less what a comment of a word
/// takes.
fn milliseconds(text: &str) -> f64 {
    let shortest = |text: &str| (0..3).map(|_| run(text)).fold(f64::INFINITY, f64::min);
    (shortest(text) - shortest("word")).max(0.0)
}

fn run(text: &str) -> f64 {
    let plan = config::parse("configuration", CONFIGURATION).expect("a sound configuration");
    let models = Models::load(&plan).expect("models");
    let header = serde_json::json!({"type": "thread", "thread_id": "t", "title": "The bridge", "article": ARTICLE});
    let comment = serde_json::json!({"id": "c", "thread_id": "t", "text": text});
    let bytes = format!("{header}\n{comment}\n").into_bytes();
    let open = move || Ok(RawInput::Stream(Box::new(Cursor::new(bytes.clone()))));
    let settings = Settings {
        plan,
        models,
        translators: Translators::default(),
        authors: Authors::Omit,
        inputs: vec![InputSpec { name: "stdin".to_owned(), open: Box::new(open), can_reopen: false }],
        format: "jsonl".parse().expect("a format"),
        map: FieldMap::default(),
        article: None,
        workers: 1,
        max_comments: None,
    };
    let outputs = VerdictOutputs { verdicts: Box::new(|_| Ok(())), dead_letters: None };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let begun = Instant::now();
    let counters = Arc::new(Counters::default());
    let outcome = runtime.block_on(judge(settings, Vec::new(), outputs, counters, std::future::pending()));
    let time = begun.elapsed().as_secs_f64() * 1000.0;
    assert_eq!(outcome.expect("a run").tally.records, 1, "the comment is judged");
    time
}

/// How long it takes to make text of HTML; the shortest of three times.
fn html_milliseconds(html: &str) -> f64 {
    let time = || {
        let begun = Instant::now();
        std::hint::black_box(marked_text(html));
        begun.elapsed().as_secs_f64() * 1000.0
    };
    (0..3).map(|_| time()).fold(f64::INFINITY, f64::min)
}

fn print_evasions() {
    let artifact = |name: &str| {
        Artifact::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("models").join(name).join("weights.bin"))
            .expect(name)
    };
    let model = ToneModel::new(&artifact("abuse"), &artifact("sentiment"), Vec::new()).expect("models");
    let detector = Detector::shipped();
    println!("\n| written | undone | toxicity | insult | language |\n| --- | --- | ---: | ---: | --- |");
    let print = |name: &str, undone: &str, text: &str| {
        let tone = model.score(text, None, 0, &mut ToneScratch::default()).expect("a tone");
        let score = |wanted: &str| {
            tone.scores.iter().find(|score| *score.label == *wanted).map_or(0.0, |score| score.probability.get())
        };
        let verdict = detector.judge(text, &Prior::none());
        let language = verdict.best().map_or("none".to_owned(), |best| best.language.to_string());
        println!("| {name} | {undone} | {:.2} | {:.2} | {language} |", score("toxicity"), score("insult"));
    };
    print("plainly", "", PLAIN);
    for evasion in EVASIONS {
        print(evasion.name, if evasion.is_undone { "yes" } else { "no" }, &evasion.text());
    }
}
