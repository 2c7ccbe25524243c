//! Alerts on an authority's desk, without whom they are about.

use model::RecordKind;
use testkit::{Installation, SourceRow, gansu, made_up, on_both_engines, wait};

const LAW: &str = "law-bureau";
const OTHER: &str = "education-department";

on_both_engines! {
    fn an_authority_sees_who_got_its_alert_and_what_has_ended_and_no_name(engine: Engine) {
        let mut profile = gansu();
        let other = profile.authorities.get_mut(OTHER).unwrap();
        other.professions.insert("lawyer".to_owned());
        let here = Installation::with(engine, profile);
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        let prohibition = SourceRow::decision(1).with("penalty", "限制从业").with("disclosure_ends_on", "2027-11-10");
        here.file(LAW, RecordKind::Decision, &[prohibition]);

        let sent = wait(here.registry.alerts_from(LAW)).unwrap();
        assert_eq!((sent.len(), sent[0].closed_at), (1, None));
        assert_eq!(sent[0].receivers[0].receiver, OTHER);
        assert!(wait(here.registry.alerts_from(OTHER)).unwrap().is_empty(), "another's is not its own");
        assert!(wait(here.registry.closed_alerts_for(OTHER)).unwrap().is_empty(), "it is open still");

        here.at("2027-11-11T04:00:00Z");
        here.registry.do_what_is_due().unwrap();
        let closed = wait(here.registry.closed_alerts_for(OTHER)).unwrap();
        assert_eq!((closed.len(), closed[0].alert), (1, sent[0].item.alert));
        assert!(wait(here.registry.closed_alerts_for(LAW)).unwrap().is_empty());
        let sent = wait(here.registry.alerts_from(LAW)).unwrap();
        assert!(sent[0].closed_at.is_some());
        let shown = serde_json::to_string(&(sent, closed)).unwrap();
        let one = made_up(1);
        assert!(!shown.contains(&one.name) && !shown.contains(&one.number), "{shown}");
    }
}
