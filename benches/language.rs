//! How fast languages are told apart: `cargo bench --bench language`.
//!
//! `language` is all that it takes for a comment: gathering evidence, sentence by sentence, and weighing it against what an
//! English thread makes likely. An iteration takes all texts of a set once.

#![allow(missing_docs, reason = "criterion's macros make functions without documentation")]

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use threadsieve::classify::artifact::Artifact;
use threadsieve::domain::LanguageCode;
use threadsieve::language::model::LanguageModel;
use threadsieve::language::{Detector, LanguageMix};

mod made_up_texts;

use made_up_texts::{ENGLISH, ENGLISH_SYLLABLES, RUSSIAN, RUSSIAN_SYLLABLES, texts};

/// The model of the repository, the one that is built in.
fn detector() -> Detector {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/language/weights.bin");
    let model = Artifact::read(&path).and_then(|artifact| LanguageModel::from_artifact(&artifact));
    Detector::new(Some(Arc::new(model.unwrap_or_else(|error| panic!("{}: {error}", path.display())))))
}

fn language(criterion: &mut Criterion) {
    let detector = detector();
    let mut mix = LanguageMix::default();
    mix.state(LanguageCode::EN);
    let prior = mix.prior(&[LanguageCode::EN]);
    let mut group = criterion.benchmark_group("language_comments");
    for (set, texts) in [
        ("english_40", texts(&ENGLISH, ENGLISH_SYLLABLES, 40)),
        ("english_235", texts(&ENGLISH, ENGLISH_SYLLABLES, 235)),
        ("english_4000", texts(&ENGLISH, ENGLISH_SYLLABLES, 4_000)),
        ("cyrillic_235", texts(&RUSSIAN, RUSSIAN_SYLLABLES, 235)),
    ] {
        group.throughput(Throughput::Elements(texts.len() as u64));
        group.bench_with_input(BenchmarkId::from_parameter(set), &texts, |bencher, texts| {
            bencher.iter(|| {
                for text in texts {
                    black_box(detector.judge(black_box(text), &prior));
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, language);
criterion_main!(benches);
