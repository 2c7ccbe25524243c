//! `[mail]` in `standing.toml`: the server that letters are handed to. The password stands in none of them: it comes
//! from a file that its owner alone can read, or from the environment.
//!
//! ```text
//! [mail]
//! host = "mail.example.org"
//! tls = "tls"                           # or "starttls"; "none" only for a server on this machine
//! port = 465                            # where it is not 465, 587 or 25, as follows from `tls`
//! from = "Standing <standing@example.org>"
//! user = "standing"                     # where the server wants one
//! password_file = "mail-password"       # in the data directory, or anywhere; else STANDING_MAIL_PASSWORD
//! ca_file = "mail-ca.pem"               # where the server's certificate is by none of the public authorities
//! ```

use std::{
    fs,
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use mail::{Mailer, Password, Server, Smtp, Tls};

use crate::{
    errors::InChinese as _,
    failure::Failure,
    installation::{Settings, at},
    words::both,
};

/// Where the password is taken from when no file is named.
const VARIABLE: &str = "STANDING_MAIL_PASSWORD";
/// How long each step of handing a letter over may take. All of them together stay below the lease of a letter.
const STEP: Duration = Duration::from_secs(15);
/// The longest password that is read.
const LONGEST_PASSWORD: u64 = 1024;

/// What `[mail]` says.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MailSettings {
    /// The server's name or address.
    pub(crate) host: String,
    /// Its port, where it is not the usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) port: Option<u16>,
    /// How the connection is encrypted.
    pub(crate) tls: Tls,
    /// Who letters are from.
    pub(crate) from: String,
    /// Who signs in, where the server wants that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user: Option<String>,
    /// The file that the password is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password_file: Option<PathBuf>,
    /// The certificates of those who may vouch for the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ca_file: Option<PathBuf>,
}

impl MailSettings {
    /// The port that letters go to.
    pub(crate) fn port(&self) -> u16 {
        self.port.unwrap_or_else(|| self.tls.port())
    }

    fn server(&self, public_url: &str, data: &Path) -> Result<Server, Failure> {
        let roots = self.ca_file.as_ref().map(|file| {
            let file = data.join(file);
            fs::read(&file).map_err(|error| at(&file, &error))
        });
        let user = self.user.as_ref().map(|user| {
            let password = self.password(data)?;
            Ok::<_, Failure>((user.clone(), password))
        });
        Ok(Server {
            host: self.host.clone(),
            port: self.port(),
            tls: self.tls,
            roots: roots.transpose()?,
            from: self.from.clone(),
            hello: host_of(public_url).to_owned(),
            user: user.transpose()?,
            timeout: STEP,
        })
    }

    fn password(&self, data: &Path) -> Result<Password, Failure> {
        let password = match &self.password_file {
            Some(file) => read_private(&data.join(file))?,
            None => {
                let text = std::env::var(VARIABLE).map_err(|_| {
                    Failure::new(both!(
                        "[mail] 有 user 而没有口令：请在 password_file 中指明口令文件，或者设置 {VARIABLE}",
                        "[mail] has a user but no password: name its file in password_file, or set {VARIABLE}"
                    ))
                })?;
                Password::new(text)
            }
        };
        if password.is_empty() {
            return Err(Failure::new(both!(
                "[mail]：口令是空的",
                "[mail]: the password is empty"
            )));
        }
        Ok(password)
    }
}

/// The mailer of an installation. None: it sends no mail.
pub(crate) fn mailer(settings: &Settings, data: &Path) -> Result<Option<Arc<dyn Mailer>>, Failure> {
    let Some(mail) = &settings.mail else {
        return Ok(None);
    };
    let server = mail.server(&settings.public_url, data)?;
    let smtp = Smtp::new(server).map_err(|fault| {
        let why = fault.zh();
        Failure::new(both!("[mail] {why}", "[mail] {fault}"))
    })?;
    Ok(Some(Arc::new(smtp)))
}

/// A password in a file that others cannot read.
fn read_private(file: &Path) -> Result<Password, Failure> {
    let source = fs::File::open(file).map_err(|error| at(file, &error))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = source
            .metadata()
            .map_err(|error| at(file, &error))?
            .permissions()
            .mode();
        if mode & 0o077 != 0 {
            let file = file.display();
            return Err(Failure::new(both!(
                "{file} 可被他人读取；请执行：chmod 600 {file}",
                "{file} can be read by others; run: chmod 600 {file}"
            )));
        }
    }
    let mut text = String::new();
    source
        .take(LONGEST_PASSWORD)
        .read_to_string(&mut text)
        .map_err(|error| at(file, &error))?;
    Ok(Password::new(text))
}

/// The host of an address such as `https://standing.example/path`.
fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', ':']).next().unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> Result<MailSettings, toml::de::Error> {
        toml::from_str(text)
    }

    const PLAIN: &str = "host = \"mail.example.org\"\ntls = \"starttls\"\nfrom = \"a@example.org\"\n";

    #[test]
    fn settings_read_as_documented_and_no_password_stands_in_them() {
        let plain = settings(PLAIN).unwrap();
        assert_eq!((plain.port(), plain.tls), (587, Tls::StartTls));
        assert_eq!(settings(&format!("{PLAIN}port = 2525")).unwrap().port(), 2525);
        for wrong in ["password = \"secret\"", "tls = \"maybe\"", "port = 70000"] {
            assert!(settings(&format!("{PLAIN}{wrong}")).is_err(), "{wrong}");
        }
        let whole = format!("{PLAIN}user = \"u\"\npassword_file = \"p\"\nca_file = \"c\"");
        let whole = settings(&whole).unwrap();
        assert_eq!(settings(&toml::to_string(&whole).unwrap()).unwrap(), whole);
    }

    #[cfg(unix)]
    #[test]
    fn a_password_that_others_can_read_is_not_used() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("p");
        fs::write(&file, "correct horse\n").unwrap();
        let with = |mode| {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
            let mut mail = settings(PLAIN).unwrap();
            (mail.user, mail.password_file) = (Some("u".into()), Some("p".into()));
            mail.server("https://standing.example", folder.path())
        };
        let refused = with(0o640).unwrap_err().to_string();
        assert!(
            refused.contains("chmod 600") && !refused.contains("horse"),
            "{refused}"
        );
        let server = with(0o600).unwrap();
        assert!(!format!("{server:?}").contains("horse"));
        assert_eq!(server.hello, "standing.example");
        fs::write(&file, "\n").unwrap();
        assert!(with(0o600).unwrap_err().to_string().contains("empty"));
    }

    #[test]
    fn the_greeting_is_the_portals_host() {
        for (url, host) in [
            ("https://standing.example", "standing.example"),
            ("https://standing.example/path", "standing.example"),
            ("http://localhost:8480", "localhost"),
        ] {
            assert_eq!(host_of(url), host);
        }
    }
}
