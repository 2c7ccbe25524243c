//! `standing due`.

use std::{path::PathBuf, process::ExitCode};

use crate::{
    commands::runtime,
    failure::{Outcome, remark, say},
    installation, mail_settings, post,
    words::{Language, Text2, both},
};

/// Do what is due.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The data directory.
    #[arg(long)]
    data: PathBuf,
}

pub(crate) fn run(arguments: &Arguments, language: Language) -> Outcome {
    let opened = installation::open(&arguments.data)?;
    let due = opened.registry.do_what_is_due()?;
    let (revoked, erased) = (due.revoked, due.erased);
    say(both!(
        "已撤销证明 {revoked} 份，已销毁记录 {erased} 条",
        "{revoked} certificates revoked, {erased} records erased"
    )
    .get(language));
    if let Some(mailer) = mail_settings::mailer(&opened.settings, &opened.data)? {
        let round = runtime()?.block_on(post::round(&opened.registry, &mailer, &|| false))?;
        let (sent, put_off, given_up) = (round.sent, round.put_off, round.given_up);
        say(both!(
            "已发邮件 {sent} 封，推迟 {put_off} 封，放弃 {given_up} 封",
            "{sent} letters sent, {put_off} put off, {given_up} given up"
        )
        .get(language));
        if let Some(away) = round.away {
            let Text2 { zh, en } = away;
            remark(both!("邮件等待发送：{zh}", "letters wait: {en}").get(language));
        }
    }
    Ok(ExitCode::SUCCESS)
}
