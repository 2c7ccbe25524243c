//! What every page has: its language and words, the navigation, the token for its forms.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use jiff::{Timestamp, civil::Date};
use profile::{Language, Text2};

use crate::{
    acting::{self, Personal},
    fault::Fault,
    language, time,
    words::{AsKey, Key, Said, say},
};

/// The part of the site that a page stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    None,
    SignIn,
    Records,
    Looks,
    Certificates,
    Inbox,
    Consents,
    Procedures,
    Mandates,
    GoodRecord,
    Verify,
    Commendations,
    Desk,
    Proposals,
    Log,
    DeskProcedures,
    Alerts,
    Ask,
    Look,
    MyLooks,
    MyRequests,
    DeskInbox,
    DeskStaff,
    Review,
    ReviewProcedures,
    Overdue,
    Members,
    ReviewInbox,
    Oversight,
}

impl Section {
    /// Whether the page is one of those on which an authority looks at people's records.
    const fn is_inquiry(self) -> bool {
        matches!(self, Self::Ask | Self::Look | Self::MyLooks | Self::MyRequests)
    }
}

/// One place in the navigation.
pub(crate) struct Place {
    pub(crate) path: &'static str,
    pub(crate) word: Key,
    pub(crate) current: bool,
    /// How many new things are there.
    pub(crate) new: u64,
}

impl Place {
    fn new(path: &'static str, word: Key, current: bool) -> Self {
        Self {
            path,
            word,
            current,
            new: 0,
        }
    }
}

/// Who is signed in, as the pages greet them.
#[derive(Debug, Clone)]
pub(crate) enum Greeted {
    Nobody,
    Person(String),
    /// A member of an authority's staff.
    Clerk(String),
    /// A member of an inquirer's staff.
    Inquirer(String),
    /// A member of an association's staff.
    Association(String),
    Reviewer(String),
}

/// What every page has.
pub(crate) struct Page {
    pub(crate) language: Language,
    pub(crate) section: Section,
    pub(crate) greeted: Greeted,
    pub(crate) demo: bool,
    pub(crate) region: String,
    pub(crate) offset_hours: i8,
    /// The path and query of this page, to come back to.
    pub(crate) path: String,
    /// The token for its forms; empty where the visitor has no session.
    pub(crate) token: String,
    /// What every page of a signed-in person shows.
    pub(crate) personal: Personal,
    pub(crate) styles: String,
    pub(crate) icon: String,
}

impl Page {
    /// The text with this key.
    pub(crate) fn say(&self, key: impl AsKey) -> Said {
        say(self.language, key)
    }

    /// Who is signed in, in words.
    pub(crate) fn visitor(&self) -> Option<Said> {
        let (words, name) = match &self.greeted {
            Greeted::Nobody => return None,
            Greeted::Reviewer(name) => (Key("visitor-reviewer"), name),
            Greeted::Person(name)
            | Greeted::Clerk(name)
            | Greeted::Inquirer(name)
            | Greeted::Association(name) => (Key("visitor-person"), name),
        };
        Some(self.say(words).with("name", name.clone()))
    }

    /// The one of two texts that is in this language.
    pub(crate) fn text<'a>(&self, text: &'a Text2) -> &'a str {
        text.get(self.language)
    }

    /// A day in words.
    pub(crate) fn day(&self, date: &Date) -> String {
        time::day(self.language, *date)
    }

    /// A moment in words.
    pub(crate) fn moment(&self, at: &Timestamp) -> String {
        time::moment(self.language, *at, self.offset_hours)
    }

    pub(crate) fn tag(&self) -> &'static str {
        language::tag(self.language)
    }

    pub(crate) fn offset(&self) -> String {
        format!("UTC{:+}", self.offset_hours)
    }

    pub(crate) fn in_chinese(&self) -> bool {
        self.language == Language::Zh
    }

    pub(crate) fn other_language_path(&self) -> String {
        let other = if self.in_chinese() {
            Language::En
        } else {
            Language::Zh
        };
        let mut to = String::with_capacity(self.path.len());
        for byte in self.path.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => to.push(byte.into()),
                _ => to.push_str(&format!("%{byte:02X}")),
            }
        }
        format!("/language/{}?to={to}", other.code())
    }

    pub(crate) fn places(&self) -> Vec<Place> {
        let place = |path, word, section| Place::new(path, Key(word), self.section == section);
        let mut places = match self.greeted {
            // Checking and the log stand in the footer: a person has seven places at most.
            Greeted::Person(_) => return acting::places(self),
            Greeted::Clerk(_) => return self.office_places(true),
            Greeted::Inquirer(_) => return self.office_places(false),
            Greeted::Association(_) => vec![
                place("/proposals", Key("nav-proposals").0, Section::Proposals),
                place("/desk/staff", Key("nav-desk-staff").0, Section::DeskStaff),
            ],
            Greeted::Reviewer(_) => return self.review_places(),
            Greeted::Nobody => Vec::new(),
        };
        places.push(place("/verify", Key("nav-verify").0, Section::Verify));
        places.push(place(
            "/commendations",
            Key("nav-commendations").0,
            Section::Commendations,
        ));
        places.push(place("/log", Key("nav-log").0, Section::Log));
        places
    }
}

impl Page {
    /// The places of who works for a body. An authority's four pages of inquiry stand behind one place, so that
    /// there are no more than seven; each of them has a way to the others.
    fn office_places(&self, authority: bool) -> Vec<Place> {
        let place = Place::new;
        let at = |section| self.section == section;
        let mut places = Vec::new();
        if authority {
            places.push(place("/desk", Key("nav-desk"), at(Section::Desk)));
            let procedures = at(Section::DeskProcedures);
            places.push(place("/desk/procedures", Key("nav-desk-procedures"), procedures));
            places.push(place("/desk/alerts", Key("nav-alerts"), at(Section::Alerts)));
            places.push(place("/look", Key("nav-inquiry"), self.section.is_inquiry()));
        } else {
            places.push(place("/ask", Key("nav-ask"), at(Section::Ask)));
            places.push(place("/look", Key("nav-look"), at(Section::Look)));
            places.push(place(
                "/my-requests",
                Key("nav-my-requests"),
                at(Section::MyRequests),
            ));
            places.push(place("/my-looks", Key("nav-my-looks"), at(Section::MyLooks)));
        }
        places.push(place(
            "/desk/inbox",
            Key("nav-desk-inbox"),
            at(Section::DeskInbox),
        ));
        places.push(place(
            "/desk/staff",
            Key("nav-desk-staff"),
            at(Section::DeskStaff),
        ));
        places.push(place("/verify", Key("nav-verify"), at(Section::Verify)));
        places
    }

    /// The places of a reviewer. The log has its place at the foot of every page.
    fn review_places(&self) -> Vec<Place> {
        let place = |path, word, section| Place::new(path, word, self.section == section);
        vec![
            place("/review", Key("nav-review"), Section::Review),
            place(
                "/review/procedures",
                Key("nav-desk-procedures"),
                Section::ReviewProcedures,
            ),
            place("/review/overdue", Key("nav-overdue"), Section::Overdue),
            place("/review/members", Key("nav-members"), Section::Members),
            place("/review/inbox", Key("nav-desk-inbox"), Section::ReviewInbox),
            place("/verify", Key("nav-verify"), Section::Verify),
        ]
    }

    /// The pages of inquiry, for whoever works for an authority.
    pub(crate) fn inquiry_places(&self) -> Vec<Place> {
        if !matches!(self.greeted, Greeted::Clerk(_)) {
            return Vec::new();
        }
        let place = |path, word, section| Place::new(path, word, self.section == section);
        vec![
            place("/look", Key("nav-look"), Section::Look),
            place("/ask", Key("nav-ask"), Section::Ask),
            place("/my-requests", Key("nav-my-requests"), Section::MyRequests),
            place("/my-looks", Key("nav-my-looks"), Section::MyLooks),
        ]
    }
}

/// A long list in pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pages {
    base: &'static str,
    pub(crate) current: usize,
    pub(crate) last: usize,
    each: usize,
}

impl Pages {
    /// Page `asked_for`, from 1, of a list of `length`; the nearest one where there is no such page.
    /// `base` with the number behind it is a page's address.
    pub(crate) fn new(base: &'static str, asked_for: usize, length: usize, each: usize) -> Self {
        let last = length.div_ceil(each).max(1);
        Self {
            base,
            current: asked_for.clamp(1, last),
            last,
            each,
        }
    }

    /// How many entries stand before this page.
    pub(crate) fn skipped(&self) -> usize {
        (self.current - 1) * self.each
    }

    fn address(&self, number: usize) -> String {
        format!("{}{number}", self.base)
    }

    /// The address of the page before, if there is one.
    pub(crate) fn previous(&self) -> Option<String> {
        (self.current > 1).then(|| self.address(self.current - 1))
    }

    /// The address of the page after, if there is one.
    pub(crate) fn next(&self) -> Option<String> {
        (self.current < self.last).then(|| self.address(self.current + 1))
    }
}

/// The page as a response.
pub(crate) fn html(page: &impl Template) -> Result<Response, Fault> {
    match page.render() {
        Ok(text) => Ok(Html(text).into_response()),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            Err(Fault::Internal)
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A page in `language` for somebody.
    pub(crate) fn page(language: Language, greeted: Greeted) -> Page {
        Page {
            language,
            section: Section::None,
            greeted,
            demo: true,
            region: "Northshire".into(),
            offset_hours: 8,
            path: "/records?page=2".into(),
            token: "token".into(),
            personal: Personal::default(),
            styles: "/assets/standing.css".into(),
            icon: "/assets/icon.svg".into(),
        }
    }

    #[test]
    fn a_long_list_has_pages_and_a_page_that_is_not_there_is_the_nearest() {
        let pages = Pages::new("/looks?page=", 9, 101, 50);
        assert_eq!((pages.current, pages.last, pages.skipped()), (3, 3, 100));
        assert_eq!(
            (pages.previous().as_deref(), pages.next()),
            (Some("/looks?page=2"), None)
        );
        let empty = Pages::new("", 0, 0, 50);
        assert_eq!(
            (empty.current, empty.last, empty.previous(), empty.next()),
            (1, 1, None, None)
        );
    }

    #[test]
    fn no_role_has_more_than_seven_places_and_a_page_of_inquiry_marks_its_own() {
        let name = || "x".to_owned();
        let greeted = [
            Greeted::Nobody,
            Greeted::Clerk(name()),
            Greeted::Inquirer(name()),
            Greeted::Reviewer(name()),
        ];
        for greeted in greeted {
            let places = page(Language::En, greeted.clone()).places();
            assert!(places.len() <= 7, "{greeted:?}: {}", places.len());
        }
        let mut shown = page(Language::En, Greeted::Clerk(name()));
        shown.section = Section::MyLooks;
        let current = |places: Vec<Place>| -> Vec<&str> {
            let current = places.into_iter().filter(|place| place.current);
            current.map(|place| place.path).collect()
        };
        assert_eq!(current(shown.places()), ["/look"]);
        assert_eq!(current(shown.inquiry_places()), ["/my-looks"]);
    }

    #[test]
    fn the_language_link_comes_back_to_the_page() {
        let shown = page(Language::Zh, Greeted::Nobody);
        assert_eq!(shown.other_language_path(), "/language/en?to=/records%3Fpage%3D2");
    }
}
