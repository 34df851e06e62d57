//! What a word or a pattern of two words says about who wrote a South Slavic text.

/// Who may have written it. Serbian has two: about one writer in ten of Serbian is ijekavian (from Bosnia or
/// Montenegro), and all yat forms of a text are then of one kind, so that they must not count one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writer {
    SerbianEkavian,
    SerbianIjekavian,
    Croatian,
    Bosnian,
}

/// How many there are.
pub(super) const WRITERS: usize = 4;

/// Kinds of evidence. Those up to `Neutral` are kinds of word forms, the others are patterns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Long or short yat as `e`: the pronunciation of Serbia.
    Ekavian,
    /// Ekavian forms that are also another word, a name or a dialect form elsewhere (`svetu` is "holy" too).
    WeakEkavian,
    /// Yat as `ije`, `je` or `i`: all but Serbia.
    Ijekavian,
    /// Ijekavian forms that are another word too.
    WeakIjekavian,
    /// Ijekavian forms of words that the Croatian standard says otherwise (`vjerovatno`, `vidjeću`).
    IjekavianEast,
    /// Words and spellings of the Serbian standard.
    Serbian,
    /// What Serbian and Bosnian have in common against Croatian.
    Eastern,
    /// More usual in Serbian and Bosnian, known in Croatian (`šta`, `ko`).
    WeakEastern,
    /// Somewhat more usual in Serbian and Bosnian.
    SlightEastern,
    /// Words and spellings of the Croatian standard, and of Croatian dialects.
    Croatian,
    /// More usual in Croatian, known elsewhere.
    WeakCroatian,
    /// Somewhat more usual in Croatian.
    SlightCroatian,
    /// What Croatian and Bosnian have in common against Serbian.
    Western,
    /// More usual in Croatian and Bosnian, known in Serbian, some with another sense.
    WeakWestern,
    /// Words and spellings of the Bosnian standard, and everyday words of Bosnia.
    Bosnian,
    /// Looks like one of the others and says nothing.
    Neutral,
    /// A future written as one word (`znaću`).
    JoinedFuture,
    /// An infinitive without its `i` (`znat`).
    ShortInfinitive,
    /// … and before the future's verb (`znat ću`); counts on top of `ShortInfinitive`.
    ShortInfinitiveFuture,
    /// A verb that takes another one, and `da`: `moram da idem`.
    ModalDa,
    /// `hoće da`, `će da`.
    WillDa,
    /// A verb that takes another one, and the infinitive: `moram ići`.
    ModalInfinitive,
    /// Any other `da`.
    Da,
    /// Any other infinitive.
    Infinitive,
    /// `da li`.
    DaLi,
    /// `je li`.
    JeLi,
    /// `kako bi`.
    KakoBi,
    /// The text is in Cyrillic, which Croats do not write, and Bosnians seldom.
    Cyrillic,
}

impl Mark {
    /// What meeting the mark adds to each writer's log-likelihood, in the order of [`Writer`]: tenths of a natural
    /// logarithm, at most 0 but for Cyrillic; only differences count.
    ///
    /// Each is set by hand for the whole kind and not word by word: the logarithm of how often writers of one kind use
    /// such forms against another. That was compared with three sources of sentences (treebanks, translated test
    /// sentences, subtitles), and taken down, because none of them are comments and people move between the countries.
    pub(super) fn weights(self) -> [i8; WRITERS] {
        match self {
            Self::Ekavian => [0, -32, -35, -28],
            Self::WeakEkavian => [0, -15, -16, -13],
            Self::Ijekavian => [-34, 0, 0, 0],
            Self::WeakIjekavian => [-16, 0, 0, 0],
            Self::IjekavianEast => [-36, 0, -16, 0],
            Self::Serbian => [0, -3, -28, -15],
            Self::Eastern => [0, 0, -22, -1],
            Self::WeakEastern => [0, 0, -9, -2],
            Self::SlightEastern => [0, 0, -4, -1],
            Self::Croatian => [-32, -26, 0, -18],
            Self::WeakCroatian => [-11, -9, 0, -7],
            Self::SlightCroatian => [-4, -3, 0, -2],
            Self::Western => [-28, -16, 0, -2],
            Self::WeakWestern => [-8, -6, 0, -1],
            Self::Bosnian => [-22, -20, -25, 0],
            Self::Neutral => [0; WRITERS],
            Self::JoinedFuture => [0, 0, -22, -2],
            Self::ShortInfinitive => [-18, -15, 0, -10],
            Self::ShortInfinitiveFuture => [-8, -8, 0, -6],
            Self::ModalDa => [0, 0, -22, -10],
            Self::WillDa => [0, 0, -20, -10],
            Self::ModalInfinitive => [-10, -9, 0, -3],
            Self::Da => [0, -1, -4, -2],
            Self::Infinitive => [-4, -4, 0, -1],
            Self::DaLi => [0, 0, -15, -1],
            Self::JeLi => [-5, -4, 0, 0],
            Self::KakoBi => [-4, -4, 0, 0],
            Self::Cyrillic => [0, 3, -50, -25],
        }
    }
}
