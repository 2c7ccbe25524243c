//! One run: the installation, the model, the dice, and calls that are now and then cut by a kill.

use jiff::{SignedDuration, Timestamp, civil::Date, tz};
use model::{Clock as _, PersonId, RecordId};
use profile::{Delay, Profile};
use registry::{EventKind, Registry};
use testkit::{Engine, Installation, StoreCopy, gansu, made_up, wait};

use crate::{
    attempts::MOST_ATTEMPTS,
    back::Back,
    changing_values::{MOST_LOOKS, QUIET_DAYS, changed},
    crash::killed,
    model::{Account, Erased, Model, Person, Record, Who},
    peer::Peer,
};

pub(crate) const LAW: &str = "law-bureau";
/// Licenses teachers, and here lawyers too, so that it is alerted.
pub(crate) const EDUCATION: &str = "education-department";
pub(crate) const HOSPITAL: &str = "example-hospital";
pub(crate) const SCHOOL: &str = "example-school";
pub(crate) const RENEWAL: &str = "licensing-renewal";
/// The purpose whose law lets the notice wait, in these runs.
pub(crate) const QUIET: &str = "cross-region-check";
pub(crate) const HIRING: &str = "employment-check";
pub(crate) const REVIEWERS: [&str; 4] = ["reviewer-1", "reviewer-2", "reviewer-3", "reviewer-4"];
pub(crate) const CLERKS: [&str; 3] = ["clerk-1", "clerk-2", "clerk-3"];

/// An account without an own number.
pub(crate) const UNNUMBERED: Account = Account {
    own: None,
    ended: false,
};

/// How large a run is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) people: Who,
    /// Those whom more happens to.
    pub(crate) lively: Who,
    pub(crate) days: i64,
    /// Operations on a day, about.
    pub(crate) acts: u64,
    /// People who are looked at on a day beside those whom something happened to.
    pub(crate) sample: u32,
    /// Those of whom the own file alone is read, beside them.
    pub(crate) glances: u32,
}

pub(crate) struct Run {
    pub(crate) here: Option<Installation>,
    pub(crate) m: Model,
    pub(crate) size: Size,
    random: u64,
    /// Whom something happened to today.
    pub(crate) touched: std::collections::BTreeSet<Who>,
    /// A copy of the database with what should be in it, and how much had been destroyed then.
    pub(crate) copy: Option<(StoreCopy, Model, (usize, usize))>,
    pub(crate) apart: Vec<Erased>,
    /// How many of these were proved to be so.
    pub(crate) proved: usize,
    pub(crate) back: Vec<(Who, Back)>,
    /// Whether the number of leaves is known: a kill leaves some open.
    pub(crate) counted: bool,
    /// Since when a submission is left open by a kill: the daily work closes it after an hour.
    pub(crate) left_open: Option<Timestamp>,
    /// The next one to be looked at in turn.
    pub(crate) turn: Who,
    /// For whom something turns on which days to come.
    pub(crate) turns: std::collections::BTreeMap<Date, std::collections::BTreeSet<Who>>,
    /// For whom something turned today.
    pub(crate) turned: Vec<Who>,
    /// For whom something turned since the daily work was done last.
    pub(crate) unworked: std::collections::BTreeSet<Who>,
    /// The next reviewer whose lists are read.
    pub(crate) reviewer_turn: usize,
    /// The accounts of members of staff who left, by body and account.
    pub(crate) ended_accounts: Vec<(&'static str, String)>,
    /// The next breach whose report is read by those whom it affects.
    pub(crate) breach_turn: usize,
    /// Days without the daily work that are left.
    pub(crate) outage: u32,
    /// What was done, how often.
    pub(crate) done: std::collections::BTreeMap<&'static str, u64>,
    pub(crate) kills: u32,
    pub(crate) text: u32,
    /// The stretch of the installation's randomness that is drawn from.
    stretch: u32,
    /// The other instance, but while messages go to and fro.
    pub(crate) peer: Option<Peer>,
}

pub(crate) fn profile() -> Profile {
    let mut profile = gansu();
    let other = profile.authorities.get_mut(EDUCATION).unwrap();
    other.professions.insert("lawyer".to_owned());
    profile.purposes.get_mut(QUIET).unwrap().delay = Some(profile::ByDay::always(Delay {
        days: QUIET_DAYS.first,
        basis: "lawyer-licensing".to_owned(),
    }));
    profile.oversight.all_mut().for_each(|one| {
        one.staff_ceiling_per_day = MOST_LOOKS.first;
        one.refused_attempts_before_review = MOST_ATTEMPTS;
    });
    profile
}

impl Run {
    pub(crate) fn new(engine: Engine, seed: u64, size: Size) -> Self {
        let here = Installation::in_memory(engine, changed(profile()));
        let mut m = Model {
            people: vec![Person::default(); size.people as usize + 1],
            ..Model::default()
        };
        for who in 1..=size.people {
            m.of(who).id = Some(here.registry.keys().person(&made_up(who).number));
        }
        m.now = here.clock.now().as_second();
        for reviewer in REVIEWERS {
            here.registry.add_reviewer(reviewer, "测试员", None).unwrap();
        }
        for body in [LAW, EDUCATION, HOSPITAL, SCHOOL] {
            for clerk in CLERKS {
                m.leaves += u64::from(testkit::name_staff(&here.registry, body, clerk));
                m.accounts.insert((body, clerk.to_owned()), UNNUMBERED);
            }
        }
        Self {
            here: Some(here),
            m,
            size,
            random: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            touched: std::collections::BTreeSet::new(),
            copy: None,
            apart: Vec::new(),
            proved: 0,
            back: Vec::new(),
            counted: true,
            left_open: None,
            turn: 0,
            breach_turn: 0,
            turns: std::collections::BTreeMap::new(),
            turned: Vec::new(),
            unworked: std::collections::BTreeSet::new(),
            reviewer_turn: 0,
            ended_accounts: Vec::new(),
            outage: 0,
            done: std::collections::BTreeMap::new(),
            kills: 0,
            text: 0,
            stretch: 0,
            peer: None,
        }
    }

    pub(crate) fn here(&self) -> &Installation {
        self.here.as_ref().unwrap()
    }

    pub(crate) fn registry(&self) -> &Registry {
        &self.here().registry
    }

    /// Puts what `then` makes of the installation in its place.
    pub(crate) fn change<T>(&mut self, then: impl FnOnce(Installation) -> (Installation, T)) -> T {
        let (here, made) = then(self.here.take().unwrap());
        self.here = Some(here);
        made
    }

    pub(crate) fn draw(&mut self, below: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) % below
    }

    /// Once in so many times.
    pub(crate) fn one_in(&mut self, times: u64) -> bool {
        self.draw(times) == 0
    }

    pub(crate) fn pick<T: Clone>(&mut self, among: &[T]) -> T {
        let at = self.draw(among.len() as u64) as usize;
        among[at].clone()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.here().clock.now()
    }

    pub(crate) fn today(&self) -> Date {
        day_of(self.now())
    }

    pub(crate) fn both(&self) -> (Date, Timestamp) {
        (self.today(), self.now())
    }

    /// Some minutes pass.
    pub(crate) fn tick(&mut self) {
        let minutes = self.draw(8) as i64;
        let seconds = self.draw(60) as i64;
        let later = self.now() + SignedDuration::from_secs(minutes * 60 + seconds);
        // Whatever is drawn, it stays this day.
        if day_of(later) == self.today() {
            self.set_clock(later);
        }
    }

    /// Where some read side by side, how much the installation draws is not the same in every run: what it draws from
    /// here on is.
    pub(crate) fn draw_anew(&mut self) {
        self.stretch += 1;
        self.here().randomness.stretch(self.stretch);
    }

    pub(crate) fn set_clock(&mut self, now: Timestamp) {
        self.draw_anew();
        assert!(self.here().clock.set(now), "clocks go forward");
        self.m.now = now.as_second();
        if let Some(peer) = &self.peer {
            peer.set_clock(now);
        }
    }

    pub(crate) fn did(&mut self, what: &'static str) {
        *self.done.entry(what).or_default() += 1;
    }

    /// Calls the registry. Now and then it is killed before it writes anything, opened anew and asked again, as a
    /// caller would who had no answer.
    pub(crate) fn call<T, E: std::fmt::Debug>(
        &mut self,
        act: impl Fn(&Registry) -> Result<T, E>,
    ) -> Result<T, E> {
        if self.one_in(120) {
            self.kill(0, |here| {
                assert!(act(&here.registry).is_err(), "nothing was written")
            });
        }
        act(self.registry())
    }

    /// Does something with a store that stops for good when so many transactions have gone through; then opens anew.
    pub(crate) fn kill(&mut self, after: i64, act: impl FnOnce(&Installation)) {
        self.change(|here| (killed(here, after, act), ()));
        self.m.erased_on = None;
        self.told_anew();
        self.kills += 1;
    }

    pub(crate) fn id(&self, who: Who) -> PersonId {
        self.m.people[who as usize].id.unwrap()
    }

    pub(crate) fn of(&self, who: Who) -> &Person {
        &self.m.people[who as usize]
    }

    pub(crate) fn record(&self, who: Who, record: usize) -> &Record {
        &self.of(who).records[record]
    }

    /// Somebody: in half of all cases one of a few, to whom things happen one after the other.
    pub(crate) fn somebody(&mut self) -> Who {
        let among = match self.draw(4) {
            0 => self.size.people,
            1 => self.size.lively,
            _ => self.size.lively / 8,
        };
        1 + self.draw(u64::from(among)) as Who
    }

    /// Somebody of the lively ones of whom this holds, if a search finds one.
    pub(crate) fn who_has(&mut self, wanted: impl Fn(&Person) -> bool) -> Option<Who> {
        let start = self.draw(u64::from(self.size.lively)) as Who;
        let place = |offset| 1 + (start + offset) % self.size.lively;
        (0..self.size.lively).map(place).find(|who| wanted(self.of(*who)))
    }

    /// Has somebody read what is held about them, which is a look of their own, and learns the ids of their records.
    fn touch(&mut self, who: Who) {
        self.touched.insert(who);
        if self.of(who).records.is_empty() {
            return;
        }
        let id = self.id(who);
        let file = wait(self.registry().person_file(id, EventKind::OwnLook)).unwrap();
        self.m.event(who, "own-look", "self", "");
        for view in &file.records {
            let records = &mut self.m.of(who).records;
            if records.iter().any(|one| one.id == Some(view.record)) {
                continue;
            }
            let text = |name: &str| view.fields.get(name).and_then(serde_json::Value::as_str);
            let document = text("document_number")
                .or_else(|| text("course"))
                .unwrap_or_default();
            let mut unbound = records.iter_mut().filter(|one| one.id.is_none());
            let found = unbound.find(|one| one.kind == view.kind && one.document == document);
            let found = found.unwrap_or_else(|| panic!("a record that nobody filed: {:?}", view.kind));
            found.id = Some(view.record);
        }
    }

    /// Learns the ids of somebody's records where that was not done before: of one that is new without a look of theirs.
    pub(crate) fn bind(&mut self, who: Who) {
        self.touched.insert(who);
        let records = &self.of(who).records;
        let new: Vec<usize> = (0..records.len())
            .filter(|at| records[*at].id.is_none())
            .collect();
        let [new] = new.as_slice() else {
            if !new.is_empty() {
                self.touch(who);
            }
            return;
        };
        let known = |id: &RecordId| records.iter().any(|one| one.id == Some(*id));
        let stored = self.rows(
            "SELECT DISTINCT record FROM record_version WHERE person = $1",
            self.id(who),
            |row| Ok(RecordId::from_bytes(row.array()?)),
        );
        let found: Vec<RecordId> = stored.into_iter().filter(|id| !known(id)).collect();
        let [id] = found.as_slice() else {
            panic!("{} new records of {who}", found.len())
        };
        self.m.of(who).records[*new].id = Some(*id);
    }

    pub(crate) fn record_id(&self, who: Who, record: usize) -> RecordId {
        self.record(who, record).id.unwrap()
    }

    /// The authorities that are alerted to a decision of the law bureau.
    pub(crate) const fn others() -> [&'static str; 1] {
        [EDUCATION]
    }

    /// Those of somebody's records that this holds of.
    pub(crate) fn records_where(&self, who: Who, wanted: impl Fn(&Record) -> bool) -> Vec<usize> {
        let records = &self.of(who).records;
        (0..records.len()).filter(|at| wanted(&records[*at])).collect()
    }
}

/// The day eight hours east of Greenwich.
pub(crate) fn day_of(at: Timestamp) -> Date {
    at.to_zoned(tz::TimeZone::fixed(tz::offset(8))).date()
}
