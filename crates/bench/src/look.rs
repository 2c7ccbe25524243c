//! Audited looks over HTTP: eight inquirers at once, each with a connection that stays open, each answered
//! after its entry is on disk. Their requests are signed before, so that the client costs little.

use std::{
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

use http::{HeaderMap, HeaderValue, header};
use http_signatures::{ContentDigest, SignatureParams, sign};
use registry::{AuthorityKey, NewStaff, Registry};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::json;

use crate::{
    Fault, Plan,
    client::{self, Connection},
    intake::Loaded,
    measure::{median, quantile},
    people::{self, AUTHORITY},
    plain::OneByOne,
    say, site,
    table::{Line, Need, Table},
};

/// Inquirers at once.
const AT_ONCE: u32 = 8;
/// Looks of each of them in a round.
const LOOKS: u32 = 1500;
/// Looks that one asker takes, below the profile's ceiling for a day.
const LOOKS_AN_ASKER: u32 = 50;
/// How long a round of plain commits takes.
const ROUND: Duration = Duration::from_secs(2);
/// How often leaves are brought under a checkpoint meanwhile, as the program does when it serves.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(1);

/// A server on one database, and looks at it.
struct Looker {
    registry: Registry,
    people: u32,
    asked: u32,
    key: Ed25519KeyPair,
    at: SocketAddr,
    rates: Vec<f64>,
    times: Vec<Duration>,
    _runtime: tokio::runtime::Runtime,
}

impl Looker {
    fn new(folder: &Path, people: u32) -> Result<Self, Fault> {
        let registry = site::open(folder)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
        let at = listener.local_addr()?;
        let router = api::router(registry.clone(), api::Options::default());
        runtime.spawn(async move { axum::serve(listener, router).await });
        let chores = registry.clone();
        runtime.spawn(async move {
            loop {
                tokio::time::sleep(CHECKPOINT_EVERY).await;
                let registry = chores.clone();
                // Should it fail, it fails again with the next answer that it is asked for.
                let _ = tokio::task::spawn_blocking(move || registry.integrate()).await;
            }
        });
        // The key's value makes no difference to speed.
        let key = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).map_err(|_| "the key is not read")?;
        Ok(Self {
            registry,
            people,
            asked: 0,
            key,
            at,
            rates: Vec::new(),
            times: Vec::new(),
            _runtime: runtime,
        })
    }

    fn round(&mut self) -> Result<(), Fault> {
        let all = (0..AT_ONCE)
            .map(|_| self.requests())
            .collect::<Result<Vec<_>, _>>()?;
        let at = self.at;
        // One thread for all connections: the fewer cores the client takes, the more of them are the server's.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (times, took) = runtime.block_on(async {
            let mut connections = Vec::new();
            for _ in &all {
                connections.push(Connection::open(at).await?);
            }
            let started = Instant::now();
            let askers: Vec<_> = all
                .into_iter()
                .zip(connections)
                .map(|(requests, connection)| tokio::spawn(ask_all(connection, requests)))
                .collect();
            let mut times = Vec::new();
            for asker in askers {
                times.extend(asker.await??);
            }
            Ok::<_, Fault>((times, started.elapsed()))
        })?;
        self.rates.push(times.len() as f64 / took.as_secs_f64());
        self.times.extend(times);
        Ok(())
    }

    /// The signed requests of one connection.
    fn requests(&mut self) -> Result<Vec<Vec<u8>>, Fault> {
        (0..LOOKS).map(|_| self.request()).collect()
    }

    fn request(&mut self) -> Result<Vec<u8>, Fault> {
        let number = self.asked;
        self.asked += 1;
        let key_id = format!("clerk-{}", number / LOOKS_AN_ASKER);
        if number.is_multiple_of(LOOKS_AN_ASKER) {
            let public_key = self.key.public_key().as_ref().try_into()?;
            let authority = AUTHORITY.to_owned();
            self.registry.add_authority_key(AuthorityKey {
                key_id: key_id.clone(),
                authority,
                public_key,
            })?;
            self.registry.add_staff(NewStaff {
                body: AUTHORITY.to_owned(),
                staff: key_id.clone(),
                name: "made up".to_owned(),
                own_number: None,
                keys: vec![key_id.clone()],
                lead: false,
            })?;
        }
        // Spread over the database, nobody twice before everybody was once.
        let person = people::person((u64::from(number) * 611_953 % u64::from(self.people)) as u32);
        let body = json!({
            "purpose": "licensing-renewal",
            "profession": "lawyer",
            "id_number": person.number,
            "name": person.name,
            "case_reference": "BENCH-1",
            "reason": "made up",
        });
        self.signed(&key_id, number, body.to_string().as_bytes())
    }

    fn signed(&self, key_id: &str, number: u32, body: &[u8]) -> Result<Vec<u8>, Fault> {
        let host = self
            .registry
            .public_url()
            .strip_prefix("http://")
            .unwrap_or_default();
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let request = http_signatures::Request {
            method: "POST",
            scheme: "http",
            authority: host,
            path_and_query: client::PATH,
            headers: &headers,
        };
        let created = self.registry.now().as_second();
        let params = SignatureParams {
            created,
            expires: Some(created + api::MAX_AGE_SECONDS),
            nonce: format!("bench-{created}-{number:010}"),
            key_id: key_id.to_owned(),
            tag: api::TAG.to_owned(),
        };
        let digest = ContentDigest::of(body);
        let signed = sign(&request, Some(&digest), &[], &self.key, &params)?;
        Ok(client::request(host, &signed, body))
    }
}

/// Asks one after the other, and answers how long each took.
async fn ask_all(mut connection: Connection, requests: Vec<Vec<u8>>) -> Result<Vec<Duration>, Fault> {
    let mut times = Vec::with_capacity(requests.len());
    for request in &requests {
        times.push(connection.ask(request).await?);
    }
    Ok(times)
}

pub(crate) fn measure(plan: &Plan, loaded: &Loaded, table: &mut Table) -> Result<(), Fault> {
    let folder = plan.folder.join("one-by-one");
    std::fs::create_dir_all(&folder)?;
    let mut plain = OneByOne::new(&folder)?;
    let mut large = Looker::new(&loaded.large, plan.rows)?;
    let mut small = Looker::new(&loaded.small, plan.small())?;
    let mut limits = Vec::new();
    for round in 1..=plan.rounds * 2 {
        say(&format!("looks, round {round} of {}", plan.rounds * 2));
        limits.push(plain.rate(ROUND)?);
        large.round()?;
        small.round()?;
    }
    let slow = quantile(&mut large.times, 0.99);
    table.push(Line {
        path: format!(
            "audited read of one person, HTTP, {AT_ONCE} at once, {} records",
            plan.rows
        ),
        limit: Some((
            median(limits),
            "one-row durable commits of one plain SQLite writer",
        )),
        value: median(large.rates.clone()),
        unit: "/s",
        need: Need::Share(1.5),
    });
    table.push(Line {
        path: "audited read: 99 of 100 are answered within".into(),
        limit: None,
        value: slow.as_secs_f64() * 1000.0,
        unit: "ms",
        need: Need::Below(20.0),
    });
    table.push(Line {
        path: format!("audited read, {} records", plan.rows),
        limit: Some((
            median(small.rates),
            "the same with a tenth of the records, at most 100,000",
        )),
        value: median(large.rates),
        unit: "/s",
        need: Need::Share(0.8),
    });
    Ok(())
}
