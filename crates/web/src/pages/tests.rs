//! A portal for the tests of the pages: a visitor without a browser, who keeps cookies and fills in forms.

use std::{future::Future, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use model::{
    ConsentId, MandateId, PersonId, ProcedureId, RecordKind, SubmissionId,
    consent::FieldsByKind,
    procedure::{ReviewerId, Speaker},
};
use profile::Text2;
use registry::{
    ConsentAsk, DisputeAnswer, EventKind, InquiryError, InquiryRequest, MandateScope, NewMandate,
    OpenDispute, PersonFile, Under,
};
use testkit::{Engine, Installation, licences_csv, made_up, name_staff};
use tower::ServiceExt as _;

use crate::{Demo, DemoPerson, DemoReviewer, DemoStaff, Letters, WebState, router};

/// What a visitor got.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) location: Option<String>,
    pub(crate) cookie: Option<String>,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) bytes: Vec<u8>,
    pub(crate) body: String,
}

/// A portal and a visitor of it.
#[derive(Clone)]
pub(crate) struct Portal {
    installation: Arc<Installation>,
    router: Router,
    pub(crate) cookie: String,
    language: &'static str,
}

/// What stands on a page between the first `before` and the next `after`.
pub(crate) fn between<'p>(page: &'p str, before: &str, after: &str) -> &'p str {
    let rest = page
        .split(before)
        .nth(1)
        .unwrap_or_else(|| panic!("{before}: {page}"));
    rest.split(after).next().unwrap()
}

/// The first address on a page that ends so.
pub(crate) fn link(page: &str, end: &str) -> String {
    let addresses = page
        .split("href=\"")
        .skip(1)
        .filter_map(|part| part.split('"').next());
    let mut found = addresses.filter(|address| address.ends_with(end));
    found.next().unwrap_or_else(|| panic!("{end}: {page}")).to_owned()
}

/// A decision about the first made-up person's licence, with a disclosure end past what the law allows.
pub(crate) fn decision_csv() -> String {
    let person = made_up(0);
    format!(
        "行政相对人名称,证件类型,证件号码,行政处罚决定书文号,违法行为类型,违法事实,处罚依据,处罚类别,处罚内容,\
         罚款金额(万元),许可编号,处罚决定日期,处罚生效日期,公示截止期,处罚机关,数据来源单位,救济途径告知\r\n\
         {},身份证,{},甘罚〔2026〕00001号,执业违规,虚构示例：记录保存不全,lawyer-discipline,罚款,罚款一万元,1,\
         LAW-00000000,2026-03-01,2026-03-01,2031-03-01,law-bureau,law-bureau,可申请行政复议\r\n",
        person.name, person.number
    )
}

/// The same decision with another category of penalty and no fine.
pub(crate) fn decision_with(penalty: &str) -> String {
    decision_csv().replace("罚款,罚款一万元,1,", &format!("{penalty},{penalty},,"))
}

/// The value of a hidden field in the last form of a page that has it.
pub(crate) fn hidden(page: &str, name: &str) -> String {
    let rest = page.split(&format!("name=\"{name}\" value=\"")).last().unwrap();
    rest.split('"').next().unwrap().to_owned()
}

fn demo_staff(body: &str) -> DemoStaff {
    DemoStaff {
        body: body.to_owned(),
        staff: "clerk-1".to_owned(),
        name: "工作人员".to_owned(),
    }
}

fn name_everybody(registry: &registry::Registry, staff: &[DemoStaff]) {
    for one in staff {
        let new = registry::NewStaff {
            body: one.body.clone(),
            staff: one.staff.clone(),
            name: one.name.clone(),
            own_number: None,
            keys: vec![crate::portal_key(&one.staff)],
            lead: true,
        };
        registry.add_staff(new).unwrap();
    }
    for reviewer in ["reviewer-1", "reviewer-2"] {
        registry.add_reviewer(reviewer, "监督员", None).unwrap();
    }
}

impl Portal {
    /// A demonstration of the `gansu` profile with three lawyers.
    pub(crate) async fn demo() -> Self {
        Self::new(true, testkit::gansu()).await
    }

    /// The same, but no demonstration.
    pub(crate) async fn plain() -> Self {
        Self::new(false, testkit::gansu()).await
    }

    /// A demonstration of this profile.
    pub(crate) async fn of(profile: profile::Profile) -> Self {
        Self::new(true, profile).await
    }

    /// A demonstration in which a law lets the notice of a look for a renewal wait, for ten days at most.
    pub(crate) async fn with_waits() -> Self {
        let mut profile = testkit::gansu();
        let purpose = profile.purposes.get_mut("licensing-renewal").unwrap();
        purpose.delay = Some(profile::ByDay::always(profile::Delay {
            days: 10,
            basis: "lawyer-licensing".to_owned(),
        }));
        Self::new(true, profile).await
    }

    async fn new(is_demo: bool, profile: profile::Profile) -> Self {
        let installation = tokio::task::spawn_blocking(|| {
            let installation = Installation::with(Engine::Sqlite, profile);
            installation
                .submit(
                    "law-bureau",
                    RecordKind::Licence,
                    "licences.csv",
                    licences_csv(0, 3),
                )
                .expect("licences");
            installation
        });
        let installation = Arc::new(installation.await.unwrap());
        let mut people = Vec::new();
        for n in 0..3 {
            let one = made_up(n);
            let person = installation
                .registry
                .find_person(&one.number, &one.name)
                .await
                .unwrap();
            let about = Text2 {
                zh: "律师".into(),
                en: "a lawyer".into(),
            };
            people.push(DemoPerson {
                person: person.unwrap(),
                name: one.name,
                about,
            });
        }
        let bodies = [
            "law-bureau",
            "health-commission",
            "example-hospital",
            "lawyers-association",
        ];
        let (registry, staff) = (installation.registry.clone(), bodies.map(demo_staff).to_vec());
        let everybody = staff.clone();
        tokio::task::spawn_blocking(move || name_everybody(&registry, &everybody))
            .await
            .unwrap();
        let reviewers = ["reviewer-1", "reviewer-2"].map(|id| DemoReviewer {
            reviewer: ReviewerId::new(id).unwrap(),
            name: "监督员".to_owned(),
        });
        // A colleague at the law bureau whom nobody has added yet.
        let second = DemoStaff {
            staff: "clerk-2".to_owned(),
            ..demo_staff("law-bureau")
        };
        let demo = is_demo.then_some(Demo {
            people,
            staff: staff.into_iter().chain([second]).collect(),
            reviewers: reviewers.to_vec(),
        });
        let state = WebState::new(installation.registry.clone(), demo);
        let router = router(state.with_letters(Letters::Printed));
        Self {
            installation,
            router,
            cookie: String::new(),
            language: "en",
        }
    }

    /// The same demonstration where no mail is sent.
    pub(crate) fn without_letters(&self) -> Self {
        let people = (0..3).map(|n| {
            let one = made_up(n);
            let number = self.profile().identity.check(&one.number).expect("a number");
            DemoPerson {
                person: self.installation.registry.keys().person(&number.canonical),
                name: one.name,
                about: Text2 {
                    zh: "律师".into(),
                    en: "a lawyer".into(),
                },
            }
        });
        let demo = Demo {
            people: people.collect(),
            staff: Vec::new(),
            reviewers: Vec::new(),
        };
        let state = WebState::new(self.installation.registry.clone(), Some(demo));
        Self {
            router: router(state),
            ..self.clone()
        }
    }

    /// The code in the letter that waits to be sent.
    pub(crate) async fn code_in_the_letter(&self) -> String {
        let lease = self
            .installation
            .registry
            .lease_mail(1)
            .await
            .unwrap()
            .pop()
            .unwrap();
        match lease.letter {
            registry::MailLetter::Code(code) => code,
            registry::MailLetter::Notice => panic!("a letter with a code comes first"),
        }
    }

    pub(crate) fn in_chinese(&self) -> Self {
        Self {
            language: "zh-CN",
            ..self.clone()
        }
    }

    pub(crate) fn with_cookie(&self, cookie: &str) -> Self {
        Self {
            cookie: cookie.split(';').next().unwrap_or_default().to_owned(),
            ..self.clone()
        }
    }

    pub(crate) async fn as_person(&self) -> Self {
        self.as_person_number(0).await
    }

    pub(crate) async fn as_person_number(&self, n: usize) -> Self {
        self.sign_in(format!("person-{n}")).await
    }

    pub(crate) async fn as_clerk(&self) -> Self {
        self.as_clerk_number(0).await
    }

    pub(crate) async fn as_clerk_number(&self, n: usize) -> Self {
        self.sign_in(format!("clerk-{n}")).await
    }

    /// As the colleague of the law bureau's clerk, who is not on its staff before the clerk adds them.
    pub(crate) async fn as_second_clerk(&self) -> Self {
        self.as_clerk_number(4).await
    }

    pub(crate) async fn as_hospital(&self) -> Self {
        self.as_clerk_number(2).await
    }

    pub(crate) async fn as_reviewer(&self, n: usize) -> Self {
        self.sign_in(format!("reviewer-{n}")).await
    }

    pub(crate) fn registry(&self) -> &registry::Registry {
        &self.installation.registry
    }

    /// The `n`th made-up person's pseudonym.
    pub(crate) async fn person(&self, n: u32) -> PersonId {
        let one = made_up(n);
        let found = self.registry().find_person(&one.number, &one.name).await.unwrap();
        found.unwrap()
    }

    async fn sign_in(&self, who: String) -> Self {
        let page = self.with_cookie("").get("/sign-in").await;
        let visitor = self.with_cookie(&page.cookie.expect("a session"));
        let answer = visitor.post("/sign-in", &[("as", &who)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        visitor.with_cookie(&answer.cookie.expect("a session"))
    }

    /// The token of this visitor's session, as a form has it.
    pub(crate) fn token(&self) -> String {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        let Some((_, value)) = self.cookie.split_once('=') else {
            return String::new();
        };
        let body = URL_SAFE_NO_PAD
            .decode(value.split('.').next().unwrap_or_default())
            .unwrap();
        let session: serde_json::Value = serde_json::from_slice(&body).unwrap();
        session["token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path).body(Body::empty()).unwrap())
            .await
    }

    /// Sends a form with the session's token.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token();
        let fields: Vec<_> = [("token", token.as_str())]
            .into_iter()
            .chain(fields.iter().copied())
            .collect();
        self.post_raw(path, &fields).await
    }

    /// Sends a form as it is.
    pub(crate) async fn post_raw(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<_> = fields
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = self
            .request("POST", path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body.join("&"))).unwrap()).await
    }

    /// Sends a form with files; the field `file` is one, called `file.csv`.
    pub(crate) async fn upload(&self, path: &str, fields: &[(&str, &[u8])]) -> Answer {
        let mut body = Vec::new();
        for (name, content) in fields {
            let file = if ["file", "files"].contains(name) && !content.is_empty() {
                "; filename=\"file.csv\""
            } else {
                ""
            };
            body.extend_from_slice(
                format!("--border\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n")
                    .as_bytes(),
            );
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--border--\r\n");
        let request = self
            .request("POST", path)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=border");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, &self.cookie)
            .header(header::ACCEPT_LANGUAGE, self.language)
    }

    fn send(&self, request: Request<Body>) -> impl Future<Output = Answer> {
        let router = self.router.clone();
        async move {
            let response = router.oneshot(request).await.unwrap();
            let (status, headers) = (response.status(), response.headers().clone());
            let text = |name| {
                headers
                    .get(name)
                    .map(|value: &axum::http::HeaderValue| value.to_str().unwrap().to_owned())
            };
            let (location, cookie) = (text(header::LOCATION), text(header::SET_COOKIE));
            let bytes = axum::body::to_bytes(response.into_body(), usize::MAX)
                .await
                .unwrap()
                .to_vec();
            let body = String::from_utf8_lossy(&bytes).into_owned();
            Answer {
                status,
                location,
                cookie,
                headers,
                bytes,
                body,
            }
        }
    }

    pub(crate) fn submit(&self, authority: &str, kind: RecordKind, name: &str, csv: &str) -> SubmissionId {
        let (installation, csv) = (self.installation.clone(), csv.to_owned());
        let (authority, name) = (authority.to_owned(), name.to_owned());
        // The registry's blocking calls may not run on a thread of the runtime.
        std::thread::spawn(move || {
            installation
                .submit(&authority, kind, &name, csv)
                .expect("a file")
                .submission
        })
        .join()
        .unwrap()
    }

    /// Moves the clock so many hours on.
    pub(crate) fn later(&self, hours: i64) {
        self.installation.later(hours);
    }

    /// Moves the clock to this moment and does what is due then. Sessions from before are over.
    pub(crate) async fn when_due(&self, moment: &'static str) {
        let installation = self.installation.clone();
        let due = tokio::task::spawn_blocking(move || {
            installation.at(moment);
            installation.registry.do_what_is_due().expect("what is due");
        });
        due.await.unwrap();
    }

    /// Asks for a certificate for the visitor's licence and gives its address.
    pub(crate) async fn certificate(&self) -> String {
        let page = self.get("/certificates").await.body;
        let form = page.split("name=\"licence\"").nth(1).expect("a licence");
        let licence = form.split("value=\"").nth(1).unwrap().split('"').next().unwrap();
        let answer = self.post("/certificates", &[("licence", licence)]).await;
        answer.location.expect("a certificate")
    }

    /// All that is held about the first person.
    pub(crate) async fn file(&self) -> PersonFile {
        let (registry, one) = (&self.installation.registry, made_up(0));
        let person = registry.find_person(&one.number, &one.name).await.unwrap();
        registry
            .person_file(person.unwrap(), EventKind::Download)
            .await
            .unwrap()
    }

    /// The hospital's wish to look at the first person until the end of the year, twice.
    pub(crate) async fn ask_consent(&self) -> ConsentId {
        self.with_staff("example-hospital").await;
        let person = made_up(0);
        let fields = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let ask = ConsentAsk {
            body: "example-hospital".to_owned(),
            asker: "clerk".to_owned(),
            purpose: "employment-check".to_owned(),
            profession: "lawyer".to_owned(),
            fields: FieldsByKind::from([
                (RecordKind::Licence, fields(&["name", "licence_number", "scope"])),
                (RecordKind::Decision, fields(&["penalty"])),
            ]),
            from: None,
            until: Some("2026-12-31".parse().unwrap()),
            looks: Some(2),
            keep_answer_days: 30,
            id_number: person.number,
            name: person.name,
            nonce: None,
        };
        self.installation.registry.ask_consent(ask).await.unwrap()
    }

    /// What a look of the hospital at the first person by this consent comes to.
    pub(crate) async fn look_by_consent(&self, consent: ConsentId) -> &'static str {
        let person = made_up(0);
        let request = InquiryRequest {
            authority: "example-hospital".to_owned(),
            asker: "clerk".to_owned(),
            purpose: "employment-check".to_owned(),
            profession: "lawyer".to_owned(),
            under: Under::Consent(consent),
            id_number: person.number,
            name: person.name,
            nonce: None,
        };
        match self.installation.registry.inquire(request).await {
            Ok(_) => "answered",
            Err(InquiryError::Refused(refusal)) => refusal.code(),
            Err(other) => panic!("{other}"),
        }
    }

    /// Names a clerk of this body.
    async fn with_staff(&self, body: &'static str) {
        let installation = self.installation.clone();
        let named = tokio::task::spawn_blocking(move || name_staff(&installation.registry, body, "clerk"));
        named.await.unwrap();
    }

    /// A mandate of the first person for the second, until 1 December 2026.
    pub(crate) async fn mandate(&self, scope: &[MandateScope]) -> MandateId {
        let registry = &self.installation.registry;
        let mut people = Vec::new();
        for n in 0..2 {
            let one = made_up(n);
            people.push(
                registry
                    .find_person(&one.number, &one.name)
                    .await
                    .unwrap()
                    .unwrap(),
            );
        }
        let new = NewMandate {
            person: people[0],
            representative: people[1],
            scope: scope.iter().copied().collect(),
            from: "2026-11-23".parse().unwrap(),
            until: "2026-12-01".parse().unwrap(),
            registered_by: registry::SELF.to_owned(),
        };
        registry.register_mandate(new).await.unwrap()
    }

    /// The first person disputes their licence.
    pub(crate) async fn dispute(&self) -> ProcedureId {
        let (registry, one) = (&self.installation.registry, made_up(0));
        let person = registry
            .find_person(&one.number, &one.name)
            .await
            .unwrap()
            .unwrap();
        let dispute = OpenDispute {
            by: Speaker::Person,
            record: self.file().await.records[0].record,
            field: None,
            text: "made-up dispute".to_owned(),
            files: Vec::new(),
        };
        registry.open_dispute(person, dispute).await.unwrap()
    }

    /// The law bureau says that the record stands.
    pub(crate) async fn uphold(&self, procedure: ProcedureId) {
        let registry = &self.installation.registry;
        let reasons = "made-up reasons".to_owned();
        let answered = registry.answer_dispute("law-bureau", procedure, DisputeAnswer::Uphold, reasons);
        answered.await.unwrap();
    }

    pub(crate) fn profile(&self) -> &profile::Profile {
        self.installation.registry.profile()
    }

    /// A look by the law bureau at the first person.
    pub(crate) async fn look(&self) {
        let person = made_up(0);
        let request = InquiryRequest {
            authority: "law-bureau".into(),
            asker: "clerk".into(),
            purpose: "licensing-renewal".into(),
            profession: "lawyer".into(),
            id_number: person.number,
            name: person.name,
            under: testkit::under_law(),
            nonce: None,
        };
        testkit::name_staff(&self.installation.registry, "law-bureau", "clerk");
        self.installation.registry.inquire(request).await.unwrap();
    }

    /// The hospital asks the first person for consent, through its page, and the person grants it.
    pub(crate) async fn consent(&self) -> ConsentId {
        let hospital = self.as_hospital().await;
        let form = hospital.get("/ask/employment-check").await.body;
        let one = made_up(0);
        let fields = [
            ("once", hidden(&form, "once")),
            ("profession", "lawyer".to_owned()),
            ("fields", "licence.name".to_owned()),
            ("fields", "licence.licence_number".to_owned()),
            ("fields", "decision.penalty".to_owned()),
            ("until", "2026-12-31".to_owned()),
            ("looks", "2".to_owned()),
            ("keep", "30".to_owned()),
            ("id_number", one.number),
            ("name", one.name),
        ];
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let asked = hospital.post("/ask/employment-check", &fields).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
        let (person, registry) = (self.person(0).await, self.registry());
        let view = registry.consents_of(person).await.unwrap().swap_remove(0);
        let answer = model::consent::ConsentAnswer::Granted(view.asked);
        let by = model::procedure::Speaker::Person;
        registry
            .decide_consent(person, view.consent, answer, by)
            .await
            .unwrap();
        view.consent
    }

    /// Has a member of a body's staff look so often that their account is stopped.
    pub(crate) async fn stop_member(&self, body: &str, staff: &str) {
        let oversight = self.profile().oversight.on(self.registry().today());
        let refusals = oversight.refusals_before_staff_stopped;
        let most = oversight.staff_ceiling_per_day;
        // A purpose has a lower ceiling than a day.
        let renewals = self.profile().purposes["licensing-renewal"]
            .daily_ceiling
            .on(self.registry().today())
            .number;
        for n in 0..most + refusals {
            let person = made_up(0);
            let purpose = if n < renewals {
                "licensing-renewal"
            } else {
                "cross-region-check"
            };
            let request = InquiryRequest {
                authority: body.to_owned(),
                asker: crate::portal_key(staff),
                purpose: purpose.to_owned(),
                profession: "lawyer".to_owned(),
                id_number: person.number,
                name: person.name,
                under: testkit::under_law(),
                nonce: None,
            };
            let looked = self.registry().inquire(request).await;
            assert_eq!(looked.is_ok(), n < most, "look {n}");
        }
    }

    /// A look of the hospital at the first person, by their consent, through its page.
    pub(crate) async fn look_of_the_hospital(&self) -> Answer {
        let path = format!("/look/consent/{}", self.consent().await);
        let hospital = self.as_hospital().await;
        let (once, one) = (hidden(&hospital.get(&path).await.body, "once"), made_up(0));
        let fields = [
            ("once", once.as_str()),
            ("id_number", one.number.as_str()),
            ("name", one.name.as_str()),
        ];
        hospital.post(&path, &fields).await
    }

    pub(crate) fn bureau_and_purpose(&self) -> (String, String) {
        let profile = self.installation.registry.profile();
        (
            profile.authorities["law-bureau"].name.en.clone(),
            profile.purposes["licensing-renewal"].name.en.clone(),
        )
    }
}

#[tokio::test]
async fn every_page_keeps_to_itself() {
    let portal = Portal::demo().await.as_person().await;
    for path in ["/", "/records", "/verify", "/nothing-here"] {
        let answer = portal.get(path).await;
        let header = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
        assert!(
            header("content-security-policy").starts_with("default-src 'none'"),
            "{path}"
        );
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        for inline in ["<script", " style=", " onclick=", "javascript:"] {
            assert!(!answer.body.contains(inline), "{path}: {inline}");
        }
    }
    let home = portal.get("/").await.body;
    let styles = home
        .split("href=\"/assets/")
        .find(|part| part.starts_with("standing"))
        .unwrap();
    let styles = portal
        .get(&format!("/assets/{}", styles.split('"').next().unwrap()))
        .await;
    assert_eq!(styles.status, StatusCode::OK);
    assert!(
        styles.headers["cache-control"]
            .to_str()
            .unwrap()
            .contains("immutable")
    );
}

#[tokio::test]
async fn every_form_that_changes_something_carries_the_token() {
    let portal = Portal::demo().await;
    let (person, clerk) = (portal.as_person().await, portal.as_clerk().await);
    let association = portal.as_clerk_number(3).await;
    let certificate = person.certificate().await;
    let (consent, dispute) = (portal.ask_consent().await, portal.dispute().await);
    portal.mandate(&MandateScope::ALL).await;
    let lawyer = portal.as_person_number(1).await;
    let (hospital, reviewer) = (portal.as_hospital().await, portal.as_reviewer(0).await);
    let pages = [
        (&clerk, format!("/desk/procedures/{dispute}")),
        (&clerk, format!("/desk/procedures/{dispute}/correct")),
        (&clerk, "/desk/inbox".to_owned()),
        (&clerk, "/desk/staff".to_owned()),
        (&clerk, "/look/law/licensing-renewal".to_owned()),
        (&hospital, "/ask/employment-check".to_owned()),
        (&reviewer, "/review/reentry".to_owned()),
        (&reviewer, "/review/court".to_owned()),
        (&person, "/sign-in".to_owned()),
        (&person, "/certificates".to_owned()),
        (&person, "/good-record".to_owned()),
        (&person, format!("{certificate}/revoke")),
        (&person, "/inbox".to_owned()),
        (&lawyer, "/mandates".to_owned()),
        (&person, format!("/consents/{consent}")),
        (&person, format!("/consents/{consent}/refuse")),
        (&person, "/procedures/complaint".to_owned()),
        (&person, format!("/procedures/{dispute}/take-back")),
        (&clerk, "/desk".to_owned()),
        (&association, "/proposals".to_owned()),
    ];
    for (visitor, path) in pages {
        let page = visitor.get(&path).await.body;
        let token = format!(
            "<input type=\"hidden\" name=\"token\" value=\"{}\">",
            visitor.token()
        );
        let forms: Vec<_> = page.split("<form ").skip(1).collect();
        assert!(forms.len() > 1, "{path}");
        for form in forms {
            assert!(form.contains(&token), "{path}: {form}");
        }
    }
}

#[tokio::test]
async fn an_error_has_a_page_in_the_visitors_language() {
    let portal = Portal::demo().await;
    let missing = portal.get("/nothing-here").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert!(missing.body.contains("There is no such page"));
    let missing = portal.in_chinese().get("/certificates/zz").await;
    assert_eq!(missing.location.as_deref(), Some("/sign-in"));
    let missing = portal
        .as_person()
        .await
        .in_chinese()
        .get("/certificates/zz")
        .await;
    assert!(missing.body.contains("没有这个页面"));
    let method = portal.post_raw("/log", &[]).await;
    assert_eq!(method.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(method.body.contains("This is not done here"));
}

#[tokio::test]
async fn limit_6_nothing_about_a_person_stands_in_an_address() {
    let portal = Portal::demo().await.as_person().await;
    let certificate = portal.certificate().await;
    let person = made_up(0);
    portal.look().await;
    portal.ask_consent().await;
    portal.dispute().await;
    portal.mandate(&MandateScope::ALL).await;
    let paths = [
        "/records",
        "/looks",
        "/certificates",
        "/inbox",
        "/consents",
        "/procedures",
        "/mandates",
    ];
    for path in paths.into_iter().chain([certificate.as_str()]) {
        let page = portal.get(path).await.body;
        for address in page.split("href=\"").chain(page.split("action=\"")).skip(1) {
            let address = address.split('"').next().unwrap();
            for personal in [person.number.as_str(), person.name.as_str(), "LAW-"] {
                assert!(!address.contains(personal), "{path}: {address}");
            }
        }
    }
}

#[tokio::test]
async fn the_language_follows_the_choice_and_the_link_comes_back() {
    let portal = Portal::demo().await;
    let chosen = portal.get("/language/zh?to=%2Fverify").await;
    assert_eq!(chosen.location.as_deref(), Some("/verify"));
    let page = portal
        .with_cookie(&chosen.cookie.unwrap())
        .get("/verify")
        .await
        .body;
    assert!(page.contains("核验证明"));
    assert!(page.contains("href=\"/language/en?to=/verify\""));
    assert_eq!(portal.get("/language/xx").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn another_jurisdiction_has_its_own_name_language_and_hour() {
    let installation = tokio::task::spawn_blocking(|| Installation::new(Engine::Sqlite, "northshire"));
    let installation = installation.await.unwrap();
    let profile = installation.registry.profile();
    let router = router(WebState::new(installation.registry.clone(), None));
    let request = Request::builder().uri("/").body(Body::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX)
        .await
        .unwrap();
    let page = String::from_utf8(bytes.to_vec()).unwrap();
    assert!(page.contains("lang=\"en\""));
    assert!(page.contains(&profile.name.en));
    assert!(page.contains(&format!("UTC{:+}", profile.utc_offset_hours)));
    assert!(!page.contains("Gansu") && !page.contains("甘肃"));
}
