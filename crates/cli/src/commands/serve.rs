//! `standing serve`.

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use crate::{
    calendar,
    failure::{Outcome, remark, say},
    installation, mail_settings, server,
};

/// Serve the portal and the interface.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The data directory.
    #[arg(long)]
    data: PathBuf,
    /// The address and port to listen on. Put a proxy with TLS before it.
    #[arg(long, default_value = "127.0.0.1:8480")]
    listen: SocketAddr,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let opened = installation::open(&arguments.data)?;
    for warning in calendar::check(opened.registry.profile(), opened.registry.today())? {
        remark(format_args!("standing: {warning}"));
    }
    let routes = server::routes(&opened, None)?;
    let mailer = mail_settings::mailer(&opened.settings, &opened.data)?;
    let peers = server::over_the_network;
    server::serve(
        opened.registry,
        peers,
        mailer,
        arguments.listen,
        routes,
        |address| say(format_args!("listening on {address}")),
    )?;
    Ok(ExitCode::SUCCESS)
}
