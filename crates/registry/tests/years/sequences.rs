//! docs/sequences shows one dispute and one restoration as they went in a run: each step with its leaf, as the log proves
//! it, and whom it told, by day. With `STANDING_WRITE_DOCS=1` this writes the pages anew.

use std::{collections::BTreeSet, env, fmt::Write as _, fs, path::PathBuf};

use jiff::{Timestamp, civil::Date};
use model::{
    PersonId, RecordId, RecordKind,
    procedure::{Order, Reconsidered, ReviewerId, Speaker::Person},
};
use registry::{
    Apply, BodyNotice, CarryOut, DisputeAnswer, EventKind, InquiryAnswer, InquiryRequest, OpenDispute,
    Reconsider, RestorationAnswer,
};
use testkit::{
    Engine, Installation, SourceRow, json_lines, made_up, name_staff, prove_receipt, under_law, wait,
};

use crate::run::{EDUCATION, LAW, RENEWAL, day_of, profile};

const REVIEWER: &str = "reviewer-1";
/// Everything in the system that is nobody's step.
const STANDING: &str = "standing";

/// An arrow of a drawing.
struct Arrow {
    at: Timestamp,
    /// What is told comes after what was done at the same moment.
    leaf: Option<u64>,
    from: String,
    to: String,
    says: String,
}

struct Story {
    here: Installation,
    person: PersonId,
    /// Answers to looks, which no table keeps.
    answers: Vec<(Timestamp, InquiryAnswer)>,
}

impl Story {
    /// A lawyer with a fine, of which another authority was told in answer to a look.
    fn begin(engine: Engine) -> Self {
        let here = Installation::with(engine, profile());
        here.registry.add_reviewer(REVIEWER, "测试员", None).unwrap();
        name_staff(&here.registry, EDUCATION, "clerk-1");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        here.later(1);
        here.file(LAW, RecordKind::Decision, &[fine()]);
        let person = here.person(1);
        let mut story = Self {
            here,
            person,
            answers: Vec::new(),
        };
        story.here.later(1);
        story.look();
        story
    }

    fn look(&mut self) {
        let made_up = made_up(1);
        let request = InquiryRequest {
            authority: EDUCATION.to_owned(),
            asker: "clerk-1".to_owned(),
            purpose: RENEWAL.to_owned(),
            profession: "lawyer".to_owned(),
            under: under_law(),
            id_number: made_up.number,
            name: made_up.name,
            nonce: None,
        };
        let answer = wait(self.here.registry.inquire(request)).unwrap();
        self.answers.push((self.here.registry.now(), answer));
    }

    fn days(&self, days: i64) {
        self.here.later(24 * days);
        self.here.registry.do_what_is_due().unwrap();
        self.here.later(1);
    }

    fn decision(&self) -> RecordId {
        let records = self.here.file_of(1).records;
        let decision = records.iter().find(|one| one.kind == RecordKind::Decision);
        decision.unwrap().record
    }

    /// What happened, in its order: events and versions by their leaves, each proved, and what was told.
    fn arrows(&self) -> Vec<Arrow> {
        let mut arrows = Vec::new();
        let registry = &self.here.registry;
        let file = self.here.file_of(1);
        for event in file.events.iter().filter(|one| one.kind != EventKind::OwnLook) {
            let receipt = wait(registry.event_receipt(self.person, event.event))
                .unwrap()
                .unwrap();
            let (leaf, said) = prove_receipt(registry, &receipt);
            let purpose = said["purpose"].as_str().unwrap().replace(':', ": ");
            let (what, actor) = (said["what"].as_str().unwrap(), said["actor"].as_str().unwrap());
            let says = match event.kind {
                EventKind::ProcedureStep => purpose,
                _ => format!("{what} {purpose}").trim_end().to_owned(),
            };
            arrows.push(self.done(event.at, leaf, actor, says));
        }
        for record in &file.records {
            for version in &record.versions {
                let receipt = wait(registry.version_receipt(self.person, record.record, version.version));
                let (leaf, said) = prove_receipt(registry, &receipt.unwrap().unwrap());
                let says = format!(
                    "{} {}, version {}",
                    said["kind"].as_str().unwrap(),
                    said["what"].as_str().unwrap(),
                    said["version"]
                );
                arrows.push(self.done(version.filed_at, leaf, said["authority"].as_str().unwrap(), says));
            }
        }
        for (at, answer) in &self.answers {
            let receipt = wait(registry.look_receipt(EDUCATION, answer.look))
                .unwrap()
                .unwrap();
            let (leaf, _) = prove_receipt(registry, &receipt);
            let seen = answer.records.iter().map(|one| {
                let disputed = if one.disputed { ", disputed" } else { "" };
                let statement = if one.statements.is_empty() {
                    ""
                } else {
                    ", with a statement"
                };
                format!("{} {}{disputed}{statement}", one.kind, one.status)
            });
            let seen: Vec<String> = seen.collect();
            let mut arrow = self.done(*at, leaf, STANDING, seen.join("; "));
            arrow.to = EDUCATION.to_owned();
            arrows.push(arrow);
        }
        arrows.extend(self.told());
        // What was told goes after the last step of its moment.
        arrows.sort_by_key(|one| (one.at, one.leaf.is_none(), one.leaf, place_of(&one.says)));
        arrows
    }

    fn done(&self, at: Timestamp, leaf: u64, actor: &str, says: String) -> Arrow {
        let from = match actor {
            "self" => "person".to_owned(),
            "installation" => STANDING.to_owned(),
            other => other.trim_start_matches("reviewer:").to_owned(),
        };
        let to = STANDING.to_owned();
        Arrow {
            at,
            leaf: Some(leaf),
            from,
            to,
            says,
        }
    }

    fn told(&self) -> Vec<Arrow> {
        let registry = &self.here.registry;
        let arrow = |to: &str, at, says: &str| Arrow {
            at,
            leaf: None,
            from: STANDING.to_owned(),
            to: to.to_owned(),
            says: says.to_owned(),
        };
        let mut told = Vec::new();
        // The latest come first.
        for notice in wait(registry.notices(self.person)).unwrap().iter().rev() {
            told.push(arrow("person", notice.at, notice.kind.as_str()));
        }
        let reviewer = ReviewerId::new(REVIEWER).unwrap();
        let inboxes: [(&str, Vec<BodyNotice>); 3] = [
            (LAW, wait(registry.body_notices(LAW)).unwrap()),
            (EDUCATION, wait(registry.body_notices(EDUCATION)).unwrap()),
            (REVIEWER, wait(registry.reviewer_notices(&reviewer)).unwrap()),
        ];
        for (body, notices) in inboxes {
            for notice in notices.iter().rev() {
                told.push(arrow(body, notice.at, notice.kind.as_str()));
            }
        }
        told
    }
}

/// Where a notice comes among those of one moment: what is told first is named first.
fn place_of(notice: &str) -> usize {
    let all = model::procedure::NoticeKind::ALL;
    all.iter()
        .position(|kind| kind.as_str() == notice)
        .unwrap_or_default()
}

fn fine() -> SourceRow {
    SourceRow::decision(1)
        .with("penalty", "罚款")
        .with("decided_on", "2026-07-20")
        .with("effective_on", "2026-08-01")
        .with("disclosure_ends_on", "2027-07-31")
}

/// The page of a story.
fn page(title: &str, about: &str, arrows: &[Arrow]) -> String {
    let mut drawing = String::from("sequenceDiagram\n");
    let place = |name: &str| name.replace('-', "_");
    for (name, says) in [
        ("person", "person"),
        (LAW, LAW),
        (STANDING, "Standing"),
        (EDUCATION, EDUCATION),
        (REVIEWER, REVIEWER),
    ] {
        let _ = writeln!(drawing, "    participant {} as {says}", place(name));
    }
    let mut day: Option<Date> = None;
    for one in arrows {
        let on = day_of(one.at);
        if day != Some(on) {
            let _ = writeln!(drawing, "    Note over person,{}: {on}", place(REVIEWER));
            day = Some(on);
        }
        let (from, to, says) = (place(&one.from), place(&one.to), &one.says);
        let _ = match one.leaf {
            Some(leaf) => writeln!(drawing, "    {from}->>{to}: {says} [leaf {leaf}]"),
            None => writeln!(drawing, "    {from}-->>{to}: {says}"),
        };
    }
    format!(
        "# {title}\n\n{about}\n\nAn unbroken arrow is a step, with its place in the log; a broken one is a notice.\n\n\
         ```mermaid\n{drawing}```\n\n\
         Drawn from a run by `STANDING_WRITE_DOCS=1 cargo test -p registry --test years sequences`.\n"
    )
}

fn hold(name: &str, page: &str) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/sequences");
    let path = folder.join(format!("{name}.md"));
    if env::var_os("STANDING_WRITE_DOCS").is_some_and(|value| value == "1") {
        fs::create_dir_all(&folder).unwrap();
        fs::write(&path, page).unwrap();
        return;
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/sequences/{name}.md is not what a run gives; write it anew with STANDING_WRITE_DOCS=1:\n{page}"
    );
}

fn dispute(engine: Engine) -> Story {
    let mut story = Story::begin(engine);
    let decision = story.decision();
    story.days(1);
    let opened = OpenDispute {
        by: Person,
        record: decision,
        field: Some("penalty".to_owned()),
        text: "made-up words".to_owned(),
        files: Vec::new(),
    };
    let id = wait(story.here.registry.open_dispute(story.person, opened)).unwrap();
    story.here.later(1);
    story.look();
    // The authority says nothing.
    story.days(21);
    story.look();
    story.here.later(1);
    let uphold = DisputeAnswer::Uphold;
    wait(
        story
            .here
            .registry
            .answer_dispute(LAW, id, uphold, "made-up reasons".into()),
    )
    .unwrap();
    story.here.later(1);
    wait(
        story
            .here
            .registry
            .add_statement(story.person, Person, id, "made-up statement".into()),
    )
    .unwrap();
    story.days(1);
    story.look();
    story.here.later(1);
    let wish = Reconsider {
        by: Person,
        of: Reconsidered::Dispute(id),
        text: "made-up words".to_owned(),
        files: Vec::new(),
    };
    let again = wait(story.here.registry.open_reconsideration(story.person, wish)).unwrap();
    story.days(2);
    let reviewer = || ReviewerId::new(REVIEWER).unwrap();
    wait(
        story
            .here
            .registry
            .assign_procedure(again, reviewer(), reviewer()),
    )
    .unwrap();
    story.days(3);
    let (order, why) = (Some(Order::Correct), "made-up reasons".to_owned());
    wait(
        story
            .here
            .registry
            .answer_reconsideration(reviewer(), again, order, why),
    )
    .unwrap();
    story.days(1);
    let right = json_lines(&[fine()
        .with("penalty", "警告")
        .with("disclosure_ends_on", "2027-01-31")]);
    let right = CarryOut::Correct(right.trim_end().to_owned());
    wait(story.here.registry.follow_order(LAW, again, right)).unwrap();
    story.days(1);
    story.look();
    story
}

fn restoration(engine: Engine) -> Story {
    let mut story = Story::begin(engine);
    let decision = story.decision();
    story.days(1);
    let application = Apply {
        by: Person,
        decision,
        pledge: Some("made-up pledge".to_owned()),
        duties: Some("made-up duties".to_owned()),
    };
    let id = wait(story.here.registry.apply_restoration(story.person, application)).unwrap();
    // The authority does not say whether it takes it: after three working days that counts as taken.
    story.days(6);
    let grant = RestorationAnswer::Grant("made-up reasons".to_owned());
    wait(story.here.registry.answer_restoration(LAW, id, grant)).unwrap();
    story.days(2);
    let known = story.here.registry.keys().procedure_for_body(id, EDUCATION);
    wait(story.here.registry.confirm_stopped_use(EDUCATION, known)).unwrap();
    story.here.later(1);
    story.look();
    story.here.later(1);
    let licence = story.here.file_of(1).records;
    let licence = licence
        .iter()
        .find(|one| one.kind == RecordKind::Licence)
        .unwrap()
        .record;
    wait(story.here.registry.issue_certificate(story.person, licence, None)).unwrap();
    story
}

testkit::on_both_engines! {
    fn the_sequence_of_a_dispute_is_that_of_a_run(engine: Engine) {
        let about = "A lawyer disputes a fine, of which another authority was told. The law bureau is silent until the \
                     day is over, and the fine is\nnot shown to anybody; then it says that it stands. A reviewer looks \
                     again and has it put right.";
        let arrows = dispute(engine).arrows();
        let done: BTreeSet<&str> = arrows.iter().map(|one| one.says.as_str()).collect();
        for step in ["dispute: open", "dispute: pass-due-day", "reconsideration: follow", "licence in-force"] {
            assert!(done.contains(step), "{step}: {done:?}");
        }
        hold("dispute", &page("One dispute", about, &arrows));
    }

    fn the_sequence_of_a_restoration_is_that_of_a_run(engine: Engine) {
        let about = "A lawyer applies for the restoration of a fine. The law bureau does not say in time whether it \
                     takes the application, which counts as\ntaken; then it grants it. Whoever was given the fine \
                     stops using it, and it shows nowhere any more.";
        let arrows = restoration(engine).arrows();
        let done: BTreeSet<&str> = arrows.iter().map(|one| one.says.as_str()).collect();
        for step in ["restoration: grant", "stop-using", "restoration: complete", "licence in-force"] {
            assert!(done.contains(step), "{step}: {done:?}");
        }
        hold("restoration", &page("One restoration", about, &arrows));
    }
}
