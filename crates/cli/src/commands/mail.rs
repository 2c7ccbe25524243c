//! `standing mail`.

use std::{path::PathBuf, process::ExitCode};

use jiff::Timestamp;
use keys::SystemRandomness;
use mail::{Fault, Letter, Step};
use model::{Clock as _, NoticeId};

use crate::{
    clock::SystemClock,
    errors::InChinese as _,
    failure::{Failure, Outcome, remark, say},
    installation::{self, Settings},
    mail_settings::{self, MailSettings},
    words::{Language, Text2, both},
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

pub(crate) fn run(command: &Command, language: Language) -> Outcome {
    let Command::Check { to, data } = command;
    let settings = installation::settings(data)?;
    let (Some(mailer), Some(mail)) = (mail_settings::mailer(&settings, data)?, &settings.mail) else {
        return Err(Failure::new(both!(
            "没有设置邮件服务器：请按 docs/operating.md 在 standing.toml 中写入 [mail] 一节",
            "no mail server is set: write a section [mail] in standing.toml, as docs/operating.md says"
        )));
    };
    let at = SystemClock.now();
    let id = NoticeId::new(at, &SystemRandomness::new())?.to_string();
    let (host, port) = (&mail.host, mail.port());
    match mailer.send(&letter(&settings, to, id, at)) {
        Ok(()) => {
            say(both!(
                "{host}:{port} 已接收寄往 {to} 的邮件。请查看是否送达、在哪个文件夹：归入垃圾邮件的不会被读到。",
                "{host}:{port} has taken the letter to {to}. Look whether it arrives, and where: a letter among the \
                 unwanted ones is not read."
            )
            .get(language));
            Ok(ExitCode::SUCCESS)
        }
        Err(fault) => {
            let (why, said) = (fault.zh(), fault.said());
            remark(advice(&fault, mail).get(language));
            Err(Failure::new(both!(
                "{host}:{port}：{why}：{said}",
                "{host}:{port}: {fault}: {said}"
            )))
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
fn advice(fault: &Fault, mail: &MailSettings) -> Text2 {
    let port = mail.port();
    match fault.step() {
        Step::Find => both!(
            "请看 [mail] 的 `host`：查不到这个名称的地址",
            "look at `host` in [mail]: no address is known for this name"
        ),
        Step::Connect => both!(
            "请看 [mail] 的 `host` 和 `port`（{port}）、防火墙是否允许本机连出，以及对方服务器是否支持所设的 `tls`",
            "look at `host` and `port` ({port}) in [mail], whether a firewall lets this machine out, and whether the \
             server there speaks the `tls` that is set"
        ),
        Step::Encrypt => both!(
            "请看 [mail] 的 `tls`；服务器证书由自己的机构签发的，再看 `ca_file`",
            "look at `tls` in [mail], and at `ca_file` if the server's certificate is by an authority of your own"
        ),
        Step::SignIn => both!(
            "请看 [mail] 的 `user` 和口令",
            "look at `user` in [mail] and at the password"
        ),
        Step::Sender => both!(
            "请看 [mail] 的 `from`：服务器只允许该用户以其他地址发件",
            "look at `from` in [mail]: the server lets this user send under other addresses only"
        ),
        Step::Recipient => both!(
            "请看 --to 之后的地址，以及服务器是否向外发送邮件",
            "look at the address after --to, and whether the server sends to other places at all"
        ),
        Step::Content => both!(
            "服务器接受收件人，但不接受这封邮件；原因见其答复",
            "the server takes the recipient but not the letter; what it said tells why"
        ),
    }
}
