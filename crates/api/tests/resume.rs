//! The client over real connections, with a proxy between that cuts them.
#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

mod common;

use std::{
    net::{SocketAddr, TcpListener as StdListener},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use api::client::{AuthorityKeyFile, Client, ClientError, Patience};
use jiff::Timestamp;
use model::{FixedClock, RecordKind};
use registry::{AuthorityKey, Parts, Registry, Upload, UploadError, UploadRequest};
use serde_json::Value;
use storage_sqlite::SqliteStore;
use tempfile::TempDir;
use testkit::{NOW, SeededRandomness, licences_csv, profiles_folder};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// A server behind a proxy, whose address is the public one.
struct Behind {
    registry: Registry,
    clock: Arc<FixedClock>,
    address: SocketAddr,
    folder: TempDir,
    runtime: tokio::runtime::Runtime,
    cuts: Arc<Cuts>,
}

/// After how many bytes the proxy cuts each connection: of the request, and of the answer. 0: never.
#[derive(Default)]
struct Cuts {
    request: AtomicU64,
    answer: AtomicU64,
    /// How many connections are cut.
    times: AtomicU64,
    made: AtomicU64,
}

impl Behind {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let front = StdListener::bind("127.0.0.1:0").unwrap();
        let address = front.local_addr().unwrap();
        let clock = Arc::new(FixedClock::new(NOW.parse::<Timestamp>().unwrap()));
        let store = SqliteStore::open(
            &folder.path().join("standing.db"),
            &storage_sqlite::Options::default(),
        );
        let registry = Registry::open(Parts {
            store: Arc::new(store.unwrap()),
            keys: Arc::new(keys::Keyring::new(&[7; 32])),
            profile: Arc::new(profile::Profile::load(&profiles_folder().join("gansu")).unwrap()),
            clock: clock.clone(),
            randomness: Arc::new(SeededRandomness::new(1)),
            signing: keys::SystemRandomness::new(),
            public_url: format!("http://{address}"),
            spool: folder.path().join("spool").into(),
            erasures: folder.path().join("erasures.log").into(),
        })
        .unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        let cuts = Arc::new(Cuts::default());
        let app = api::router(registry.clone(), api::Options::default());
        let (through, front_cuts) = (app, cuts.clone());
        runtime.block_on(async move {
            let back = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let server = back.local_addr().unwrap();
            tokio::spawn(async move { axum::serve(back, through).await.unwrap() });
            front.set_nonblocking(true).unwrap();
            let front = TcpListener::from_std(front).unwrap();
            tokio::spawn(async move {
                loop {
                    let (client, _) = front.accept().await.unwrap();
                    tokio::spawn(relay(client, server, front_cuts.clone()));
                }
            });
        });
        Self {
            registry,
            clock,
            address,
            folder,
            runtime,
            cuts,
        }
    }

    fn client(&self) -> Client {
        let (text, public_key) =
            AuthorityKeyFile::generate("law-bureau-1", &SeededRandomness::new(3)).unwrap();
        let public_key = api::client::parse_public_key(&public_key).unwrap();
        let key = AuthorityKey {
            key_id: "law-bureau-1".into(),
            authority: "law-bureau".into(),
            public_key,
        };
        self.registry.add_authority_key(key).unwrap();
        let file = self.folder.path().join("key.pem");
        std::fs::write(&file, text.as_bytes()).unwrap();
        let patience = Patience {
            tries: 8,
            first: Duration::from_millis(2),
            longest: Duration::from_millis(20),
        };
        let server = format!("http://{}", self.address);
        Client::open(
            &server,
            &file,
            self.clock.clone(),
            Arc::new(SeededRandomness::new(4)),
        )
        .unwrap()
        .with_patience(patience)
    }

    fn file(&self, name: &str, text: &str) -> std::path::PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Announces a file past the client.
    fn announce(&self, name: &str, bytes: &[u8]) -> Result<Upload, UploadError> {
        let sha256 = ring::digest::digest(&ring::digest::SHA256, bytes);
        self.runtime.block_on(self.registry.announce(UploadRequest {
            authority: "law-bureau".into(),
            kind: RecordKind::Licence,
            name: name.into(),
            length: bytes.len() as u64,
            sha256: sha256.as_ref().try_into().unwrap(),
        }))
    }

    fn submit(&self, client: &Client, path: &Path) -> (Value, Vec<u64>) {
        let seen = std::sync::Mutex::new(Vec::new());
        let mut filed = client
            .submit(path, RecordKind::Licence, &|bytes| {
                seen.lock().unwrap().push(bytes)
            })
            .unwrap();
        let mut json = Vec::new();
        filed.write_json(&mut json).unwrap();
        let json: Value = serde_json::from_slice(&json).unwrap();
        assert_eq!(json["accepted"], filed.counts.accepted);
        assert_eq!(json["submission"], filed.submission);
        (json, seen.into_inner().unwrap())
    }
}

/// Hands bytes on both ways until one end closes, or as many as are let through came.
async fn relay(client: TcpStream, server: SocketAddr, cuts: Arc<Cuts>) {
    let server = TcpStream::connect(server).await.unwrap();
    let ((client_in, client_out), (server_in, server_out)) = (client.into_split(), server.into_split());
    tokio::select! {
        () = pump(client_in, server_out, &cuts.request, &cuts) => {}
        () = pump(server_in, client_out, &cuts.answer, &cuts) => {}
    }
}

async fn pump(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    limit: &AtomicU64,
    cuts: &Cuts,
) {
    let mut buffer = vec![0; 16 * 1024];
    let mut through = 0;
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        through += count as u64;
        let limit = limit.load(Ordering::SeqCst);
        if limit > 0
            && through > limit
            && cuts.made.load(Ordering::SeqCst) < cuts.times.load(Ordering::SeqCst)
        {
            cuts.made.fetch_add(1, Ordering::SeqCst);
            return;
        }
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}

#[test]
fn an_upload_goes_on_after_its_connection_was_cut_in_the_middle_of_pieces() {
    let behind = Behind::new();
    let client = behind.client();
    // Three pieces: the cuts are in the second and in the third.
    let path = behind.file("licences.csv", &licences_csv(0, 110_000));
    let length = std::fs::metadata(&path).unwrap().len();
    assert!(length > 2 * api::PIECE_BYTES as u64, "{length}");
    behind
        .cuts
        .request
        .store(api::PIECE_BYTES as u64 + 300_000, Ordering::SeqCst);
    behind.cuts.times.store(2, Ordering::SeqCst);
    let (json, seen) = behind.submit(&client, &path);
    assert_eq!(behind.cuts.made.load(Ordering::SeqCst), 2, "connections were cut");
    assert_eq!(json["accepted"], 110_000);
    assert_eq!(json["rows"].as_array().unwrap().len(), 110_000);
    assert_eq!(*seen.last().unwrap(), length);
    assert!(seen.is_sorted(), "{seen:?}");
    // What came through is what was sent.
    let sha256 = ring::digest::digest(&ring::digest::SHA256, &std::fs::read(&path).unwrap());
    assert_eq!(json["file_sha256"], hex::encode(sha256));
}

#[test]
fn an_answer_that_broke_off_is_asked_for_again() {
    let behind = Behind::new();
    let client = behind.client();
    let path = behind.file("licences.csv", &licences_csv(0, 5000));
    behind.cuts.answer.store(200_000, Ordering::SeqCst);
    behind.cuts.times.store(2, Ordering::SeqCst);
    let (json, _) = behind.submit(&client, &path);
    assert_eq!(behind.cuts.made.load(Ordering::SeqCst), 2);
    assert_eq!(
        (&json["accepted"], json["rows"].as_array().unwrap().len()),
        (&5000.into(), 5000)
    );
    assert_eq!(
        behind
            .runtime
            .block_on(behind.registry.submissions("law-bureau"))
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn rejected_rows_come_back_and_a_submission_is_taken_back() {
    let behind = Behind::new();
    let client = behind.client();
    let path = behind.file(
        "licences.csv",
        &licences_csv(0, 3).replacen("身份证", "护照簿", 1),
    );
    let (json, _) = behind.submit(&client, &path);
    assert_eq!((&json["accepted"], &json["rejected"]), (&2.into(), &1.into()));
    let id = json["submission"].as_str().unwrap();
    let csv = String::from_utf8(client.rejected_csv(id).unwrap()).unwrap();
    assert!(csv.contains("护照簿"), "{csv}");
    assert_eq!(client.take_back(id).unwrap()["taken_back"], 2);
    match client.take_back(id) {
        Err(ClientError::Refused(refusal)) => assert_eq!(refusal.code, "taken-back"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_for_another_authority_than_the_key_files_nothing() {
    let behind = Behind::new();
    let path = behind.file("licences.csv", &licences_csv(0, 3));
    let client = behind.client().filing_for("health-commission");
    match client.submit(&path, RecordKind::Licence, &|_| ()) {
        Err(ClientError::Refused(refusal)) => {
            assert_eq!(refusal.code, "authority-mismatch");
            let said = refusal.to_string();
            assert!(
                said.contains("this key is law-bureau's, not health-commission's"),
                "{said}"
            );
        }
        other => panic!("{other:?}"),
    }
    let client = client.filing_for("law-bureau");
    assert_eq!(behind.submit(&client, &path).0["accepted"], 3);
}

#[test]
fn a_server_where_nobody_is_is_said_at_once_and_given_up_soon() {
    let behind = Behind::new();
    let path = behind.file("licences.csv", &licences_csv(0, 3));
    let (text, _) = AuthorityKeyFile::generate("law-bureau-1", &SeededRandomness::new(3)).unwrap();
    // An address that was free a moment ago.
    let address = StdListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = format!("http://{address}");
    let heard = Arc::new(std::sync::Mutex::new(Vec::new()));
    let hears = heard.clone();
    let key = AuthorityKeyFile::read(&text).unwrap();
    let client = Client::new(
        &server,
        key,
        behind.clock.clone(),
        Arc::new(SeededRandomness::new(4)),
    )
    .unwrap()
    .with_remark(move |trying| hears.lock().unwrap().push(trying.clone()));
    let begun = std::time::Instant::now();
    match client.submit(&path, RecordKind::Licence, &|_| ()) {
        Err(ClientError::Unreachable(_)) => {}
        other => panic!("{other:?}"),
    }
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    let heard = heard.lock().unwrap();
    assert_eq!(heard.len(), 1, "the first failure is said, and no other");
    assert_eq!(heard[0].server, server);
    assert!(heard[0].until > NOW.parse::<Timestamp>().unwrap());
}

#[test]
fn a_file_that_cannot_be_read_says_why() {
    let behind = Behind::new();
    let client = behind.client();
    let path = behind.file("licences.csv", "\u{0}\u{1}");
    match client.submit(&path, RecordKind::Licence, &|_| ()) {
        Err(ClientError::Refused(refusal)) => {
            assert_eq!(refusal.code, "file-fault");
            assert!(refusal.fault.is_some() && refusal.message.is_some() && refusal.expected.is_some());
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn too_much_on_the_way_is_said_at_once_and_what_was_begun_is_gone_on_with() {
    let behind = Behind::new();
    let client = behind.client();
    let text = licences_csv(0, 5);
    let begun = behind.announce("begun.csv", text.as_bytes()).unwrap();
    let piece = &text.as_bytes()[..100];
    behind
        .registry
        .append("law-bureau", begun.submission, 0, piece)
        .unwrap();
    let mut number = 0_u8;
    while behind.announce("other.csv", &[number]).is_ok() {
        number += 1;
    }
    let other = behind.file("licences.csv", &text);
    match client.submit(&other, RecordKind::Licence, &|_| ()) {
        Err(ClientError::Refused(refusal)) => {
            assert_eq!(refusal.code, "too-many-uploads");
            let said = refusal.to_string();
            let full = u64::from(number) + 1;
            assert!(
                said.contains(&format!("{full} of at most {full} files")),
                "{said}"
            );
            assert!(said.contains("finish one of them"), "{said}");
        }
        other => panic!("{other:?}"),
    }
    let (json, _) = behind.submit(&client, &behind.file("begun.csv", &text));
    assert_eq!(json["submission"], begun.submission.to_string());
    assert_eq!(json["accepted"], 5);
}

#[test]
fn two_who_send_the_same_file_get_the_same_answer() {
    let behind = Behind::new();
    let client = behind.client();
    // Two pieces, the second of blank lines.
    let text = licences_csv(0, 3) + &"\n".repeat(api::PIECE_BYTES);
    let path = behind.file("licences.csv", &text);
    let faster = |received: u64| {
        let upload = behind.announce("licences.csv", text.as_bytes()).unwrap();
        assert_eq!(upload.received, received);
        let rest = &text.as_bytes()[received as usize..];
        let registry = &behind.registry;
        registry
            .append("law-bureau", upload.submission, received, rest)
            .unwrap();
        registry.finish_upload("law-bureau", upload.submission).unwrap();
    };
    let filed = client.submit(&path, RecordKind::Licence, &faster).unwrap();
    assert_eq!(filed.counts.accepted, 3);
    let all = behind.registry.submissions("law-bureau");
    assert_eq!(behind.runtime.block_on(all).unwrap().len(), 1);
}

#[test]
fn patience_ends_where_nobody_answers() {
    let behind = Behind::new();
    let client = behind.client();
    let path = behind.file("licences.csv", &licences_csv(0, 1));
    behind.cuts.request.store(1, Ordering::SeqCst);
    behind.cuts.times.store(u64::MAX, Ordering::SeqCst);
    assert!(matches!(
        client.submit(&path, RecordKind::Licence, &|_| ()),
        Err(ClientError::Unreachable(_))
    ));
    assert_eq!(behind.cuts.made.load(Ordering::SeqCst), 8);
}
