//! Each evasion undone, what has to stay as it is, and where everything stood.

use proptest::prelude::*;

use super::*;

fn check(text: &str, expected: &str) {
    assert_eq!(as_meant(text), expected, "{text:?}");
    assert_eq!(undone(text).is_some(), text != expected, "{text:?}");
}

fn check_unchanged(text: &str) {
    check(text, text);
}

#[test]
fn letters_of_another_script_become_those_of_their_word() {
    check("an іdіоt and a lіаr", "an idiot and a liar");
    check("an ιdιοt", "an idiot");
    check("Yоu аrе", "You are");
    check("You саn", "You can");
    // The other way round, and where both would do as the rest of the text goes.
    check("ово je мост", "ово je мост");
    check("ово јe мост", "ово је мост");
    check("this јe that", "this je that");
    check("Πoλύ", "Πολύ");
    check_unchanged("Ово је мост. Это мост. Αυτή είναι.");
    check_unchanged("COVID-ом, iPhone-а, Wi-Fi мрежа");
    // No one script has letters like all of these.
    check_unchanged("жwqдf");
    check_unchanged("µm and Ωm");
}

#[test]
fn what_does_not_show_goes() {
    for hidden in ['\u{200b}', '\u{200d}', '\u{ad}', '\u{202a}', '\u{2069}', '\u{2062}', '\u{fe0f}', '\u{e0061}'] {
        check(&format!("an id{hidden}i{hidden}{hidden}ot"), "an idiot");
        check(&format!("глу{hidden}пан"), "глупан");
    }
    check("an \u{202e}toidi\u{202c} and", "an idiot and");
    check("\u{202e}toidi na", "an idiot");
    check("a\u{202e}cb\nd", "abc\nd");
    // Emoji, Persian, Hindi and Hebrew need them.
    check_unchanged("👨‍👩‍👧 ❤️ ☺️ 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿");
    check_unchanged("می‌خواهم क्‍ष");
    check_unchanged("שלום\u{200f} שלום");
}

#[test]
fn symbols_become_letters_where_they_spell_something() {
    check("𝐘𝐨𝐮 𝑎𝑟𝑒 𝔞𝔫 𝗶𝗱𝗶𝗼𝘁", "You are an idiot");
    check("ⓘⓓⓘⓞⓣ ⒤⒟ 🄸🄳 🅘🅓 🅸🅳", "idiot id ID ID ID");
    check("ＹＯＵ ａｒｅ", "YOU are");
    check("ɪᴅɪᴏᴛ", "idiot");
    check("id𝐢ot", "idiot");
    check_unchanged("Ⓜ at the station, 🅰 and 🅾, x² + y³, ™ № ª");
    check_unchanged("ｗ な ｗｗｗ");
}

#[test]
fn marks_are_composed_and_stacks_go() {
    check("cafe\u{301} u\u{308}ber", "café über");
    check("i\u{337}\u{322}\u{301}d\u{337}\u{348}iot", "idiot");
    check("i\u{336}d\u{336}i\u{336}o\u{336}t\u{336}", "idiot");
    check_unchanged("né über čas ẹ\u{300}kọ\u{301}");
    check_unchanged("1\u{20e3}");
    check_unchanged("क़ ก็");
}

#[test]
fn signs_are_read_as_letters_inside_of_words() {
    check("a 1d10t, an id1ot, an idi0t.", "a idiot, an idiot, an idiot.");
    check("b@stard st00pid", "bastard stoopid");
    for text in [
        "mail me@example.org or @us3r_name",
        "10am, 5pm, 3rd, 100k, 747s, A10s, h1n1, mp3, covid19, 2nd",
        "l33t in all 57es, A47s",
        "$300, US$5, C$40, #1fan, x1/y2",
        "http://e.org/a1b2/c3d",
    ] {
        check_unchanged(text);
    }
}

#[test]
fn letters_apart_are_joined() {
    check("an i d i o t, you", "an idiot, you");
    check("i.d.i.o.t", "idiot");
    check("an i-d-i-o-t i*d*i*o*t i_d_i_o_t", "an idiot idiot idiot");
    check("y o u  a r e  a n  i d i o t", "you are an idiot");
    check("you are a l i a r", "you are a liar");
    check("г л у п а н", "глупан");
    check_unchanged("the U.S.A. and I a m");
    check_unchanged("A/B/C/D and a b c d e");
    check_unchanged("J. R. R. Tolkien");
    check_unchanged("i d, i o t");
}

#[test]
fn several_stretched_letters_are_shortened() {
    check("iiiidddiiiooottt", "idiot");
    check("ffffoooollll", "fol");
    check("glllupppann", "glupann");
    check_unchanged("sooooo good, idiooot, hmmmm, hahaha, www");
}

#[test]
fn every_character_knows_where_it_stood() {
    let text = "an i\u{200d}dіo\u{301}t i d i o t, you";
    let undone = undone(text).expect("an evasion");
    assert_eq!(undone.as_str(), "an idiót idiot, you");
    let original = |part: &str| {
        let begin = undone.as_str().find(part).expect("a part");
        undone.original(Span::new(begin, begin + part.len())).of(text)
    };
    assert_eq!(original("an"), "an");
    assert_eq!(original("idiót"), "i\u{200d}dіo\u{301}t");
    assert_eq!(original("idiot"), "i d i o t");
    assert_eq!(original("you"), "you");
    assert_eq!(undone.original(Span::new(0, 0)), Span::new(0, 0));
    let end = undone.as_str().len();
    assert_eq!(undone.original(Span::new(end, end)), Span::new(text.len(), text.len()));
}

proptest! {
    #[test]
    fn places_lie_in_the_text_and_never_go_back(
        text in "\\PC{0,40}|[ai1@ .е\u{200d}\u{202e}\u{202c}\u{301}\u{337}\u{fe0f}𝐚ⓑɪ\n]{0,40}"
    ) {
        if let Some(undone) = undone(&text) {
            let mut last = 0;
            for (at, character) in undone.as_str().char_indices() {
                let place = undone.original(Span::new(at, at + character.len_utf8()));
                prop_assert!(place.begin >= last && place.begin < place.end, "{:?} behind {}", place, last);
                prop_assert!(text.get(place.begin..place.end).is_some());
                last = place.begin;
            }
            prop_assert!(undone.as_str().len() <= text.len() * 2);
        }
    }
}
