//! `standing mail`.

use std::{path::PathBuf, process::ExitCode};

use jiff::Timestamp;
use keys::SystemRandomness;
use mail::{Fault, Letter, Step};
use model::{Clock as _, NoticeId};

use crate::{
    clock::SystemClock,
    failure::{Failure, Outcome, remark, say},
    installation::{self, Settings},
    mail_settings::{self, MailSettings},
};

/// What to do with mail.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Send one test letter, and say plainly what went wrong if it did not leave.
    Check {
        /// The address to send it to.
        #[arg(long)]
        to: String,
        /// The data directory.
        #[arg(long)]
        data: PathBuf,
    },
}

pub(crate) fn run(command: &Command) -> Outcome {
    let Command::Check { to, data } = command;
    let settings = installation::settings(data)?;
    let (Some(mailer), Some(mail)) = (mail_settings::mailer(&settings, data)?, &settings.mail) else {
        return Err(Failure::new(
            "no mail server is set: write a section [mail] in standing.toml, as docs/operating.md says",
        ));
    };
    let at = SystemClock.now();
    let id = NoticeId::new(at, &SystemRandomness::new())?.to_string();
    match mailer.send(&letter(&settings, to, id, at)) {
        Ok(()) => {
            say(format_args!(
                "{}:{} has taken the letter to {to}. Look whether it arrives, and where: a letter among the unwanted ones \
                 is not read.",
                mail.host,
                mail.port()
            ));
            Ok(ExitCode::SUCCESS)
        }
        Err(fault) => {
            let server = format!("{}:{}", mail.host, mail.port());
            let what = format!("{server}: {fault}: {}", fault.said());
            remark(advice(&fault, mail));
            Err(Failure::new(what))
        }
    }
}

fn letter(settings: &Settings, to: &str, id: String, at: Timestamp) -> Letter {
    let url = &settings.public_url;
    Letter {
        to: to.to_owned(),
        subject: "测试邮件 / A test letter".to_owned(),
        body: format!(
            "这是 {url} 的测试邮件。收到即说明邮件设置可用，无需回复。\n\n\
             This is a test letter from {url}. That it arrived shows that its mail settings work; there is no need to \
             answer.\n"
        ),
        id,
        at,
    }
}

/// What to look at first.
fn advice(fault: &Fault, mail: &MailSettings) -> String {
    match fault.step() {
        Step::Find => "look at `host` in [mail]: no address is known for this name".to_owned(),
        Step::Connect => format!(
            "look at `host` and `port` ({}) in [mail], whether a firewall lets this machine out, and whether the server \
             there speaks the `tls` that is set",
            mail.port()
        ),
        Step::Encrypt => {
            "look at `tls` in [mail], and at `ca_file` if the server's certificate is by an authority of \
                          your own"
                .to_owned()
        }
        Step::SignIn => "look at `user` in [mail] and at the password".to_owned(),
        Step::Sender => {
            "look at `from` in [mail]: the server lets this user send under other addresses only".to_owned()
        }
        Step::Recipient => {
            "look at the address after --to, and whether the server sends to other places at all".to_owned()
        }
        Step::Content => {
            "the server takes the recipient but not the letter; what it said tells why".to_owned()
        }
    }
}
