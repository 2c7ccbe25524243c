//! The benchmarks, in the release build.

use std::ffi::OsString;

use crate::command::{self, Fault, cargo};
use crate::places::Places;

/// Builds and runs the benchmark program of the workspace's `bench` package.
pub(crate) fn run(places: &Places, rest: Vec<OsString>) -> Result<(), Fault> {
    let mut program = cargo();
    program
        .args(["run", "--release", "--package", "bench", "--"])
        .args(rest)
        .current_dir(&places.root);
    command::run(&mut program)
}
