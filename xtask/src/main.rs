//! `cargo xtask`: set-up, tests, demonstration and benchmarks of Standing, as one command.
//!
//! Everything that a fresh Debian machine with git, curl, a C compiler and Rust lacks is installed from
//! here; nothing here is needed by the program itself.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal"
)]

mod bench;
mod command;
mod demo;
mod foreign;
mod fuzz;
mod licences;
mod packages;
mod places;
mod postgres;
mod setup;
mod steps;
mod styles;
mod test;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::command::Fault;
use crate::places::Places;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about,
    disable_help_subcommand = true
)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what the tests need: Debian packages, a Python environment, npm packages
    Setup {
        /// Install only the fonts, which is all that the demonstration needs
        #[arg(long)]
        fonts: bool,
    },
    /// Format, lint, and run every test on SQLite and on a private PostgreSQL
    Test {
        /// Run one step only
        #[arg(long, value_name = "NAME")]
        step: Option<String>,
        /// List the steps in their order
        #[arg(long)]
        list: bool,
        /// With `--step`: arguments for its command, such as `-p tlog NAME` for the step `tests`
        #[arg(last = true)]
        rest: Vec<OsString>,
    },
    /// Build the release program and start the demonstration
    Demo {
        /// Arguments for `standing demo`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<OsString>,
    },
    /// Build the release benchmarks and run them
    Bench {
        /// Arguments for the benchmark program
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<OsString>,
    },
    /// Look for inputs that break a promise of a parser, with libFuzzer
    Fuzz {
        /// The targets; all of them when none is named
        #[arg(value_name = "TARGET")]
        targets: Vec<String>,
        /// How long each target runs
        #[arg(long, value_name = "N", default_value_t = 60)]
        seconds: u64,
        /// List the targets
        #[arg(long)]
        list: bool,
    },
    /// Run a command with a private PostgreSQL, whose address is in STANDING_TEST_POSTGRES
    Postgres {
        /// The command and its arguments
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
    /// Compile the pages' styles from crates/web/styles/standing.scss
    Styles {
        /// Change nothing; fail when the committed styles differ
        #[arg(long)]
        check: bool,
    },
    /// List every library that is built in, with its licence, and hold them to deny.toml
    Licences,
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("\nxtask: {fault}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<(), Fault> {
    let places = Places::find()?;
    match task {
        Task::Setup { fonts: true } => setup::fonts(),
        Task::Setup { fonts: false } => setup::everything(&places).map(drop),
        Task::Test { list: true, .. } => {
            test::list();
            Ok(())
        }
        Task::Test { step, rest, .. } => test::run(&places, step.as_deref(), rest),
        Task::Demo { rest } => demo::run(&places, rest),
        Task::Bench { rest } => bench::run(&places, rest),
        Task::Fuzz { list: true, .. } => fuzz::list(&places),
        Task::Fuzz { targets, seconds, .. } => fuzz::run(&places, targets, seconds),
        Task::Postgres { command } => postgres::around(&places, command),
        Task::Styles { check } => styles::run(&places, check),
        Task::Licences => licences::print(&places),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_table_of_arguments_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn what_follows_demo_reaches_the_program_untouched() {
        let parsed = Arguments::try_parse_from(["xtask", "demo", "--listen", "127.0.0.1:0", "--data", "d"]);
        let Ok(Arguments {
            task: Task::Demo { rest },
        }) = parsed
        else {
            panic!("not a demo")
        };
        assert_eq!(rest, ["--listen", "127.0.0.1:0", "--data", "d"]);
    }

    #[test]
    fn what_follows_two_dashes_reaches_the_step() {
        let parsed = Arguments::try_parse_from(["xtask", "test", "--step", "tests", "--", "-p", "tlog"]);
        let Ok(Arguments {
            task: Task::Test { step, rest, list },
        }) = parsed
        else {
            panic!("not a test")
        };
        assert_eq!(step.as_deref(), Some("tests"));
        assert_eq!(rest, ["-p", "tlog"]);
        assert!(!list);
    }

    #[test]
    fn postgres_without_a_command_is_an_error() {
        assert!(Arguments::try_parse_from(["xtask", "postgres"]).is_err());
    }
}
