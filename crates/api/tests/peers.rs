//! Two installations that exchange alerts over HTTP on this machine, with a wire between them that is cut.
#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use api::client::HttpPeers;
use jiff::Timestamp;
use model::{FixedClock, RecordKind};
use registry::{Delivered, EventKind, NewPeer, NoticeKind, Parts, Registry};
use storage_sqlite::SqliteStore;
use testkit::{NOW, SeededRandomness, SourceRow, json_lines, made_up, profiles_folder, wait};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    runtime::Runtime,
};

const LAW: &str = "law-bureau";

/// What happens to a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    /// It is closed at once.
    AtOnce,
    /// So many bytes of the request get through.
    Request(usize),
    /// The whole request gets through, and so many bytes of the answer.
    Answer(usize),
}

type Plan = Arc<Mutex<VecDeque<Cut>>>;

/// An installation on a port of its own.
struct Instance {
    registry: Registry,
    clock: Arc<FixedClock>,
    url: String,
    plan: Plan,
    _folder: tempfile::TempDir,
    _runtime: Runtime,
}

impl Instance {
    fn new(seed: u64) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        let front = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", front.local_addr().unwrap());
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::new(NOW.parse::<Timestamp>().unwrap()));
        let options = storage_sqlite::Options::default();
        let store = SqliteStore::open(&folder.path().join("standing.db"), &options).unwrap();
        let registry = Registry::open(Parts {
            store: Arc::new(store),
            keys: Arc::new(keys::Keyring::new(&[seed as u8; 32])),
            profile: Arc::new(profile::Profile::load(&profiles_folder().join("gansu")).unwrap()),
            clock: clock.clone(),
            randomness: Arc::new(SeededRandomness::new(seed)),
            signing: keys::SystemRandomness::new(),
            public_url: url.clone(),
            spool: folder.path().join("spool").into(),
            erasures: folder.path().join("erasures.log").into(),
        })
        .unwrap();
        let plan = Plan::default();
        let app = api::router(registry.clone(), api::Options::default());
        let cuts = plan.clone();
        runtime.block_on(async move {
            let back = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = back.local_addr().unwrap();
            tokio::spawn(async move { axum::serve(back, app).await.unwrap() });
            tokio::spawn(async move {
                loop {
                    let (client, _) = front.accept().await.unwrap();
                    let cut = cuts.lock().unwrap().pop_front();
                    tokio::spawn(async move {
                        // A connection that is cut ends in an error on either side.
                        let _ = relay(client, TcpStream::connect(address).await.unwrap(), cut).await;
                    });
                }
            });
        });
        Self {
            registry,
            clock,
            url,
            plan,
            _folder: folder,
            _runtime: runtime,
        }
    }

    fn befriend(&self, id: &str, other: &Self) {
        let peer = NewPeer {
            peer: id.to_owned(),
            url: other.url.clone(),
            public_key: other.registry.peer_key().unwrap().public_key,
            professions: ["lawyer".to_owned()].into(),
            sends: true,
            takes: true,
        };
        self.registry.add_peer(peer).unwrap();
    }

    fn deliver(&self) -> Delivered {
        let key = self.registry.peer_key().unwrap();
        let randomness = Arc::new(keys::SystemRandomness::new());
        let peers = HttpPeers::new(&key, self.clock.clone(), randomness).unwrap();
        self.registry.deliver_alerts(&peers).unwrap()
    }

    fn file(&self, kind: RecordKind, row: SourceRow) {
        let file = registry::SubmissionFile {
            authority: LAW.to_owned(),
            kind,
            name: "rows.jsonl".to_owned(),
            encoding: None,
        };
        let rows = std::io::Cursor::new(json_lines(&[row]).into_bytes());
        let done = self.registry.submit(&file, rows, &|_| ()).unwrap();
        assert_eq!(done.counts.rejected, 0);
    }

    /// What the law bureau is alerted to.
    fn opened(&self) -> Vec<String> {
        let items = wait(self.registry.alerts_for(LAW)).unwrap();
        items
            .into_iter()
            .map(|item| wait(self.registry.open_alert(LAW, item.alert)).unwrap().content)
            .map(|content| format!("{} {}", content.name, content.ends_on.unwrap()))
            .collect()
    }

    fn count(&self, kind: NoticeKind) -> usize {
        let person = self.registry.keys().person(&made_up(1).number);
        let notices = wait(self.registry.notices(person)).unwrap();
        notices.iter().filter(|one| one.kind == kind).count()
    }
}

/// Passes bytes both ways until the connection is to be cut.
async fn relay(mut client: TcpStream, mut server: TcpStream, cut: Option<Cut>) -> std::io::Result<()> {
    match cut {
        None => tokio::io::copy_bidirectional(&mut client, &mut server)
            .await
            .map(drop),
        Some(Cut::AtOnce) => Ok(()),
        Some(Cut::Request(most)) => {
            let mut part = client.take(most as u64);
            tokio::io::copy(&mut part, &mut server).await.map(drop)
        }
        Some(Cut::Answer(most)) => {
            let (mut from_client, mut to_client) = client.split();
            let (mut from_server, mut to_server) = server.split();
            let answer = async {
                let mut first = vec![0; 64 * 1024];
                let read = from_server.read(&mut first).await?;
                to_client.write_all(&first[..read.min(most)]).await
            };
            tokio::select! {
                _ = tokio::io::copy(&mut from_client, &mut to_server) => Ok(()),
                done = answer => done,
            }
        }
    }
}

fn prohibition(until: &str) -> SourceRow {
    SourceRow::decision(1)
        .with("penalty", "限制从业")
        .with("disclosure_ends_on", until)
}

#[test]
fn an_alert_and_its_end_get_through_a_wire_that_is_cut_anywhere_and_happen_once() {
    let (here, there) = (Instance::new(1), Instance::new(2));
    here.befriend("there", &there);
    there.befriend("first", &here);
    here.file(RecordKind::Licence, SourceRow::licence(1));
    let cuts = [
        Cut::AtOnce,
        Cut::Request(40),
        Cut::Request(700),
        Cut::Answer(0),
        Cut::Answer(30),
    ];
    let through = |expected: &[String]| {
        *there.plan.lock().unwrap() = cuts.into();
        for _ in cuts {
            assert_eq!(here.deliver(), Delivered { told: 0, failed: 1 });
            here.clock
                .set(here.registry.now() + jiff::SignedDuration::from_hours(6));
            there.clock.set(here.registry.now());
        }
        assert_eq!(here.deliver(), Delivered { told: 1, failed: 0 });
        assert_eq!(here.deliver(), Delivered::default());
        assert_eq!(there.opened(), expected);
    };
    here.file(RecordKind::Decision, prohibition("2027-11-10"));
    let name = made_up(1).name;
    through(&[format!("{name} 2027-11-10")]);
    here.file(RecordKind::Decision, prohibition("2028-01-31").correcting());
    through(&[format!("{name} 2028-01-31")]);
    here.file(RecordKind::Decision, SourceRow::decision(1).correcting());
    through(&[]);

    for (kind, expected) in [
        (NoticeKind::AlertSent, (1, 0)),
        (NoticeKind::AlertArrived, (0, 1)),
        (NoticeKind::AlertClosed, (1, 1)),
    ] {
        assert_eq!((here.count(kind), there.count(kind)), expected, "{kind:?}");
    }
    let person = here.registry.keys().person(&made_up(1).number);
    let file = wait(here.registry.person_file(person, EventKind::OwnLook)).unwrap();
    let sent = file.events.iter().filter(|one| one.kind == EventKind::AlertSent);
    let to: Vec<_> = sent.map(|one| one.actor.as_str()).collect();
    assert_eq!(to, ["there"]);
    testkit::prove_log(&here.registry);
    testkit::prove_log(&there.registry);
}

#[test]
fn only_a_registered_peer_is_heard() {
    let (here, there) = (Instance::new(1), Instance::new(2));
    here.befriend("there", &there);
    here.file(RecordKind::Licence, SourceRow::licence(1));
    here.file(RecordKind::Decision, prohibition("2027-11-10"));
    // There, nobody knows this key: it is tried again, seldom, and taken once they do.
    assert_eq!(here.deliver(), Delivered { told: 0, failed: 1 });
    assert!(there.opened().is_empty());
    there.befriend("first", &here);
    assert_eq!(here.deliver(), Delivered::default(), "not before its time");
    here.clock
        .set(here.registry.now() + jiff::SignedDuration::from_hours(6));
    there.clock.set(here.registry.now());
    assert_eq!(here.deliver(), Delivered { told: 1, failed: 0 });
    assert_eq!(there.opened().len(), 1);
}

#[test]
fn that_a_copy_was_put_back_gets_through_a_wire_that_is_cut_anywhere() {
    let (here, there) = (Instance::new(1), Instance::new(2));
    here.befriend("there", &there);
    there.befriend("first", &here);
    here.file(RecordKind::Licence, SourceRow::licence(1));
    here.file(RecordKind::Decision, prohibition("2027-11-10"));
    assert_eq!(here.deliver(), Delivered { told: 1, failed: 0 });
    // Of this one nothing is known here any more.
    let person = here.registry.keys().person(&made_up(1).number);
    let [alert] = &wait(here.registry.alerts_about(person)).unwrap()[..] else {
        panic!("one alert is expected")
    };
    let content = wait(
        there
            .registry
            .open_alert(LAW, wait(there.registry.alerts_for(LAW)).unwrap()[0].alert),
    );
    let lost = registry::AlertMessage {
        message: "0a".repeat(16),
        alert: model::AlertId::from_bytes([7; 16]),
        revision: 1,
        open: Some(content.unwrap().content),
    };
    wait(there.registry.receive_alert("first", None, lost)).unwrap();
    assert_eq!(there.opened().len(), 2);

    here.clock
        .set(here.registry.now() + jiff::SignedDuration::from_mins(1));
    here.registry.note_put_back().unwrap();
    let cuts = [
        Cut::AtOnce,
        Cut::Request(40),
        Cut::Request(400),
        Cut::Answer(0),
        Cut::Answer(30),
    ];
    let mut all = Delivered::default();
    *there.plan.lock().unwrap() = cuts.into();
    for _ in 0..8 {
        let done = here.deliver();
        all = Delivered {
            told: all.told + done.told,
            failed: all.failed + done.failed,
        };
        here.clock
            .set(here.registry.now() + jiff::SignedDuration::from_hours(6));
        there.clock.set(here.registry.now());
    }
    // The copy, and the open alert told anew.
    assert_eq!((all.told, all.failed), (2, cuts.len()));
    assert_eq!(there.opened().len(), 1);
    assert_eq!(there.count(NoticeKind::AlertClosed), 1);
    assert_eq!(alert.item.alert, {
        let [still] = &wait(here.registry.alerts_about(person)).unwrap()[..] else {
            panic!("one alert is expected")
        };
        assert!(still.closed_at.is_none());
        still.item.alert
    });
    testkit::prove_log(&there.registry);
}
