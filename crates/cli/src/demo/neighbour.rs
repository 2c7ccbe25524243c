//! A neighbouring instance, which the demonstration plays itself: it confirms every alert that goes to it, and has
//! sent one, so that alerts out and in can be seen. No network is asked for anything.

use jiff::Span;
use keys::SystemRandomness;
use model::{AlertId, Randomness as _};
use registry::{
    AlertContent, AlertMessage, AlertTaken, NewPeer, Peer, PeerClient, PeerError, PeerFault, PutBack,
    PutBackTaken, Registry,
};

use super::batches;
use crate::failure::Failure;

/// Its name here.
const NAME: &str = "neighbour-province";
/// The one alert that it sends.
const ALERT: [u8; 16] = *b"demonstration-01";

/// Registers it, if that was not done before: for what is filed from then on it is told of alerts. Blocks.
pub(super) fn register(registry: &Registry) -> Result<(), Failure> {
    if registry.peers()?.iter().any(|one| one.registered.peer == NAME) {
        return Ok(());
    }
    // Nobody has a private key to it, so nobody can speak in its name.
    let mut public_key = [0; 32];
    SystemRandomness::new().fill(&mut public_key)?;
    let added = registry.add_peer(NewPeer {
        peer: NAME.to_owned(),
        url: "https://neighbour.example".to_owned(),
        public_key,
        professions: ["doctor", "tour-guide"].map(str::to_owned).into(),
        sends: true,
        takes: true,
    });
    match added {
        Err(PeerError::Registry(error)) => Err(error.into()),
        // A profile that was changed has no such profession: then there are no alerts to see.
        _ => Ok(()),
    }
}

/// Tells it what it is to be told, and takes its alert: that a doctor may not practise there for now. Blocks.
pub(super) fn load(registry: &Registry) -> Result<(), Failure> {
    registry.deliver_alerts(&Played)?;
    let Some(doctor) = batches::people().into_iter().nth(1) else {
        return Ok(());
    };
    let today = registry.today();
    let content = AlertContent {
        name: doctor.name.to_owned(),
        number: doctor.number,
        profession: "doctor".to_owned(),
        authority: "health-board".to_owned(),
        authority_name: "邻省卫生健康委员会（虚构）".to_owned(),
        effect: "suspends".to_owned(),
        starts_on: today.checked_sub(Span::new().days(7)).ok(),
        ends_on: today.checked_add(Span::new().days(180)).ok(),
        disputed: false,
        withheld: false,
    };
    let alert = AlertId::from_bytes(ALERT);
    let message = AlertMessage {
        message: alert.to_string(),
        alert,
        revision: 1,
        open: Some(content),
    };
    let taken = crate::commands::runtime()?.block_on(registry.receive_alert(NAME, None, message));
    match taken {
        Err(registry::ReceiveError::Registry(error)) => Err(error.into()),
        _ => Ok(()),
    }
}

/// The way to it.
#[expect(clippy::unnecessary_wraps, reason = "the way over the network can fail")]
pub(super) fn client(_: &Registry) -> Result<Box<dyn PeerClient>, Failure> {
    Ok(Box::new(Played))
}

struct Played;

impl PeerClient for Played {
    fn deliver(&self, _: &Peer, message: &AlertMessage) -> Result<AlertTaken, PeerFault> {
        Ok(AlertTaken {
            message: message.message.clone(),
            alert: message.alert,
            revision: message.revision,
        })
    }

    fn put_back(&self, _: &Peer, message: &PutBack) -> Result<PutBackTaken, PeerFault> {
        Ok(PutBackTaken {
            revision: message.revision,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::{commands::runtime, demo};

    #[test]
    fn alerts_went_out_and_came_in_and_a_second_start_doubles_none() {
        let folder = tempfile::tempdir().unwrap();
        let arguments = demo::Arguments {
            data: folder.path().join("data"),
            profile: Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../profiles/gansu")),
            listen: None,
            days_later: 0,
        };
        let opened = demo::open(&arguments).unwrap();
        for _ in 0..2 {
            register(&opened.registry).unwrap();
            demo::load(&opened.registry).unwrap();
            load(&opened.registry).unwrap();
        }
        let (runtime, registry) = (runtime().unwrap(), &opened.registry);
        let arrived = runtime
            .block_on(registry.alerts_for("health-commission"))
            .unwrap();
        assert_eq!(arrived.len(), 1);
        assert_eq!(
            (arrived[0].peer.as_deref(), arrived[0].effect.as_str()),
            (Some(NAME), "suspends")
        );
        let gone = runtime
            .block_on(registry.alerts_from("tourism-commission"))
            .unwrap();
        assert_eq!((gone.len(), gone[0].receivers.len()), (1, 1));
        assert!(gone[0].receivers[0].peer && gone[0].receivers[0].told_at.is_some());
    }
}
