//! How fast tone is scored: `cargo bench --bench tone`.
//!
//! An iteration takes all texts of a set once, so that no text finds its own cache lines warm from the one before.
//! `…_comments` shows comments a second, `…_bytes` the same work as bytes a second.

#![allow(missing_docs, reason = "criterion's macros make functions without documentation")]

use std::hint::black_box;
use std::path::Path;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use threadsieve::classify::artifact::Artifact;
use threadsieve::text::features::{Featuriser, HashedText};
use threadsieve::tone::{ToneModel, ToneScratch};

mod made_up_texts;

use made_up_texts::{ENGLISH, ENGLISH_SYLLABLES, RUSSIAN, RUSSIAN_SYLLABLES, texts};

fn sets() -> [(&'static str, Vec<String>); 4] {
    [
        ("english_40", texts(&ENGLISH, ENGLISH_SYLLABLES, 40)),
        ("english_400", texts(&ENGLISH, ENGLISH_SYLLABLES, 400)),
        ("english_4000", texts(&ENGLISH, ENGLISH_SYLLABLES, 4_000)),
        ("cyrillic_400", texts(&RUSSIAN, RUSSIAN_SYLLABLES, 400)),
    ]
}

/// The models of the repository, those that are built in.
fn model() -> ToneModel {
    let load = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models").join(name).join("weights.bin");
        Artifact::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    ToneModel::new(&load("abuse"), &load("sentiment"), Vec::new()).unwrap_or_else(|error| panic!("models/: {error}"))
}

/// The same work twice: once counted in comments, once in bytes.
fn measure(criterion: &mut Criterion, name: &str, mut work: impl FnMut(&str)) {
    for unit in ["comments", "bytes"] {
        let mut group = criterion.benchmark_group(format!("{name}_{unit}"));
        for (set, texts) in sets() {
            let bytes: usize = texts.iter().map(String::len).sum();
            group.throughput(match unit {
                "comments" => Throughput::Elements(texts.len() as u64),
                _ => Throughput::Bytes(bytes as u64),
            });
            group.bench_with_input(BenchmarkId::from_parameter(set), &texts, |bencher, texts| {
                bencher.iter(|| texts.iter().for_each(|text| work(black_box(text))));
            });
        }
        group.finish();
    }
}

/// Features, abuse and sentiment: all that scoring a text takes.
fn tone(criterion: &mut Criterion) {
    let (model, mut scratch) = (model(), ToneScratch::default());
    measure(criterion, "tone", |text| {
        let _ = black_box(model.score(text, None, 0, &mut scratch));
    });
}

/// Features alone.
fn featuriser(criterion: &mut Criterion) {
    let (mut featuriser, mut hashed) = (Featuriser::new(), HashedText::default());
    measure(criterion, "features", |text| {
        featuriser.extract(text, &mut hashed);
        black_box(&hashed);
    });
}

criterion_group!(benches, tone, featuriser);
criterion_main!(benches);
