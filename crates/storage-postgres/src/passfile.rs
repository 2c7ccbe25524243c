//! The password file of PostgreSQL: lines of `host:port:database:user:password`, where `*` stands for any
//! and `\` takes the meaning from `:` and `\`. See
//! <https://www.postgresql.org/docs/current/libpq-pgpass.html>.

use std::path::Path;

use postgres::Config;
use postgres::config::Host;
use storage::StoreError;

/// The password for this connection, from the first line that fits.
pub(crate) fn find(path: &Path, config: &Config) -> Result<Option<String>, StoreError> {
    let unreadable = |_| StoreError::Unavailable("the file that PGPASSFILE names cannot be read".into());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path).map_err(unreadable)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(StoreError::Unavailable(
                "others can read the file that PGPASSFILE names; set its mode to 0600".into(),
            ));
        }
    }
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    Ok(password(&text, &Wanted::of(config)))
}

struct Wanted {
    hosts: Vec<String>,
    port: String,
    database: String,
    user: String,
}

impl Wanted {
    fn of(config: &Config) -> Self {
        let mut hosts = Vec::new();
        for host in config.get_hosts() {
            match host {
                Host::Tcp(name) => hosts.push(name.clone()),
                #[cfg(unix)]
                Host::Unix(folder) => {
                    hosts.push(folder.to_string_lossy().into_owned());
                    hosts.push("localhost".into());
                }
            }
        }
        hosts.extend(config.get_hostaddrs().iter().map(ToString::to_string));
        let user = config.get_user().unwrap_or_default().to_owned();
        Self {
            hosts,
            port: config.get_ports().first().copied().unwrap_or(5432).to_string(),
            database: config
                .get_dbname()
                .map_or_else(|| user.clone(), ToOwned::to_owned),
            user,
        }
    }
}

fn password(text: &str, wanted: &Wanted) -> Option<String> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .find_map(|line| {
            let fields = fields(line);
            let [host, port, database, user, password] = fields.as_slice() else {
                return None;
            };
            let fits = |field: &str, value: &str| field == "*" || field == value;
            (wanted.hosts.iter().any(|wanted| fits(host, wanted))
                && fits(port, &wanted.port)
                && fits(database, &wanted.database)
                && fits(user, &wanted.user))
            .then(|| password.clone())
        })
}

fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        let letter = match letter {
            ':' => {
                fields.push(String::new());
                continue;
            }
            '\\' => letters.next().unwrap_or('\\'),
            other => other,
        };
        if let Some(field) = fields.last_mut() {
            field.push(letter);
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# host:port:database:user:password\n\
                        /run/pg:5432:one:ann:first\n\
                        localhost:*:two:*:sec\\:ond\\\\\n\
                        *:5433:*:bob:third\n\
                        broken line\n";

    fn look(config: &str) -> Option<String> {
        password(FILE, &Wanted::of(&config.parse().unwrap()))
    }

    #[test]
    fn the_first_line_that_fits_is_taken() {
        assert_eq!(look("host=/run/pg dbname=one user=ann").as_deref(), Some("first"));
        assert_eq!(
            look("host=/other dbname=two user=ann").as_deref(),
            Some("sec:ond\\")
        );
        assert_eq!(
            look("host=10.0.0.1 port=5433 dbname=one user=bob").as_deref(),
            Some("third")
        );
        assert_eq!(look("host=10.0.0.1 dbname=one user=bob"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pass");
        std::fs::write(&path, FILE).unwrap();
        let config: Config = "host=/run/pg dbname=one user=ann".parse().unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(find(&path, &config).is_err());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(find(&path, &config).unwrap().as_deref(), Some("first"));
    }
}
