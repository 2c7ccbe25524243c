//! Messages about alerts and about a copy that was put back, signed here as a registered peer signs them: every answer is of its form, none is a failure
//! of the program, and a message that was taken is answered the same when it comes again.

use std::collections::BTreeSet;

use registry::NewPeer;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use testkit::made_up;

use crate::{
    Target, choices,
    interface::{Interface, Signer},
};

/// See [`crate::alert_messages`].
pub const TARGET: Target = Target {
    name: "alert_messages",
    run,
    seeds,
    words: &[
        "\"message\"",
        "\"alert\"",
        "\"revision\"",
        "\"open\"",
        "\"held\"",
        "\"name\"",
        "\"number\"",
        "\"profession\"",
        "\"authority\"",
        "\"authority_name\"",
        "\"effect\"",
        "\"starts_on\"",
        "\"ends_on\"",
        "\"disputed\"",
        "\"withheld\"",
        "lawyer",
        "prohibits",
        "suspends",
        "null",
        "9999-12-31",
        "-009999-01-01",
        "9223372036854775807",
    ],
};

struct Kit {
    interface: Interface,
    key: Ed25519KeyPair,
    key_id: String,
}

impl Kit {
    fn new() -> Self {
        let interface = Interface::new();
        let key = Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap();
        let public_key: [u8; 32] = key.public_key().as_ref().try_into().unwrap();
        let peer = NewPeer {
            peer: "next-door".into(),
            url: "https://next-door.example".into(),
            public_key,
            professions: BTreeSet::from(["lawyer".to_owned()]),
            sends: true,
            takes: true,
        };
        interface.installation.registry.add_peer(peer).unwrap();
        let hex: String = public_key.iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            interface,
            key,
            key_id: hex,
        }
    }
}

fn run(bytes: &[u8]) {
    thread_local! {
        static KIT: Kit = Kit::new();
    }
    // No choice is made here: a message is what its bytes say.
    let ([], message) = choices(bytes);
    KIT.with(|kit| {
        let by = Signer {
            key_id: &kit.key_id,
            key: &kit.key,
        };
        for path in ["/api/v1/peer/alerts", "/api/v1/peer/put-back"] {
            let post = || kit.interface.post(by, path, message);
            let first = post();
            if first.0.is_success() {
                assert_eq!(
                    post(),
                    first,
                    "a message is answered the same when it comes again"
                );
                let taken: Value = serde_json::from_slice(&first.1).unwrap();
                let said: Value = serde_json::from_slice(message).unwrap();
                for field in ["revision", "message"] {
                    assert_eq!(taken[field], said[field], "a confirmation is of the message");
                }
            }
        }
    });
}

fn seeds() -> Vec<Vec<u8>> {
    let person = made_up(1);
    let open = |effect: &str| {
        json!({
            "message": "01".repeat(16),
            "alert": "02".repeat(16),
            "revision": 1,
            "open": {
                "name": person.name,
                "number": person.number,
                "profession": "lawyer",
                "authority": "bureau-next-door",
                "authority_name": "made up",
                "effect": effect,
                "starts_on": "2026-11-01",
                "ends_on": null,
            },
        })
    };
    let mut later = open("suspends");
    later["revision"] = json!(2);
    later["open"]["ends_on"] = json!("2027-11-01");
    let closed = json!({"message": "03".repeat(16), "alert": "02".repeat(16), "revision": 3, "open": null});
    let mut disputed = open("prohibits");
    disputed["open"]["disputed"] = json!(true);
    disputed["open"]["withheld"] = json!(true);
    let mut other = open("prohibits");
    other["open"]["profession"] = json!("astrologer");
    let put_back = json!({"revision": 4, "open": ["02".repeat(16)], "held": ["05".repeat(16)]});
    [open("prohibits"), later, closed, disputed, other, put_back]
        .iter()
        .map(|message| message.to_string().into_bytes())
        .collect()
}
