//! The file of rejected rows beside the one that was sent. It is somebody's to mend, so nothing here writes over one:
//! where there is one with something else in it, the rows go to a file with a number.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use crate::{
    failure::{Failure, remark},
    installation,
    words::Language,
};

/// Writes the rejected rows of a file that was sent, and says where they are. That they cannot be written takes
/// nothing back: it is said, and the file is written when the rows are sent once more.
pub(super) fn keep(
    sent: &Path,
    language: Language,
    fill: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
) {
    let part = beside(sent, ".rejected.csv.part");
    let kept = write(&part, fill).and_then(|()| place(sent, &part));
    match kept {
        Ok(target) => {
            let target = target.display();
            remark(match language {
                Language::Zh => format!("未收的行在 {target}"),
                Language::En => format!("the rejected rows are in {target}"),
            });
        }
        Err(failure) => {
            // It holds names and identity numbers. Where there is none, there is none to remove.
            let _ = fs::remove_file(&part);
            let failure = failure.get(language);
            remark(match language {
                Language::Zh => {
                    format!("未收的行无法写入文件：{failure}；已收的行均已归档，再次报送该文件即可写出")
                }
                Language::En => format!(
                    "the rejected rows could not be written: {failure}; what was accepted is filed, and sending the \
                     file again writes them"
                ),
            });
        }
    }
}

/// Says that a file of rejected rows that is still there is none of this run.
pub(super) fn none(sent: &Path, language: Language) {
    let earlier = named(sent, 1);
    if earlier.exists() {
        let earlier = earlier.display();
        remark(match language {
            Language::Zh => format!("本次没有未收的行；{earlier} 是此前留下的"),
            Language::En => format!("no row was rejected; {earlier} is from an earlier run"),
        });
    }
}

/// Gives the file the first name that is free, or under which the same stands already.
fn place(sent: &Path, part: &Path) -> Result<PathBuf, Failure> {
    let mut number = 1;
    loop {
        let target = named(sent, number);
        let taken = fs::symlink_metadata(&target).is_ok();
        if !taken {
            fs::rename(part, &target).map_err(|error| installation::at(&target, &error))?;
            return Ok(target);
        }
        if target.is_file() && same(part, &target).map_err(|error| installation::at(&target, &error))? {
            fs::remove_file(part).map_err(|error| installation::at(part, &error))?;
            return Ok(target);
        }
        number += 1;
    }
}

fn named(sent: &Path, number: u64) -> PathBuf {
    match number {
        1 => beside(sent, ".rejected.csv"),
        _ => beside(sent, &format!(".rejected-{number}.csv")),
    }
}

fn beside(sent: &Path, end: &str) -> PathBuf {
    let mut name: OsString = sent.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn same(one: &Path, other: &Path) -> io::Result<bool> {
    let (one, other) = (File::open(one)?, File::open(other)?);
    if one.metadata()?.len() != other.metadata()?.len() {
        return Ok(false);
    }
    let mut others = BufReader::new(other).bytes();
    for byte in BufReader::new(one).bytes() {
        let other = others.next().transpose()?;
        if Some(byte?) != other {
            return Ok(false);
        }
    }
    Ok(others.next().is_none())
}

/// Writes a file that is there whole or not at all.
fn write(part: &Path, fill: impl FnOnce(&mut dyn Write) -> Result<(), Failure>) -> Result<(), Failure> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    // It holds names and identity numbers: readable by its owner alone.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options
        .open(part)
        .map_err(|error| installation::at(part, &error))?;
    let mut out = BufWriter::new(file);
    fill(&mut out)?;
    out.flush()
        .and_then(|()| out.get_ref().sync_all())
        .map_err(|error| installation::at(part, &error))
}
