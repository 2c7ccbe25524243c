//! The fuzz targets under libFuzzer, with nothing to install: cargo builds libFuzzer from its crate, and the
//! stable compiler can instrument what it builds, as `cargo fuzz` would have it do.
//!
//! Everything is kept in `target/fuzz`: the build, and for each target its corpus, which grows from run to
//! run. An input that breaks a promise is copied to `fuzz/cases/TARGET`, where the tests take it up.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{self, Fault, cargo, output, while_doing};
use crate::places::Places;

/// What a compiler that counts coverage for libFuzzer is told.
const INSTRUMENTED: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    // Libraries pass over checksums under this name, which a fuzzer could not guess.
    "--cfg",
    "fuzzing",
];

/// More memory than any input may take, and longer than any may last.
const BOUNDS: [&str; 2] = ["-rss_limit_mb=1024", "-timeout=10"];

/// How libFuzzer names the inputs that it gives up at.
const FOUND: [&str; 3] = ["crash-", "oom-", "timeout-"];

/// Builds and runs the named targets, or all, each for so many seconds. Fails after the last of them where an
/// input was found.
pub(crate) fn run(places: &Places, named: Vec<String>, seconds: u64) -> Result<(), Fault> {
    let all = targets(places)?;
    if let Some(other) = named.iter().find(|name| !all.contains(name)) {
        return Err(Fault::new(format!(
            "no target `{other}`; there are: {}",
            all.join(", ")
        )));
    }
    let chosen = if named.is_empty() { all } else { named };
    let programs = build(places, &chosen)?;
    let mut cases = Vec::new();
    for target in &chosen {
        println!("\n== {target}");
        cases.extend(fuzz(places, &programs.join(target), target, seconds)?);
    }
    if cases.is_empty() {
        println!("\n{} held for {seconds} s each", chosen.join(", "));
        return Ok(());
    }
    Err(Fault::new(format!(
        "promises were broken by these inputs, which are cases now:\n{}\nto repeat them: \
         cargo xtask test --step tests -- -p fuzz-targets",
        cases.join("\n")
    )))
}

/// Prints the targets.
pub(crate) fn list(places: &Places) -> Result<(), Fault> {
    println!("{}", targets(places)?.join("\n"));
    Ok(())
}

/// The targets, by the files of their binaries.
fn targets(places: &Places) -> Result<Vec<String>, Fault> {
    let mut names: Vec<String> = files(&places.root.join("fuzz/fuzz_targets"))?
        .iter()
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    Ok(names)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let what = format!("cannot list {}", folder.display());
    let entries = while_doing(&what, fs::read_dir(folder))?;
    entries
        .map(|entry| while_doing(&what, entry).map(|entry| entry.path()))
        .collect()
}

/// Builds the targets and answers the folder of their programs.
fn build(places: &Places, chosen: &[String]) -> Result<PathBuf, Fault> {
    let version = output(Command::new("rustc").arg("-vV"))?;
    let host = host(&version).ok_or_else(|| Fault::new("rustc -vV names no host"))?;
    let folder = places.target.join("fuzz/build");
    let mut build = cargo();
    build
        .args(["build", "--release", "--manifest-path", "fuzz/Cargo.toml"])
        // With a target named, build scripts and macros stay as they are.
        .args(["--target", host])
        .arg("--target-dir")
        .arg(&folder)
        .args(chosen.iter().flat_map(|target| ["--bin", target]))
        .env("CARGO_ENCODED_RUSTFLAGS", INSTRUMENTED.join("\u{1f}"))
        .current_dir(&places.root);
    command::run(&mut build)?;
    Ok(folder.join(host).join("release"))
}

fn host(version: &str) -> Option<&str> {
    version.lines().find_map(|line| line.strip_prefix("host: "))
}

/// Runs one target. Answers the cases that came of it.
fn fuzz(places: &Places, program: &Path, target: &str, seconds: u64) -> Result<Vec<String>, Fault> {
    let folder = places.target.join("fuzz").join(target);
    let [corpus, found, own, temporary] =
        ["corpus", "found", "own", "temporary"].map(|name| folder.join(name));
    // The seeds are written anew each time, since targets change; what was found is in the cases already.
    for stale in [&found, &own, &temporary] {
        if stale.exists() {
            while_doing("cannot clear the last run", fs::remove_dir_all(stale))?;
        }
    }
    for needed in [&corpus, &found, &own.join("seeds"), &temporary] {
        while_doing("cannot make a folder in target/fuzz", fs::create_dir_all(needed))?;
    }
    let joined = |before: &str, path: &Path| {
        let mut word = OsStr::new(before).to_owned();
        word.push(path);
        word
    };
    let mut fuzzer = Command::new(program);
    fuzzer
        .args(BOUNDS)
        .arg(format!("-max_total_time={seconds}"))
        .arg("-print_final_stats=1")
        .arg(joined("-dict=", &own.join("words")))
        .arg(joined("-artifact_prefix=", &found.join("")))
        .args([&corpus, &own.join("seeds")])
        .env("STANDING_FUZZ", &own)
        .env("TMPDIR", &temporary)
        .current_dir(&places.root);
    let ended = command::run(&mut fuzzer);
    let cases = keep(&found, &places.root.join("fuzz/cases").join(target))?;
    match ended {
        // It could not run at all.
        Err(fault) if cases.is_empty() => Err(fault),
        _ => Ok(cases),
    }
}

/// Copies what was found to the cases.
fn keep(found: &Path, cases: &Path) -> Result<Vec<String>, Fault> {
    let mut kept = Vec::new();
    for path in files(found)? {
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        if FOUND.iter().any(|start| name.starts_with(start)) {
            while_doing("cannot make the folder of cases", fs::create_dir_all(cases))?;
            while_doing("cannot keep a case", fs::copy(&path, cases.join(name)))?;
            kept.push(cases.join(name).display().to_string());
        }
    }
    kept.sort();
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_the_binaries_of_the_fuzz_folder() {
        let places = Places::find().expect("the tests run inside the project");
        let all = targets(&places).expect("the folder is there");
        assert!(all.contains(&"intake_csv".to_owned()) && all.is_sorted());
        let fault = run(&places, vec!["nothing".into()], 1).expect_err("there is no such target");
        assert!(
            fault
                .to_string()
                .contains("there are: alert_messages, api_bodies"),
            "{fault}"
        );
    }

    #[test]
    fn the_host_is_read_from_what_the_compiler_says() {
        assert_eq!(
            host("rustc 1.95.0\nhost: x86_64-unknown-linux-gnu\n"),
            Some("x86_64-unknown-linux-gnu")
        );
        assert_eq!(host("rustc 1.95.0\n"), None);
    }

    #[test]
    fn what_was_found_becomes_a_case_and_what_was_slow_does_not() {
        let folder = std::env::temp_dir().join(format!("xtask-fuzz-{}", std::process::id()));
        let (found, cases) = (folder.join("found"), folder.join("cases"));
        fs::create_dir_all(&found).expect("a folder");
        for name in ["crash-1", "slow-unit-2", "oom-3"] {
            fs::write(found.join(name), name).expect("a file");
        }
        let kept = keep(&found, &cases).expect("the cases are kept");
        let names = [cases.join("crash-1"), cases.join("oom-3")].map(|path| path.display().to_string());
        assert_eq!(kept, names);
        assert_eq!(fs::read(cases.join("oom-3")).expect("a case"), b"oom-3");
        fs::remove_dir_all(folder).expect("it is removed");
    }
}
