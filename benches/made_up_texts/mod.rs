//! Made-up texts for benchmarks, from word lists by a fixed rule: civil, with words and letters as comments have.

/// Distinct texts of a set.
const TEXTS: usize = 512;

/// Words of an English sentence, by their place in it.
pub(crate) const ENGLISH: [&str; 6] = [
    "the a this that every another our their some no each one",
    "bridge council road market library river school station garden ferry bus festival museum harbour street \
     committee newspaper neighbour timetable budget pavement bakery cinema orchestra hospital playground tunnel \
     roundabout bicycle allotment",
    "opens closes helps serves needs crosses follows reminds costs saves divides surprises connects annoys carries \
     improves replaces delays repairs welcomes",
    "quickly slowly again today tomorrow rarely often hardly really perhaps already together nearby",
    "wonderful narrow expensive quiet noisy useful empty crowded broken beautiful strange sensible ordinary tired \
     generous muddy early late stubborn cheerful",
    "and but because although while since so unless before after",
];

/// The same in Russian.
pub(crate) const RUSSIAN: [&str; 6] = [
    "этот тот каждый наш их другой один любой весь",
    "мост совет рынок парк город музей вокзал автобус сад берег театр дом двор праздник бюджет сосед тротуар \
     переулок оркестр велосипед каток паром",
    "открывает закрывает помогает мешает строит соединяет напоминает удивляет ждёт меняет чинит бережёт ведёт",
    "быстро медленно снова сегодня завтра редко часто едва вместе рядом уже",
    "прекрасный узкий дорогой тихий шумный полезный пустой старый новый странный обычный весёлый упрямый",
    "и но потому хотя пока если прежде после",
];

/// Syllables of made-up words: a few hundred list words would touch too little of a model, and flatter the caches.
pub(crate) const ENGLISH_SYLLABLES: &str = "bar bel bin bor cam cat cer chi com cul dan der dor ed el en er ex fer fin for gal gen \
    gra hal her hol im in jan ker kin lam lec lin lon man mer mil mon nar nel nor or pal per pin pol quin ral ren rin \
    sal sen shi sol stan tam ter tion tol ul ven ver vin wal wick yor zan";

/// The same in Cyrillic.
pub(crate) const RUSSIAN_SYLLABLES: &str = "ба бел вер вин гал гор дан дер дом ель жан зин зор ин кан кер кол лам лен лин мар мер мил \
    мон нар нел ник ор пал пер пин пол рал рен рин сал сен сол стан там тер тол ул фен хан цен чер шин юр яр";

/// A sequence of numbers that looks random and is always the same (Steele, Lea and Flood's `SplitMix64`, 2014).
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).unwrap_or(0)
    }
}

/// Distinct texts of at most, and nearly, so many bytes: sentences of words from the lists in turn, with a made-up
/// word after each.
pub(crate) fn texts(lists: &[&str; 6], syllables: &str, bytes: usize) -> Vec<String> {
    let syllables: Vec<&str> = syllables.split_whitespace().collect();
    let lists: Vec<Vec<&str>> = lists.iter().map(|list| list.split_whitespace().collect()).collect();
    let mut sequence = Sequence(bytes as u64);
    let mut made = std::collections::BTreeSet::new();
    let mut texts = Vec::new();
    while texts.len() < TEXTS {
        let mut text = String::new();
        let mut at = 0;
        loop {
            let list = &lists[[0, 4, 1, 2, 3, 5][at / 2 % 6]];
            // Every other word is made up, of two or three syllables.
            let word = match at % 2 {
                0 => list[sequence.below(list.len())].to_owned(),
                _ => (0..2 + sequence.below(2)).map(|_| syllables[sequence.below(syllables.len())]).collect(),
            };
            let mark = match sequence.below(12) {
                0 => ".",
                1 => ",",
                2 if at > 3 => "!",
                _ => "",
            };
            if text.len() + word.len() + mark.len() + 1 > bytes {
                break;
            }
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&word);
            text.push_str(mark);
            at += 1;
        }
        if made.insert(text.clone()) {
            texts.push(text);
        }
    }
    texts
}
