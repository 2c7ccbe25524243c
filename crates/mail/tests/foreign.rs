//! Letters handed to a server that others wrote (aiosmtpd): with STARTTLS, with TLS from the start, with a password, and
//! with every way in which it can say no or go away.
//!
//! It runs under `cargo xtask test`, which installs it and says where it is.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

mod support;

use mail::{Letter, Mailer as _, Password, Server, Smtp, Step, Tls};
use serde_json::json;
use support::MailServer;

fn letter(to: &str) -> Letter {
    Letter {
        to: to.into(),
        subject: "您的收件箱中有一条新消息 / There is something in your inbox".into(),
        body: "您好：\n\n请登录查看：\n\nhttps://standing.example\n.\n..\nHello.\n".into(),
        id: "0192f3aa".into(),
        at: "2026-11-23T04:00:00Z".parse().unwrap(),
    }
}

fn to(server: &MailServer, tls: Tls) -> Server {
    Server {
        host: "localhost".into(),
        port: server.port,
        tls,
        roots: server.roots(),
        from: "Standing <standing@mail.example>".into(),
        hello: "standing.example".into(),
        user: None,
        timeout: std::time::Duration::from_secs(5),
    }
}

fn with_password(server: Server, password: &str) -> Server {
    Server {
        user: Some(("standing".into(), Password::new(password))),
        ..server
    }
}

#[test]
fn foreign_a_letter_arrives_whole_once_with_starttls_and_a_password() {
    let mut there =
        MailServer::start(&json!({"tls": "starttls", "user": "standing", "password": "correct horse"}));
    let smtp = Smtp::new(with_password(to(&there, Tls::StartTls), "correct horse")).unwrap();
    smtp.send(&letter("somebody@example.org")).unwrap();
    let got = there.letter();
    assert_eq!(got["from"], "standing@mail.example");
    assert_eq!(got["to"], json!(["somebody@example.org"]));
    assert_eq!(got["encrypted"], true);
    assert_eq!(got["signed_in"], "standing");
    assert_eq!(got["hello"], "standing.example");
    let text = got["text"].as_str().unwrap();
    for line in [
        "Message-ID: <0192f3aa@mail.example>",
        "Date: Mon, 23 Nov 2026 04:00:00 +0000",
        "Auto-Submitted: auto-generated",
        "To: somebody@example.org",
        "From: Standing <standing@mail.example>",
    ] {
        assert!(text.contains(&format!("{line}\r\n")), "{line} in\n{text}");
    }
    // What others read of it is what was written.
    let read = support::read_by_others(text);
    assert_eq!(read["subject"], letter("").subject);
    assert_eq!(read["body"], letter("").body);
    assert_eq!(there.letters_left(), 0);
}

#[test]
fn foreign_a_letter_arrives_with_tls_from_the_start() {
    let mut there = MailServer::start(&json!({"tls": "tls", "user": "standing", "password": "p"}));
    let smtp = Smtp::new(with_password(to(&there, Tls::Tls), "p")).unwrap();
    smtp.send(&letter("somebody@example.org")).unwrap();
    assert_eq!(there.letter()["encrypted"], true);
}

#[test]
fn foreign_a_wrong_password_is_said_and_loses_no_letter() {
    let mut there =
        MailServer::start(&json!({"tls": "starttls", "user": "standing", "password": "correct horse"}));
    let smtp = Smtp::new(with_password(to(&there, Tls::StartTls), "wrong mule")).unwrap();
    let fault = smtp.send(&letter("somebody@example.org")).unwrap_err();
    assert_eq!(
        (fault.step(), fault.code()),
        (Step::SignIn, Some(535)),
        "{fault:?} {}",
        fault.said()
    );
    assert!(!fault.is_final() && fault.is_of_the_server());
    let shown = format!("{fault} {fault:?} {} {smtp:?}", fault.said());
    assert!(!shown.contains("mule"), "{shown}");
    assert_eq!(there.letters_left(), 0);
}

#[test]
fn foreign_nothing_is_sent_where_the_server_cannot_be_trusted_or_does_not_encrypt() {
    let mut there = MailServer::start(&json!({"tls": "starttls"}));
    // Its certificate is by nobody whom the public roots know.
    let public = Server {
        roots: None,
        ..to(&there, Tls::StartTls)
    };
    let fault = Smtp::new(public)
        .unwrap()
        .send(&letter("somebody@example.org"))
        .unwrap_err();
    assert_eq!(fault.step(), Step::Encrypt, "{}", fault.said());
    assert!(fault.said().contains("UnknownIssuer"), "{}", fault.said());
    // It is for another name.
    let mut other = MailServer::start(&json!({"tls": "tls"}));
    let elsewhere = Server {
        host: "127.0.0.2".into(),
        ..to(&other, Tls::Tls)
    };
    assert!(
        Smtp::new(elsewhere)
            .unwrap()
            .send(&letter("somebody@example.org"))
            .is_err()
    );
    let mut plain = MailServer::start(&json!({"tls": "none"}));
    let fault = Smtp::new(to(&plain, Tls::StartTls))
        .unwrap()
        .send(&letter("somebody@example.org"))
        .unwrap_err();
    assert_eq!((fault.step(), fault.code()), (Step::Encrypt, None));
    assert!(!fault.is_final() && fault.is_of_the_server());
    assert_eq!(
        (there.letters_left(), other.letters_left(), plain.letters_left()),
        (0, 0, 0)
    );
}

#[test]
fn foreign_an_answer_slipped_in_before_the_encryption_is_noticed() {
    let mut there = MailServer::start(&json!({"tls": "starttls", "inject": true}));
    let smtp = Smtp::new(to(&there, Tls::StartTls)).unwrap();
    let fault = smtp.send(&letter("somebody@example.org")).unwrap_err();
    assert_eq!(
        (fault.step(), fault.is_final()),
        (Step::Content, false),
        "{}",
        fault.said()
    );
    assert!(fault.said().contains("no answer"), "{}", fault.said());
    assert_eq!(there.letters_left(), 0);
    let mut there =
        MailServer::start(&json!({"tls": "starttls", "inject": true, "user": "standing", "password": "p"}));
    let smtp = Smtp::new(with_password(to(&there, Tls::StartTls), "p")).unwrap();
    let fault = smtp.send(&letter("somebody@example.org")).unwrap_err();
    assert_eq!(fault.step(), Step::SignIn, "{}", fault.said());
    assert_eq!(there.letters_left(), 0);
}

#[test]
fn foreign_a_refusal_for_now_is_told_from_one_for_good() {
    let mut there = MailServer::start(&json!({"tls": "none"}));
    let smtp = Smtp::new(to(&there, Tls::None)).unwrap();
    let fault = smtp.send(&letter("later@example.org")).unwrap_err();
    assert_eq!(
        (fault.step(), fault.code(), fault.is_final()),
        (Step::Recipient, Some(451), false)
    );
    assert!(!fault.is_of_the_server());
    smtp.send(&letter("later@example.org")).unwrap();
    there.letter();
    for (to, step, code) in [
        ("never@example.org", Step::Recipient, 550),
        ("spam@example.org", Step::Content, 554),
    ] {
        let fault = smtp.send(&letter(to)).unwrap_err();
        assert_eq!(
            (fault.step(), fault.code(), fault.is_final()),
            (step, Some(code), true),
            "{to}"
        );
        assert!(!format!("{fault} {fault:?}").contains("example.org"));
    }
    assert_eq!(there.letters_left(), 0);
    let mut strict = MailServer::start(&json!({"tls": "none", "refuse_sender": true}));
    let fault = Smtp::new(to(&strict, Tls::None))
        .unwrap()
        .send(&letter("somebody@example.org"))
        .unwrap_err();
    assert_eq!(
        (fault.step(), fault.code(), fault.is_final()),
        (Step::Sender, Some(550), false)
    );
    assert_eq!(strict.letters_left(), 0);
}

#[test]
fn foreign_a_connection_that_is_cut_or_silent_is_a_fault_that_passes() {
    let mut there = MailServer::start(&json!({"tls": "none"}));
    let server = Server {
        timeout: std::time::Duration::from_secs(1),
        ..to(&there, Tls::None)
    };
    let smtp = Smtp::new(server).unwrap();
    let cut = smtp.send(&letter("cut@example.org")).unwrap_err();
    assert_eq!(
        (cut.step(), cut.code(), cut.is_final()),
        (Step::Recipient, None, false)
    );
    assert_eq!(there.letters_left(), 0);
    // Nobody can know whether these arrived; they did.
    for to in ["lost@example.org", "slow@example.org"] {
        let fault = smtp.send(&letter(to)).unwrap_err();
        assert_eq!(
            (fault.step(), fault.code(), fault.is_final()),
            (Step::Content, None, false),
            "{to}"
        );
        assert!(fault.is_of_the_server());
        assert_eq!(there.letter()["to"], json!([to]));
    }
    let port = there.port;
    drop(there);
    let gone = smtp.send(&letter("somebody@example.org")).unwrap_err();
    assert_eq!(gone.step(), Step::Connect, "port {port}: {}", gone.said());
    assert!(!gone.is_final() && gone.is_of_the_server());
}

#[test]
fn foreign_an_address_in_another_script_goes_where_the_server_takes_it() {
    let mut there = MailServer::start(&json!({"tls": "none", "utf8": true}));
    Smtp::new(to(&there, Tls::None))
        .unwrap()
        .send(&letter("收件人@example.org"))
        .unwrap();
    let got = there.letter();
    assert_eq!(got["to"], json!(["收件人@example.org"]));
    let mut plain = MailServer::start(&json!({"tls": "none"}));
    let fault = Smtp::new(to(&plain, Tls::None))
        .unwrap()
        .send(&letter("收件人@example.org"))
        .unwrap_err();
    assert!(fault.is_final());
    assert_eq!(plain.letters_left(), 0);
}

#[test]
fn foreign_a_hostile_address_reaches_no_server() {
    let mut there = MailServer::start(&json!({"tls": "none"}));
    let smtp = Smtp::new(to(&there, Tls::None)).unwrap();
    for hostile in [
        "a@example.org>\r\nRCPT TO:<b@example.org",
        "a@example.org\r\nDATA\r\nhello\r\n.\r\n",
        "a@example.org\nBcc: b@example.org",
        "a b@example.org",
        "",
    ] {
        let fault = smtp.send(&letter(hostile)).unwrap_err();
        assert!(fault.is_final(), "{hostile:?}");
    }
    smtp.send(&letter("a@example.org")).unwrap();
    assert_eq!(there.letter()["to"], json!(["a@example.org"]));
    assert_eq!(there.letters_left(), 0);
}
