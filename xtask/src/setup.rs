//! What has to be installed before anything else can run.

use std::process::Command;

use crate::command::{Fault, cargo, succeeds};
use crate::foreign::{self, Foreign};
use crate::packages::{self, FONTS, TESTS};
use crate::places::Places;

/// Installs everything that the tests need, and gives what they must be told of it.
pub(crate) fn everything(places: &Places) -> Result<Foreign, Fault> {
    for component in ["fmt", "clippy"] {
        if !succeeds(cargo().args([component, "--version"])) {
            return Err(Fault::new(format!(
                "cargo {component} is missing. Run this, then start again:\n  rustup component add rustfmt clippy"
            )));
        }
    }
    packages::install_missing(&[FONTS, TESTS].concat())?;
    foreign::prepare(places)
}

/// Installs the fonts.
pub(crate) fn fonts() -> Result<(), Fault> {
    packages::install_missing(FONTS)
}

/// True when nextest is there; `cargo test` does where it isn't, only slower.
pub(crate) fn has_nextest() -> bool {
    succeeds(cargo().args(["nextest", "--version"]))
}

/// True when cargo-deny is there; its advisories need a download that not every machine can make.
pub(crate) fn has_cargo_deny() -> bool {
    succeeds(Command::new("cargo-deny").arg("--version"))
}
