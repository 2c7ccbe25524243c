//! Sends what is due to be sent by e-mail: leases one letter, hands it over, reports, and goes on with the next.
//!
//! A letter that is refused for now is tried again, after two minutes, four, eight and so on; one that is refused for
//! good is not. Where the server itself is at fault, the round ends and the loop waits longer before the next. A letter
//! is lost by no kill: its lease runs out after five minutes and it is leased again. One that was taken by the server
//! before the kill, or before the connection was cut, is then sent once more, under the same Message-ID, by which mail
//! programs show it once. Only one letter is under way at a time, so a kill repeats one at most.

use std::{sync::Arc, time::Duration};

use mail::{Letter, Mailer};
use registry::{MailLease, MailLetter, Registry};
use tokio::sync::watch;

use crate::{
    errors::InChinese as _,
    failure::Failure,
    words::{Language, Text2, both},
};

/// How often it is looked whether letters are due.
const EVERY: Duration = Duration::from_secs(5);
/// How long is waited at least, and at most, for a server that is at fault.
const AWAY: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(15 * 60));
/// How many letters one round sends.
const A_ROUND: u32 = 200;
/// What stands between two languages in a letter.
const BETWEEN: &str = "\n\n----------------------------------------\n\n";

/// What a round came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Round {
    /// Letters that somebody else has taken charge of.
    pub(crate) sent: u32,
    /// Letters that are tried again later.
    pub(crate) put_off: u32,
    /// Letters that were refused for good.
    pub(crate) given_up: u32,
    /// What is wrong with the server, in words without anything personal.
    pub(crate) away: Option<Text2>,
}

/// Sends letters that are due, until none is, the server is at fault, or `stopping` says so.
pub(crate) async fn round(
    registry: &Registry,
    mailer: &Arc<dyn Mailer>,
    stopping: &(dyn Fn() -> bool + Sync),
) -> Result<Round, Failure> {
    let mut round = Round::default();
    for _ in 0..A_ROUND {
        if stopping() {
            break;
        }
        let Some(lease) = registry.lease_mail(1).await?.pop() else {
            break;
        };
        let (letter, mailer) = (letter(registry, &lease), mailer.clone());
        let answer = tokio::task::spawn_blocking(move || mailer.send(&letter)).await;
        // What a panic said may quote an address, so it is not repeated.
        let answer = answer.map_err(|_| {
            Failure::new(both!(
                "邮件的发送被中断",
                "the sending of a letter was interrupted"
            ))
        })?;
        let Err(fault) = answer else {
            registry.mail_sent(lease.token).await?;
            round.sent += 1;
            continue;
        };
        registry.mail_failed(lease.token, !fault.is_final()).await?;
        if fault.is_final() {
            round.given_up += 1;
        } else {
            round.put_off += 1;
        }
        if fault.is_of_the_server() {
            round.away = Some(Text2 {
                zh: fault.zh(),
                en: fault.to_string(),
            });
            break;
        }
    }
    Ok(round)
}

/// Sends letters as they become due, until `stop` says so; the letter under way is finished first.
pub(crate) async fn deliver(registry: Registry, mailer: Arc<dyn Mailer>, mut stop: watch::Receiver<bool>) {
    let mut pause = Duration::ZERO;
    loop {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => return,
        }
        let asked = stop.clone();
        pause = match round(&registry, &mailer, &move || *asked.borrow()).await {
            Ok(Round { away: None, .. }) => EVERY,
            Ok(Round { away: Some(away), .. }) => {
                let pause = longer(pause);
                tracing::warn!(away = away.en, again_in_s = pause.as_secs(), "letters wait");
                pause
            }
            Err(error) => {
                tracing::error!(%error, "sending letters failed; it is tried again");
                longer(pause)
            }
        };
    }
}

fn longer(pause: Duration) -> Duration {
    (pause * 2).clamp(AWAY.0, AWAY.1)
}

/// The letter, in every language of the profile.
fn letter(registry: &Registry, lease: &MailLease) -> Letter {
    let (profile, address) = (registry.profile(), registry.public_url());
    let texts = &profile.notices;
    let in_language = |language: Language| match &lease.letter {
        MailLetter::Notice => (texts.subject.get(language), texts.body(language, address)),
        MailLetter::Code(code) => (
            texts.code.subject.get(language),
            texts.code.body(language, address, code),
        ),
    };
    let (subjects, bodies): (Vec<_>, Vec<_>) = profile
        .languages
        .iter()
        .map(|language| in_language(*language))
        .map(|(subject, body)| (subject, body.trim().to_owned()))
        .unzip();
    Letter {
        to: lease.address.clone(),
        subject: subjects.join(" / "),
        body: bodies.join(BETWEEN) + "\n",
        id: lease.job.to_string(),
        at: registry.now(),
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, sync::Mutex};

    use jiff::SignedDuration;
    use mail::{Fault, Step};
    use model::{Clock as _, RecordKind};
    use registry::InquiryRequest;
    use testkit::{Engine, Installation, give_email, licences_csv, made_up, name_staff, under_law, wait};

    use super::*;

    /// What the made-up server does with the next letter.
    #[derive(Clone, Copy, PartialEq, Eq)]
    enum Answer {
        Takes,
        Refuses(u16),
        CannotBeReached,
        /// It takes the letter and its answer is lost.
        TakesAndIsCut,
        /// It takes the letter and this process dies before it hears so.
        TakesAndWeDie,
        /// This process dies first.
        WeDie,
    }

    struct MadeUp {
        answer: Mutex<Answer>,
        taken: Mutex<Vec<Letter>>,
    }

    impl Mailer for MadeUp {
        fn send(&self, letter: &Letter) -> Result<(), Fault> {
            let answer = *self.answer.lock().unwrap();
            let fault = |step, code| Err(Fault::at(step, code, String::new()));
            if matches!(
                answer,
                Answer::Takes | Answer::TakesAndIsCut | Answer::TakesAndWeDie
            ) {
                self.taken.lock().unwrap().push(letter.clone());
            }
            match answer {
                Answer::Takes => Ok(()),
                Answer::Refuses(code) => fault(Step::Recipient, Some(code)),
                Answer::CannotBeReached => fault(Step::Connect, None),
                Answer::TakesAndIsCut => fault(Step::Content, None),
                Answer::TakesAndWeDie | Answer::WeDie => panic!("killed, as it is meant to be"),
            }
        }
    }

    struct Kit {
        here: Installation,
        server: Arc<MadeUp>,
    }

    impl Kit {
        /// Lawyers with an address each, and somebody who looks at them.
        fn new(people: u32) -> Self {
            let here = Installation::new(Engine::Sqlite, "gansu");
            here.submit(
                "law-bureau",
                RecordKind::Licence,
                "l.csv",
                licences_csv(0, people),
            )
            .unwrap();
            name_staff(&here.registry, "law-bureau", "clerk");
            for n in 0..people {
                give_email(&here.registry, here.person(n), &format!("p{n}@example.org"));
            }
            let server = Arc::new(MadeUp {
                answer: Mutex::new(Answer::Takes),
                taken: Mutex::default(),
            });
            Self { here, server }
        }

        /// Looks at somebody, who is told.
        fn look(&self, n: u32) {
            let person = made_up(n);
            let request = InquiryRequest {
                authority: "law-bureau".into(),
                asker: "clerk".into(),
                purpose: "licensing-renewal".into(),
                profession: "lawyer".into(),
                id_number: person.number,
                name: person.name,
                under: under_law(),
                nonce: None,
            };
            wait(self.here.registry.inquire(request)).unwrap();
        }

        /// A round of sending, in which the server does this. None: the process died in it.
        fn round(&self, answer: Answer) -> Option<Round> {
            *self.server.answer.lock().unwrap() = answer;
            let mailer: Arc<dyn Mailer> = self.server.clone();
            wait(round(&self.here.registry, &mailer, &|| false)).ok()
        }

        fn minutes_later(&self, minutes: i64) {
            let now = self.here.clock.now();
            let then = now.checked_add(SignedDuration::from_mins(minutes)).unwrap();
            assert!(self.here.clock.set(then));
        }

        fn taken(&self) -> Vec<Letter> {
            self.server.taken.lock().unwrap().clone()
        }
    }

    #[test]
    fn a_notice_is_sent_once_in_both_languages_and_says_nothing_of_anybody() {
        let kit = Kit::new(2);
        kit.look(0);
        let round = kit.round(Answer::Takes).unwrap();
        assert_eq!((round.sent, round.put_off, round.given_up), (1, 0, 0));
        assert_eq!(kit.round(Answer::Takes), Some(Round::default()));
        let letters = kit.taken();
        let letter = &letters[0];
        let texts = &kit.here.registry.profile().notices;
        assert_eq!(letter.to, "p0@example.org");
        assert_eq!(
            letter.subject,
            format!("{} / {}", texts.subject.zh, texts.subject.en)
        );
        assert_eq!(letter.at, kit.here.clock.now());
        assert_eq!(letter.body.matches(kit.here.registry.public_url()).count(), 2);
        for language in Language::ALL {
            assert!(
                letter
                    .body
                    .contains(texts.body(language, "https://standing.example").trim())
            );
        }
        let person = made_up(0);
        let id = kit.here.person(0).to_string();
        let bureau = &kit.here.registry.profile().authorities["law-bureau"].name;
        for personal in [&person.name, &person.number, &id, &bureau.zh, &bureau.en] {
            assert!(!format!("{} {} {}", letter.subject, letter.body, letter.id).contains(personal.as_str()));
        }
    }

    #[test]
    fn a_letter_refused_for_now_waits_longer_each_time_and_one_refused_for_good_is_not_tried_again() {
        let kit = Kit::new(1);
        kit.look(0);
        let mut minutes = 2;
        for _ in 0..5 {
            assert_eq!(kit.round(Answer::Refuses(451)).unwrap().put_off, 1);
            kit.minutes_later(minutes - 1);
            assert_eq!(
                kit.round(Answer::Refuses(451)),
                Some(Round::default()),
                "{minutes} minutes"
            );
            kit.minutes_later(1);
            minutes *= 2;
        }
        assert_eq!(kit.round(Answer::Takes).unwrap().sent, 1);
        kit.look(0);
        assert_eq!(kit.round(Answer::Refuses(550)).unwrap().given_up, 1);
        kit.minutes_later(60 * 24 * 30);
        assert_eq!(kit.round(Answer::Takes), Some(Round::default()));
        assert_eq!(kit.taken().len(), 1);
        // It stays in the inbox all the same.
        assert_eq!(
            wait(kit.here.registry.notices(kit.here.person(0))).unwrap().len(),
            2
        );
    }

    #[test]
    fn a_server_that_is_away_ends_the_round_and_costs_the_other_letters_nothing() {
        let kit = Kit::new(3);
        for n in 0..3 {
            kit.look(n);
        }
        let round = kit.round(Answer::CannotBeReached).unwrap();
        assert_eq!((round.sent, round.put_off), (0, 1));
        assert!(round.away.unwrap().en.contains("cannot be reached"));
        assert_eq!(kit.round(Answer::Takes).unwrap().sent, 2);
        kit.minutes_later(2);
        assert_eq!(kit.round(Answer::Takes).unwrap().sent, 1);
    }

    #[test]
    fn a_kill_loses_no_letter_and_repeats_one_at_most_under_the_same_name() {
        for (kill, times) in [(Answer::WeDie, 1), (Answer::TakesAndWeDie, 2)] {
            let kit = Kit::new(2);
            kit.look(0);
            kit.look(1);
            assert_eq!(kit.round(kill), None);
            // Nobody else has the letter until its lease runs out; the other one is sent.
            assert_eq!(kit.round(Answer::Takes).unwrap().sent, 1);
            kit.minutes_later(4);
            assert_eq!(kit.round(Answer::Takes), Some(Round::default()));
            kit.minutes_later(2);
            assert_eq!(kit.round(Answer::Takes).unwrap().sent, 1);
            kit.minutes_later(60 * 24 * 30);
            assert_eq!(kit.round(Answer::Takes), Some(Round::default()));
            let mut ids: BTreeMap<String, (u32, String)> = BTreeMap::new();
            for letter in kit.taken() {
                let one = ids.entry(letter.to).or_insert((0, letter.id.clone()));
                one.0 += 1;
                assert_eq!(one.1, letter.id);
            }
            let mut counts: Vec<u32> = ids.values().map(|one| one.0).collect();
            counts.sort_unstable();
            assert_eq!(counts, [1, times]);
        }
    }

    #[test]
    fn whatever_happens_every_letter_arrives_and_no_more_often_than_something_went_wrong() {
        for seed in 0..20_u64 {
            let kit = Kit::new(3);
            // Knuth's generator: the same courses each time.
            let mut state = seed;
            let mut draw = |below: u64| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) % below
            };
            let (mut caused, mut repeated) = ([0_u32; 3], 0);
            for _ in 0..30 {
                match draw(3) {
                    0 => {
                        let n = draw(3);
                        // Looks at one person are bounded for each day.
                        if caused[n as usize] < 3 {
                            kit.look(n as u32);
                            caused[n as usize] += 1;
                        }
                    }
                    1 => kit.minutes_later(draw(20) as i64),
                    _ => {
                        let answer = [
                            Answer::Takes,
                            Answer::Refuses(451),
                            Answer::CannotBeReached,
                            Answer::TakesAndIsCut,
                            Answer::TakesAndWeDie,
                            Answer::WeDie,
                        ][draw(6) as usize];
                        let before = kit.taken().len();
                        kit.round(answer);
                        if answer != Answer::Takes {
                            repeated += kit.taken().len() - before;
                        }
                    }
                }
            }
            kit.minutes_later(60 * 24 * 4);
            kit.round(Answer::Takes).unwrap();
            kit.minutes_later(60 * 24 * 4);
            assert_eq!(kit.round(Answer::Takes), Some(Round::default()), "seed {seed}");
            let taken = kit.taken();
            let mut ids: Vec<&str> = taken.iter().map(|letter| letter.id.as_str()).collect();
            ids.sort_unstable();
            ids.dedup();
            assert!(
                taken.len() - ids.len() <= repeated,
                "seed {seed}: {} of {repeated}",
                taken.len() - ids.len()
            );
            for (n, caused) in caused.into_iter().enumerate() {
                let to = format!("p{n}@example.org");
                let got = taken.iter().filter(|letter| letter.to == to).count();
                assert_eq!(got > 0, caused > 0, "seed {seed}, {to}");
            }
        }
    }
}
