//! The demonstration: fonts, the release program, and then the program's own `demo`.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use crate::command::{self, Fault, cargo};
use crate::places::Places;
use crate::setup;

/// Builds the program and becomes `standing demo`; returns only when that can't be started.
pub(crate) fn run(places: &Places, rest: Vec<OsString>) -> Result<(), Fault> {
    if let Err(fault) = setup::fonts() {
        eprintln!("Going on without the fonts for Chinese on certificates: {fault}\n");
    }
    command::run(
        cargo()
            .args(["build", "--release", "--package", "standing"])
            .current_dir(&places.root),
    )?;
    let program = places.program("release");
    let error = Command::new(&program).arg("demo").args(rest).exec();
    Err(Fault::new(format!("cannot start {}: {error}", program.display())))
}
