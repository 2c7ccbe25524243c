//! The file of erasures that is written apart: bytes as they are, and lines that are proved here as an installation
//! proves them. What reads prints and reads again as the same; a line that was changed is refused; a file that was cut
//! short loses what was cut and no more.

use keys::Keyring;
use registry::read_erasures;

use crate::{Target, choices, seed};

/// See [`crate::erasure_lines`].
pub const TARGET: Target = Target {
    name: "erasure_lines",
    run,
    seeds,
    words: &[
        "standing erasures v1\n",
        "record_version ",
        "person ",
        "mail_address ",
        "withdrawn consent ",
        "withdrawn staff law-bureau ",
        " - 0 ",
        "void ",
        "00000000000000000000000000000000",
        "2026-11-23",
        "-377705023201",
        "253402207200",
        "9223372036854775807",
        "18446744073709551615",
    ],
};

const HEADER: &str = "standing erasures v1\n";

fn offset() -> jiff::tz::Offset {
    jiff::tz::offset(8)
}

/// A file of these lines, each proved.
fn proved<'a>(keys: &Keyring, lines: impl Iterator<Item = &'a str>) -> String {
    let (mut file, mut last) = (HEADER.to_owned(), [0; 16]);
    for line in lines {
        last = keys.erasure_line(&last, line);
        let mac: String = last.iter().map(|byte| format!("{byte:02x}")).collect();
        file.push_str(&format!("{line} {mac}\n"));
    }
    file
}

fn run(bytes: &[u8]) {
    let keys = Keyring::new(&[7; 32]);
    let ([how, place], rest) = choices(bytes);
    if how % 2 == 0 {
        // Nobody guesses a MAC: but for the header, nothing that is whole reads.
        if let Ok(read) = read_erasures(rest, &keys, offset()) {
            assert!(read.length <= rest.len() as u64, "no more is read than there is");
            assert!(read.lines.is_empty(), "a line without its proof is none");
        }
        return;
    }
    let text = String::from_utf8_lossy(rest);
    // A line ends where the file's lines end.
    let file = proved(&keys, text.split('\n'));
    let Ok(read) = read_erasures(file.as_bytes(), &keys, offset()) else {
        return;
    };
    assert_eq!(read.length, file.len() as u64, "every line is whole");
    let again = proved(&keys, read.lines.iter().map(String::as_str));
    let again = read_erasures(again.as_bytes(), &keys, offset());
    assert_eq!(
        again.map(|again| again.lines).ok(),
        Some(read.lines.clone()),
        "what was read prints and reads as the same"
    );
    let cut = file.len() * usize::from(place) / 256;
    if let Some(cut) = file.get(..cut).filter(|cut| cut.len() >= HEADER.len()) {
        let short = read_erasures(cut.as_bytes(), &keys, offset()).expect("a file that was cut short reads");
        assert_eq!(
            short.lines,
            read.lines[..short.lines.len()],
            "what was cut off is missing, and no more"
        );
    }
    let mut changed = file.into_bytes();
    let place = HEADER.len() + (changed.len() - HEADER.len()) * usize::from(place) / 256;
    if let Some(byte) = changed.get_mut(place).filter(|byte| byte.is_ascii_hexdigit()) {
        *byte = if *byte == b'0' { b'1' } else { b'0' };
        assert!(
            read_erasures(&changed, &keys, offset()).is_err(),
            "a line that was changed is refused"
        );
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let id = "0a".repeat(16);
    let record = format!(
        "record_version {id} {id} 2 {id} {id} 1952352000 2031-11-14 7 {}",
        "00".repeat(32)
    );
    let person = format!(
        "person {id} - 0 {id} {id} 1952352000 2031-11-14 7 {}",
        "00".repeat(32)
    );
    let address = format!(
        "mail_address {id} {id} 0 {id} {id} 1952352000 2031-11-14 7 {}",
        "00".repeat(32)
    );
    vec![
        seed(&[1, 60], address),
        seed(&[1, 90], format!("withdrawn consent {id} {id} {id} 1952352000")),
        seed(&[1, 20], format!("withdrawn member law-bureau - {id} 1952352000")),
        seed(&[0, 0], HEADER),
        seed(&[0, 0], format!("{HEADER}void {id} {id}\n")),
        seed(&[1, 0], format!("void {id}")),
        seed(&[1, 200], format!("void {id}\nvoid {}", "0b".repeat(16))),
        seed(&[1, 30], format!("{record}\n{person}")),
    ]
}
