//! `standing peer`: other instances that alerts in the same profession are exchanged with.

use std::{path::PathBuf, process::ExitCode};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use registry::NewPeer;

use super::{
    key::public_key_of,
    said::{ended, now_ended, registered},
};
use crate::{
    failure::{Outcome, say},
    installation,
    words::{Language, both},
};

/// Which way alerts go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Direction {
    /// To the peer.
    Out,
    /// From the peer.
    In,
    /// Both ways.
    Both,
}

/// What to do with peers.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Print the line with which the other side registers this installation.
    Key {
        /// The data directory.
        #[arg(long)]
        data: PathBuf,
    },
    /// Register a peer.
    Add {
        /// Its name here: small letters, digits and hyphens.
        #[arg(long)]
        id: String,
        /// Its public address.
        #[arg(long)]
        url: String,
        /// Its public key, as `standing peer key` printed it there.
        #[arg(long)]
        public_key: String,
        /// The professions, by their ids, parted by commas.
        #[arg(long, value_delimiter = ',', required = true)]
        professions: Vec<String>,
        /// Which way alerts go.
        #[arg(long, value_enum, default_value = "both")]
        direction: Direction,
        /// The data directory.
        #[arg(long)]
        data: PathBuf,
    },
    /// List the peers.
    List {
        /// The data directory.
        #[arg(long)]
        data: PathBuf,
    },
    /// Say that an older copy was put back here and goes on as this installation. Certificates that were issued since the
    /// copy are not valid any more. Peers, where there are any, close the alerts that are not open here any more, and tell
    /// theirs anew. Never do that with a copy that is only being tried.
    PutBack {
        /// The data directory.
        #[arg(long)]
        data: PathBuf,
    },
    /// End a peer: no new alerts go either way. What is open is still closed.
    End {
        /// Its name here.
        id: String,
        /// The data directory.
        #[arg(long)]
        data: PathBuf,
    },
}

pub(crate) fn run(command: &Command, language: Language) -> Outcome {
    match command {
        Command::Key { data } => {
            let opened = installation::open(data)?;
            let key = opened.registry.peer_key()?;
            say(format_args!(
                "standing peer add --id NAME --url {} --public-key {} --professions ID,ID --data DIR",
                opened.settings.public_url,
                STANDARD.encode(key.public_key)
            ));
        }
        Command::Add {
            id,
            url,
            public_key,
            professions,
            direction,
            data,
        } => {
            let public_key = public_key_of(public_key)?;
            let peer = NewPeer {
                peer: id.clone(),
                url: url.trim_end_matches('/').to_owned(),
                public_key,
                professions: professions.iter().cloned().collect(),
                sends: *direction != Direction::In,
                takes: *direction != Direction::Out,
            };
            installation::open(data)?.registry.add_peer(peer)?;
            say(registered(id).get(language));
        }
        Command::List { data } => {
            for peer in installation::open(data)?.registry.peers()? {
                let NewPeer {
                    peer: id,
                    url,
                    professions,
                    sends,
                    takes,
                    ..
                } = peer.registered;
                let way = match (sends, takes, language) {
                    (true, true, Language::Zh) => "双向",
                    (true, true, Language::En) => "both",
                    (true, false, Language::Zh) => "发出",
                    (true, false, Language::En) => "out",
                    (false, true, Language::Zh) => "接收",
                    (false, true, Language::En) => "in",
                    (false, false, Language::Zh) => "无",
                    (false, false, Language::En) => "none",
                };
                let professions: Vec<String> = professions.into_iter().collect();
                let ended = ended(peer.ended, language);
                say(format_args!("{id} {url} {way} {}{ended}", professions.join(",")));
            }
        }
        Command::PutBack { data } => {
            let registry = installation::open(data)?.registry;
            registry.note_put_back()?;
            say(installation::certificates_since().get(language));
            if !registry.peers()?.is_empty() {
                say(both!(
                    "下次发出通报时会告知各系统",
                    "The peers are told when alerts are sent next"
                )
                .get(language));
            }
        }
        Command::End { id, data } => {
            installation::open(data)?.registry.end_peer(id)?;
            say(now_ended(id).get(language));
        }
    }
    Ok(ExitCode::SUCCESS)
}
