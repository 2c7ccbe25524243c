//! `standing demo`: made-up people, sample batches, a sign-in for everybody. A second start takes up the same
//! data.

mod batches;
mod bodies;
mod elsewhere;
mod good_record;
mod neighbour;
mod person;

use std::{
    io::Cursor,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use batches::Person;
use mail::{Fault, Letter, Mailer};
use registry::{ForBody, InquiryRequest, NewStaff, Registry, SubmissionFile, Under};

use crate::{
    clock::LaterClock,
    commands::runtime,
    failure::{Failure, Outcome, say},
    installation::{self, Installation, Settings},
    mail_settings, server,
};

/// Make or take up a demonstration.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The data directory.
    #[arg(long, default_value = "demo-data")]
    data: PathBuf,
    /// The folder of the profile.
    #[arg(long, default_value = "profiles/gansu")]
    profile: PathBuf,
    /// The address and port to listen on.
    #[arg(long, default_value = "127.0.0.1:8480")]
    listen: SocketAddr,
    /// Let it be so many days later than it is, to see what the days do by themselves: for the same data, as many as
    /// before or more.
    #[arg(long, default_value_t = 0)]
    days_later: u16,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    if !arguments.listen.ip().is_loopback() {
        return Err(Failure::new(
            "--listen: a demonstration lets everybody sign in, so it listens on this machine alone",
        ));
    }
    let opened = open(arguments)?;
    let here = opened.registry.profile().id == batches::PROFILE;
    let (sample, staff) = if here {
        neighbour::register(&opened.registry)?;
        load(&opened.registry)?;
        bodies::load(&opened.registry)?;
        neighbour::load(&opened.registry)?;
        (batches::people(), bodies::staff())
    } else {
        elsewhere::load(&opened.registry)?;
        let profile = opened.registry.profile();
        (elsewhere::people(profile), elsewhere::staff(profile))
    };
    let people = runtime()?.block_on(people(&opened.registry, &sample))?;
    let demo = web::Demo {
        people,
        staff,
        reviewers: bodies::reviewers(),
    };
    let routes = server::routes(&opened, Some(demo))?;
    let data = opened.data.clone();
    let mailer = mail_settings::mailer(&opened.settings, &data)?;
    let mailer = mailer.unwrap_or_else(|| Arc::new(Printed));
    server::serve(
        opened.registry,
        neighbour::client,
        Some(mailer),
        arguments.listen,
        routes,
        |address| announce(address, &data, &sample),
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Prints letters where a demonstration runs, instead of sending them.
struct Printed;

impl Mailer for Printed {
    fn send(&self, letter: &Letter) -> Result<(), Fault> {
        say(format_args!("\nA letter that would go to {}:", letter.to));
        for line in [&letter.subject, ""].into_iter().chain(letter.body.lines()) {
            say(format_args!("  | {line}"));
        }
        Ok(())
    }
}

fn open(arguments: &Arguments) -> Result<Installation, Failure> {
    if !installation::is_installation(&arguments.data)? {
        let port = arguments.listen.port();
        let public_url = format!("http://localhost:{}", if port == 0 { 8480 } else { port });
        let settings = Settings {
            public_url,
            demo: true,
            postgres: None,
            mail: None,
        };
        installation::create(&arguments.data, &arguments.profile, &settings)?;
    }
    let clock = LaterClock {
        days: arguments.days_later,
    };
    let opened = installation::open_at(&arguments.data, Arc::new(clock))?;
    if !opened.settings.demo {
        return Err(Failure::new(format!(
            "{} holds real data: serve it with `standing serve`, or choose another directory with --data",
            arguments.data.display()
        )));
    }
    Ok(opened)
}

/// Submits the sample batches. Whatever is there already is left as it is, so that a start that was interrupted
/// is taken up by the next.
fn load(registry: &Registry) -> Result<(), Failure> {
    let runtime = runtime()?;
    for batch in batches::all() {
        let name = batch.name;
        if submit(registry, batch)? && name == "commendations-law-bureau.csv" {
            runtime.block_on(look(registry))?;
            runtime.block_on(good_record::make(registry))?;
        }
    }
    runtime.block_on(person::load(registry))
}

/// Submits a batch, if it was not submitted before.
fn submit(registry: &Registry, batch: batches::Batch) -> Result<bool, Failure> {
    let before = runtime()?.block_on(registry.submissions(batch.authority))?;
    let done = |one: &registry::SubmissionView| {
        one.file_name == batch.name && one.state != registry::SubmissionState::Open
    };
    if before.iter().any(done) {
        return Ok(false);
    }
    let file = SubmissionFile {
        authority: batch.authority.to_owned(),
        kind: batch.kind,
        name: batch.name.to_owned(),
        encoding: None,
    };
    registry.submit(&file, Cursor::new(batch.bytes), &|_| ())?;
    Ok(true)
}

/// The account of whoever did for a body what the demonstration begins with.
const ACCOUNT: &str = "demo";

/// Names them. Once named, nothing more is done.
fn name_staff(registry: &Registry, body: &str) -> Result<ForBody, Failure> {
    registry.add_staff(NewStaff {
        body: body.to_owned(),
        staff: ACCOUNT.to_owned(),
        name: "虚构工作人员".to_owned(),
        own_number: Some(batches::own_number(99)),
        keys: vec![ACCOUNT.to_owned()],
        lead: false,
    })?;
    Ok(ForBody::staff(body, ACCOUNT))
}

/// One look, so that there is one to see.
async fn look(registry: &Registry) -> Result<(), Failure> {
    let Some(person) = batches::people().into_iter().next() else {
        return Ok(());
    };
    name_staff(registry, "law-bureau")?;
    registry
        .inquire(InquiryRequest {
            authority: "law-bureau".to_owned(),
            asker: ACCOUNT.to_owned(),
            purpose: "licensing-renewal".to_owned(),
            profession: "lawyer".to_owned(),
            id_number: person.number,
            name: person.name.to_owned(),
            under: Under::Law {
                case_reference: "DEMO-1".to_owned(),
                reason: "演示用的虚构查询 / made up for the demonstration".to_owned(),
                wait_days: None,
            },
            nonce: None,
        })
        .await?;
    Ok(())
}

async fn people(registry: &Registry, sample: &[Person]) -> Result<Vec<web::DemoPerson>, Failure> {
    let mut people = Vec::new();
    for one in sample {
        let person = registry.find_person(&one.number, one.name).await?;
        people.extend(person.map(|person| web::DemoPerson {
            person,
            name: one.name.to_owned(),
            about: profile::Text2 {
                zh: one.about.0.to_owned(),
                en: one.about.1.to_owned(),
            },
        }));
    }
    Ok(people)
}

fn announce(address: SocketAddr, data: &Path, sample: &[Person]) {
    say(format_args!(
        "Standing demonstration: http://localhost:{}",
        address.port()
    ));
    say(
        "Everybody in it is made up. Sign in as one of them, as somebody who works for a body, or as a reviewer:",
    );
    for person in sample {
        say(format_args!("  {}  {}", person.name, person.about.1));
    }
    say("What to try:");
    say(
        "  1. Sign in as a person: see your records, who looked at them, your inbox and consents; dispute a record.",
    );
    say("  2. Ask for a certificate, and check its text, PDF or QR code at /verify.");
    say(
        "  3. Sign in for the tourism authority: submit fixtures/batches/licences-tourism-commission.csv, see its rows, take it back.",
    );
    say("  4. Sign in for the law bureau: answer the dispute that waits; look at somebody under a law.");
    say("  5. Sign in for the hospital: ask for consent, and look once the person has granted it.");
    say("  6. Sign in as a reviewer: close the look in the queue, and see the public figure at /oversight.");
    say(format_args!(
        "  7. In another terminal: standing log verify --url http://localhost:{}/log --vkey KEY",
        address.port()
    ));
    say("     with the key that the page /log shows.");
    say(format_args!(
        "The data is in {}; the next start takes it up. Ctrl-C stops.",
        data.display()
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demonstration_loads_and_a_second_start_takes_it_up() {
        let folder = tempfile::tempdir().unwrap();
        let arguments = Arguments {
            data: folder.path().join("data"),
            profile: Path::new(env!("CARGO_MANIFEST_DIR")).join("../../profiles/gansu"),
            listen: "127.0.0.1:8480".parse().unwrap(),
            days_later: 0,
        };
        let count = |opened: &Installation| {
            let submissions = runtime()
                .unwrap()
                .block_on(opened.registry.submissions("law-bureau"))
                .unwrap();
            submissions
                .iter()
                .map(|one| (one.counts.accepted, one.counts.rejected))
                .collect::<Vec<_>>()
        };
        let of_bodies = |opened: &Installation| {
            let runtime = runtime().unwrap();
            let registry = &opened.registry;
            assert!(
                runtime
                    .block_on(registry.without_own_number())
                    .unwrap()
                    .is_empty()
            );
            let queue = runtime.block_on(registry.review_queue()).unwrap().looks.len();
            let looks = runtime.block_on(registry.looks_of("law-bureau")).unwrap().len();
            let waiting = runtime
                .block_on(registry.desk_procedures("law-bureau"))
                .unwrap()
                .len();
            let staff = runtime
                .block_on(registry.staff("example-hospital"))
                .unwrap()
                .len();
            (queue, looks, waiting, staff)
        };
        let opened = open(&arguments).unwrap();
        load(&opened.registry).unwrap();
        bodies::load(&opened.registry).unwrap();
        let begun = of_bodies(&opened);
        assert!(begun.0 >= 1 && begun.2 == 1 && begun.3 == 1, "{begun:?}");
        let first = count(&opened);
        assert_eq!(first, [(1, 0), (2, 0), (42, 2)]);
        assert_eq!(
            runtime()
                .unwrap()
                .block_on(people(&opened.registry, &batches::people()))
                .unwrap()
                .len(),
            5
        );
        drop(opened);
        let opened = open(&arguments).unwrap();
        load(&opened.registry).unwrap();
        bodies::load(&opened.registry).unwrap();
        assert_eq!(count(&opened), first);
        assert_eq!(of_bodies(&opened), begun);
    }
}
