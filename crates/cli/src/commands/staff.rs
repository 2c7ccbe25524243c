//! `standing staff`: the named members of bodies' staff, who ask for them.

use std::{path::PathBuf, process::ExitCode};

use registry::NewStaff;

use super::{own_number, runtime, said::ended};
use crate::{
    failure::{Outcome, say},
    installation,
    words::{Language, both},
};

/// What to do with members of staff.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Name a member of staff, or give one further keys.
    ///
    /// Looks, consents, procedures and notices are for named members of staff alone: a body's request is theirs whose
    /// key signed it. Register the key first, with `standing key add`. Said again of the same member, it only adds
    /// keys, or lets them lead.
    Add {
        /// The body's id in the profile: an authority, or an inquirer.
        #[arg(long)]
        body: String,
        /// The id of the account, such as clerk-7: letters, digits and signs without blanks. Never a name.
        #[arg(long)]
        id: String,
        /// Their name, which is kept sealed.
        #[arg(long)]
        name: String,
        /// A key that they sign with, by its name. May be given again.
        #[arg(long = "key")]
        keys: Vec<String>,
        /// They lead: they add and end colleagues, and say who else leads. Name the first of each body so; said again
        /// of a member who is there, it lets them lead.
        #[arg(long)]
        lead: bool,
        /// A file with their own identity number, so that looks at them by colleagues or by themselves go to a
        /// reviewer; "-" is standard input. Without it they may go unseen. It may be given later, for an account that
        /// has none. Numbers are not given on the command line, where other users of the machine could read them.
        #[arg(long, value_name = "FILE")]
        own_number: Option<PathBuf>,
        /// The data directory.
        #[arg(long)]
        data: PathBuf,
    },
    /// End an account for good: somebody has left. What they did stays, and their keys open nothing any more.
    Stop {
        /// The body's id in the profile.
        #[arg(long)]
        body: String,
        /// The id of the account.
        #[arg(long)]
        id: String,
        /// The data directory.
        #[arg(long)]
        data: PathBuf,
    },
    /// List the members of a body's staff, those who have left too. Who is registered without an own number is marked
    /// `no-own-number`.
    List {
        /// The body's id in the profile.
        #[arg(long)]
        body: String,
        /// Print one line of JSON.
        #[arg(long)]
        json: bool,
        /// The data directory.
        #[arg(long)]
        data: PathBuf,
    },
}

pub(crate) fn run(command: &Command, language: Language) -> Outcome {
    match command {
        Command::Add {
            body,
            id,
            name,
            keys,
            lead,
            own_number,
            data,
        } => {
            let own_number = own_number::read(own_number.as_deref())?;
            installation::open(data)?.registry.add_staff(NewStaff {
                body: body.clone(),
                staff: id.clone(),
                name: name.clone(),
                own_number,
                keys: keys.clone(),
                lead: *lead,
            })?;
            say(both!("{body} 的 {id} 已登记", "{id} of {body} is registered").get(language));
        }
        Command::Stop { body, id, data } => {
            installation::open(data)?.registry.stop_staff(body, id)?;
            say(both!("{body} 的 {id} 已结束", "{id} of {body} is ended").get(language));
        }
        Command::List { body, json, data } => {
            let registry = installation::open(data)?.registry;
            if registry.profile().body_name(body).is_none() {
                return Err(registry::StaffError::UnknownBody(body.clone()).into());
            }
            let staff = runtime()?.block_on(registry.staff(body))?;
            if *json {
                say(serde_json::to_string(&staff)?);
                return Ok(ExitCode::SUCCESS);
            }
            for one in staff {
                let marked = |is: bool, zh, en| match (is, language) {
                    (false, _) => "",
                    (true, Language::Zh) => zh,
                    (true, Language::En) => en,
                };
                let leads = marked(one.leads, " 负责人", " leads");
                let stopped = marked(one.stopped_at.is_some(), " 已停用", " stopped");
                let ended = ended(one.ended_at.is_some(), language);
                let bare = own_number::mark(one.own_number, language);
                say(format_args!(
                    "{} {}{leads}{stopped}{ended}{bare}",
                    one.staff, one.name
                ));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
