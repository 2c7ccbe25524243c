//! `standing serve`.

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use crate::{
    calendar,
    failure::{Outcome, say, warn},
    installation, mail_settings, server,
    words::{Language, both},
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

pub(crate) fn run(arguments: &Arguments, language: Language) -> Outcome {
    let opened = installation::open(&arguments.data)?;
    for warning in calendar::check(opened.registry.profile(), opened.registry.today())? {
        warn(&warning, language);
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
        |address| say(both!("正在监听 {address}", "listening on {address}").get(language)),
    )?;
    Ok(ExitCode::SUCCESS)
}
