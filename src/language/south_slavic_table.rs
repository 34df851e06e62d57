//! Word forms that tell Serbian, Croatian and Bosnian apart in Latin letters, and how much each of them says.
//!
//! The three standards share nearly all of their grammar and most of their words. What tells them apart in a short text:
//! the reflex of the old vowel yat (ekavian `posle`, `vreme`, `delo` in Serbia; ijekavian `poslije`, `vrijeme`, `djelo`
//! elsewhere), `tko` against `ko`, `-irati` against `-ovati` and `-isati`, the `h` of Bosnian `lahko`, and a few hundred
//! words (`tisuća` and `hiljada`, `vlak` and `voz`). The forms are facts of the languages, compiled for this project from
//! general knowledge of what standard grammars and orthographies say of yat, and of the well-known differences of words
//! between the standards that such books list; no published list was copied. Oblique forms in which the standards agree
//! are left out on purpose: `vremena` is the genitive of `vreme` and of `vrijeme`.
//!
//! The weights were set by hand, one for each kind of evidence, and not estimated word by word; that they point the
//! right way was checked on public sentences of the three standards. One pattern is no word and so is not here: `da`
//! with a present tense (`hoću da idem`) is more usual in Serbian, the infinitive (`hoću ići`) in Croatian.
//!
//! Forms are folded (see `text::fold`). Every form with diacritics stands beside the one without them (`đ` as `dj` and as
//! `d`), except where the bare form is another word: `reči` without its hook is `reci`, "say" everywhere.

/// What meeting a form says for each of the standards: tenths of a natural logarithm, to be added up over the words of a
/// text. Only differences between the three count: 50 more for Serbian than for Croatian makes Serbian e^5 times as likely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Weights {
    /// For Serbian.
    pub(super) serbian: i8,
    /// For Croatian.
    pub(super) croatian: i8,
    /// For Bosnian.
    pub(super) bosnian: i8,
}

/// Long and short yat as `e`: the pronunciation of the Serbian standard in Serbia.
const EKAVIAN: Weights = Weights { serbian: 25, croatian: -25, bosnian: -15 };

/// Ekavian forms that are also another word, a name or a dialect form elsewhere (`svetu` is "holy" too).
const WEAK_EKAVIAN: Weights = Weights { serbian: 8, croatian: -8, bosnian: -6 };

/// Yat as `ije`, `je` or `i`: Croatian and Bosnian, but also Serbian as written in Bosnia and Montenegro.
const IJEKAVIAN: Weights = Weights { serbian: -14, croatian: 7, bosnian: 6 };

/// Ijekavian forms of words that the Croatian standard says otherwise.
const IJEKAVIAN_EAST: Weights = Weights { serbian: -4, croatian: -12, bosnian: 12 };

/// Words and spellings of the Serbian standard.
const SERBIAN: Weights = Weights { serbian: 18, croatian: -17, bosnian: -8 };

/// What Serbian and Bosnian have in common against Croatian.
const EASTERN: Weights = Weights { serbian: 8, croatian: -20, bosnian: 8 };

/// More usual in Serbian and Bosnian, known in Croatian.
const WEAK_EASTERN: Weights = Weights { serbian: 4, croatian: -7, bosnian: 3 };

/// Words and spellings of the Croatian standard.
const CROATIAN: Weights = Weights { serbian: -20, croatian: 22, bosnian: -5 };

/// More usual in Croatian, known elsewhere.
const WEAK_CROATIAN: Weights = Weights { serbian: -3, croatian: 5, bosnian: -1 };

/// What Croatian and Bosnian have in common against Serbian.
const WESTERN: Weights = Weights { serbian: -18, croatian: 10, bosnian: 6 };

/// More usual in Croatian and Bosnian, known in Serbian, some with another sense.
const WEAK_WESTERN: Weights = Weights { serbian: -5, croatian: 3, bosnian: 2 };

/// Words and spellings of the Bosnian standard, and everyday words of Bosnia.
const BOSNIAN: Weights = Weights { serbian: -12, croatian: -14, bosnian: 24 };

/// Beginnings that look like one of the stems and say nothing: names, and words that are the same in all.
const NEUTRAL: Weights = Weights { serbian: 0, croatian: 0, bosnian: 0 };

/// Forms that count when they are the whole word. No form stands twice, and a whole word goes before any stem.
// Laid out by hand: the formatter would put each form on a line of its own.
#[rustfmt::skip]
pub(super) const WHOLE_WORDS: &[(Weights, &[&str])] = &[
    (EKAVIAN, &[
        "bedni", "bele", "beli", "belo", "belog", "cela", "cele", "celi", "celo", "celog", "celoj", "celom", "celu",
        "cenama", "cene", "cenu", "ceo", "deca", "dece", "deci", "decom", "decu", "delo", "delom", "delove", "delovi",
        "delu", "deo", "dete", "donela", "doneli", "donelo", "doneo", "doneti", "dve", "dvesta", "gde", "gdekoji",
        "greh", "hleb", "hteti", "izneo", "izneti", "leka", "lekovi", "lepa", "lepe", "lepih", "lepo", "lepog", "lepu",
        "letos", "levo", "merama", "meru", "mesto", "mestu", "meša", "mešaju", "naneo", "nedelja", "nedelje", "nedelju",
        "negde", "nemce", "nemci", "nevreme", "nigde", "obe", "odneli", "odneo", "odneti", "oduvek", "onde", "ovde",
        "pesama", "pesma", "pesme", "pesmu", "podneo", "podneti", "ponedeljak", "ponegde", "poneo", "posle", "predlog",
        "predloga", "predloge", "predlogu", "predlozi", "preneli", "preneo", "preneti", "razume", "razumem", "razumemo",
        "rec", "recima", "recju", "reka", "reke", "rekom", "reč", "reči", "rečima", "rečju", "savet", "savete",
        "saveti", "sedeti", "sesti", "smeo", "smeti", "sneg", "snegu", "sreda", "sredu", "svugde", "telo", "telom",
        "telu", "ujutru", "umeju", "umesto", "uneo", "uneti", "uspeh", "uspela", "uspeli", "uspeo", "uspeti", "uvek",
        "vek", "veka", "vekova", "veku", "veru", "voleo", "vreme", "zahtev", "zahteve", "zahtevi", "zauvek",
    ]),
    (WEAK_EKAVIAN, &[
        "beda", "bela", "bese", "beše", "cena", "ceni", "ceniti", "deda", "dedu", "dela", "dole", "lek", "lekove",
        "lepi", "leto", "leva", "leve", "levi", "mera", "mere", "mesta", "obema", "pre", "reku", "sedi", "smeju",
        "smem", "svest", "svet", "sveta", "svetu", "umem", "vera", "vere", "vest", "videti",
    ]),
    (IJEKAVIAN, &[
        "bijeda", "cio", "dijete", "dio", "djed", "djela", "djelo", "djelom", "djelu", "dolje", "donio", "gdje",
        "gdjekoji", "grijeh", "htio", "iznio", "lijek", "lijeka", "lijekovi", "mjera", "mjere", "mjeru", "nedjelja",
        "nedjelje", "nedjelju", "negdje", "nevrijeme", "nigdje", "obje", "oduvijek", "ondje", "ovdje", "podnijeti",
        "ponedjeljak", "ponegdje", "poslije", "prenio", "prije", "razumio", "sjesti", "smije", "smijem", "smiju",
        "smio", "srijeda", "srijedu", "svijest", "svijet", "svijeta", "svijetu", "svugdje", "umije", "umjesto",
        "unijeti", "uspio", "uspjeh", "uspjela", "uspjeli", "uvijek", "vidio", "vijek", "vijest", "vijesti", "vjera",
        "vjere", "vjeru", "volio", "zauvijek", "zelio", "zivio", "želio", "živio",
    ]),
    (SERBIAN, &[
        "bre", "evra", "evre", "evri", "evro", "jul", "jula", "jun", "juna", "napolju", "naucna", "naucno", "nauka",
        "nauke", "naukom", "nauku", "naučna", "naučno", "opste", "opsti", "spolja", "srecan", "srećan", "takode",
        "takodje", "takođe", "uopste", "uopšte",
    ]),
    (EASTERN, &[
        "iko", "izvini", "izvinite", "licno", "lično", "netacno", "netačno", "niko", "prelaz", "prenos", "prevod",
        "prevoz", "stampa", "stampe", "tacan", "tačan", "tokom", "voz", "voza", "vozom", "vozove", "vozovi", "vozu",
        "zavisi", "štampa", "štampe",
    ]),
    (WEAK_EASTERN, &[
        "brate", "desava", "desila", "desilo", "desio", "desiti", "dešava", "gas", "gasa", "juce", "juli", "juni",
        "juče", "kafa", "kafu", "ko", "narocito", "naročito", "neko", "sistem", "sistema", "sta", "supa", "svako",
        "utice", "utiče", "zaista", "ćao", "šta",
    ]),
    (CROATIAN, &[
        "dapace", "dapače", "doista", "glede", "itko", "kaj", "kava", "kave", "kavu", "lipanj", "napose", "netko",
        "netocno", "netočno", "nitko", "ozujak", "ozujka", "ozujku", "ožujak", "ožujka", "ožujku", "prosinac", "rujan",
        "rujna", "rujnu", "studenog", "studenoga", "suca", "suci", "sudac", "svatko", "tijekom", "tisak", "tjedan",
        "tko", "tocan", "točan", "travanj", "travnja", "travnju", "veljaca", "veljace", "veljaci", "veljača", "veljače",
        "veljači", "vlak", "vlaka", "vlakom", "vlakovi",
    ]),
    (WEAK_CROATIAN, &[
        "bit", "bok", "eura", "kolovoz", "kolovoza", "oprosti", "oprostite", "osobito", "popis", "s", "studeni",
        "zbilja",
    ]),
    (WESTERN, &[
        "izvana", "jucer", "jučer", "kruh", "kruha", "navecer", "navečer", "opce", "opci", "opcina", "opcine", "opcini",
        "opcinu", "takoder", "takodjer", "također", "uopce", "uopće", "vani", "vijeca", "vijece", "vijeća", "vijeće",
    ]),
    (WEAK_WESTERN, &[
        "grah", "kino", "otok", "otoka", "otoku", "plin", "plina", "promet", "prometa", "riza", "riža", "sigurnost",
        "sigurnosti", "sretan", "sretna", "sretni", "zrak", "zraka", "zraku",
    ]),
    (BOSNIAN, &[
        "aferim", "august", "augusta", "augustu", "ba", "bolan", "hairli", "hajr", "halal", "haman", "insaallah",
        "insallah", "insan", "insana", "insani", "inšaallah", "inšallah", "masallah", "mašallah", "merhaba", "rahmet",
        "rahmetli", "sahat", "sahata", "vala",
    ]),
];

/// Beginnings of words. The longest that fits counts, alone; one that is the whole word fits too. No stem stands twice.
// Laid out by hand, as above.
#[rustfmt::skip]
pub(super) const STEMS: &[(Weights, &[&str])] = &[
    (EKAVIAN, &[
        "bezbed", "beža", "celokup", "covec", "covek", "cvet", "decak", "decj", "delatn", "delimic", "delimič",
        "delova", "deluj", "detet", "detinj", "devojc", "devojk", "devojč", "dečak", "dečj", "htel", "hteo", "izbeg",
        "izmena", "izmene", "izmenj", "izvestaj", "izvestav", "izveštaj", "izveštav", "lepot", "leps", "lepš", "letnj",
        "levic", "levičar", "menja", "mesec", "mestimic", "mestimič", "mlek", "namer", "namest", "nasled", "nasmej",
        "nemac", "nemač", "nevern", "obavest", "obavešt", "obezbed", "odeljenj", "oseca", "osetil", "osetio", "osetl",
        "oseća", "pesnick", "pesnik", "pesničk", "peva", "pobed", "pobeg", "podel", "podsec", "podset", "podseć",
        "poset", "posledic", "posledn", "potpredsed", "poverenj", "predsed", "primen", "primer", "proceni", "procenj",
        "promena", "promene", "promeni", "promenj", "promenu", "provera", "proveren", "proveri", "raspodel", "razmen",
        "razmer", "razumel", "razumet", "razumevan", "resav", "resen", "resit", "rešav", "rešen", "rešit", "savest",
        "savetn", "savetov", "seca", "sedel", "sedim", "sedist", "sedišt", "sedni", "senk", "sever", "seća", "slede",
        "sledi", "sledstv", "smej", "smel", "smer", "smesn", "smest", "smešn", "sused", "svedo", "svesn", "svestan",
        "svetl", "svetov", "svetsk", "telesn", "ubed", "umetnic", "umetnik", "umetnič", "umetnos", "umret", "usmer",
        "uspes", "uspeva", "uspeš", "uveren", "uverlj", "verov", "versk", "veruj", "videl", "volel", "voleti", "vred",
        "zahteva", "zamen", "zelel", "zeleo", "zelet", "zivel", "ziveo", "zivet", "zvezd", "čovek", "čoveč", "želel",
        "želeo", "želet", "živel", "živeo", "živet",
    ]),
    (IJEKAVIAN, &[
        "bijel", "bjez", "bjež", "cijel", "cijen", "cjel", "cjen", "covjec", "covjek", "cvijet", "cvjet", "dijel",
        "djec", "djelatn", "djelova", "djeluj", "djetet", "djetinj", "djevoj", "dječ", "donije", "dvije", "dvjes",
        "grijes", "griješ", "htje", "izbjeg", "izmijen", "izmjen", "iznije", "izvjestaj", "izvještaj", "lijep", "lijev",
        "ljepot", "ljeps", "ljepš", "ljet", "ljevic", "ljevič", "mijenj", "mijes", "miješ", "mjesec", "mjest", "mlijek",
        "mljec", "mlječ", "namjer", "namjest", "naslijed", "naslijeđ", "nasljed", "nasmij", "nijem", "njemac", "njemač",
        "njemc", "obavijest", "obavjest", "obavješt", "ocijen", "ocjen", "odnije", "opredjel", "osjeca", "osjet",
        "osjeća", "pjesm", "pjesn", "pjeva", "pobijed", "pobjed", "pobjeg", "podjel", "podsjec", "podsjet", "podsjeć",
        "posjet", "posljed", "potpredsjed", "povjerenj", "povrijed", "predsjed", "prelijep", "prenije", "prijetn",
        "primijen", "primjen", "primjer", "procijen", "procjen", "promijen", "promjen", "provjer", "raspodjel",
        "razmjer", "razumij", "razumje", "rijec", "rijek", "rijes", "riječ", "riješ", "rjecn", "rjes", "rječn", "rješ",
        "savjest", "savjet", "sjeca", "sjedi", "sjedje", "sjedni", "sjenk", "sjever", "sjeća", "slijed", "sljed",
        "smijes", "smiješ", "smje", "snijeg", "snjez", "snjež", "susjed", "svjedo", "svjesn", "svjestan", "svjetl",
        "svjetov", "svjetsk", "tijel", "tjeles", "ubijed", "umjetn", "umrije", "usmjer", "uspijev", "uspjes", "uspješ",
        "uvjeren", "uvrijed", "vidje", "vjern", "vjerov", "vjersk", "vjeruj", "voljel", "voljet", "vrijed", "vrijem",
        "zahtijev", "zahtjev", "zamijen", "zamjen", "zeljel", "zeljet", "zivj", "zvijezd", "zvjezd", "čovjek", "čovječ",
        "željel", "željet", "živj",
    ]),
    (IJEKAVIAN_EAST, &[
        "bezbjed", "djelimic", "djelimič", "hljeb", "ljekar", "obezbijed", "odjeljenj", "vjerovatn",
    ]),
    (SERBIAN, &[
        "avgust", "bezbednos", "bioskop", "hriscan", "hrišćan", "jevrej", "komentaris", "komentariš", "kritikova",
        "lecen", "lekar", "lečen", "leči", "naucni", "naučni", "odbornik", "opredel", "opstin", "opšt", "organizova",
        "ostrv", "pasulj", "pirinac", "pirinač", "poredenj", "poredjenj", "poređenj", "pozorist", "pozorišt",
        "protestova", "reagova", "registrova", "saopst", "saopšt", "sargarep", "sopstven", "srecn", "srećn",
        "stamparij", "svajcar", "svestenik", "sveštenik", "uporeden", "uporedjen", "upoređen", "vaspit", "vazduh",
        "šargarep", "štamparij", "švajcar",
    ]),
    (EASTERN, &[
        "advoka", "apotek", "citalac", "citaoc", "decembar", "decembr", "definisa", "februar", "fudbal", "funkcionisa",
        "gledalac", "gledaoc", "hemij", "hiljad", "informisa", "istorij", "januar", "kasarn", "kasik", "kašik",
        "kontrolisa", "krompir", "milion", "nosilac", "novembar", "novembr", "oktobar", "oktobr", "paradajz", "pasos",
        "pasoš", "penzi", "poslanik", "pozorisn", "pozorišn", "preduzec", "preduzeć", "prevodilac", "privred",
        "procent", "racunar", "raskrsnic", "računar", "regulisa", "rumunij", "saobracaj", "saobraćaj", "sarad", "sarađ",
        "septembar", "septembr", "spanij", "spisak", "stepeni", "tack", "tacn", "tanjir", "tačk", "tačn", "tuzilac",
        "tuzioc", "tužilac", "tužioc", "ucesni", "ucestv", "univerzitet", "uticaj", "učesni", "učestv", "viljusk",
        "viljušk", "čitalac", "čitaoc", "španij",
    ]),
    (WEAK_EASTERN, &[
        "evrop", "kafan", "komsij", "komšij", "muzik", "porodic",
    ]),
    (CROATIAN, &[
        "branitelj", "citatelj", "djelomi", "dvojb", "europ", "glazb", "gledatelj", "gospodarst", "ispricav",
        "ispričav", "izvjesc", "izvješć", "kazalis", "kazališ", "kemij", "kolodvor", "krumpir", "lijecnik", "liječnik",
        "lipnj", "listopad", "ljekarn", "milijun", "mirovin", "nazocn", "nazočn", "neovisn", "nizozemsk", "obitelj",
        "odvjetni", "ovisi", "ovisn", "plocnik", "pločnik", "poduzec", "poduzeć", "postotak", "postotk", "postrojb",
        "poveznic", "povijes", "prevoditelj", "prijelaz", "prijenos", "prijevod", "prijevoz", "priopc", "priopć",
        "promidzb", "promidžb", "prosinc", "prosvjed", "putovnic", "rablj", "racunal", "rajcic", "rajčic", "raskrizj",
        "raskrižj", "ravnatelj", "računal", "rumunjsk", "sijecanj", "sijecnj", "siječanj", "siječnj", "skladatelj",
        "slusatelj", "slušatelj", "spanjolsk", "srpanj", "srpnj", "stozer", "stožer", "sudioni", "sudjel", "surad",
        "surađ", "sustav", "sveucilis", "sveučiliš", "svibanj", "svibnj", "tanjur", "tisuc", "tisuć", "tjedn", "tock",
        "tocn", "točk", "točn", "tvrtk", "umirovlj", "uporab", "usporedb", "vjerojatn", "vojarn", "zastupnik",
        "zemljopis", "zlic", "znanost", "znanstven", "zrakoplov", "čitatelj", "španjolsk", "židov", "žlic",
    ]),
    (WEAK_CROATIAN, &[
        "osobn", "prijedlo",
    ]),
    (WESTERN, &[
        "definira", "funkcionira", "informira", "komentira", "kontrolira", "kritizira", "krscan", "kršćan", "mrkv",
        "nogomet", "opć", "organizira", "reagira", "registrira", "regulira", "stoljec", "stoljeć", "sveceni", "svećeni",
        "svicar", "tuzitelj", "tužitelj", "uspored", "utjec", "vijecni", "vijećni", "švicar",
    ]),
    (WEAK_WESTERN, &[
        "odgoj", "vlastit",
    ]),
    (BOSNIAN, &[
        "ahbab", "amidz", "amidž", "historij", "jaran", "kahv", "lahk", "mehk", "polahk", "saopc", "saopć", "sevap",
    ]),
    (NEUTRAL, &[
        "cvetkov", "severin", "severus", "sjedinj", "vrednov",
    ]),
];
