//! What the holder may have a certificate show besides: years of training and pledges. Nothing is ticked beforehand.

use profile::{Language, Profile};
use registry::{Chosen, PersonFile, TrainingYear};

use crate::form::Form;

/// A pledge that may be shown.
pub(super) struct PledgeChoice {
    pub(super) id: String,
    pub(super) text: String,
}

/// What there is to choose for a licence in one profession.
pub(super) struct Choices {
    pub(super) training: Vec<TrainingYear>,
    pub(super) pledges: Vec<PledgeChoice>,
}

impl Choices {
    pub(super) fn new(profile: &Profile, file: &PersonFile, profession: &str, language: Language) -> Self {
        let pledges = file.good_record.pledges.iter();
        let of_profession = pledges.filter(|one| one.profession == profession);
        Self {
            training: file.training_years(profile, profession),
            pledges: of_profession
                .filter_map(|one| {
                    Some(PledgeChoice {
                        id: one.pledge.to_string(),
                        text: profile.pledges.get(&one.word)?.text.get(language).to_owned(),
                    })
                })
                .collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.training.is_empty() && self.pledges.is_empty()
    }
}

/// What a form says was chosen. What is no year and no pledge was not on the page.
pub(super) fn chosen(form: &Form) -> Chosen {
    Chosen {
        training: form
            .all("training")
            .filter_map(|year| year.parse().ok())
            .collect(),
        pledges: form.all("pledge").filter_map(|id| id.parse().ok()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write as _,
        process::{Command, Stdio},
    };

    use axum::http::StatusCode;
    use model::RecordKind;

    use crate::pages::tests::Portal;

    /// A portal whose first person has training and a pledge.
    async fn trained() -> Portal {
        let portal = Portal::demo().await;
        let rows = [
            testkit::SourceRow::training(0, "一", 24, "2025-06-20"),
            testkit::SourceRow::training(0, "二", 6, "2026-06-20"),
        ];
        let rows = testkit::json_lines(&rows);
        portal.submit("law-bureau", RecordKind::Training, "t.jsonl", &rows);
        let person = portal.as_person().await;
        let fields = [("pledge", "lawyer/lawful-practice")];
        let made = person.post("/good-record/pledges", &fields).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
        person
    }

    fn value(page: &str, name: &str) -> String {
        let part = page.split(&format!("name=\"{name}\"")).nth(1).unwrap();
        part.split("value=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned()
    }

    #[tokio::test]
    async fn nothing_is_ticked_and_what_is_ticked_shows_on_the_certificate_and_its_pdf() {
        let person = trained().await;
        let page = person.get("/certificates").await.body;
        assert!(page.contains("Training in 2025: 24 hours"), "{page}");
        assert!(!page.contains(" checked"), "{page}");
        let (licence, pledge) = (value(&page, "licence"), value(&page, "pledge"));
        let plain = person.get(&person.certificate().await).await.body;
        assert!(
            !plain.contains("24 hours") && !plain.contains("I pledge"),
            "{plain}"
        );
        let fields = [
            ("licence", licence.as_str()),
            ("training", "2025"),
            ("pledge", pledge.as_str()),
        ];
        let address = person.post("/certificates", &fields).await.location.unwrap();
        let shown = person.get(&address).await.body;
        assert!(
            shown.contains("Training in 2025") && shown.contains("24 hours"),
            "{shown}"
        );
        assert!(!shown.contains("Training in 2026"), "{shown}");
        assert!(shown.contains("I pledge to practise lawfully"), "{shown}");
        let chinese = person.in_chinese().get(&address).await.body;
        assert!(
            chinese.contains("我承诺依法执业") && chinese.contains("24 学时"),
            "{chinese}"
        );
        let some = person
            .get(&format!("{address}?chosen=1&show=training_hours_2025"))
            .await
            .body;
        assert!(some.contains("24 hours"), "{some}");
        let pdf = person.get(&format!("{address}/certificate.pdf")).await;
        assert_eq!(pdf.status, StatusCode::OK);
        let text = paper::read_back(&pdf.bytes).unwrap().compact;
        let all = sd_jwt::disclosable_claims(&text).unwrap();
        assert!(
            all.iter()
                .any(|one| one.pointer == "/training_hours_2025" && one.value == 24)
        );
        assert!(all.iter().any(|one| one.pointer == "/pledge_lawful-practice"));
    }

    #[tokio::test]
    async fn the_green_channel_speaks_only_of_what_is_held_here_on_pages_and_paper() {
        let person = Portal::demo().await.as_person().await;
        let chinese = person.in_chinese();
        let address = person.certificate().await;
        let said = [
            (
                &person,
                "as far as is held here, at least 3 whole years without a decision",
            ),
            (&chinese, "按本系统现有记录，本职业至少 3 个整年没有处罚决定"),
        ];
        for (visitor, words) in said {
            let page = visitor.get(&address).await.body;
            assert!(page.contains(words), "{page}");
        }
        let pdf = person.get(&format!("{address}/certificate.pdf")).await.bytes;
        let compact = paper::read_back(&pdf).unwrap().compact;
        for (visitor, words) in [
            (
                &person,
                "Green channel: as far as is held here, there is no decision",
            ),
            (
                &chinese,
                "绿色通道：按本系统现有记录，本职业至少 3 个整年没有处罚决定",
            ),
        ] {
            let page = visitor
                .upload("/verify", &[("text", compact.as_bytes())])
                .await
                .body;
            assert!(page.contains(words), "{page}");
        }
        let printed: String = printed(&pdf).split_whitespace().collect();
        for (_, words) in said {
            let words: String = words.split_whitespace().collect();
            assert!(printed.contains(&words), "{printed}");
        }
    }

    /// The text that a PDF prints.
    fn printed(pdf: &[u8]) -> String {
        let mut child = Command::new("pdftotext")
            .args(["-raw", "-", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("pdftotext, of poppler-utils");
        child.stdin.take().unwrap().write_all(pdf).unwrap();
        String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
    }

    #[tokio::test]
    async fn what_is_no_longer_there_is_said_and_nothing_is_issued() {
        let person = trained().await;
        let page = person.get("/certificates").await.body;
        let licence = value(&page, "licence");
        let fields = [("licence", licence.as_str()), ("training", "1999")];
        let refused = person.post("/certificates", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("no longer there"), "{}", refused.body);
    }
}
