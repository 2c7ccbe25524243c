//! `standing key`: the keys that authorities sign their requests with.

use std::{fs::OpenOptions, io::Write as _, path::PathBuf, process::ExitCode};

use api::client::AuthorityKeyFile;
use keys::SystemRandomness;

use crate::{
    failure::{Failure, Outcome, say},
    installation,
    words::{Language, both},
};

/// What to do with keys.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Make a key in a new file that its owner alone can read, and print the line to register it with.
    New {
        /// The file to write.
        file: PathBuf,
        /// The key's name, such as law-bureau-2026.
        #[arg(long)]
        id: String,
    },
    /// Register an authority's key.
    Add {
        /// The key's name.
        #[arg(long)]
        id: String,
        /// The authority's id in the profile.
        #[arg(long)]
        authority: String,
        /// The public key, as `standing key new` printed it.
        #[arg(long)]
        public_key: String,
        /// The data directory.
        #[arg(long)]
        data: PathBuf,
    },
    /// Retire a key of an authority for good.
    Retire {
        /// The key's name.
        #[arg(long)]
        id: String,
        /// The data directory.
        #[arg(long)]
        data: PathBuf,
    },
}

pub(crate) fn run(command: &Command, language: Language) -> Outcome {
    match command {
        Command::New { file, id } => {
            let (text, public_key) = AuthorityKeyFile::generate(id, &SystemRandomness::new())?;
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut out = options
                .open(file)
                .map_err(|error| installation::at(file, &error))?;
            out.write_all(text.as_bytes())
                .and_then(|()| out.sync_all())
                .map_err(|error| installation::at(file, &error))?;
            say(format_args!(
                "standing key add --id {id} --authority ID --public-key {public_key} --data DIR"
            ));
        }
        Command::Add {
            id,
            authority,
            public_key,
            data,
        } => {
            let public_key = public_key_of(public_key)?;
            let key = registry::AuthorityKey {
                key_id: id.clone(),
                authority: authority.clone(),
                public_key,
            };
            installation::open(data)?.registry.add_authority_key(key)?;
            say(both!(
                "已为 {authority} 登记密钥 {id}",
                "{id} is registered for {authority}"
            )
            .get(language));
        }
        Command::Retire { id, data } => {
            installation::open(data)?.registry.retire_authority_key(id)?;
            say(both!(
                "密钥 {id} 已停用：不再接受它的签名",
                "{id} is retired: nothing that it signs is taken any more"
            )
            .get(language));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The public key that was given on the command line.
pub(super) fn public_key_of(text: &str) -> Result<[u8; 32], Failure> {
    api::client::parse_public_key(text).ok_or_else(|| {
        Failure::new(both!(
            "--public-key：应为 base64 的 32 字节",
            "--public-key: 32 bytes in base64 are expected"
        ))
    })
}
