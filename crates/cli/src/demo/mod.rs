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
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use batches::Person;
use mail::{Fault, Letter, Mailer};
use profile::Profile;
use registry::{ForBody, InquiryRequest, NewStaff, Registry, SubmissionFile, Under};

use crate::{
    clock::LaterClock,
    commands::runtime,
    errors::InChinese as _,
    failure::{Failure, Outcome, say},
    installation::{self, Installation, Settings},
    mail_settings, server,
    words::{Language, Text2, both},
};

/// Make or take up a demonstration.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The data directory.
    #[arg(long, default_value = "demo-data")]
    data: PathBuf,
    /// The folder of the profile: profiles/gansu, if not given. Data that is there already keeps its own.
    #[arg(long)]
    profile: Option<PathBuf>,
    /// The address and port to listen on: 127.0.0.1:8480, if not given; port 0 takes one that is free. Data that is there
    /// already keeps its own port.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Let it be so many days later than it is, to see what the days do by themselves: for the same data, as many as
    /// before or more.
    #[arg(long, default_value_t = 0)]
    days_later: u16,
}

pub(crate) fn run(arguments: &Arguments, language: Language) -> Outcome {
    if arguments.listen.is_some_and(|at| !at.ip().is_loopback()) {
        return Err(Failure::new(both!(
            "--listen：演示系统允许任何人登录，因此只在本机监听",
            "--listen: a demonstration lets everybody sign in, so it listens on this machine alone"
        )));
    }
    let opened = open(arguments)?;
    let listen = listen(arguments, &opened.settings);
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
    let steps = steps(opened.registry.profile(), !people.is_empty());
    let demo = web::Demo {
        people,
        staff,
        reviewers: bodies::reviewers(opened.registry.profile()),
    };
    let routes = server::routes(&opened, Some(demo))?;
    let data = opened.data.clone();
    let mailer = mail_settings::mailer(&opened.settings, &data)?;
    let mailer = mailer.unwrap_or_else(|| Arc::new(Printed(language)));
    server::serve(
        opened.registry,
        neighbour::client,
        Some(mailer),
        listen,
        routes,
        |address| say(announced(address, &data, &sample, &steps).get(language)),
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Prints letters where a demonstration runs, instead of sending them.
struct Printed(Language);

impl Mailer for Printed {
    fn send(&self, letter: &Letter) -> Result<(), Fault> {
        let to = &letter.to;
        say(both!(
            "\n如果发送邮件，将寄往 {to}：",
            "\nA letter that would go to {to}:"
        )
        .get(self.0));
        for line in [&letter.subject, ""].into_iter().chain(letter.body.lines()) {
            say(format_args!("  | {line}"));
        }
        Ok(())
    }
}

fn open(arguments: &Arguments) -> Result<Installation, Failure> {
    if !installation::is_installation(&arguments.data)? {
        let public_url = format!("{LOCALHOST}{}", port_for_new(arguments.listen)?);
        let settings = Settings {
            public_url,
            demo: true,
            postgres: None,
            mail: None,
        };
        let profile = arguments.profile.as_deref().unwrap_or(Path::new(PROFILE));
        installation::create(&arguments.data, profile, &settings)?;
    }
    let clock = LaterClock {
        days: arguments.days_later,
    };
    let opened = installation::open_at(&arguments.data, Arc::new(clock))?;
    if !opened.settings.demo {
        let data = arguments.data.display();
        return Err(Failure::new(both!(
            "{data} 中是真实数据：请用 standing serve 提供服务，或者用 --data 另选目录",
            "{data} holds real data: serve it with `standing serve`, or choose another directory with --data"
        )));
    }
    agrees(arguments, &opened)?;
    Ok(opened)
}

/// The folder of the profile, the port, and how an address on this machine begins, if nothing else is said.
const PROFILE: &str = "profiles/gansu";
const PORT: u16 = 8480;
const LOCALHOST: &str = "http://localhost:";

/// Refuses what data that is there already does not have: another profile, or another port than its addresses name.
fn agrees(arguments: &Arguments, opened: &Installation) -> Result<(), Failure> {
    let data = arguments.data.display();
    if let Some(folder) = &arguments.profile {
        let (asked, has) = (
            installation::load_profile(folder)?.id,
            &opened.registry.profile().id,
        );
        if asked != *has {
            return Err(Failure::new(both!(
                "{data} 中是规则集 {has} 的演示，不是 {asked} 的：请用 --data 另选目录，或者不写 --profile 而继续使用 {has}",
                "{data} holds a demonstration of the profile {has}, not of {asked}: choose another directory with --data, \
                 or leave --profile out to go on with {has}"
            )));
        }
    }
    let (asked, has) = (arguments.listen.map_or(0, |at| at.port()), port(&opened.settings));
    if asked != 0 && asked != has {
        return Err(Failure::new(both!(
            "{data} 是为端口 {has} 建立的，其中的地址和证明都写着它，不是 {asked}：请用 --data 另选目录，或者不写 --listen \
             而继续使用 {has}",
            "{data} was made for the port {has}, which its addresses and certificates name, not for {asked}: choose another \
             directory with --data, or leave --listen out to go on with {has}"
        )));
    }
    Ok(())
}

/// The port that the data's addresses name.
fn port(settings: &Settings) -> u16 {
    let port = settings.public_url.strip_prefix(LOCALHOST);
    port.and_then(|port| port.parse().ok()).unwrap_or(PORT)
}

/// The port that the addresses of new data name: the one that was asked for, or one that is free now where that is 0.
fn port_for_new(listen: Option<SocketAddr>) -> Result<u16, Failure> {
    let at = match listen {
        None => return Ok(PORT),
        Some(at) if at.port() != 0 => return Ok(at.port()),
        Some(at) => at,
    };
    let taken = TcpListener::bind(at).and_then(|listener| listener.local_addr());
    let taken = taken.map_err(|error| {
        let why = error.zh();
        Failure::new(both!("--listen {at}：{why}", "--listen {at}: {error}"))
    })?;
    Ok(taken.port())
}

/// Where to listen: at the port that the data's addresses name.
fn listen(arguments: &Arguments, settings: &Settings) -> SocketAddr {
    let ip = arguments.listen.map_or(Ipv4Addr::LOCALHOST.into(), |at| at.ip());
    SocketAddr::new(ip, port(settings))
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

/// What to try in a demonstration of this profile.
fn steps(profile: &Profile, has_people: bool) -> Vec<Text2> {
    let mut steps = Vec::new();
    if has_people {
        steps.push(both!(
            "以个人身份登录：查看自己的记录、谁查询过、收件箱和授权；对记录提出异议。",
            "Sign in as a person: see your records, who looked at them, your inbox and consents; dispute a record."
        ));
        steps.push(both!(
            "申请一份证明，并在 /verify 核验其文本、PDF 或二维码。",
            "Ask for a certificate, and check its text, PDF or QR code at /verify."
        ));
    }
    if profile.id == batches::PROFILE {
        steps.extend(bodies::steps());
    } else {
        steps.extend(elsewhere::steps(profile));
    }
    steps
}

/// What is said once the demonstration is there.
fn announced(address: SocketAddr, data: &Path, sample: &[Person], steps: &[Text2]) -> Text2 {
    let (port, data) = (address.port(), data.display());
    let people = |language| -> String {
        let one = |person: &Person| {
            let about = match language {
                Language::Zh => person.about.0,
                Language::En => person.about.1,
            };
            format!("  {}  {about}\n", person.name)
        };
        sample.iter().map(one).collect()
    };
    let numbered = |language| -> String {
        let lines = steps.iter().enumerate();
        lines
            .map(|(n, step)| format!("  {}. {}\n", n + 1, step.get(language)))
            .collect()
    };
    let (zh, en) = if sample.is_empty() {
        ("", "")
    } else {
        ("其中一人、", "one of them, as ")
    };
    let last = steps.len() + 1;
    let head = both!(
        "Standing 演示系统：http://localhost:{port}\n其中人物均为虚构。可用{zh}单位工作人员或者监督员的身份登录：",
        "Standing demonstration: http://localhost:{port}\nEverybody in it is made up. Sign in as {en}somebody who works for \
         a body, or as a reviewer:"
    );
    let (people_zh, people_en) = (people(Language::Zh), people(Language::En));
    let (steps_zh, steps_en) = (numbered(Language::Zh), numbered(Language::En));
    let Text2 { zh, en } = head;
    both!(
        "{zh}\n{people_zh}可以试试：\n{steps_zh}  {last}. 在另一个终端中：standing log verify --url http://localhost:{port}/log \
         --vkey KEY\n     其中 KEY 见 /log 页面。\n数据在 {data}，下次启动时继续使用。按 Ctrl-C 停止。",
        "{en}\n{people_en}What to try:\n{steps_en}  {last}. In another terminal: standing log verify --url \
         http://localhost:{port}/log --vkey KEY\n     with the key that the page /log shows.\nThe data is in {data}; the \
         next start takes it up. Ctrl-C stops."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(path: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
    }

    #[test]
    fn what_to_try_and_who_is_there_fit_the_profile() {
        let here = Profile::load(&project("profiles/gansu")).unwrap();
        let listed = |profile: &Profile, has_people| {
            let steps = steps(profile, has_people).into_iter().map(|step| step.en);
            steps.collect::<Vec<_>>().join("\n")
        };
        let here_listed = listed(&here, true);
        assert!(
            here_listed.contains("tourism authority") && here_listed.contains("law bureau"),
            "{here_listed}"
        );
        let other = Profile::load(&project("profiles/northshire")).unwrap();
        let other_listed = listed(&other, true);
        for foreign in ["tourism", "law bureau", "hospital", "fixtures/"] {
            assert!(!other_listed.contains(foreign), "{foreign}: {other_listed}");
        }
        assert!(
            other_listed.contains(&other.authorities["transport-board"].name.en),
            "{other_listed}"
        );
        // Names are written as the profile's first language writes them.
        for one in bodies::reviewers(&other) {
            assert!(one.name.is_ascii(), "{}", one.name);
        }
        for one in bodies::reviewers(&here) {
            assert!(!one.name.is_ascii(), "{}", one.name);
        }
        assert!(!listed(&other, false).contains("Sign in as a person"));
    }

    #[test]
    fn data_of_another_profile_or_port_is_not_served_in_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let ask = |profile: Option<&str>, listen: Option<&str>| Arguments {
            data: folder.path().join("data"),
            profile: profile.map(project),
            listen: listen.map(|at| at.parse().unwrap()),
            days_later: 0,
        };
        let made = open(&ask(Some("profiles/northshire"), Some("127.0.0.1:8999"))).unwrap();
        assert_eq!(made.settings.public_url, "http://localhost:8999");
        drop(made);
        let refused = |arguments: &Arguments| open(arguments).err().unwrap().to_string();
        let said = refused(&ask(Some("profiles/gansu"), None));
        assert!(said.contains("of the profile northshire, not of gansu"), "{said}");
        let said = refused(&ask(None, Some("127.0.0.1:8480")));
        assert!(said.contains("made for the port 8999"), "{said}");
        // What is not asked for is what is there.
        for asked in [None, Some("127.0.0.1:0")] {
            let arguments = ask(None, asked);
            let opened = open(&arguments).unwrap();
            assert_eq!(opened.registry.profile().id, "northshire");
            assert_eq!(
                listen(&arguments, &opened.settings),
                "127.0.0.1:8999".parse().unwrap()
            );
        }
    }

    #[test]
    fn a_port_that_is_free_is_the_one_that_the_addresses_name() {
        let folder = tempfile::tempdir().unwrap();
        let arguments = Arguments {
            data: folder.path().join("data"),
            profile: Some(project("profiles/northshire")),
            listen: Some("127.0.0.1:0".parse().unwrap()),
            days_later: 0,
        };
        let opened = open(&arguments).unwrap();
        let at = listen(&arguments, &opened.settings);
        assert_ne!(at.port(), 0);
        assert_eq!(
            opened.settings.public_url,
            format!("http://localhost:{}", at.port())
        );
    }

    #[test]
    fn the_demonstration_loads_and_a_second_start_takes_it_up() {
        let folder = tempfile::tempdir().unwrap();
        let arguments = Arguments {
            data: folder.path().join("data"),
            profile: Some(project("profiles/gansu")),
            listen: None,
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
