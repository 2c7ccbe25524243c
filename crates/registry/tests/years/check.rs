//! What is held to the model after each day: of some people all that they may read, of everybody what is stored.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{join_all, join4};
use model::{
    PersonId, RecordStatus, VersionKind,
    procedure::{OutsideDecision, Procedure as Course},
};
use registry::{
    AlertView, CertificateView, ConsentView, EventKind, Notice, PersonFile, ProcedureView, RecordView,
    Verdict,
};
use storage::{Access, Param, StoreError};
use testkit::{Installation, prove_log, wait};

use crate::{
    filing::text,
    model::{Entry, Judgment, Person, Procedure, Who},
    procedures::order_of,
    run::{EDUCATION, LAW, Run},
};

/// Kind, what it did, and whether it is destroyed, of a version as it is stored.
type StoredVersion = (String, String, bool);

/// When an e-mail is tried next, how often it was, and whether somebody is sending it.
type Mailed = (i64, i64, bool);

/// How many people are read of at once.
const AT_ONCE: usize = 4;

type Counted = BTreeMap<(String, String), u32>;

/// What somebody reads, and what is stored of whom others were told.
struct Seen {
    file: PersonFile,
    notices: Vec<Notice>,
    procedures: Vec<ProcedureView>,
    consents: Vec<ConsentView>,
    certificates: Vec<CertificateView>,
    alerts: Vec<AlertView>,
    told: Vec<(String, String, String)>,
    mail: Vec<Mailed>,
}

/// Reads all that is about somebody.
async fn see(here: &Installation, id: PersonId) -> Seen {
    let registry = &here.registry;
    let own = join4(
        registry.person_file(id, EventKind::OwnLook),
        registry.procedures_of(id),
        registry.consents_of(id),
        registry.certificates(id),
    );
    let others = here.store.store.run_async("test.told", Access::Read, move |tx| {
        let told = "SELECT body, kind, procedure FROM body_notice WHERE person = $1";
        let told = tx.query(told, &[Param::Blob(id.as_bytes())])?.into_iter();
        let told = told.map(|mut row| Ok((row.text()?, row.text()?, hex::encode(row.blob()?))));
        let told = told.collect::<Result<Vec<_>, StoreError>>()?;
        let mail =
            "SELECT next_at, attempts, token FROM mail_job WHERE person = $1 ORDER BY next_at, attempts";
        let mail = tx.query(mail, &[Param::Blob(id.as_bytes())])?.into_iter();
        let mail = mail.map(|mut row| Ok((row.int()?, row.int()?, row.opt_blob()?.is_some())));
        Ok::<_, StoreError>((told, mail.collect::<Result<Vec<_>, StoreError>>()?))
    });
    let ((file, procedures, consents, certificates), notices, alerts, others) =
        join4(own, registry.notices(id), registry.alerts_about(id), others).await;
    let (told, mail) = others.unwrap();
    Seen {
        file: file.unwrap(),
        notices: notices.unwrap(),
        procedures: procedures.unwrap(),
        consents: consents.unwrap(),
        certificates: certificates.unwrap(),
        alerts: alerts.unwrap(),
        told,
        mail,
    }
}

impl Run {
    /// All that these people may read of themselves, and what was told to others about them.
    fn check_people(&mut self, people: &[Who]) {
        for some in people.chunks(AT_ONCE) {
            let seen = some.iter().map(|who| see(self.here(), self.id(*who)));
            for (who, seen) in some.iter().zip(wait(join_all(seen))) {
                self.m.event(*who, "own-look", "self", "");
                self.check_file(*who, &seen.file);
                self.check_person(*who, seen);
            }
        }
    }

    /// What these people read of themselves, and of what happened to them.
    fn check_own_files(&mut self, people: &[Who]) {
        for some in people.chunks(AT_ONCE) {
            let registry = self.registry();
            let looks = some
                .iter()
                .map(|who| registry.person_file(self.id(*who), EventKind::OwnLook));
            for (who, file) in some.iter().zip(wait(join_all(looks))) {
                self.m.event(*who, "own-look", "self", "");
                self.check_file(*who, &file.unwrap());
            }
        }
    }

    /// Who is looked at next, whether or not something happened to them.
    const fn next_in_turn(&mut self) -> Who {
        self.turn = self.turn % self.size.people + 1;
        self.turn
    }

    fn check_person(&self, who: Who, seen: Seen) {
        let (today, person) = (self.today(), self.of(who));
        let mut counted = Counted::new();
        for one in seen.notices {
            let key = (one.kind.as_str().to_owned(), one.subject.unwrap_or_default());
            *counted.entry(key).or_default() += 1;
        }
        assert_eq!(counted, person.notices, "notices of {who}: each once");
        let procedures = seen.procedures;
        assert_eq!(procedures.len(), person.procedures.len(), "procedures of {who}");
        for view in procedures {
            let one = person
                .procedures
                .iter()
                .find(|one| one.id == view.summary.procedure)
                .unwrap();
            let name = format!("a {} of {who}", one.kind);
            assert_eq!(view.summary.status.as_str(), one.status, "{name}");
            assert_eq!(view.summary.waits_for, one.waits_for, "{name}: whose turn it is");
            assert_eq!(view.course.is_none(), one.forgotten, "{name}: what was said");
            if let Some(Course::Reconsideration(course)) = &view.course {
                check_judged(&name, course.state().decided_outside(), one);
            }
            if one.waits() {
                assert_eq!(view.summary.due_on, one.shown_due, "{name}: its day");
                let late = one.shown_due.is_some_and(|day| day < today);
                assert_eq!(view.summary.late, late, "{name}: late");
            }
        }
        for view in seen.consents {
            let one = person.consents.iter().find(|one| one.id == view.consent).unwrap();
            assert_eq!(view.standing.as_str(), one.standing(today), "a consent of {who}");
            assert_eq!(
                (view.used, &view.granted),
                (one.used, &one.granted(today)),
                "a consent of {who}"
            );
        }
        let certificates = seen.certificates;
        assert_eq!(certificates.len(), person.certificates.len());
        for view in certificates {
            let one = person
                .certificates
                .iter()
                .find(|one| one.id == view.certificate)
                .unwrap();
            assert_eq!(view.revoked.is_some(), one.revoked, "a certificate of {who}");
            assert_eq!(view.text, one.text, "a certificate of {who}");
        }
        self.check_told(who, &seen.told, seen.mail);
        self.check_alerts(who, &seen.alerts);
    }

    fn check_file(&self, who: Who, file: &PersonFile) {
        let today = self.today();
        let person = self.of(who);
        assert_eq!(file.identity.is_some(), person.known, "name and number of {who}");
        self.check_good_record(who, &file.good_record);
        let mut seen: BTreeMap<Entry, u32> = BTreeMap::new();
        for one in &file.events {
            let entry = (
                one.kind.as_str().to_owned(),
                one.actor.clone(),
                one.purpose.clone(),
            );
            *seen.entry(entry).or_default() += 1;
        }
        let mut expected = person.events.clone();
        for one in person.waiting.iter().filter(|one| one.shows_on <= today) {
            *expected.entry(one.entry.clone()).or_default() += 1;
        }
        assert_eq!(seen, expected, "what {who} sees of what happened, each once");
        assert_eq!(file.records.len(), person.records.len(), "records of {who}");
        for view in &file.records {
            self.check_record(who, view);
        }
    }

    fn check_record(&self, who: Who, view: &RecordView) {
        let (today, person) = (self.today(), self.of(who));
        let at = person.records.iter().position(|one| one.id == Some(view.record));
        // Somebody of whom nothing else happened has records whose ids nobody has learnt.
        let at = at.or_else(|| (person.records.len() == 1).then_some(0));
        let at = at.unwrap_or_else(|| panic!("a record of {who} that nobody filed"));
        let one = &person.records[at];
        let name = format!("a {} of {who}, {}", one.kind, one.document);
        assert_eq!(
            view.status,
            person.status(at, today),
            "{name}: its status on {today}"
        );
        let changes: Vec<VersionKind> = view.versions.iter().map(|one| one.change).collect();
        let expected: Vec<VersionKind> = one.versions.iter().map(|one| one.change).collect();
        assert_eq!(changes, expected, "{name}: its versions");
        assert_eq!(
            view.days.kept_until.is_some_and(|day| day < today),
            one.kept_until() < today,
            "{name}"
        );
        if one.erased {
            assert_eq!(view.status, RecordStatus::Erased, "{name}");
            assert!(view.fields.is_empty(), "{name}: it is destroyed");
            assert!(
                view.versions.iter().all(|one| one.fields.is_none()),
                "{name}: it is destroyed"
            );
            return;
        }
        assert_eq!(view.disputed, person.is_disputed(at), "{name}: disputed");
        assert_eq!(view.withheld, person.is_withheld(at, today), "{name}: withheld");
        assert_eq!(
            view.statements,
            person.statements(at),
            "{name}: what the person says to it"
        );
        assert_eq!(
            view.days.shown_until,
            one.said().shown_until(one.kind),
            "{name}: shown until"
        );
        if let Some(marked) = ["scope", "penalty_content", "reason"]
            .into_iter()
            .find_map(|name| view.fields.get(name))
            && one.said().text != u32::MAX
        {
            assert_eq!(*marked, text(one.said().text), "{name}");
        }
    }

    /// Notices to bodies and reviewers, and e-mails.
    fn check_told(&self, who: Who, told: &[(String, String, String)], mail: Vec<Mailed>) {
        let mut counted = BTreeMap::new();
        for one in told {
            *counted.entry(one.clone()).or_default() += 1;
        }
        let expected = &self.of(who).told;
        assert_eq!(counted, *expected, "what others were told about {who}: each once");
        let expected = self
            .of(who)
            .mail
            .iter()
            .map(|one| (one.next_at, one.attempts, one.leased));
        let mut expected: Vec<_> = expected.collect();
        expected.sort_unstable();
        assert_eq!(mail, expected, "e-mails to {who}");
    }

    pub(crate) fn rows<T: Send + 'static>(
        &self,
        sql: &'static str,
        id: PersonId,
        read: impl Fn(&mut storage::Row) -> Result<T, StoreError> + Send + 'static,
    ) -> Vec<T> {
        let store = &self.here().store.store;
        let found = store.run("test.read", Access::Read, move |tx| {
            let rows = tx.query(sql, &[Param::Blob(id.as_bytes())])?;
            rows.into_iter()
                .map(|mut row| read(&mut row))
                .collect::<Result<Vec<_>, StoreError>>()
        });
        found.unwrap()
    }

    fn count(&self, sql: &'static str) -> u64 {
        let counted = self
            .here()
            .store
            .store
            .run("test.count", Access::Read, move |tx| {
                let rows = tx.query(sql, &[])?;
                let mut row = rows
                    .into_iter()
                    .next()
                    .ok_or(StoreError::Shape("a count is expected"))?;
                row.int()
            });
        counted.unwrap() as u64
    }

    /// About everybody there is as much as there should be: what somebody was told, opened or filed beside that shows.
    fn check_totals(&self) {
        let total = |of: fn(&Person) -> usize| self.m.people.iter().map(of).sum::<usize>() as u64;
        // A look is its own notice.
        let notices = total(|person| {
            let kept = person.notices.iter().filter(|((kind, _), _)| kind != "looked-at");
            kept.map(|(_, times)| *times as usize).sum()
        });
        let told = total(|person| person.told.values().map(|times| *times as usize).sum());
        let versions = total(|person| person.records.iter().map(|one| one.versions.len()).sum());
        for (table, expected) in [
            ("SELECT COUNT(*) FROM notice", notices),
            ("SELECT COUNT(*) FROM body_notice", told),
            (
                "SELECT COUNT(*) FROM procedure",
                total(|person| person.procedures.len()),
            ),
            (
                "SELECT COUNT(*) FROM consent",
                total(|person| person.consents.len()),
            ),
            ("SELECT COUNT(*) FROM record_version", versions),
        ] {
            assert_eq!(self.count(table), expected, "{table} on {}", self.today());
        }
    }

    /// What waits for somebody and this holds of, as a list has it: the earliest day first, and no more than a list holds.
    pub(crate) fn listed(&self, wanted: impl Fn(Who, &Procedure) -> bool) -> Vec<(Who, &Procedure)> {
        /// How many a list holds.
        const MOST: usize = 1_000;

        let (people, today) = ((0..).zip(&self.m.people), self.today());
        let all = people.flat_map(|(who, person)| person.procedures.iter().map(move |one| (who, one)));
        let mut found: Vec<(Who, &Procedure)> = all
            .filter(|(who, one)| (one.waits() || one.is_late(today)) && wanted(*who, one))
            .collect();
        found.sort_by_key(|(_, one)| (one.late_since(today).or(one.shown_due), one.id));
        found.truncate(MOST);
        found
    }

    /// Whoever is late stands in the list of those who are, and nobody else; and as many are as should be, also past what
    /// the list holds.
    fn check_overdue(&self) {
        let today = self.today();
        let found = wait(self.registry().overdue()).unwrap();
        let found: Vec<_> = found
            .into_iter()
            .map(|one| {
                (
                    one.procedure,
                    one.unconfirmed.into_iter().collect::<BTreeSet<_>>(),
                )
            })
            .collect();
        let late = self.listed(|_, one| one.is_late(today)).into_iter();
        let expected: Vec<_> = late
            .map(|(_, one)| {
                (
                    one.id,
                    one.unconfirmed().map(str::to_owned).collect::<BTreeSet<_>>(),
                )
            })
            .collect();
        assert_eq!(found, expected, "whoever is late, the latest first");
        let late = |one: &&Procedure| one.waits() && one.is_late(today);
        let late = |person: &Person| person.procedures.iter().filter(late).count();
        let late: usize = self.m.people.iter().map(late).sum();
        let epoch = jiff::civil::date(1970, 1, 1);
        let number = i64::from(today.since(epoch).unwrap().get_days());
        let store = &self.here().store.store;
        let counted = store.run("test.late", Access::Read, move |tx| {
            let sql = "SELECT procedure FROM procedure WHERE waits_for IS NOT NULL AND due_on < $1";
            Ok::<_, StoreError>(tx.query(sql, &[Param::Int(number)])?.len())
        });
        assert_eq!(counted.unwrap(), late, "how many are late");
    }

    /// What waits for reviewers, and what stands in the inboxes of those who are alerted.
    fn check_queues(&self) {
        let queue = wait(self.registry().review_queue()).unwrap();
        let found: BTreeSet<_> = queue.looks.iter().map(|item| item.look).collect();
        let expected: BTreeSet<_> = self.m.queue.keys().copied().collect();
        assert_eq!(found, expected, "looks that reviewers look into");
        assert_eq!(queue.steps.len() as u64, self.m.steps, "steps that reviewers see");
        let open = self
            .m
            .people
            .iter()
            .flat_map(|person| &person.alerts)
            .filter(|alert| alert.open);
        let incoming = self.m.incoming.values().filter(|alert| alert.open).count();
        let inbox = wait(self.registry().alerts_for(EDUCATION)).unwrap();
        assert_eq!(inbox.len(), open.count() + incoming, "alerts that are open");
        let inbox = wait(self.registry().alerts_for(LAW)).unwrap();
        assert_eq!(inbox.len(), incoming, "alerts of its own go to others");
    }

    /// After each day.
    pub(crate) fn check_day(&mut self) {
        for _ in 0..self.size.sample {
            let next = self.next_in_turn();
            self.touched.insert(next);
        }
        let glances: Vec<Who> = (0..self.size.glances).map(|_| self.next_in_turn()).collect();
        self.check_own_files(&glances);
        let touched: Vec<Who> = std::mem::take(&mut self.touched).into_iter().collect();
        self.check_people(&touched);
        self.note_turns(touched.into_iter());
        self.check_totals();
        self.check_overdue();
        self.check_queues();
        self.check_published();
        self.check_proposals();
        self.check_breaches();
        self.check_own_numbers();
        let size = self.registry().integrate().unwrap();
        if self.counted {
            assert_eq!(
                size,
                self.m.leaves,
                "each of what happened by {} is one leaf; other events than expected happened to {:?}",
                self.today(),
                self.others_happened()
            );
        } else {
            // Submissions that a kill left open are closed by the daily work, with a leaf each.
            assert!(size >= self.m.leaves);
            self.m.leaves = size;
            self.counted = self.left_open.is_none();
        }
        let here = self.here.as_ref().unwrap();
        assert_eq!(
            self.m.followed.read_on(&here.registry),
            size,
            "the leaves of the day"
        );
    }

    /// Those to whom not as much happened as should have.
    fn others_happened(&self) -> Vec<(Who, u32, u32)> {
        let events = |who: usize, person: &Person| {
            let sql = "SELECT kind FROM event WHERE person = $1";
            let found = self.rows(sql, person.id.unwrap(), storage::Row::text).len() as u32;
            let expected = person.events.values().sum::<u32>() + person.waiting.len() as u32;
            (who as Who, found, expected)
        };
        let people = self.m.people.iter().enumerate().skip(1);
        let counted = people.map(|(who, person)| events(who, person));
        counted.filter(|(_, found, expected)| found != expected).collect()
    }

    /// At each month's end: everybody, past the registry, and the whole log.
    pub(crate) fn check_month(&mut self) {
        self.check_stored();
        self.check_certificates();
        self.check_files();
        self.check_words();
        self.check_peer_log();
        self.check_accounts();
        assert_eq!(prove_log(self.registry()), self.m.leaves, "the whole log");
        let (events, looks) = (
            "SELECT COUNT(*) FROM event",
            "SELECT COUNT(*) FROM event WHERE body_leaf IS NOT NULL",
        );
        let versions = "SELECT COUNT(*) FROM record_version";
        let steps = "SELECT COUNT(*) FROM oversight_step";
        let submissions = "SELECT COUNT(*) FROM submission WHERE state <> 'open'";
        let breaches = "SELECT COUNT(*) FROM breach";
        let sum: u64 = [events, looks, versions, steps, submissions, breaches]
            .map(|sql| self.count(sql))
            .iter()
            .sum();
        assert_eq!(
            sum, self.m.leaves,
            "every leaf speaks of something, and everything has its leaf"
        );
        let year = self.today().year();
        let figures = wait(self.registry().improper_looks(year)).unwrap();
        let mut expected = BTreeMap::new();
        for one in self.m.improper.values().filter(|one| one.year == year) {
            *expected.entry(one.body.clone()).or_default() += 1_u64;
        }
        assert_eq!(figures, expected, "improper looks of bodies in {year}");
        self.check_findings();
    }

    /// A look reads as found improper just where it counts as that.
    fn check_findings(&self) {
        for (who, person) in (0..).zip(&self.m.people) {
            for (_, _, look) in &person.looks {
                let counts = self.m.improper.contains_key(look);
                if !counts && !self.m.taken_back.contains(look) {
                    continue;
                }
                let detail = wait(self.registry().look_detail(self.id(who), *look)).unwrap();
                let findings = detail.unwrap().findings;
                let mut improper = findings.iter().filter(|one| one.verdict == Verdict::Improper);
                assert_eq!(
                    improper.any(|one| !one.taken_back),
                    counts,
                    "a look at {who}: {findings:?}"
                );
            }
        }
    }

    /// What is stored of everybody: who is known, which records there are, how they ended, what is destroyed.
    fn check_stored(&self) {
        let store = &self.here().store.store;
        let read = store.run("test.everybody", Access::Read, |tx| {
            let people = tx.query("SELECT person FROM person ORDER BY person", &[])?;
            let people = people.into_iter().map(|mut row| row.array::<16>());
            let people: BTreeSet<[u8; 16]> = people.collect::<Result<_, StoreError>>()?;
            let rows = tx.query(
                "SELECT person, record, kind, change, \
                 CAST(CASE WHEN wrapped_key IS NULL AND sealed_content IS NULL THEN 1 ELSE 0 END AS BIGINT) \
                 FROM record_version ORDER BY person, record, version",
                &[],
            )?;
            let mut records: BTreeMap<([u8; 16], [u8; 16]), Vec<StoredVersion>> = BTreeMap::new();
            for mut row in rows {
                let key = (row.array()?, row.array()?);
                let version = (row.text()?, row.text()?, row.int()? == 1);
                records.entry(key).or_default().push(version);
            }
            Ok::<_, StoreError>((people, records))
        });
        let (people, records) = read.unwrap();
        let mut stored: BTreeMap<[u8; 16], Vec<Vec<StoredVersion>>> = BTreeMap::new();
        for ((person, _), versions) in records {
            stored.entry(person).or_default().push(versions);
        }
        for (who, person) in self.m.people.iter().enumerate().skip(1) {
            let id = person.id.unwrap();
            assert_eq!(people.contains(id.as_bytes()), person.known, "the key of {who}");
            let mut found = stored.remove(id.as_bytes()).unwrap_or_default();
            let versions = |one: &crate::model::Record| -> Vec<_> {
                let of = |version: &crate::model::Version| {
                    (
                        one.kind.as_str().to_owned(),
                        version.change.as_str().to_owned(),
                        one.erased,
                    )
                };
                one.versions.iter().map(of).collect()
            };
            let mut expected: Vec<_> = person.records.iter().map(versions).collect();
            found.sort();
            expected.sort();
            assert_eq!(found, expected, "what is stored of {who}");
        }
        assert!(
            stored.is_empty(),
            "records of people whom nobody filed anything about"
        );
    }
}

/// What a court decided stands in its procedure as it was put down last, and what stood in its place before.
fn check_judged(name: &str, decided: Option<&OutsideDecision>, one: &Procedure) {
    let judgment =
        |reference: &str, decided_on, order, fields| (reference.to_owned(), decided_on, order, fields);
    let named = |fields: &[&str]| -> Vec<String> { fields.iter().map(|&one| one.to_owned()).collect() };
    let mut expected: Vec<_> = one.earlier.iter().chain(&one.judgment).collect::<Vec<_>>();
    let now = expected.pop();
    let same = |one: &Judgment| {
        judgment(
            &one.reference,
            one.decided_on,
            order_of(one.order),
            named(&one.fields),
        )
    };
    let decision = |one: &OutsideDecision| {
        let fields = one.fields.clone();
        judgment(one.reference.as_str(), one.decided_on, one.order, fields)
    };
    assert_eq!(
        decided.map(decision),
        now.map(same),
        "{name}: what a court decided"
    );
    let earlier = decided.iter().flat_map(|one| &one.earlier);
    let earlier: Vec<_> = earlier
        .map(|one| {
            judgment(
                one.reference.as_str(),
                one.decided_on,
                one.order,
                one.fields.clone(),
            )
        })
        .collect();
    let expected: Vec<_> = expected.into_iter().map(same).collect();
    assert_eq!(earlier, expected, "{name}: what was put down before");
}
