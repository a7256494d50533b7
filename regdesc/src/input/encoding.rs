// SPDX-License-Identifier: MIT OR Apache-2.0

//! Bytes to text by the encoding that they have: the one of a byte order mark,
//! else the one that an XML declaration names, else UTF-8.

/// Bytes that are no text in their encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// The text, with a replacement character for what could not be decoded.
    pub(crate) text: String,
    /// Where in that text the first such character is.
    pub(crate) at: usize,
    /// What is wrong there, in a sentence.
    pub(crate) message: String,
    /// The way out.
    pub(crate) help: String,
}

/// How the characters of a text are bytes.
enum Encoding {
    Utf8,
    /// Two bytes to a unit, the first the more significant one or the less.
    Utf16 {
        big: bool,
    },
    /// ASCII, with `above` for the bytes from 0x80 on.
    OneByte {
        name: &'static str,
        above: fn(u8) -> Option<char>,
    },
    /// One that is not read.
    Other(String),
}

/// Whether the bytes are characters of two bytes: half of them may be zero.
pub(crate) fn is_utf16(bytes: &[u8]) -> bool {
    matches!(of(bytes), Encoding::Utf16 { .. })
}

/// Decodes a whole input.
pub(crate) fn decode(bytes: Vec<u8>) -> Result<String, Malformed> {
    match of(&bytes) {
        Encoding::Utf8 => String::from_utf8(bytes).map_err(|error| not_utf8(&error.into_bytes())),
        Encoding::Utf16 { big } => utf16(&bytes, big),
        Encoding::OneByte { name, above } => {
            let decode = |byte: u8| match byte {
                0..=0x7f => Some(char::from(byte)),
                _ => above(byte),
            };
            one_byte(&bytes, decode).map_err(|(text, at, byte)| Malformed {
                text,
                at,
                message: format!(
                    "the byte 0x{byte:02x} is not a character of {name}, which the file declares"
                ),
                help: CONVERT.to_owned(),
            })
        }
        Encoding::Other(name) => other(bytes, &name),
    }
}

const CONVERT: &str = "declare the encoding that the file has, or save it as UTF-8";

fn of(bytes: &[u8]) -> Encoding {
    match bytes {
        [0xef, 0xbb, 0xbf, ..] => return Encoding::Utf8,
        [0xfe, 0xff, ..] => return Encoding::Utf16 { big: true },
        [0xff, 0xfe, ..] => return Encoding::Utf16 { big: false },
        // No mark, but of the first two characters one byte each is 0.
        [0, a, 0, b, ..] if a.is_ascii_graphic() && b.is_ascii() => {
            return Encoding::Utf16 { big: true };
        }
        [a, 0, b, 0, ..] if a.is_ascii_graphic() && b.is_ascii() => {
            return Encoding::Utf16 { big: false };
        }
        _ => {}
    }
    let Some(name) = declared(bytes) else {
        return Encoding::Utf8;
    };
    match name.to_ascii_lowercase().as_str() {
        // A declaration that can be read byte by byte is in no UTF-16.
        "utf-8" | "utf8" | "utf-16" | "utf-16le" | "utf-16be" | "ucs-2" => Encoding::Utf8,
        "us-ascii" | "ascii" => Encoding::OneByte {
            name: "US-ASCII",
            above: |_| None,
        },
        "iso-8859-1" | "iso8859-1" | "iso_8859-1" | "latin1" | "latin-1" | "l1" => {
            Encoding::OneByte {
                name: "ISO-8859-1",
                above: |byte| Some(windows_1252(byte).unwrap_or(char::from(byte))),
            }
        }
        "windows-1252" | "cp1252" | "cp-1252" => Encoding::OneByte {
            name: "windows-1252",
            above: windows_1252,
        },
        _ => Encoding::Other(name.to_owned()),
    }
}

/// The encoding that an XML declaration names: `<?xml … encoding="…"?>`.
fn declared(bytes: &[u8]) -> Option<&str> {
    let start = bytes.trim_ascii_start();
    let end = start.windows(2).position(|it| it == b"?>")?;
    let declaration = start.get(..end)?.strip_prefix(b"<?xml")?;
    // An invalid byte ends what can be the declaration.
    let declaration = std::str::from_utf8(declaration).ok()?;
    let (_, rest) = declaration.split_once("encoding")?;
    let value = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|it| matches!(it, '"' | '\''))?;
    let (name, _) = value.get(1..)?.split_once(quote)?;
    Some(name.trim())
}

/// What people and programs mean by the bytes 0x80 to 0x9f, even where they say
/// ISO-8859-1, which has control characters there.
fn windows_1252(byte: u8) -> Option<char> {
    const ABOVE: [char; 32] = [
        '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0',
        '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => {
            let character = ABOVE[usize::from(byte - 0x80)];
            (character != '\0').then_some(character)
        }
        _ => Some(char::from(byte)),
    }
}

/// The text; else what could be decoded of it, where the first byte is that
/// could not, and that byte.
fn one_byte(
    bytes: &[u8],
    decode: impl Fn(u8) -> Option<char>,
) -> Result<String, (String, usize, u8)> {
    let mut text = String::with_capacity(bytes.len());
    let mut wrong = None;
    for &byte in bytes {
        match decode(byte) {
            Some(character) => text.push(character),
            None => {
                wrong.get_or_insert((text.len(), byte));
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
    }
    match wrong {
        None => Ok(text),
        Some((at, byte)) => Err((text, at, byte)),
    }
}

fn utf16(bytes: &[u8], big: bool) -> Result<String, Malformed> {
    let unit = |pair: &[u8]| match *pair {
        [a, b] if big => u16::from_be_bytes([a, b]),
        [a, b] => u16::from_le_bytes([a, b]),
        // Half a unit is no character: a surrogate without its other half.
        _ => 0xd800,
    };
    let units = bytes.chunks(2).map(unit);
    let mut text = String::with_capacity(bytes.len() / 2);
    let mut wrong = None;
    for character in char::decode_utf16(units) {
        if character.is_err() {
            wrong.get_or_insert(text.len());
        }
        text.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    match wrong {
        None => Ok(text),
        Some(at) => Err(Malformed {
            text,
            at,
            message: "half a character of UTF-16".to_owned(),
            help: "the file is cut off or damaged; save it again, best as UTF-8".to_owned(),
        }),
    }
}

fn not_utf8(bytes: &[u8]) -> Malformed {
    let at = match std::str::from_utf8(bytes) {
        Ok(text) => text.len(),
        Err(error) => error.valid_up_to(),
    };
    let byte = bytes.get(at).copied().unwrap_or_default();
    Malformed {
        text: String::from_utf8_lossy(bytes).into_owned(),
        at,
        message: format!("the byte 0x{byte:02x} is no UTF-8"),
        help: "save the file as UTF-8; an XML file may declare another encoding, as \
               `<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>` does"
            .to_owned(),
    }
}

/// An encoding that is not known holds ASCII at least, as far as a file conforms to
/// that.
fn other(bytes: Vec<u8>, name: &str) -> Result<String, Malformed> {
    if bytes.is_ascii() {
        return String::from_utf8(bytes).map_err(|error| not_utf8(&error.into_bytes()));
    }
    let decode = |byte: u8| byte.is_ascii().then(|| char::from(byte));
    one_byte(&bytes, decode).map_err(|(text, at, _)| Malformed {
        text,
        at,
        message: format!("the file declares the encoding `{name}`, which is not read"),
        help: format!("convert it: `iconv -f {name} -t UTF-8`, and declare `UTF-8`"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn xml(encoding: &str, body: &[u8]) -> Vec<u8> {
        let declaration = format!("<?xml version='1.0' encoding=\"{encoding}\"?>\n<a>");
        [declaration.as_bytes(), body, b"</a>"].concat()
    }

    fn read(encoding: &str, body: &[u8]) -> String {
        let text = decode(xml(encoding, body)).unwrap();
        let (_, body) = text.split_once("<a>").unwrap();
        body.trim_end_matches("</a>").to_owned()
    }

    #[test]
    fn the_declared_encoding_is_honoured() {
        assert_eq!(read("ISO-8859-1", b"Gr\xf6\xdfe"), "Größe");
        assert_eq!(read("latin1", b"20 \xb5s"), "20 µs");
        assert_eq!(read("windows-1252", b"\x93on\x94 \x80"), "“on” €");
        assert_eq!(read("ISO-8859-1", b"\x96 \x81"), "– \u{81}");
        assert_eq!(read("utf-8", "Größe".as_bytes()), "Größe");
        assert_eq!(read("UTF-16", "Größe".as_bytes()), "Größe");
        assert_eq!(read("US-ASCII", b"plain"), "plain");
        assert_eq!(read("GB2312", b"plain"), "plain");
    }

    #[test]
    fn a_byte_order_mark_goes_before_a_declaration() {
        let text = "<?xml version='1.0' encoding='UTF-16'?><a>Größe 𝄞</a>";
        let units: Vec<u16> = text.encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        assert_eq!(decode(little.clone()).unwrap(), text);
        assert_eq!(decode(big.clone()).unwrap(), text);
        let marked = |mark: [u8; 2], bytes: Vec<u8>| decode([&mark[..], &bytes].concat()).unwrap();
        assert_eq!(marked([0xff, 0xfe], little), format!("\u{feff}{text}"));
        assert_eq!(marked([0xfe, 0xff], big), format!("\u{feff}{text}"));
        let utf8 = [&b"\xef\xbb\xbf"[..], &xml("latin1", "ö".as_bytes())].concat();
        assert!(decode(utf8).unwrap().contains("<a>ö</a>"));
    }

    #[test]
    fn what_does_not_fit_has_a_place() {
        let wrong = |bytes: Vec<u8>| {
            let wrong = decode(bytes).unwrap_err();
            let (before, _) = wrong.text.split_at(wrong.at);
            assert!(wrong.text[wrong.at..].starts_with(char::REPLACEMENT_CHARACTER));
            (
                before.rsplit("<a>").next().unwrap().to_owned(),
                wrong.message,
            )
        };
        let reported = |before: &str, message: &str| (before.to_owned(), message.to_owned());
        assert_eq!(
            wrong(xml("US-ASCII", b"20 \xb5s")),
            reported(
                "20 ",
                "the byte 0xb5 is not a character of US-ASCII, which the file declares"
            )
        );
        assert_eq!(
            wrong(xml("windows-1252", b"\xe4\x81")),
            reported(
                "ä",
                "the byte 0x81 is not a character of windows-1252, which the file declares"
            )
        );
        assert_eq!(
            wrong(b"<a>x\xff".to_vec()),
            reported("x", "the byte 0xff is no UTF-8")
        );
        assert_eq!(
            wrong(xml("GB2312", b"x\xb0\xa1")),
            reported(
                "x",
                "the file declares the encoding `GB2312`, which is not read"
            )
        );
        let cut = b"<\0a\0>\0x\0y".to_vec();
        assert_eq!(wrong(cut), reported("x", "half a character of UTF-16"));
    }

    #[test]
    fn only_a_declaration_declares() {
        assert_eq!(declared(b"schema: 1 # encoding=\"latin1\" ?>"), None);
        assert_eq!(declared(b"<?xml version='1.0'?>"), None);
        assert_eq!(
            declared(b"<?xml version='1.0' encoding = 'x' ?>"),
            Some("x")
        );
        assert_eq!(declared(b"<?xml encoding='x"), None);
    }
}
