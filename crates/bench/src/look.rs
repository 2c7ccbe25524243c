//! Audited looks: eight inquirers at once, each answered after its entry is on disk.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use registry::{InquiryRequest, Registry};

use crate::{
    Fault, Plan,
    intake::Loaded,
    measure::{median, quantile},
    people::AUTHORITY,
    plain::OneByOne,
    say, site,
    table::{Line, Need, Table},
};

/// Looks at once.
const AT_ONCE: u32 = 8;
/// Looks that one asker takes, below the profile's ceiling for a day.
const LOOKS_AN_ASKER: u32 = 50;
/// How long one round of looks takes, and one of plain commits.
const ROUND: Duration = Duration::from_secs(2);

/// Looks at one database.
struct Looker {
    registry: Registry,
    people: u32,
    asked: Arc<AtomicU32>,
    runtime: tokio::runtime::Runtime,
    rates: Vec<f64>,
    times: Vec<Duration>,
}

impl Looker {
    fn new(folder: &Path, people: u32) -> Result<Self, Fault> {
        Ok(Self {
            registry: site::open(folder)?,
            people,
            asked: Arc::default(),
            runtime: tokio::runtime::Builder::new_multi_thread().enable_all().build()?,
            rates: Vec::new(),
            times: Vec::new(),
        })
    }

    fn round(&mut self) -> Result<(), Fault> {
        let started = Instant::now();
        let tasks: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                self.runtime.spawn(ask(
                    self.registry.clone(),
                    self.people,
                    self.asked.clone(),
                    started,
                ))
            })
            .collect();
        let mut looks = 0;
        for task in tasks {
            let times = self.runtime.block_on(task)??;
            looks += times.len();
            self.times.extend(times);
        }
        self.rates.push(looks as f64 / started.elapsed().as_secs_f64());
        Ok(())
    }
}

async fn ask(
    registry: Registry,
    people: u32,
    asked: Arc<AtomicU32>,
    started: Instant,
) -> Result<Vec<Duration>, Fault> {
    let mut times = Vec::new();
    while started.elapsed() < ROUND {
        let number = asked.fetch_add(1, Ordering::Relaxed);
        let request = request(number, people);
        let asked = Instant::now();
        let answer = registry.inquire(request).await?;
        times.push(asked.elapsed());
        if answer.records.is_empty() {
            return Err("a look found no record".into());
        }
    }
    Ok(times)
}

fn request(number: u32, people: u32) -> InquiryRequest {
    // Spread over the database: a step without a common divisor visits everybody once.
    let person = testkit::made_up((u64::from(number) * 611_953 % u64::from(people)) as u32);
    InquiryRequest {
        authority: AUTHORITY.to_owned(),
        asker: format!("clerk-{}", number / LOOKS_AN_ASKER),
        purpose: "licensing-renewal".to_owned(),
        profession: "lawyer".to_owned(),
        id_number: person.number,
        name: person.name,
        nonce: Some((format!("nonce-{number:020}"), i64::from(u32::MAX))),
    }
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
            "audited read of one person, {AT_ONCE} at once, in the process, {} records",
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
        path: format!("audited read: {} records", plan.rows),
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
