//! Translations that stand in a comment: behind markers of every kind, or without any, and what only looks like one.

use serde_json::{Value, json};

use crate::support::{Workspace, number, part, string};

const ARTICLE: &str = "The council will close the old bridge to cars in May. Nobody was asked about it, say the people \
                       who live in the street. The mayor wants to hear them next week.";

/// Runs each text in a thread of its own, under an English article.
fn records(texts: &[&str]) -> Vec<Value> {
    let mut input = String::new();
    for (id, text) in texts.iter().enumerate() {
        for line in [
            json!({ "type": "thread", "thread_id": id, "article": ARTICLE }),
            json!({ "thread_id": id, "id": id, "text": text }),
        ] {
            input.push_str(&line.to_string());
            input.push('\n');
        }
    }
    let records = Workspace::new().run(["run"], input.as_bytes()).expect_code(0).records();
    assert_eq!(records.len(), texts.len());
    records
}

/// Texts with the translations that stand in them, all in one run; every difference is reported.
fn check_supplied(texts: &[(&str, &str)]) {
    let records = records(&texts.iter().map(|(text, _)| *text).collect::<Vec<_>>());
    let mut wrong = Vec::new();
    for ((text, expected), record) in texts.iter().zip(&records) {
        let translation = &record["translation"];
        if translation["status"] != "supplied" {
            wrong.push(format!("{text:?}: {translation} {}", record["language"]));
            continue;
        }
        let found = part(text, number(translation, "/span/0"), number(translation, "/span/1"));
        if found != *expected {
            wrong.push(format!("{text:?}: “{found}”"));
        }
        let segments = record["segments"].as_array().expect("segments");
        let of_kind = |kind: &str| segments.iter().filter(|segment| segment["kind"] == kind).count();
        let has_both = of_kind("translation") == 1 && of_kind("prose") >= 1;
        let is_english = segments.iter().all(|one| one["kind"] != "translation" || one["language"] == "en");
        let is_flagged = translation["flagged"] == true && translation["to"] == "en" && translation["from"] != "en";
        if !has_both || !is_english || !is_flagged || translation["untranslated"].is_null() {
            wrong.push(format!("{text:?}: {translation} {:?}", record["segments"]));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), texts.len(), wrong.join("\n"));
}

/// Texts that hold no translation; every one that is found is reported.
fn check_not_supplied(texts: &[&str]) {
    let records = records(texts);
    let wrong: Vec<String> = texts
        .iter()
        .zip(&records)
        .filter(|(_, record)| record["translation"]["status"] == "supplied" || !record["translation"]["span"].is_null())
        .map(|(text, record)| format!("{text:?}: {}", record["translation"]))
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), texts.len(), wrong.join("\n"));
}

#[test]
fn markers_within_a_line_announce_translations() {
    check_supplied(&[
        (
            "Dobar dan svima, kako ste danas. (Translation: Good day everyone, how are you today.)",
            "Good day everyone, how are you today.",
        ),
        ("Hvala vam puno na svemu / Translation: thanks a lot for everything", "thanks a lot for everything"),
        ("Hvala vam puno na svemu. Translation: thanks a lot for everything.", "thanks a lot for everything."),
        ("Ne znam ko je to rekao. In English: I do not know who said that.", "I do not know who said that."),
        ("Ne znam ko je to rekao. [EN] I do not know who said that.", "I do not know who said that."),
        ("Ne znam ko je to rekao. [ENG] I do not know who said that.", "I do not know who said that."),
        ("Ne znam ko je to rekao (eng: I do not know who said that)", "I do not know who said that"),
        ("Ne znam ko je to rekao. 🇬🇧 I do not know who said that.", "I do not know who said that."),
        ("Ne znam ko je to rekao 😀 🇺🇸: I do not know who said that.", "I do not know who said that."),
        (
            "Niko nas nije pitao za most. (Prevod: Nobody asked us about the bridge.)",
            "Nobody asked us about the bridge.",
        ),
        (
            "Niko nas nije pitao za most — Prevod na engleski: Nobody asked us about the bridge.",
            "Nobody asked us about the bridge.",
        ),
        ("Никто нас об этом не спросил. (Перевод: Nobody asked us about it.)", "Nobody asked us about it."),
        ("Niemand hat uns danach gefragt. Auf Englisch: Nobody asked us about it.", "Nobody asked us about it."),
        (
            "Niko nas nije pitao za most. (Translation: Nobody asked us about the bridge.) Nadam se da ce to uraditi.",
            "Nobody asked us about the bridge.",
        ),
        (
            "Ko će to da plati? (Machine translation: Who (if anyone) will pay for it?)",
            "Who (if anyone) will pay for it?",
        ),
    ]);
}

#[test]
fn markers_at_the_beginning_of_a_line_announce_translations() {
    check_supplied(&[
        ("Niko nas nije pitao za most.\nEN: Nobody asked us about the bridge.", "Nobody asked us about the bridge."),
        (
            "Niko nas nije pitao za most.\n\nEnglish:\nNobody asked us about the bridge.",
            "Nobody asked us about the bridge.",
        ),
        ("Niko nas nije pitao za most.\n🇬🇧\nNobody asked us about the bridge.", "Nobody asked us about the bridge."),
        ("🇷🇸 Niko nas nije pitao za most.\n🇬🇧 Nobody asked us about the bridge.", "Nobody asked us about the bridge."),
        (
            "SR: Niko nas nije pitao za most.\nEN: Nobody asked us about the bridge.",
            "Nobody asked us about the bridge.",
        ),
        (
            "EN: Nobody asked us about the bridge.\nSR: Niko nas nije pitao za most.",
            "Nobody asked us about the bridge.",
        ),
        (
            "Nobody asked us about the bridge.\nOriginal: Niko nas nije pitao za most.",
            "Nobody asked us about the bridge.",
        ),
        (
            "Nobody asked us about the bridge. (Original: Niko nas nije pitao za most.)",
            "Nobody asked us about the bridge.",
        ),
        (
            "(Translated by Google) Nobody asked us about the bridge.\n\n(Original)\nNiko nas nije pitao za most.",
            "Nobody asked us about the bridge.",
        ),
        (
            "Original: Niko nas nije pitao za most.\nTranslation: Nobody asked us about the bridge.",
            "Nobody asked us about the bridge.",
        ),
        (
            "Нико нас није питао за мост.\nМашински превод:\nNobody asked us about the bridge.",
            "Nobody asked us about the bridge.",
        ),
        (
            "Nikdo se nás na ten most neptal.\nPřeklad: Nobody asked us about the bridge.",
            "Nobody asked us about the bridge.",
        ),
        (
            "Niko nas nije pitao za most.\nTranslation: Nobody asked us about the bridge.\nNadam se da ce ipak da nas cuju.",
            "Nobody asked us about the bridge.",
        ),
    ]);
}

#[test]
fn translations_without_a_marker_say_the_same() {
    check_supplied(&[
        (
            "Где су паре од продаје земљишта из 2019. године?\n\nWhere is the money from the sale of the land in 2019?",
            "Where is the money from the sale of the land in 2019?",
        ),
        (
            "Marko je juce ukratko objasnio kako se gradio most na reci Savi i ko ga je platio.\n\nMarko yesterday briefly \
             explained how the bridge on the river Sava was built and who paid for it.",
            "Marko yesterday briefly explained how the bridge on the river Sava was built and who paid for it.",
        ),
        (
            "Нико није питао људе који живе у улици. Мост је стар 200 година. / Nobody asked the people who live in this \
             street. The bridge is 200 years old.",
            "Nobody asked the people who live in this street. The bridge is 200 years old.",
        ),
        (
            "Deca nemaju gde da se igraju, a oni prave novi most za automobile // The children have nowhere to play, and \
             they are building a new bridge for cars",
            "The children have nowhere to play, and they are building a new bridge for cars",
        ),
        (
            "The children have nowhere to play, and they are building a new bridge for cars.\n\nDeca nemaju gde da se igraju, \
             a oni prave novi most za automobile.",
            "The children have nowhere to play, and they are building a new bridge for cars.",
        ),
        (
            "Nitko nije pitao ljude koji žive u ulici, a sada će zatvoriti i školu. (Nobody asked the people who live in \
             the street, and now they will close the school too.)",
            "Nobody asked the people who live in the street, and now they will close the school too.",
        ),
        (
            "Die Brücke wurde 1824 gebaut, und Herr Müller aus Hamburg hat sie 2009 geprüft.\n\nThe bridge was built in 1824, \
             and Mr Müller from Hamburg inspected it in 2009.",
            "The bridge was built in 1824, and Mr Müller from Hamburg inspected it in 2009.",
        ),
        (
            "Мост построили в 1824 году, а инженер Петров проверил его в 2009 году.\n\nThe bridge was built in 1824, and the \
             engineer Petrov inspected it in 2009.",
            "The bridge was built in 1824, and the engineer Petrov inspected it in 2009.",
        ),
        (
            "Kod nas su pre deset godina zatvorili ulicu i svi ljudi su bili protiv.\nPosle dve godine ista ulica je puna \
             ljudi.\n\nTen years ago they closed the street here and all the people were against it.\nTwo years later the same \
             street is full of people.",
            "Ten years ago they closed the street here and all the people were against it.\nTwo years later the same street \
             is full of people.",
        ),
    ]);
}

#[test]
fn other_things_are_no_translations() {
    check_not_supplied(&[
        // One language, whatever its words.
        "The book is bad. Translation: do not read it, it is a waste of time.",
        "Lost in translation: the film was better than the book, if you ask me.",
        "In English: we are all going to pay for it, and nobody will ask us.",
        "He said it twice. EN: the form, SR: the other form. Read the manual.",
        "Good morning to all of you 🇬🇧 and have a nice day",
        "Go England! 🇬🇧 We will win this one, you will see.",
        "Kaže da je sve u redu i da nema problema. Prevod: lažu nas kao i uvek do sada.",
        "Original: the film was better than the book, and much longer too.",
        "Ovde niko ne zna ništa. Original: ni oni ne znaju ništa više od nas.",
        // Names, words and links behind a marker.
        "The word is hvala. Translation: thanks.",
        "Translation: https://example.org/translation",
        "Dobar dan svima, kako ste danas. (Translation: )",
        // Two languages that say two things: lengths, questions, numbers, names, words.
        "Ne verujem više nikome od njih, svi pričaju isto već deset godina.\n\nBy the way, does anyone here still sell the \
         old bus tickets?",
        "Niko nas nije pitao za most.\n\nI have lived in this street for thirty years, and I have never seen anything like \
         it, not once, and I have seen a lot of things here.",
        "Dođite sutra u 7 kod škole, biće nas mnogo ljudi.\n\nCome tomorrow at 9 to the school, there will be many of us.",
        "Most je sagrađen 1824. godine, a škola 1901. godine.\n\nThe bridge was built in 1924, and the school in 1901, they \
         say.",
        "Juče je Marko pričao o mostu i o ljudima iz ulice.\n\nYesterday Petar told us about the bridge and the people of \
         the street.",
        "Juče su Marko i Jelena videli kako pada sneg.\n\nYesterday Petar and Milan were looking for a new flat.",
        "Ko će da plati novi most i novu školu u selu?\n\nThe people will pay for the new bridge and the new school.",
        "Svaka čast, samo tako nastavite dalje, momci. / The bus was late again and my phone died on me.",
        "Deca nam odlaze jedno po jedno, a plate su iste. — That is what the mayor promised us last spring.",
        "Mein Nachbar sagt das auch immer wieder, jeden Tag.\n\nIt is raining here again and nobody wants to go out.",
        "Я не понимаю, почему никто ничего не делает.\n\nThe pictures of the lake are lovely, thank you so much.",
        // Somebody else's words, and an answer to them.
        "> Deca nemaju gde da se igraju, a oni prave novi most\n\nThe children have nowhere to play, and they build a bridge",
        "„Deca nemaju gde da se igraju, a oni prave novi most“\n\nThe children have nowhere to play, and they build a bridge",
        // Neither half is in a language of the site, or both are.
        "Deca nemaju gde da se igraju, prave novi most 2019. godine.\n\nDie Kinder haben keinen Platz, sie bauen 2019 eine Brücke.",
        "The children have nowhere to play in 2019, said Marko.\n\nMarko said in 2019 that there are not enough playgrounds.",
        // A translation of some other length than the original.
        "Ne. 🇬🇧 I have no idea what any of you are talking about, and I have been here since nine in the morning.",
        "Niko nas nije pitao za most koji zatvaraju ovog proleća, i to nije prvi put. EN: No.",
    ]);
}

#[test]
fn what_is_no_translation_still_needs_one() {
    let texts = [
        "Ne verujem više nikome od njih, svi pričaju isto već deset godina, a niko ništa ne radi za ove ljude i ovaj grad. \
         Where is the bus?",
        "Kaže da je sve u redu i da nema problema. Prevod: lažu nas kao i uvek do sada.",
    ];
    for record in records(&texts) {
        assert_eq!(string(&record, "/translation/status"), "needed", "{record}");
    }
}

#[test]
fn a_quoted_comment_is_not_translated_by_its_answer() {
    let said = "Deca nemaju gde da se igraju, a oni prave novi most za automobile.";
    let answer = format!("{said}\n\nThe children have nowhere to play, and they are building a new bridge for cars.");
    let check = |lines: &[Value], expected: &str| {
        let input: Vec<String> = lines.iter().map(ToString::to_string).collect();
        let records = Workspace::new().run(["run"], input.join("\n").as_bytes()).expect_code(0).records();
        assert_eq!(string(records.last().expect("a record"), "/translation/status"), expected);
    };
    let header = |article: &str| json!({ "type": "thread", "thread_id": "t", "article": article });
    let comment = |id: &str, text: &str| json!({ "thread_id": "t", "id": id, "text": text });
    check(&[header(ARTICLE), comment("2", &answer)], "supplied");
    // In the article's words the commenter says nothing of their own but the English.
    check(&[header(&format!("{ARTICLE} {said}")), comment("2", &answer)], "not_needed");
    let marked = format!("“{said}”\n\nThe children have nowhere to play, and they are building a new bridge for cars.");
    check(&[header(ARTICLE), comment("1", said), comment("2", &marked)], "not_needed");
}

#[test]
fn on_a_site_of_two_languages_a_translation_into_either_will_do() {
    let workspace = Workspace::new();
    workspace.write("pipeline.toml", "[language]\nread = [\"en\", \"de\"]\ntranslate_to = \"en\"\n");
    let texts = [
        ("Niko nas nije pitao za most.\nDE: Niemand hat uns nach der Brücke gefragt.", "supplied"),
        ("Niko nas nije pitao za most.\nÜbersetzung: Niemand hat uns nach der Brücke gefragt.", "supplied"),
        ("Niemand hat uns nach der Brücke gefragt.\nEN: Nobody asked us about the bridge.", "not_needed"),
        ("Niko nas nije pitao za most.\nFR: Personne ne nous a demandé pour le pont.", "needed"),
    ];
    let lines =
        texts.iter().enumerate().map(|(id, (text, _))| format!("{}\n", json!({ "thread_id": id, "text": text })));
    let records = workspace.run(["run"], lines.collect::<String>().as_bytes()).expect_code(0).records();
    for ((text, expected), record) in texts.iter().zip(&records) {
        assert_eq!(string(record, "/translation/status"), *expected, "{text}: {}", record["language"]);
    }
}

#[test]
fn paragraphs_of_a_page_keep_their_translation() {
    let workspace = Workspace::new();
    let article = workspace.write("article.txt", ARTICLE);
    let serbian = "Deca nemaju gde da se igraju, a oni prave novi most za automobile, i niko nas nije pitao.";
    let english =
        "The children have nowhere to play, and they are building a new bridge for cars, and nobody asked us.";
    for marker in ["Machine Translation:", "Prevod:", "EN:"] {
        let page = format!("{ARTICLE}\nWell said, all of you.\n{serbian}\n{marker} {english}\nThank you for this.\n");
        let page = workspace.write("page.txt", page);
        let arguments = ["run".as_ref(), "--article".as_ref(), article.as_os_str(), page.as_os_str()];
        let records = workspace.run(arguments, b"").expect_code(0).records();
        assert_eq!(records.len(), 3, "{marker}: {records:?}");
        assert_eq!(string(&records[1], "/translation/status"), "supplied", "{marker}");
    }
}
