//! What every parser of outside input promises, whatever is sent.
//!
//! A [`Target`] takes any bytes, hands them to one parser, and panics where a promise is broken: what parses
//! prints and parses again as the same; no signature holds for anything but what was signed; no input makes
//! more rows, text or memory than its bounds say. The tests of this crate run every target over its seeds and
//! over the cases in `fuzz/cases/TARGET`, each of them an input that once broke a promise. `cargo xtask fuzz`
//! runs the same targets under libFuzzer, which looks for further ones; its binaries, in `fuzz`, hold nothing
//! but calls to what is here.
//!
//! A first byte or two choose what is done with the rest where there is a choice. Signatures cannot be
//! guessed, so some targets sign what they are given, and look at what lies behind the signature.
#![allow(clippy::unwrap_used, reason = "a target says what is wrong by failing")]

pub mod alert_messages;
pub mod api_bodies;
pub mod codes;
mod contained;
pub mod credential_claims;
pub mod credentials;
pub mod erasure_lines;
pub mod identity_numbers;
pub mod intake_csv;
mod intake_file;
pub mod intake_json_lines;
pub mod intake_sheets;
pub mod intake_workbooks;
mod interface;
pub mod log_notes;
pub mod log_receipts;
pub mod log_tiles;
pub mod papers;
mod people;
pub mod procedure_files;
pub mod profiles;
pub mod sealed_data;
pub mod signed_requests;
pub mod status_lists;
pub mod trust_files;

use std::{fs, path::Path};

/// One parser, or a few that belong together.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name, which is also that of its binary and of its folder of cases.
    pub name: &'static str,
    /// Hands any bytes to the parser. Panics where a promise is broken.
    pub run: fn(&[u8]),
    /// Inputs to begin with, all made up.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Words of the format, which a fuzzer would not guess.
    pub words: &'static [&'static str],
}

/// Every target.
pub const TARGETS: &[Target] = &[
    alert_messages::TARGET,
    api_bodies::TARGET,
    codes::TARGET,
    credential_claims::TARGET,
    credentials::TARGET,
    erasure_lines::TARGET,
    identity_numbers::TARGET,
    intake_csv::TARGET,
    intake_json_lines::TARGET,
    intake_sheets::TARGET,
    intake_workbooks::TARGET,
    log_notes::TARGET,
    log_receipts::TARGET,
    log_tiles::TARGET,
    papers::TARGET,
    procedure_files::TARGET,
    profiles::TARGET,
    sealed_data::TARGET,
    signed_requests::TARGET,
    status_lists::TARGET,
    trust_files::TARGET,
];

/// The environment variable with the folder for seeds and words.
const FOLDER: &str = "STANDING_FUZZ";

impl Target {
    /// Gets ready for a fuzzer, once before it starts. Where `STANDING_FUZZ` names a folder, the seeds are
    /// written into its `seeds`, and the words into its `words`, as libFuzzer reads them.
    pub fn prepare(&self) {
        contained::let_pass();
        if let Some(folder) = std::env::var_os(FOLDER) {
            self.write(Path::new(&folder))
                .expect("the folder for seeds can be written to");
        }
    }

    fn write(&self, folder: &Path) -> std::io::Result<()> {
        let seeds = folder.join("seeds");
        fs::create_dir_all(&seeds)?;
        for (number, seed) in (self.seeds)().iter().enumerate() {
            fs::write(seeds.join(format!("{number:03}")), seed)?;
        }
        let words = self.words.iter().map(|word| format!("\"{}\"\n", escaped(word)));
        // A file without any line would be refused.
        let words: String = std::iter::once(format!("# {}\n", self.name))
            .chain(words)
            .collect();
        fs::write(folder.join("words"), words)
    }
}

/// A word as a dictionary of libFuzzer has it.
fn escaped(word: &str) -> String {
    let plain = |byte: u8| (byte.is_ascii_graphic() || byte == b' ') && byte != b'"' && byte != b'\\';
    word.bytes()
        .map(|byte| match plain(byte) {
            true => char::from(byte).to_string(),
            false => format!("\\x{byte:02X}"),
        })
        .collect()
}

/// The first bytes, which choose, and the rest. What is missing is zero.
fn choices<const N: usize>(bytes: &[u8]) -> ([u8; N], &[u8]) {
    let mut first = [0; N];
    let count = bytes.len().min(N);
    first[..count].copy_from_slice(&bytes[..count]);
    (first, &bytes[count..])
}

/// A seed: its choices, then the rest.
fn seed(first: &[u8], rest: impl AsRef<[u8]>) -> Vec<u8> {
    [first, rest.as_ref()].concat()
}

/// The folder of the project.
fn project() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_and_words_are_written_as_libfuzzer_reads_them() {
        let folder = tempfile::tempdir().unwrap();
        let target = Target {
            name: "x",
            run: |_| (),
            seeds: || vec![vec![0, 1], vec![]],
            words: &["a\"b", "许"],
        };
        target.write(folder.path()).unwrap();
        assert_eq!(fs::read(folder.path().join("seeds/000")).unwrap(), [0, 1]);
        assert!(fs::read(folder.path().join("seeds/001")).unwrap().is_empty());
        let words = fs::read_to_string(folder.path().join("words")).unwrap();
        assert_eq!(words, "# x\n\"a\\x22b\"\n\"\\xE8\\xAE\\xB8\"\n");
    }

    #[test]
    fn what_is_missing_of_the_choices_is_zero() {
        assert_eq!(choices::<3>(&[7]), ([7, 0, 0], &[][..]));
        assert_eq!(choices::<1>(&[7, 8]), ([7], &[8][..]));
    }
}
