//! Three simulated years: 10,000 people, and what bodies, reviewers and they themselves do, in random order, with
//! silences, kills, jumps of the clock and older copies put back. A model of what should be (`model`, `calendar`) is
//! kept beside the registry, knows nothing of its code, and is held to it after each day.
//!
//! | file | holds |
//! | --- | --- |
//! | `model`, `alert`, `calendar`, `changing_values` | what should be |
//! | `run`, `crash` | the installation, the dice, kills |
//! | `filing`, `batches`, `looks`, `attempts`, `consents`, `certificates`, `good`, `proposals` | what somebody does, to the registry and to the model |
//! | `procedures`, `disputes`, `reconsiderations`, `court`, `judgments`, `judged_looks`, `named_fields`, `readmit`, `restorations`, `complaints`, `breaches`, `files` | the same in procedures |
//! | `own_numbers` | who is on a body's staff or a reviewer, and is kept from what is about themselves |
//! | `peer`, `wire` | a second installation, which exchanges alerts with this one |
//! | `days`, `turns` | what days bring by themselves |
//! | `check`, `erasures` | what is compared and proved |
//! | `mended` | faults that the years found, as fixed cases |
//! | `sequences` | docs/sequences, drawn from a run |
//!
//! Most of it happens to a tenth of the people, so that things happen one after the other to the same ones.
//!
//! # Each day
//! - Everybody whom something happened to that day, or something turned for by the day itself, and some others in turn,
//!   read all that is held about them: records with their status, versions and days, disputed or kept back, statements,
//!   procedures, consents, certificates, alerts, inbox; and what others were told of them and what e-mail waits.
//! - More of them read their own file: everybody within the year.
//! - How much was told, opened, filed and asked is counted of everybody, so that nothing happens that nobody reads.
//! - The lists of what is late, of the reviewers and of those who are alerted, of proposals, breaches and what is published
//!   are read in the order and up to the length that they have; what is late is counted past that.
//! - Of each erasure of that day, as soon as the daily work has done it, the receipt is proved: nothing of what it speaks of
//!   can be read any more.
//! - The day's leaves are read and proved: their hashes, on top of all that was read before, give the signed root; that
//!   follows consistently from yesterday's; and each of them is proved to be in its place.
//!
//! # Each month
//! What a day cannot change unseen, and what reads everything there is: what is stored of everybody past the registry,
//! every certificate at its checker, files and words that are kept, the whole log from its first leaf with every tile, the
//! peer's log, that each leaf speaks of something and everything has its leaf, figures of improper looks, accounts. Each of
//! these grows with all that was ever done, and over three years a day of them would cost more than all the rest.
//!
//! `STANDING_YEARS_SEED`, `STANDING_YEARS_ACTS` (operations a day) and `STANDING_YEARS_DAYS` give other, longer and
//! shorter runs. Where each test has a process of its own, a seed gives the same run again, on both engines.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

mod alert;
mod attempts;
mod back;
mod batches;
mod breaches;
mod calendar;
mod certificates;
mod changing_values;
mod check;
mod complaints;
mod consents;
mod court;
mod crash;
mod days;
mod disputes;
mod erasures;
mod files;
mod filing;
mod good;
mod judged_looks;
mod judgments;
mod looks;
mod mended;
mod model;
mod named_fields;
mod own_numbers;
mod peer;
mod procedures;
mod proposals;
mod readmit;
mod reconsiderations;
mod restorations;
mod run;
mod sequences;
mod turns;
mod wire;

use run::{Run, Size};
use testkit::Engine;

const YEARS: Size = Size {
    people: 10_000,
    lively: 1_000,
    days: 3 * 365 + 1,
    acts: 20,
    sample: 10,
    glances: 25,
};

impl Run {
    /// Something that somebody does.
    fn act(&mut self) {
        match self.draw(157) {
            0..=11 => self.file_something(),
            12..=14 => self.correct_something(),
            15..=17 => self.file_again(),
            18..=27 => self.look_by_law(),
            28..=32 => self.review(),
            33..=36 => self.ask_consent(),
            37..=42 => self.decide_consent(),
            43..=48 => self.look_by_consent(),
            49 => self.register_mandate(),
            50 => self.end_mandate(),
            51..=54 => self.open_dispute(),
            55..=57 => self.answer_dispute(),
            58 => self.take_back_procedure(),
            59 => self.add_statement(),
            60..=61 => self.reconsider_dispute(),
            62 => self.reconsider_look(),
            63..=65 => self.assign(),
            66..=67 => self.answer_reconsideration(),
            68 => self.outside_decision(),
            69..=70 => self.follow(),
            71..=72 => self.complain(),
            73..=74 => self.answer_complaint(),
            75..=79 => self.apply_restoration(),
            80..=84 => self.answer_restoration(),
            85..=86 => self.confirm_stopped(),
            87 => self.read_procedure(),
            88..=91 => self.issue(),
            92..=93 => self.decide_publication(),
            94 => self.revoke(),
            95 => self.pledge(),
            96..=97 => self.set_address(),
            98..=99 => self.send_mail(),
            100..=103 => self.propose(),
            104..=107 => self.answer_proposal(),
            108..=111 => self.file_several(),
            112..=115 => self.take_back_file(),
            116..=117 => self.tell_of_judgment(),
            118..=119 => self.put_down_judgment(),
            120..=122 => self.follow(),
            123 => self.follow_with_the_same(),
            124..=125 => self.report_breach(),
            126 => self.complain_of_breach(),
            127 => self.name_member(),
            128 => self.end_member(),
            129..=130 => self.look_at_colleague(),
            131 => self.name_reviewer(),
            132..=133 => self.judge_own(),
            134..=135 => self.put_down_judgment(),
            136..=138 => self.amend_judgment(),
            139..=140 => self.higher_court(),
            141..=143 => self.judge_look(),
            144..=149 => self.look_at_applicant(),
            150..=151 => self.confirm_stopped(),
            _ => self.read_files(),
        }
    }

    fn day(&mut self, day: i64) {
        // Of a month that ended everything was read.
        self.draw_anew();
        self.turn();
        let early = self.one_in(2);
        if early {
            self.daily_work();
        }
        let acts = self.size.acts / 2 + self.draw(self.size.acts + 1);
        for _ in 0..acts {
            self.act();
            self.tick();
        }
        if !early {
            self.daily_work();
        }
        if day % 50 == 20 {
            self.look_too_often();
        }
        if day % 50 == 45 {
            self.try_too_often();
        }
        if day % 25 == 24 {
            self.lift();
        }
        self.exchange();
        self.watch_judgments();
        self.check_day();
        // An older copy by weeks: one is kept twice, and put back some time after.
        match day % 400 {
            150 => self.keep_copy(),
            172 => self.put_copy_back(),
            _ => {}
        }
    }

    fn years(&mut self) {
        /// The day on which there is a peer: some things stand by then.
        const PEER_COMES: i64 = 20;

        self.file_everybody();
        self.note_turns(1..=self.size.people);
        let first = self.today();
        let mut month = first.month();
        let mut number = 0;
        while self.today() < calendar::after_days(first, self.size.days) {
            if number == PEER_COMES {
                self.befriend();
            }
            self.day(number);
            number += 1;
            self.next_day();
            if self.today().month() != month {
                month = self.today().month();
                self.check_month();
            }
        }
        self.outage = 0;
        self.daily_work();
        self.check_day();
        self.check_month();
    }

    /// That the run did what it is for.
    #[allow(
        clippy::print_stdout,
        reason = "how often each was done, for whoever asks the runner to show it"
    )]
    fn did_everything(&self) {
        println!("{:#?}", self.done);
        let missing = [
            "alerts closed at the peer",
            "alerts closed by their day",
            "alerts from the peer",
            "alerts from the peer that ended",
            "alerts opened",
            "alerts that the peer closed after a copy was put back",
            "alerts told to the peer",
            "applications answered",
            "applications refused",
            "bodies reminded unseen that they stop using a decision",
            "bodies that show in a restoration once the person is told of their look",
            "bodies that show once they stopped using a decision",
            "bodies that stopped using a decision",
            "bodies that stopped using a decision unseen",
            "breaches reported",
            "breaches reported late",
            "breaches reported twice",
            "breaches reported wrongly",
            "change-followed",
            "commendations published",
            "complaint-founded",
            "complaint-unfounded",
            "complaints about looks that came to nothing",
            "complaints of whom a breach affects",
            "consent-granted",
            "consent-paused",
            "consent-revoked",
            "consent-too-long",
            "consent-too-wide",
            "corrections",
            "corrections that leave a field that is named",
            "daily work cut by a kill",
            "days on which a late judgment kept a record back",
            "days on which the peer was away",
            "days that brought something by themselves",
            "days without the daily work",
            "decisions from outside",
            "dispute-corrected",
            "dispute-upheld",
            "dispute-withdrawn",
            "e-mails",
            "erasures proved",
            "fields that a court names put right",
            "files put to procedures",
            "files read by the other side",
            "files refused",
            "files taken back but for some rows",
            "files taken back whole",
            "improper looks taken back that are to be looked into again",
            "improper looks taken back that nobody has to look into",
            "judgments about looks",
            "judgments amended before they were followed",
            "judgments put down twice",
            "judgments set aside",
            "judgments that all stays as it is",
            "judgments that fields put right before follow",
            "judgments that name a field that is not put right",
            "judgments that name fields",
            "judgments that order something",
            "judgments that people told of",
            "judgments that reviewers put down",
            "judgments that were followed amended",
            "judgments that were followed amended to another order",
            "jumps of the clock",
            "looks at colleagues",
            "looks by consent",
            "looks by law",
            "looks found improper",
            "looks found proper",
            "looks refused",
            "looks that count as improper again",
            "looks that found nobody",
            "members of staff stopped",
            "members of staff stopped for attempts",
            "members of staff who left",
            "mended files sent again",
            "messages between peers cut by a kill",
            "notices that wait longer",
            "older copies put back",
            "orders to file again",
            "orders to file again that were set aside",
            "orders to file again what was certified already",
            "orders to file again what was filed already",
            "outside-decision-followed",
            "own numbers of reviewers",
            "own numbers of staff",
            "people forgotten",
            "pledges ended",
            "pledges made",
            "proposals declined",
            "proposals lapsed",
            "proposals taken up",
            "reconsiderations of disputes",
            "reconsiderations of looks",
            "records destroyed",
            "records filed again as ordered",
            "records that came again",
            "records that did not come again",
            "restorations granted",
            "restorations that keep a body back from the person",
            "reviewers kept from looks of their own",
            "reviewers kept from what is about themselves",
            "second accounts refused",
            "silences",
            "statements",
            "yeses taken back",
        ]
        .into_iter()
        .filter(|what| !self.done.contains_key(what));
        let missing: Vec<_> = missing.collect();
        assert!(missing.is_empty(), "never in all these years: {missing:?}");
        assert!(self.kills > 20, "{} kills", self.kills);
    }
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name)
        .ok()
        .map_or(otherwise, |text| text.parse().unwrap())
}

fn simulate(engine: Engine) {
    let size = Size {
        acts: number("STANDING_YEARS_ACTS", YEARS.acts),
        days: number("STANDING_YEARS_DAYS", YEARS.days as u64) as i64,
        ..YEARS
    };
    let mut run = Run::new(engine, number("STANDING_YEARS_SEED", 3), size);
    run.years();
    if size.days == YEARS.days {
        run.did_everything();
    }
}

testkit::on_both_engines! {
    fn three_years_of_random_life_leave_what_the_model_says(engine: Engine) {
        simulate(engine);
    }
}
