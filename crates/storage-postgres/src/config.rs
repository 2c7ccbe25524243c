//! The connection string.

use std::path::Path;

use postgres::Config;
use postgres::config::Host;
use storage::StoreError;

use crate::{Options, passfile};

/// What a connection needs to be made, and made again.
pub(crate) fn parse(text: &str, options: &Options) -> Result<Config, StoreError> {
    // The parser's own words may repeat the text, and with it a password.
    let mut config: Config = text
        .parse()
        .map_err(|_| refuse("the connection string cannot be read"))?;
    if config.get_password().is_some() {
        return Err(refuse(
            "the connection string holds a password; put it into a file and name that in PGPASSFILE",
        ));
    }
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        return Err(refuse(
            "the connection string names no host, such as host=/var/run/postgresql",
        ));
    }
    if !options.plain_network && !stays_here(&config) {
        return Err(refuse(
            "the connection would leave this machine in clear; use a Unix socket or a loopback address",
        ));
    }
    if let Some(path) = std::env::var_os("PGPASSFILE").filter(|path| !path.is_empty())
        && let Some(password) = passfile::find(Path::new(&path), &config)?
    {
        config.password(password);
    }
    config.connect_timeout(options.connect_timeout);
    if config.get_application_name().is_none() {
        config.application_name("standing");
    }
    // Given at the start rather than with SET, which would cost a round trip. A server whose durability is
    // turned down would break the promise of the port.
    let own = config.get_options().unwrap_or_default().to_owned();
    config.options(&format!(
        "{own} -c statement_timeout={} -c synchronous_commit=on",
        options.statement_timeout.as_millis()
    ));
    Ok(config)
}

fn stays_here(config: &Config) -> bool {
    let addresses = config.get_hostaddrs();
    if !addresses.is_empty() {
        return addresses.iter().all(std::net::IpAddr::is_loopback);
    }
    config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => {
            name == "localhost"
                || name
                    .parse()
                    .is_ok_and(|address: std::net::IpAddr| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    })
}

fn refuse(why: &str) -> StoreError {
    StoreError::Unavailable(why.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        parse(text, &Options::default()).unwrap_err().to_string()
    }

    #[test]
    fn a_socket_and_loopback_are_taken() {
        for text in [
            "host=/run/postgresql user=standing dbname=standing",
            "host=localhost",
            "host=127.0.0.1 port=5433",
        ] {
            assert!(parse(text, &Options::default()).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_password_in_the_string_is_refused_and_not_repeated() {
        for text in [
            "host=/run password=hunter2",
            "postgresql://me:hunter2@localhost/db",
        ] {
            let said = refusal(text);
            assert!(said.contains("PGPASSFILE") && !said.contains("hunter2"), "{said}");
        }
        assert!(!refusal("host=/run password='hunter2").contains("hunter2"));
    }

    #[test]
    fn another_machine_is_refused_unless_allowed() {
        for text in [
            "host=db.example",
            "host=/run,10.0.0.1",
            "host=localhost hostaddr=10.0.0.1",
        ] {
            assert!(refusal(text).contains("in clear"), "{text}");
        }
        let allowed = Options {
            plain_network: true,
            ..Options::default()
        };
        assert!(parse("host=db.example", &allowed).is_ok());
    }

    #[test]
    fn options_of_the_string_are_kept_and_ours_come_last() {
        let config = parse("host=/run options='-c work_mem=64MB'", &Options::default()).unwrap();
        let options = config.get_options().unwrap();
        assert!(options.starts_with("-c work_mem=64MB "), "{options}");
        assert!(options.contains("statement_timeout=60000"), "{options}");
    }
}
