//! Letters that are drawn as symbols: mathematical, circled, squared, full-width, small capitals.

use unicode_normalization::UnicodeNormalization as _;

use super::{Placed, is_european_letter};

/// Whether a character is a letter drawn as a symbol.
pub(super) fn is_symbol(character: char) -> bool {
    plain(character).is_some()
}

/// The plain letter of a symbol.
fn plain(character: char) -> Option<char> {
    let from = |first: u32, to: u8| {
        let offset = u8::try_from(character as u32 - first).ok()?;
        Some(char::from(to + offset))
    };
    match character {
        // Letterlike symbols, mathematical letters, full-width ones.
        '\u{210a}'..='\u{2134}' | '\u{1d400}'..='\u{1d7cb}' | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' => {
            let mut plain = character.nfkc();
            plain.next().filter(|letter| *letter != character && letter.is_alphabetic() && plain.next().is_none())
        }
        // In brackets, circled.
        '\u{249c}'..='\u{24b5}' => from(0x249c, b'a'),
        '\u{24b6}'..='\u{24cf}' => from(0x24b6, b'A'),
        '\u{24d0}'..='\u{24e9}' => from(0x24d0, b'a'),
        // In brackets, squared, white on black.
        '\u{1f110}'..='\u{1f129}' => from(0x1f110, b'A'),
        '\u{1f130}'..='\u{1f149}' => from(0x1f130, b'A'),
        '\u{1f150}'..='\u{1f169}' => from(0x1f150, b'A'),
        '\u{1f170}'..='\u{1f189}' => from(0x1f170, b'A'),
        _ => small_capital(character),
    }
}

/// The small letter of a small capital.
fn small_capital(character: char) -> Option<char> {
    Some(match character {
        'ᴀ' => 'a',
        'ʙ' => 'b',
        'ᴄ' => 'c',
        'ᴅ' => 'd',
        'ᴇ' => 'e',
        'ꜰ' => 'f',
        'ɢ' => 'g',
        'ʜ' => 'h',
        'ɪ' => 'i',
        'ᴊ' => 'j',
        'ᴋ' => 'k',
        'ʟ' => 'l',
        'ᴍ' => 'm',
        'ɴ' => 'n',
        'ᴏ' => 'o',
        'ᴘ' => 'p',
        'ʀ' => 'r',
        'ꜱ' => 's',
        'ᴛ' => 't',
        'ᴜ' => 'u',
        'ᴠ' => 'v',
        'ᴡ' => 'w',
        'ʏ' => 'y',
        'ᴢ' => 'z',
        _ => return None,
    })
}

/// Makes symbols plain letters where two of them stand side by side, or one beside a letter: a single one is a sign, and
/// full-width letters among Chinese, Japanese or Korean are ordinary there.
pub(super) fn make_plain(placed: &mut [Placed]) -> bool {
    let has_wide_script = placed.iter().any(|one| is_wide(one.character));
    let plain = |character: char| {
        let is_ordinary = has_wide_script && matches!(character, '\u{ff21}'..='\u{ff5a}');
        if is_ordinary { None } else { plain(character) }
    };
    let spells = |pair: &[Placed]| match [pair[0].character, pair[1].character].map(|one| (one, plain(one).is_some())) {
        [(_, true), (_, true)] => true,
        [(_, true), (letter, false)] | [(letter, false), (_, true)] => is_european_letter(letter),
        _ => false,
    };
    if !placed.windows(2).any(spells) {
        return false;
    }
    for one in placed.iter_mut() {
        one.character = plain(one.character).unwrap_or(one.character);
    }
    true
}

/// Chinese, Japanese and Korean.
fn is_wide(character: char) -> bool {
    matches!(character as u32, 0x2e80..=0x30ff | 0x3400..=0x9fff | 0xac00..=0xd7af | 0x20000..=0x3ffff)
}
