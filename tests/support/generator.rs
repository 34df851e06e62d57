//! Made-up threads, the same ones every time.

use std::fmt::Write as _;

use serde_json::json;

const ENGLISH: &[&str] = &[
    "The ferry was late again this morning and nobody told us why.",
    "My neighbour painted her fence green, and now the whole row looks cheerful.",
    "I would rather wait for the second report before I make up my mind.",
    "They sell good bread at the corner, but only until ten.",
    "Has anybody counted how many bicycles cross the square on a weekday?",
    "The library should stay open on Sundays, even if it costs a little more.",
    "I walked the whole way round the lake and met three people.",
    "That is a fair point, and I had not thought of it before.",
    "The lamps in our street have been dark since the storm.",
    "You can see the hills from the tower when the air is clear.",
];

const GERMAN: &[&str] = &[
    "Die Fähre war heute Morgen schon wieder zu spät, und niemand wusste warum.",
    "Im Winter ist der Weg am See kaum zu benutzen, weil keiner räumt.",
    "Ich finde, die Bücherei sollte auch am Sonntag geöffnet sein.",
    "Bei uns im Dorf gibt es seit zwei Jahren keinen Bäcker mehr.",
    "Wer hat eigentlich entschieden, dass die Lampen nachts ausgehen?",
];

const SERBIAN: &[&str] = &[
    "Trajekt je jutros opet kasnio i niko nije znao da nam kaže zašto.",
    "Kod nas na selu već dve godine nema pekare, pa idemo u grad.",
    "Mislim da bi biblioteka trebalo da radi i nedeljom, makar do podne.",
    "Ulica je mračna još od oluje, a niko ne dolazi da popravi svetla.",
    "Ко год је био на мосту зна колико је горе хладно када дува ветар.",
];

const WORDS: &[&str] = &[
    "orchard", "saddle", "copper", "meadow", "window", "harbour", "lantern", "pebble", "thimble", "walnut", "ribbon",
    "kettle",
];

/// Numbers that look random and are the same every time: splitmix64 (Steele, Lea and Flood, 2014).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        (mixed % sides as u64) as usize
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.roll(choices.len())]
    }
}

/// What has been said in a thread.
#[derive(Default)]
struct Thread {
    texts: Vec<String>,
    comments: usize,
}

impl Thread {
    /// The next thing said: something new in one of three languages, a repeat, a quote with an answer, or a link.
    fn say(&mut self, dice: &mut Dice) -> String {
        let earlier = (!self.texts.is_empty()).then(|| self.texts[dice.roll(self.texts.len())].clone());
        let word = dice.of(WORDS);
        let text = match (dice.roll(20), earlier) {
            (0, Some(earlier)) => earlier,
            (1, Some(earlier)) => earlier.to_uppercase(),
            (2, Some(earlier)) => format!("“{earlier}”\nI read that as well, and I thought of the {word}."),
            (3, _) => format!("https://example.org/{word}/{}", self.comments),
            (4, _) => word.to_owned(),
            (5 | 6, _) => format!("{} {}", dice.of(GERMAN), dice.of(GERMAN)),
            (7 | 8, _) => format!("{} {}", dice.of(SERBIAN), dice.of(SERBIAN)),
            _ => format!("{} The {word} again. {}", dice.of(ENGLISH), dice.of(ENGLISH)),
        };
        self.texts.push(text.clone());
        self.comments += 1;
        text
    }
}

/// JSON lines of so many comments in interleaved threads: with thread headers, replies (some before the comment that
/// they answer), repeats, quotes, links, three languages in three scripts, and some comments without an id.
pub fn interleaved_threads(comments: usize, threads: usize) -> String {
    let mut dice = Dice(7);
    let mut states: Vec<Thread> = (0..threads).map(|_| Thread::default()).collect();
    let mut lines = String::new();
    for thread in (0..threads).step_by(2) {
        let article = format!("{}\n{}\n{}", dice.of(ENGLISH), dice.of(ENGLISH), dice.of(ENGLISH));
        let header =
            json!({ "type": "thread", "thread_id": format!("t{thread}"), "title": "News", "article": article });
        let _ = writeln!(lines, "{header}");
    }
    for _ in 0..comments {
        let thread = dice.roll(threads);
        let state = &mut states[thread];
        let number = state.comments;
        let text = state.say(&mut dice);
        let mut comment = json!({ "thread_id": format!("t{thread}"), "text": text, "author": dice.of(WORDS) });
        if dice.roll(15) > 0 {
            comment["id"] = json!(format!("c{number}"));
        }
        match dice.roll(6) {
            0 | 1 if number > 0 => comment["parent_id"] = json!(format!("c{}", dice.roll(number))),
            // Two ahead: an answer that comes before what it answers.
            2 => comment["parent_id"] = json!(format!("c{}", number + 2)),
            _ => {}
        }
        let _ = writeln!(lines, "{comment}");
    }
    lines
}
