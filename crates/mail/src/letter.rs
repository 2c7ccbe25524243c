//! A letter: one address, one line of subject, a plain text. What it becomes on the wire is pure ASCII, but for an
//! address that is not.

use std::time::SystemTime;

use jiff::Timestamp;
use lettre::{
    Address, Message,
    message::{
        Mailbox, SinglePart,
        header::{Header, HeaderName, HeaderValue},
    },
};

/// A letter to be sent. Its debug form shows neither address nor text.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// Where to.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub body: String,
    /// What its Message-ID begins with: letters and digits, the same each time that the letter is sent.
    pub id: String,
    /// Its date.
    pub at: Timestamp,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter")
            .field("id", &self.id)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

/// Nobody should answer this by a machine, nor be told that nobody is in (RFC 3834, section 5).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Letter {
    /// The address, if it is one that can be written to.
    pub(crate) fn address(&self) -> Option<Address> {
        self.to.parse().ok()
    }

    /// The letter as it goes over the wire, from `from` to `to`. None: it cannot be written so.
    pub(crate) fn message(&self, from: &Mailbox, to: &Address) -> Option<Vec<u8>> {
        // A header is one line, whatever its words hold.
        let subject: String = self
            .subject
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let id: String = self.id.chars().filter(char::is_ascii_alphanumeric).collect();
        let built = Message::builder()
            .from(from.clone())
            .to(Mailbox::new(None, to.clone()))
            .subject(subject)
            .date(SystemTime::from(self.at))
            .message_id(Some(format!("<{id}@{}>", from.email.domain())))
            .header(AutoSubmitted)
            .singlepart(SinglePart::plain(self.body.clone()))
            .ok()?;
        Some(built.formatted())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        Letter {
            to: "somebody@example.org".into(),
            subject: "您的收件箱中有一条新消息 / There is something in your inbox".into(),
            body: "您好：\n\n请登录查看：\nhttps://standing.example\n.\nHello.\n".into(),
            id: "0192f3".into(),
            at: "2026-11-23T04:00:00Z".parse().unwrap(),
        }
    }

    fn written(letter: &Letter) -> String {
        let from = "Standing <standing@mail.example>".parse().unwrap();
        let bytes = letter.message(&from, &letter.address().unwrap()).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    fn headers(text: &str) -> Vec<&str> {
        let head = text.split("\r\n\r\n").next().unwrap();
        let lines = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
        lines.map(|line| line.split(':').next().unwrap()).collect()
    }

    #[test]
    fn a_letter_has_what_a_letter_needs_and_nothing_to_follow_anybody_by() {
        let text = written(&letter());
        assert!(text.is_ascii(), "{text}");
        let mut names = headers(&text);
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "Auto-Submitted",
                "Content-Transfer-Encoding",
                "Content-Type",
                "Date",
                "From",
                "MIME-Version",
                "Message-ID",
                "Subject",
                "To"
            ]
        );
        for line in [
            "Message-ID: <0192f3@mail.example>",
            "Date: Mon, 23 Nov 2026 04:00:00 +0000",
            "Auto-Submitted: auto-generated",
            "Content-Type: text/plain; charset=utf-8",
            "To: somebody@example.org",
        ] {
            assert!(text.contains(&format!("{line}\r\n")), "{line} in\n{text}");
        }
        assert!(text.lines().all(|line| line.len() <= 998), "{text}");
    }

    #[test]
    fn no_address_and_no_subject_brings_a_header_of_its_own() {
        for to in [
            "a@example.org\r\nBcc: b@example.org",
            "a@example.org\nBcc: b@example.org",
            "a@example.org, b@example.org",
            "a@example.org> RCPT TO:<b@example.org",
            "<a@example.org>",
            "\"a\r\nBcc: b@example.org\"@example.org",
            "a@example.org\u{0}",
            "a@[127.0.0.1]\r\nDATA",
            "",
        ] {
            let letter = Letter {
                to: to.into(),
                ..letter()
            };
            assert_eq!(letter.address(), None, "{to:?}");
        }
        let hostile = Letter {
            subject: "hello\r\nBcc: b@example.org\r\n\r\nanother text".into(),
            id: "1>\r\nBcc: <b@example.org".into(),
            ..letter()
        };
        let text = written(&hostile);
        assert!(!headers(&text).contains(&"Bcc"), "{text}");
        assert_eq!(headers(&text).len(), 9, "{text}");
        assert!(
            text.contains("Message-ID: <1Bccbexampleorg@mail.example>\r\n"),
            "{text}"
        );
    }

    #[test]
    fn a_letter_shows_no_address_where_it_is_written_down() {
        let shown = format!("{:?}", letter());
        assert!(!shown.contains("somebody") && !shown.contains("inbox"), "{shown}");
    }
}
