//! Names of languages that several systems share, and which of them count as one.

/// What counts as one language where families are asked for: Bosnian, Croatian and Serbian are `hbs`, `no` is `nb`.
pub fn family(code: &str) -> &str {
    match code {
        "bs" | "hr" | "sr" | "sh" => "hbs",
        "no" => "nb",
        other => other,
    }
}

/// Whether it is Bosnian, Croatian or Serbian, told apart or not.
pub fn is_south_slavic(code: &str) -> bool {
    family(code) == "hbs"
}
