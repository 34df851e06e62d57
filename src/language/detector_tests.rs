//! Tests of the detector.

use super::*;

fn english() -> Prior {
    Prior::of(LanguageCode::EN)
}

/// `en` known, `en?` unsure, `en…` too short, `-` no text.
fn shown(verdict: &LanguageVerdict) -> String {
    match verdict {
        LanguageVerdict::Known { best, .. } => best.language.to_string(),
        LanguageVerdict::Unsure { best, .. } => format!("{}?", best.language),
        LanguageVerdict::TooShort { best, .. } => format!("{}…", best.language),
        LanguageVerdict::NoText => "-".to_owned(),
    }
}

fn check(text: &str, prior: &Prior, expected: &str) {
    let verdict = Detector::shipped().judge(text, prior);
    assert_eq!(shown(&verdict), expected, "{text}: {verdict:?}");
}

#[test]
fn english_comments_under_an_english_article_are_english() {
    for text in [
        "Oh oh, the pain dial.",
        "breathtaking excellent…..",
        "Lone Wolf",
        "well said",
        "I do not think that this is how bridges work, but who am I to say.",
        "Such nonsense from the council, as ever",
    ] {
        check(text, &english(), "en");
    }
    check("Bravo!", &english(), "en…");
    check("lol", &english(), "en…");
    check("hahahahahahaha", &english(), "en…");
    check("@dobar_dan.svima", &english(), "-");
    check("42 🙂", &english(), "-");
    check("བོད་སྐད་ཡིན", &english(), "bo");
    check("ⰃⰎⰀⰃⰑⰎⰉⰜⰀ", &english(), "und?");
}

#[test]
fn serbian_needs_no_diacritics() {
    check("Posle svega nije smela ni da kaze sta misli o tome.", &english(), "sr");
    check("После свега није смела ни да каже шта мисли о томе.", &english(), "sr");
    check("Nitko ne zna tko je prije tjedan dana vidio vlak.", &english(), "hr");
    check("Nema tu mnogo, svi su isti.", &english(), "hbs");
}

#[test]
fn other_languages_are_found_under_an_english_article() {
    for (text, expected) in [
        ("Das ist doch wirklich nicht so schlimm, oder habe ich etwas verpasst?", "de"),
        ("Я не понимаю, почему это так важно для всех.", "ru"),
        ("Полностью согласен", "ru"),
        ("Je ne comprends pas pourquoi tout le monde est contre cette idée.", "fr"),
        ("Ne razumem zakaj je to tako pomembno za vse ljudi pri nas.", "sl"),
        ("Ya ne ponimayu pochemu eto tak vazhno dlya vseh", "ru"),
        ("den katalavaino giati einai toso simantiko gia olous", "el"),
        ("mujhe samajh nahi aata ki ye itna zaroori kyun hai", "hi"),
        ("これは本当にいい考えですね", "ja"),
        ("我不明白为什么这很重要", "zh"),
        ("אני לא מבין למה זה כל כך חשוב", "he"),
        ("이건 정말 좋은 생각이에요", "ko"),
    ] {
        check(text, &english(), expected);
    }
}

#[test]
fn sentences_in_another_language_are_parts_of_their_own() {
    let detector = Detector::shipped();
    let others = |text: &str| {
        let evidence = detector.evidence(text);
        let rest = shown(&detector.weigh(&evidence, &english()));
        let parts = evidence.others().iter();
        let parts = parts.map(|part| (part.span.of(text), shown(&detector.weigh(&part.evidence, &english()))));
        (rest, parts.map(|(part, language)| format!("{language}: {part}")).collect::<Vec<_>>())
    };
    assert_eq!(
        others("I have seen this before. Nije to nikakva novost za nas ovde. They will do it again next year."),
        ("en".to_owned(), vec!["sr: Nije to nikakva novost za nas ovde.".to_owned()])
    );
    for text in [
        "He said \"Nije to nikakva novost za nas ovde.\" and that was all he said to us.",
        "I like it. Novak Djokovic, Nikola Jokic and Bojan Bogdanovic. They are all good players.",
        "The food there was good. Ajvar! We had it every day of our holiday.",
    ] {
        assert_eq!(others(text), ("en".to_owned(), vec![]), "{text}");
    }
}

#[test]
fn a_text_of_very_many_sentences_is_still_told() {
    let text = "Ne znam. ".repeat(5_000) + &"Ko je to bio ovde juce. ".repeat(50);
    check(&text, &english(), "sr");
    assert_eq!(parts(&text, &shipped_model().unwrap(), &mut LanguageScratch::default()).len(), 1_001);
}

#[test]
fn probabilities_are_sorted_and_add_up_to_at_most_one() {
    let detector = Detector::shipped();
    for text in ["Posle svega", "das", "Hello there", "a", "Ово је", "日本語です"] {
        for prior in [english(), Prior::none()] {
            let verdict = detector.judge(text, &prior);
            let all: Vec<f64> = verdict.candidates().iter().map(|candidate| candidate.probability).collect();
            assert!(all.iter().sum::<f64>() <= 1.0 + 1e-9, "{text}: {all:?}");
            assert!(all.iter().all(|p| (0.0..=1.0).contains(p)), "{text}: {all:?}");
            assert_eq!(verdict.best(), verdict.candidates().first().copied(), "{text}");
        }
    }
}

#[test]
fn without_a_model_whatlang_answers() {
    let detector = Detector::new(None);
    assert_eq!(&*detector.citation(), "whatlang@0.18");
    let german = detector.judge("Das ist doch wirklich nicht so schlimm, wie alle sagen.", &Prior::none());
    assert_eq!(german.best().map(|best| best.language.to_string()).as_deref(), Some("de"));
    assert_eq!(shown(&detector.judge("Καλημέρα σε όλους", &english())), "el");
    assert_eq!(shown(&detector.judge("12", &english())), "-");
}
