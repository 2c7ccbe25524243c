//! The one binary, `standing`, and the only place that names an adapter of the store.

mod calendar;
mod clock;
mod commands;
mod demo;
mod errors;
mod failure;
mod help;
mod installation;
mod language;
mod mail_settings;
mod post;
mod server;
mod words;

use std::process::ExitCode;

use clap::{FromArgMatches as _, Parser, Subcommand};

use crate::{failure::Outcome, words::Language};

/// An exchange for official records about people in regulated work.
///
/// Public bodies file licences, training, commendations and decisions, each under a named legal basis. The
/// person sees all that is held and every look at it. Proof of good standing comes from the person: a signed
/// certificate that anyone checks offline.
#[derive(Parser)]
#[command(name = "standing", version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    language: language::Asked,
}

#[derive(Subcommand)]
enum Command {
    /// Make a data directory: secret, database, profile.
    Init(commands::init::Arguments),
    /// Serve the portal and the interface.
    Serve(commands::serve::Arguments),
    /// Make or take up a demonstration with made-up people, and serve it.
    Demo(demo::Arguments),
    // What these two are for, and their exit status, is said in whole beside their arguments.
    Submit(commands::submit::Arguments),
    TakeBack(commands::take_back::Arguments),
    /// Check a profile.
    #[command(subcommand)]
    Profile(commands::profile::Command),
    /// Verify the log, or a receipt from it.
    #[command(subcommand)]
    Log(commands::log::Command),
    /// Issue, present and verify certificates.
    #[command(subcommand)]
    Certificate(commands::certificate::Command),
    /// Make and register the keys that authorities sign their requests with.
    #[command(subcommand)]
    Key(commands::key::Command),
    /// The named members of bodies' staff, who ask for them.
    #[command(subcommand)]
    Staff(commands::staff::Command),
    /// The reviewers, who oversee inquiries and answer complaints.
    #[command(subcommand)]
    Reviewer(commands::reviewer::Command),
    /// The auditors and witnesses, who read the whole log and nothing else.
    #[command(subcommand)]
    Auditor(commands::auditor::Command),
    /// A breach of data that was noticed, and whom it affects.
    #[command(subcommand)]
    Breach(commands::breach::Command),
    /// Who represents a person, for what, and until when.
    #[command(subcommand)]
    Mandate(commands::mandate::Command),
    // What these two are for is said in whole beside their arguments.
    Inquire(commands::inquire::Arguments),
    Call(commands::call::Arguments),
    /// Do what is due: revoke what a day ends, destroy what is kept past its period.
    Due(commands::due::Arguments),
    /// Copy an installation, also one that is being served.
    Backup(commands::backup::Backup),
    /// Put a copy back, and destroy again what was destroyed since.
    Restore(commands::backup::Restore),
    /// Other instances that alerts in the same profession are exchanged with.
    #[command(subcommand)]
    Peer(commands::peer::Command),
    /// Prove that something is destroyed.
    #[command(subcommand)]
    Erase(commands::erase::Command),
    /// The mail server that letters are handed to.
    #[command(subcommand)]
    Mail(commands::mail::Command),
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("STANDING_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn")),
        )
        .init();
    let spoken = language::before(std::env::args_os());
    let read = help::command(spoken)
        .try_get_matches()
        .and_then(|matches| Ok((Arguments::from_arg_matches(&matches)?, matches)));
    let (arguments, matches) = match read {
        Ok(read) => read,
        Err(error) => return help::answer(&error, spoken),
    };
    let language = language::of(&arguments.language, &matches);
    run(arguments.command, language).unwrap_or_else(|failure| failure.print(language))
}

fn run(command: Command, language: Language) -> Outcome {
    match command {
        Command::Init(arguments) => commands::init::run(&arguments, language),
        Command::Serve(arguments) => commands::serve::run(&arguments, language),
        Command::Demo(arguments) => demo::run(&arguments, language),
        Command::Submit(arguments) => commands::submit::run(&arguments, language),
        Command::TakeBack(arguments) => commands::take_back::run(&arguments, language),
        Command::Profile(command) => commands::profile::run(&command, language),
        Command::Log(command) => commands::log::run(&command, language),
        Command::Certificate(command) => commands::certificate::run(&command, language),
        Command::Key(command) => commands::key::run(&command, language),
        Command::Staff(command) => commands::staff::run(&command, language),
        Command::Reviewer(command) => commands::reviewer::run(&command, language),
        Command::Auditor(command) => commands::auditor::run(&command, language),
        Command::Breach(command) => commands::breach::run(&command, language),
        Command::Mandate(command) => commands::mandate::run(&command, language),
        Command::Inquire(arguments) => commands::inquire::run(&arguments, language),
        Command::Call(arguments) => commands::call::run(&arguments, language),
        Command::Due(arguments) => commands::due::run(&arguments, language),
        Command::Backup(arguments) => commands::backup::backup(&arguments, language),
        Command::Restore(arguments) => commands::backup::restore(&arguments, language),
        Command::Peer(command) => commands::peer::run(&command, language),
        Command::Erase(command) => commands::erase::run(&command, language),
        Command::Mail(command) => commands::mail::run(&command, language),
    }
}
