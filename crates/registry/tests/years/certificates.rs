//! Certificates, and the e-mails that say that there is something in the inbox.

use jiff::SignedDuration;
use model::{RecordKind, RecordStatus};
use registry::{Answer, CertificateError, Checker};
use testkit::wait;

use crate::{
    back::Back,
    calendar::after_days,
    model::{Certificate, Erased, Penalty, Who},
    run::Run,
};

impl Run {
    pub(crate) fn issue(&mut self) {
        let who = self.somebody();
        self.bind(who);
        let licences = self.records_where(who, |one| one.kind == RecordKind::Licence);
        let Some(record) = licences.last().copied() else {
            return;
        };
        let (today, now) = self.both();
        let (person, id) = (self.id(who), self.record_id(who, record));
        let outcome = self.call(|registry| wait(registry.issue_certificate(person, id, None)));
        let status = self.of(who).status(record, today);
        let good = matches!(status, RecordStatus::InForce | RecordStatus::Suspended);
        let withheld = self.of(who).is_withheld(record, today);
        let issued = match outcome {
            Err(CertificateError::NoSuchLicence) => return assert!(!self.of(who).known),
            Err(CertificateError::Withheld) => return assert!(withheld),
            Err(CertificateError::NotInForce) => return assert!(!good, "{who}: {status}"),
            other => other.unwrap(),
        };
        assert!(good && !withheld, "{who}");
        self.says_what_it_should(who, record, &issued.text);
        // What is withheld is spoken of as though it were not there.
        let decisions = self.of(who).decisions_on(record);
        let shown = decisions
            .iter()
            .filter(|one| !self.of(who).is_withheld(**one, today));
        let pending = shown.filter(|one| self.of(who).status(**one, today) == RecordStatus::Pending);
        let revoke_on = pending.map(|one| self.record(who, *one).said().from).min();
        let licence_ends = after_days(self.record(who, record).said().to.unwrap(), 1);
        let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
        let licence_ends = licence_ends.to_zoned(zone).unwrap().timestamp();
        let expires_at = licence_ends.min(now + SignedDuration::from_hours(365 * 24));
        assert_eq!(issued.expires_at, expires_at);
        self.m.of(who).certificates.push(Certificate {
            id: issued.certificate,
            record,
            text: issued.text,
            expires_at,
            revoked: false,
            revoke_on,
        });
        self.m.event(who, "certificate-issued", "self", "");
        self.did("certificates");
    }

    fn says_what_it_should(&self, who: Who, record: usize, text: &str) {
        let (today, now) = self.both();
        let person = self.of(who);
        let decisions = person.decisions_on(record).into_iter();
        let in_force: Vec<usize> = decisions
            .filter(|one| {
                !person.is_withheld(*one, today) && person.status(*one, today) == RecordStatus::InForce
            })
            .collect();
        let checker = Checker::new(wait(self.registry().trust()).unwrap(), now.as_second());
        let check = checker.check(text, now.as_second());
        assert_eq!(check.answer, Answer::Valid, "{who}");
        let claims = check.claims.unwrap();
        assert_eq!(
            claims["licence_status"],
            person.status(record, today).as_str(),
            "{who}"
        );
        assert_eq!(claims["decision_in_force"], !in_force.is_empty(), "{who}");
        // One whose disclosure is over counts for the years all the same, unless it was minor.
        let counted = person.decisions_on(record).into_iter().filter(|one| {
            let minor = person.records[*one].said().penalty == Some(Penalty::Warning);
            in_force.contains(one) || (person.status(*one, today) == RecordStatus::Expired && !minor)
        });
        let since = counted.map(|one| person.records[one].said().from);
        let since = since.chain([person.records[record].said().from]).max().unwrap();
        // A year is whole on the day with the same number.
        let mut years = 0;
        while crate::calendar::after_months(since, 12 * (years + 1)) <= today {
            years += 1;
        }
        assert_eq!(
            claims["whole_years_without_decision"], years,
            "{who} since {since} on {today}"
        );
    }

    pub(crate) fn revoke(&mut self) {
        let Some(who) = self.who_has(|person| !person.certificates.is_empty()) else {
            return;
        };
        let at = self.draw(self.of(who).certificates.len() as u64) as usize;
        let (person, certificate) = (self.id(who), self.of(who).certificates[at].id);
        self.touched.insert(who);
        let outcome = self.call_back(|registry| wait(registry.revoke_certificate(person, certificate)));
        let done = outcome.is_none_or(Result::unwrap);
        assert_eq!(done, !self.of(who).certificates[at].revoked);
        if done {
            self.took_back(who, Back::Certificate(certificate), "self");
        }
    }

    /// Every certificate is answered for as it should be.
    pub(crate) fn check_certificates(&self) {
        let (today, now) = self.both();
        let checker = Checker::new(wait(self.registry().trust()).unwrap(), now.as_second());
        for person in &self.m.people {
            for one in person.certificates.iter().filter(|one| !one.text.is_empty()) {
                let counts = one.revoke_on.is_some_and(|day| day <= today);
                let expected = match () {
                    () if one.expires_at < now - SignedDuration::from_mins(2) => Answer::Expired,
                    () if one.expires_at <= now + SignedDuration::from_mins(2) => continue,
                    () if one.revoked || counts => Answer::Revoked,
                    () => Answer::Valid,
                };
                assert_eq!(checker.check(&one.text, now.as_second()).answer, expected);
            }
        }
    }

    pub(crate) fn set_address(&mut self) {
        let who = self.somebody();
        let (person, takes_away, kills) = (self.id(who), self.one_in(4), self.kills);
        let address = (!takes_away).then(|| format!("person-{who}@example.org"));
        let outcome = self.call(|registry| wait(registry.set_email(person, address.clone())));
        self.touched.insert(who);
        let known = self.of(who).known;
        if (takes_away || known) && self.m.of(who).address {
            self.m.event(who, "email-erased", "installation", "");
            let address = self.m.of(who).addresses;
            self.apart.push(Erased::Email(who, address));
        }
        // That the old one goes was written apart before the kill: it went as all was opened again, with its letters.
        let cut = self.kills > kills && self.registry().erased_again() > 0;
        let person = self.m.of(who);
        if cut {
            person.mail.clear();
        }
        if takes_away {
            outcome.unwrap();
            person.address = false;
            person.mail.clear();
        } else {
            assert_eq!(outcome.is_ok(), known);
            person.address |= known;
            person.addresses += u32::from(known);
        }
    }

    /// Whoever sends mail takes what is due; some is sent, some fails, some is forgotten on the way.
    pub(crate) fn send_mail(&mut self) {
        let now = self.now().as_second();
        let leases = wait(self.registry().lease_mail(10_000)).unwrap();
        let mut due: std::collections::BTreeMap<Who, usize> = std::collections::BTreeMap::new();
        for (who, person) in (0..).zip(&mut self.m.people) {
            for mail in person.mail.iter_mut().filter(|mail| mail.next_at <= now) {
                *due.entry(who).or_default() += 1;
                (mail.leased, mail.next_at, mail.attempts) = (true, now + 300, mail.attempts + 1);
            }
        }
        assert_eq!(leases.len(), due.values().sum::<usize>(), "e-mails that are due");
        for lease in leases {
            let who: Who = lease.address["person-".len()..]
                .split('@')
                .next()
                .unwrap()
                .parse()
                .unwrap();
            let left = due.get_mut(&who).unwrap();
            *left = left.checked_sub(1).expect("one e-mail too many");
            self.touched.insert(who);
            let at = self
                .of(who)
                .mail
                .iter()
                .position(|mail| {
                    mail.leased && mail.next_at == now + 300 && mail.attempts == lease.attempts + 1
                })
                .unwrap();
            match self.draw(8) {
                0 => {
                    assert!(wait(self.registry().mail_failed(lease.token, true)).unwrap());
                    let attempts = self.of(who).mail[at].attempts;
                    let mail = &mut self.m.of(who).mail;
                    if attempts < 12 {
                        (mail[at].leased, mail[at].next_at) = (false, now + (60 << attempts));
                    } else {
                        mail.remove(at);
                    }
                }
                1 => {
                    assert!(wait(self.registry().mail_failed(lease.token, false)).unwrap());
                    self.m.of(who).mail.remove(at);
                }
                // Its sender died.
                2 => {}
                _ => {
                    assert!(wait(self.registry().mail_sent(lease.token)).unwrap());
                    assert!(
                        !wait(self.registry().mail_sent(lease.token)).unwrap(),
                        "sent once"
                    );
                    self.m.of(who).mail.remove(at);
                    self.did("e-mails");
                }
            }
        }
    }
}
