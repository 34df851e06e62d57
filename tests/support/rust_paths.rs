//! Reads as much of a Rust file as is needed to tell which paths it names.

/// A piece of code that matters here: a word, or a sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub line: usize,
    pub text: String,
}

/// A path as written, such as `crate::text::words`; groups in a `use` are taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPath {
    pub line: usize,
    pub segments: Vec<String>,
    /// How many `mod name { … }` of the file it stands in.
    pub inner_modules: usize,
}

/// The words and signs of a file, without comments, strings and characters; `::` is one sign.
pub fn tokens(code: &str) -> Vec<Token> {
    let characters: Vec<char> = code.chars().collect();
    let at = |place: usize| characters.get(place).copied().unwrap_or('\0');
    let mut found = Vec::new();
    let (mut place, mut line) = (0, 1);
    while place < characters.len() {
        let begin = place;
        let mut token = None;
        match at(place) {
            '/' if at(place + 1) == '/' => place = skip_while(&characters, place, |character| character != '\n'),
            '/' if at(place + 1) == '*' => place = skip_block_comment(&characters, place),
            '"' => place = skip_string(&characters, place),
            '\'' if at(place + 1) == '\\' => {
                place = skip_while(&characters, place + 3, |character| character != '\'') + 1;
            }
            '\'' if at(place + 2) == '\'' => place += 3,
            character if is_word(character) => {
                place = skip_while(&characters, place, is_word);
                let word: String = characters[begin..place].iter().collect();
                let hashes = skip_while(&characters, place, |character| character == '#') - place;
                if matches!(word.as_str(), "r" | "br") && at(place + hashes) == '"' {
                    place = skip_raw_string(&characters, place + hashes, hashes);
                } else {
                    token = Some(word);
                }
            }
            ':' if at(place + 1) == ':' => {
                place += 2;
                token = Some("::".to_owned());
            }
            sign => {
                place += 1;
                token = (!sign.is_whitespace()).then(|| sign.to_string());
            }
        }
        found.extend(token.map(|text| Token { line, text }));
        line += characters[begin..place.min(characters.len())].iter().filter(|character| **character == '\n').count();
    }
    found
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn skip_while(characters: &[char], from: usize, holds: impl Fn(char) -> bool) -> usize {
    let rest = characters.get(from..).unwrap_or_default();
    from + rest.iter().take_while(|character| holds(**character)).count()
}

fn skip_string(characters: &[char], from: usize) -> usize {
    let mut place = from + 1;
    while let Some(character) = characters.get(place) {
        match character {
            '"' => return place + 1,
            '\\' => place += 2,
            _ => place += 1,
        }
    }
    place
}

fn skip_raw_string(characters: &[char], quote: usize, hashes: usize) -> usize {
    let mut place = quote + 1;
    while place < characters.len() {
        place += 1;
        let is_quote = characters[place - 1] == '"';
        if is_quote && skip_while(characters, place, |character| character == '#') - place >= hashes {
            return place + hashes;
        }
    }
    place
}

fn skip_block_comment(characters: &[char], from: usize) -> usize {
    let (mut place, mut depth) = (from, 0_usize);
    while place < characters.len() {
        match (characters[place], characters.get(place + 1)) {
            ('/', Some('*')) => (place, depth) = (place + 2, depth + 1),
            ('*', Some('/')) => (place, depth) = (place + 2, depth - 1),
            _ => place += 1,
        }
        if depth == 0 {
            break;
        }
    }
    place
}

/// All paths that a file names.
pub fn paths(tokens: &[Token]) -> Vec<NamedPath> {
    let text = |place: usize| tokens.get(place).map_or("", |token| token.text.as_str());
    let mut found = Vec::new();
    let mut depth = 0_usize;
    let mut inner_modules: Vec<usize> = Vec::new();
    let mut place = 0;
    while place < tokens.len() {
        match text(place) {
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                if inner_modules.last() == Some(&depth) {
                    inner_modules.pop();
                }
            }
            "mod" if text(place + 2) == "{" => inner_modules.push(depth),
            "use" => {
                place = use_tree(tokens, place + 1, &[], inner_modules.len(), &mut found);
                continue;
            }
            word if word.chars().all(is_word) && text(place + 1) == "::" => {
                let line = tokens[place].line;
                let mut segments = vec![word.to_owned()];
                while text(place + 1) == "::" && text(place + 2).chars().all(is_word) {
                    segments.push(text(place + 2).to_owned());
                    place += 2;
                }
                found.push(NamedPath { line, segments, inner_modules: inner_modules.len() });
            }
            _ => {}
        }
        place += 1;
    }
    found
}

/// Takes a `use` apart, from after the word `use` or `{` or `,`; gives the place after it.
fn use_tree(
    tokens: &[Token],
    from: usize,
    above: &[String],
    inner_modules: usize,
    found: &mut Vec<NamedPath>,
) -> usize {
    let text = |place: usize| tokens.get(place).map_or("", |token| token.text.as_str());
    let mut segments = above.to_vec();
    let mut place = from;
    loop {
        match text(place) {
            "{" => {
                place += 1;
                while !matches!(text(place), "}" | "") {
                    place = use_tree(tokens, place, &segments, inner_modules, found);
                    if text(place) == "," {
                        place += 1;
                    }
                }
                return place + 1;
            }
            "as" => place += 2,
            "::" => place += 1,
            "," | "}" | ";" | "" => break,
            segment => {
                segments.push(segment.to_owned());
                place += 1;
            }
        }
    }
    let line = tokens.get(place.saturating_sub(1)).map_or(0, |token| token.line);
    found.push(NamedPath { line, segments, inner_modules });
    place
}
