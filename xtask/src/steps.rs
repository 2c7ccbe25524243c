//! The steps of `cargo xtask test`, in their order.

use std::ffi::{OsStr, OsString};
use std::process::Command;

use crate::command::{self, Fault, cargo};
use crate::foreign::Foreign;
use crate::places::Places;
use crate::postgres::{self, Server};
use crate::{licences, setup, styles};

/// What proptest takes its seed from.
const PROPERTY_SEED: &str = "PROPTEST_RNG_SEED";

/// What steps share: made by the first that needs it, kept to the end.
pub(crate) struct Run<'p> {
    pub(crate) places: &'p Places,
    /// Arguments of the person for the one step that they run.
    pub(crate) rest: Vec<OsString>,
    foreign: Option<Foreign>,
    server: Option<Server>,
}

/// What a step came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    /// There was nothing to do, for this reason.
    Skipped(&'static str),
}

/// One step.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) run: fn(&mut Run<'_>) -> Result<Outcome, Fault>,
}

/// All steps: the quick ones that fail most often come first.
pub(crate) static STEPS: [Step; 10] = [
    Step {
        name: "setup",
        about: "install what is missing",
        run: set_up,
    },
    Step {
        name: "format",
        about: "cargo fmt --check",
        run: format,
    },
    Step {
        name: "licences",
        about: "licences, sources and number of libraries",
        run: hold_licences,
    },
    Step {
        name: "deny",
        about: "cargo deny, where it is installed",
        run: deny,
    },
    Step {
        name: "styles",
        about: "the committed styles are what their source compiles to",
        run: hold_styles,
    },
    Step {
        name: "lint",
        about: "clippy, warnings are errors",
        run: lint,
    },
    Step {
        name: "build",
        about: "everything, unoptimised",
        run: build,
    },
    Step {
        name: "tests",
        about: "all Rust tests, on SQLite and a private PostgreSQL, with foreign libraries",
        run: tests,
    },
    Step {
        name: "doctests",
        about: "the examples in the documentation",
        run: doctests,
    },
    Step {
        name: "browser",
        about: "the pages in Chromium",
        run: browser,
    },
];

/// The step of this name.
pub(crate) fn named(name: &str) -> Result<&'static Step, Fault> {
    STEPS.iter().find(|step| step.name == name).ok_or_else(|| {
        let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        Fault::new(format!("no step `{name}`; there are: {}", names.join(", ")))
    })
}

impl<'p> Run<'p> {
    pub(crate) fn new(places: &'p Places, rest: Vec<OsString>) -> Self {
        Self {
            places,
            rest,
            foreign: None,
            server: None,
        }
    }

    fn foreign(&mut self) -> Result<&Foreign, Fault> {
        match self.foreign.take() {
            Some(foreign) => Ok(self.foreign.insert(foreign)),
            None => Ok(self.foreign.insert(setup::everything(self.places)?)),
        }
    }

    fn server(&mut self) -> Result<&Server, Fault> {
        match self.server.take() {
            Some(server) => Ok(self.server.insert(server)),
            None => Ok(self.server.insert(Server::start(self.places)?)),
        }
    }

    /// Cargo in the project's root, with debug information off: it doubles the build and nobody reads it here.
    fn cargo(&self) -> Command {
        let mut command = cargo();
        command
            .current_dir(&self.places.root)
            .env("CARGO_PROFILE_DEV_DEBUG", "0");
        // Property tests draw the same cases each time, unless the person asks for others.
        if std::env::var_os(PROPERTY_SEED).is_none() {
            command.env(PROPERTY_SEED, "20260401");
        }
        command
    }

    /// Tells a command of tests where the server and the foreign libraries are.
    fn equip(&mut self, command: &mut Command) -> Result<(), Fault> {
        command.envs(self.foreign()?.variables());
        command.env(postgres::VARIABLE, self.server()?.address());
        Ok(())
    }
}

fn done(command: &mut Command) -> Result<Outcome, Fault> {
    command::run(command).map(|()| Outcome::Done)
}

fn set_up(run: &mut Run<'_>) -> Result<Outcome, Fault> {
    run.foreign().map(|_| Outcome::Done)
}

fn format(run: &mut Run<'_>) -> Result<Outcome, Fault> {
    // The binaries of the fuzz targets are outside of the workspace.
    done(
        run.cargo()
            .args(["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"]),
    )?;
    done(run.cargo().args(["fmt", "--all", "--check"]))
}

fn hold_licences(run: &mut Run<'_>) -> Result<Outcome, Fault> {
    licences::check(run.places).map(|()| Outcome::Done)
}

fn deny(run: &mut Run<'_>) -> Result<Outcome, Fault> {
    if !setup::has_cargo_deny() {
        return Ok(Outcome::Skipped("cargo-deny is not installed"));
    }
    // Advisories need a download that a closed network refuses; CONTRIBUTING.md says how to ask for them.
    done(
        run.cargo()
            .args(["deny", "--workspace", "check", "bans", "licenses", "sources"]),
    )
}

fn hold_styles(run: &mut Run<'_>) -> Result<Outcome, Fault> {
    if !styles::source(run.places).is_file() {
        return Ok(Outcome::Skipped("there is no crates/web/styles/standing.scss"));
    }
    styles::run(run.places, true).map(|()| Outcome::Done)
}

fn lint(run: &mut Run<'_>) -> Result<Outcome, Fault> {
    done(
        run.cargo()
            .args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]),
    )
}

fn build(run: &mut Run<'_>) -> Result<Outcome, Fault> {
    done(run.cargo().args(["build", "--workspace", "--all-targets"]))
}

fn tests(run: &mut Run<'_>) -> Result<Outcome, Fault> {
    let mut command = run.cargo();
    command.args(test_arguments(setup::has_nextest(), &run.rest));
    run.equip(&mut command)?;
    done(&mut command)
}

/// The whole workspace, unless the person named packages of their own.
fn test_arguments(nextest: bool, rest: &[OsString]) -> Vec<OsString> {
    let runner: &[&str] = if nextest {
        &["nextest", "run", "--profile", "ci"]
    } else {
        &[
            "test",
            "--no-fail-fast",
            "--lib",
            "--bins",
            "--tests",
            "--examples",
        ]
    };
    let chosen = rest.iter().any(|word| word == "-p" || word == "--package");
    let all = if chosen {
        None
    } else {
        Some(OsStr::new("--workspace"))
    };
    runner
        .iter()
        .map(OsStr::new)
        .chain(all)
        .map(OsStr::to_owned)
        .chain(rest.iter().cloned())
        .collect()
}

fn doctests(run: &mut Run<'_>) -> Result<Outcome, Fault> {
    let mut command = run.cargo();
    command.args(["test", "--workspace", "--doc", "--quiet"]);
    run.equip(&mut command)?;
    done(&mut command)
}

fn browser(run: &mut Run<'_>) -> Result<Outcome, Fault> {
    command::run(run.cargo().args(["build", "--package", "standing"]))?;
    let mut node = Command::new("node");
    node.arg("tests/browser/run.mjs")
        .args(&run.rest)
        .current_dir(&run.places.root);
    node.envs(run.foreign()?.variables());
    node.env("STANDING_PROGRAM", run.places.program("debug"));
    node.env("STANDING_SCREENSHOTS", run.places.target.join("screenshots"));
    done(&mut node)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_found_by_names_that_differ() {
        for step in &STEPS {
            assert!(std::ptr::eq(
                named(step.name).expect("a listed step is found"),
                step
            ));
        }
        let fault = named("nothing").err().expect("there is no such step");
        assert!(fault.to_string().contains("format, licences"), "{fault}");
    }

    #[test]
    fn formatting_and_lints_come_before_tests_and_setup_before_all() {
        let place = |name: &str| {
            STEPS
                .iter()
                .position(|step| step.name == name)
                .expect("it is a step")
        };
        assert_eq!(place("setup"), 0);
        assert!(place("format") < place("lint") && place("lint") < place("tests"));
    }

    #[test]
    fn naming_a_package_tests_only_that_one() {
        let words = |nextest, rest: &[&str]| {
            let rest: Vec<OsString> = rest.iter().map(OsString::from).collect();
            let all = test_arguments(nextest, &rest);
            all.iter()
                .map(|word| word.to_string_lossy().into_owned())
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(words(true, &[]), "nextest run --profile ci --workspace");
        assert_eq!(
            words(true, &["-p", "tlog", "edge"]),
            "nextest run --profile ci -p tlog edge"
        );
        assert_eq!(
            words(false, &["name"]),
            "test --no-fail-fast --lib --bins --tests --examples --workspace name"
        );
    }
}
