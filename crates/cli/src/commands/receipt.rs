//! `standing log receipt`: whether a receipt holds, without a network.

use std::{
    fs::File,
    io::{BufReader, Read as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use jiff::Timestamp;
use registry::{Receipt, leaf};
use serde_json::{Value, json};
use tlog::{OpenedCheckpoint, VerifierKey};

use crate::{
    failure::{Failure, Outcome, say, with_causes},
    installation,
    words::{Language, both},
};

/// Check a receipt without a network: its statement, its place in the log, and the signature over the log.
///
/// FILE is a receipt as the pages give it to keep, or an answer of the interface or of `standing submit --json` that
/// holds one. Exit status: 0 when it holds, 1 when it does not.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The file with the receipt.
    file: PathBuf,
    /// The key that verifies the log's checkpoints, as the page /log shows it: name+key id+key. Get it from somewhere
    /// that you trust, not with the receipt.
    #[arg(long)]
    vkey: String,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

/// The longest file that is read: answers to submissions hold a line for each row.
const LONGEST_FILE: u64 = 1024 * 1024 * 1024;

pub(crate) fn run(arguments: &Arguments, language: Language) -> Outcome {
    let key: VerifierKey = arguments.vkey.parse()?;
    let receipt = read(&arguments.file)?;
    match check(&receipt, key) {
        Ok(proved) => {
            if arguments.json {
                say(proved.json());
            } else {
                proved.say(language);
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(why) if arguments.json => {
            say(json!({"holds": false, "why": why.words(Language::En)}));
            Ok(ExitCode::FAILURE)
        }
        Err(why) => {
            let (zh, en) = (why.words(Language::Zh), why.words(Language::En));
            Err(Failure::new(both!(
                "回执不成立：{zh}",
                "the receipt does not hold: {en}"
            )))
        }
    }
}

/// Why a receipt does not hold.
#[derive(Debug)]
enum Why {
    Salt,
    Parts,
    /// As the log's own errors say it.
    Proof(String),
}

impl Why {
    fn proof(error: impl std::error::Error) -> Self {
        Self::Proof(with_causes(&error))
    }

    fn words(&self, language: Language) -> String {
        match (self, language) {
            (Self::Salt, Language::Zh) => "盐值不是 16 字节的十六进制数".to_owned(),
            (Self::Salt, Language::En) => "its salt is not 16 bytes in hexadecimal".to_owned(),
            (Self::Parts, Language::Zh) => "陈述、盐值与条目不相符，其中有一项被改动".to_owned(),
            (Self::Parts, Language::En) => {
                "statement, salt and entry do not belong together; one of them was changed".to_owned()
            }
            (Self::Proof(why), Language::Zh) => format!("证明或检查点的签名不成立（{why}）"),
            (Self::Proof(why), Language::En) => why.clone(),
        }
    }
}

/// A receipt, or an answer that holds one.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Given {
    Receipt(Receipt),
    Answer { receipt: Receipt },
}

fn read(path: &Path) -> Result<Receipt, Failure> {
    let file = File::open(path).map_err(|error| installation::at(path, &error))?;
    let given = serde_json::from_reader(BufReader::new(file.take(LONGEST_FILE)));
    match given {
        Ok(Given::Receipt(receipt) | Given::Answer { receipt }) => Ok(receipt),
        Err(_) => {
            let path = path.display();
            Err(Failure::new(both!(
                "{path} 不是回执：应为含 statement、salt、entry 和 proof 的 JSON 文件，或含有回执的答复",
                "{path} is no receipt: a JSON file with statement, salt, entry and proof is expected, or an answer that \
                 holds one"
            )))
        }
    }
}

/// What a receipt proves.
struct Proved<'a> {
    statement: &'a str,
    index: u64,
    opened: OpenedCheckpoint,
}

/// Checks commitment, place and signature; why it does not hold, if it does not.
fn check(receipt: &Receipt, key: VerifierKey) -> Result<Proved<'_>, Why> {
    let mut salt = leaf::Salt::default();
    hex::decode_to_slice(&receipt.salt, &mut salt).map_err(|_| Why::Salt)?;
    let entry = leaf::entry(&salt, &receipt.statement);
    if hex::encode(entry) != receipt.entry {
        return Err(Why::Parts);
    }
    let proof = tlog::Receipt::parse(receipt.proof.as_bytes()).map_err(Why::proof)?;
    let opened = proof.verify(&entry, &[key]).map_err(Why::proof)?;
    Ok(Proved {
        statement: &receipt.statement,
        index: proof.index(),
        opened,
    })
}

impl Proved<'_> {
    /// The statement's fields, if it is JSON as this program writes it.
    fn fields(&self) -> Value {
        serde_json::from_str(self.statement).unwrap_or_else(|_| Value::from(self.statement))
    }

    /// When it happened, as the statement says.
    fn at(&self) -> Option<Timestamp> {
        let second = self.fields().get("at")?.as_i64()?;
        Timestamp::from_second(second).ok()
    }

    fn json(&self) -> Value {
        let checkpoint = &self.opened.checkpoint;
        json!({
            "holds": true,
            "statement": self.fields(),
            "at": self.at().map(|at| at.to_string()),
            "log": checkpoint.origin(),
            "index": self.index,
            "size": checkpoint.size(),
            "root": checkpoint.root().to_string(),
        })
    }

    fn say(&self, language: Language) {
        let checkpoint = &self.opened.checkpoint;
        let (origin, root) = (checkpoint.origin(), checkpoint.root());
        let (index, size) = (self.index, checkpoint.size());
        // Printed anew, so that nothing in it reaches the terminal but text.
        let statement = self.fields();
        let lines = match language {
            Language::Zh => [
                "回执成立。".to_owned(),
                format!("陈述：{statement}"),
                self.at().map_or_else(
                    || "时间：陈述中没有时间；它早于下述日志的签名。".to_owned(),
                    |at| format!("时间（据陈述所载）：{at}"),
                ),
                format!("日志：{origin}，第 {index} 条（从 0 起计），共 {size} 条，根 {root}"),
                format!(
                    "这证明：密钥持有者签署前 {size} 条时，日志中已有这条陈述，一字不差；此后如被取出，必能发现。\
                     这不证明所报送的内容属实，也不说明此后的情况。"
                ),
            ],
            Language::En => [
                "The receipt holds.".to_owned(),
                format!("Statement: {statement}"),
                self.at().map_or_else(
                    || {
                        "When: the statement names no time; it is older than the log's signature below."
                            .to_owned()
                    },
                    |at| format!("When, as it says: {at}"),
                ),
                format!("Log: {origin}, entry {index} (counted from 0) of {size}, root {root}"),
                format!(
                    "This proves that the log held this statement, word for word, when the holder of the key signed \
                     its first {size} entries; it cannot be taken out since without that being seen. It does not prove \
                     that what was filed is true, nor what happened later."
                ),
            ],
        };
        say(lines.join("\n"));
    }
}

#[cfg(test)]
mod tests {
    use tlog::{Checkpoint, Ed25519Signer, leaf_hash};

    use super::*;

    #[test]
    fn a_statement_with_a_time_says_when_it_was_and_another_salt_or_place_does_not_hold() {
        let signer = Ed25519Signer::from_seed("made-up.example/log", &[1; 32]).unwrap();
        let statement = r#"{"what":"look","at":1767225600}"#;
        let entry = leaf::entry(&[7; 16], statement);
        let checkpoint = Checkpoint::new("made-up.example/log", 1, leaf_hash(&entry)).unwrap();
        let note = checkpoint.sign(&[&signer]).unwrap().to_string();
        let proof = |index| {
            tlog::Receipt::new(index, Vec::new(), note.clone())
                .unwrap()
                .to_string()
        };
        let receipt = Receipt {
            statement: statement.to_owned(),
            salt: hex::encode([7; 16]),
            entry: hex::encode(entry),
            proof: proof(0),
        };
        let proved = check(&receipt, signer.verifier_key()).unwrap().json();
        assert_eq!(
            (&proved["at"], &proved["size"]),
            (&json!("2026-01-01T00:00:00Z"), &json!(1))
        );
        let changed = |change: &dyn Fn(&mut Receipt)| {
            let mut one = receipt.clone();
            change(&mut one);
            one
        };
        for one in [
            changed(&|one| one.salt = hex::encode([8; 16])),
            changed(&|one| "07".clone_into(&mut one.salt)),
            changed(&|one| one.entry = hex::encode([0; 32])),
            changed(&|one| one.proof = proof(1)),
            changed(&|one| one.proof.clear()),
        ] {
            assert!(check(&one, signer.verifier_key()).is_err(), "{one:?}");
        }
    }
}
