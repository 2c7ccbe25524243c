//! `standing due`.

use std::{path::PathBuf, process::ExitCode};

use crate::{
    commands::runtime,
    failure::{Outcome, remark, say},
    installation, mail_settings, post,
};

/// Do what is due.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The data directory.
    #[arg(long)]
    data: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let opened = installation::open(&arguments.data)?;
    let due = opened.registry.do_what_is_due()?;
    say(format_args!(
        "{} certificates revoked, {} records erased",
        due.revoked, due.erased
    ));
    if let Some(mailer) = mail_settings::mailer(&opened.settings, &opened.data)? {
        let round = runtime()?.block_on(post::round(&opened.registry, &mailer, &|| false))?;
        say(format_args!(
            "{} letters sent, {} put off, {} given up",
            round.sent, round.put_off, round.given_up
        ));
        if let Some(away) = round.away {
            remark(format_args!("letters wait: {away}"));
        }
    }
    Ok(ExitCode::SUCCESS)
}
