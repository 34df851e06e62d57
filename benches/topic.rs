//! How fast subjects are compared: `cargo bench --bench topic`.
//!
//! `topic_encode` is the encoder alone, `topic_vectorise` with it all that one text needs, and `topic_between` the comparison of a
//! comment with a long article, a parent and the thread. An iteration takes all texts of a set once.

#![allow(missing_docs, reason = "criterion's macros make functions without documentation")]

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use threadsieve::classify::artifact::Artifact;
use threadsieve::classify::static_encoder::StaticEncoder;
use threadsieve::topic::{ArticleVectors, CommentVector, Similarities, Surroundings, ThreadCentroid, TopicModel};

mod made_up_texts;

use made_up_texts::{ENGLISH, ENGLISH_SYLLABLES, RUSSIAN, RUSSIAN_SYLLABLES, texts};

/// Words of the long article.
const ARTICLE_WORDS: usize = 10_000;

/// The models of the repository, those that are built in.
fn model() -> TopicModel {
    let read = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models").join(name).join("weights.bin");
        Artifact::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let encoder = StaticEncoder::from_artifact(&read("encoder")).unwrap_or_else(|error| panic!("encoder: {error}"));
    TopicModel::load(&read("topic"), Arc::new(encoder)).unwrap_or_else(|error| panic!("topic: {error}"))
}

fn sets() -> [(&'static str, Vec<String>); 4] {
    [
        ("english_40", texts(&ENGLISH, ENGLISH_SYLLABLES, 40)),
        ("english_235", texts(&ENGLISH, ENGLISH_SYLLABLES, 235)),
        ("english_400", texts(&ENGLISH, ENGLISH_SYLLABLES, 400)),
        ("cyrillic_235", texts(&RUSSIAN, RUSSIAN_SYLLABLES, 235)),
    ]
}

fn measure(criterion: &mut Criterion, name: &str, mut work: impl FnMut(&str)) {
    let mut group = criterion.benchmark_group(name);
    for (set, texts) in sets() {
        group.throughput(Throughput::Elements(texts.len() as u64));
        group.bench_with_input(BenchmarkId::from_parameter(set), &texts, |bencher, texts| {
            bencher.iter(|| texts.iter().for_each(|text| work(black_box(text))));
        });
    }
    group.finish();
}

fn encode(criterion: &mut Criterion) {
    let model = model();
    let encoder = &model.parts().encoder;
    measure(criterion, "topic_encode", |text| {
        black_box(encoder.encode([text]));
    });
}

fn vectorise(criterion: &mut Criterion) {
    let model = model();
    measure(criterion, "topic_vectorise", |text| {
        black_box(model.vectorise([text]));
    });
}

/// Sentences, eight to a paragraph, until there are enough words.
fn article() -> String {
    let mut article = String::new();
    let mut words = 0;
    for (number, sentence) in texts(&ENGLISH, ENGLISH_SYLLABLES, 160).iter().enumerate() {
        if words >= ARTICLE_WORDS {
            break;
        }
        words += sentence.split_whitespace().count();
        article.push_str(sentence);
        article.push_str(if number % 8 == 7 { ".\n\n" } else { ". " });
    }
    article
}

fn between(criterion: &mut Criterion) {
    let model = model();
    let article = ArticleVectors::new(&model, Some("The council closes the bridge"), Some(&article()));
    let passages = article.as_ref().map_or(0, ArticleVectors::passage_count);
    let comments: Vec<CommentVector> =
        texts(&ENGLISH, ENGLISH_SYLLABLES, 235).iter().map(|text| model.vectorise([text.as_str()])).collect();
    let mut thread = ThreadCentroid::default();
    comments.iter().for_each(|comment| thread.add(comment));
    let mut group = criterion.benchmark_group("topic_between");
    group.throughput(Throughput::Elements(comments.len() as u64));
    let around = Surroundings { parent: comments.first(), thread: Some(&thread), ..Surroundings::default() };
    for (name, around) in [
        (format!("article_of_{passages}_passages"), Surroundings { article: article.as_ref(), ..around }),
        ("no_article".to_owned(), around),
    ] {
        group.bench_with_input(BenchmarkId::from_parameter(name), &around, |bencher, around| {
            bencher.iter(|| {
                for comment in &comments {
                    let similarities = Similarities::between(black_box(comment), around);
                    black_box(model.log_odds(&similarities));
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, encode, vectorise, between);
criterion_main!(benches);
