//! `standing init`.

use std::{path::PathBuf, process::ExitCode};

use axum::http::Uri;

use crate::{
    failure::{Failure, Outcome, say},
    installation::{self, Settings},
    words::{Language, both},
};

/// Make a data directory.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The data directory to make.
    #[arg(long)]
    data: PathBuf,
    /// The folder of the profile, such as profiles/gansu.
    #[arg(long)]
    profile: PathBuf,
    /// The address under which the installation will be known, with https; with http only on this machine itself:
    /// localhost, 127.0.0.1 or [::1]. It names the issuer of certificates and the
    /// log, and never changes.
    #[arg(long)]
    public_url: String,
    /// A PostgreSQL connection string, such as "host=/run/postgresql dbname=standing". Its password, if it
    /// needs one, comes from the file that PGPASSFILE names.
    #[arg(long)]
    postgres: Option<String>,
}

pub(crate) fn run(arguments: &Arguments, language: Language) -> Outcome {
    let url = arguments.public_url.trim_end_matches('/');
    check_address(url)?;
    let settings = Settings {
        public_url: url.to_owned(),
        demo: false,
        postgres: arguments.postgres.clone(),
        mail: None,
    };
    installation::create(&arguments.data, &arguments.profile, &settings)?;
    installation::open(&arguments.data)?;
    let data = arguments.data.display();
    say(both!(
        "{data} 已可使用。\n请把 keys/installation.key 另存一份在安全的地方：没有它，所保存的内容都无法读取。",
        "{data} is ready\nKeep a copy of keys/installation.key in a safe place: without it nothing that is held can be read."
    )
    .get(language));
    Ok(ExitCode::SUCCESS)
}

/// What may be the public address: https, or http on this machine itself.
fn check_address(url: &str) -> Result<(), Failure> {
    let address: Option<Uri> = url.parse().ok();
    let parts = address
        .as_ref()
        .and_then(|one| Some((one.scheme_str()?, one.authority()?)));
    let (Some((scheme, authority)), false) = (parts, url.contains(['?', '#', '@'])) else {
        return Err(Failure::new(both!(
            "--public-url：应为地址，如 https://standing.example",
            "--public-url: an address such as https://standing.example is expected"
        )));
    };
    match scheme {
        "https" => Ok(()),
        "http" if ["localhost", "127.0.0.1", "[::1]"].contains(&authority.host()) => Ok(()),
        _ => Err(Failure::new(both!(
            "--public-url：须用 https，如 https://standing.example；http 只用于 localhost、127.0.0.1 和 [::1]",
            "--public-url: https is needed, as in https://standing.example; http is for localhost, 127.0.0.1 and \
             [::1] alone"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_https_or_is_this_machine_by_its_whole_name() {
        for right in [
            "https://standing.example",
            "https://standing.example:8443/office",
            "http://localhost",
            "http://localhost:8480",
            "http://127.0.0.1:8480",
            "http://[::1]:8480",
        ] {
            assert!(check_address(right).is_ok(), "{right}");
        }
        for wrong in [
            "http://localhost.evil.example",
            "http://localhostevil",
            "http://127.0.0.1.evil.example",
            "http://localhost@evil.example",
            "http://standing.example",
            "ftp://standing.example",
        ] {
            assert!(check_address(wrong).is_err(), "{wrong}");
        }
        let said = check_address("http://standing.example").unwrap_err().to_string();
        assert!(said.contains("https is needed"), "{said}");
        for none in [
            "",
            "standing.example",
            "https://",
            "https://a b",
            "https://a?b",
            "https://a#b",
        ] {
            let said = check_address(none).unwrap_err().to_string();
            assert!(
                said.contains("such as https://standing.example"),
                "{none}: {said}"
            );
        }
    }
}
