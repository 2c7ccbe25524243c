//! The numbers of procedures and oversight, and the words of notices.

use jiff::civil::{Date, date};
use profile::{FileFormat, Ground, Language};

use crate::common::load;

const TODAY: Date = date(2026, 11, 23);

#[test]
fn procedures_have_their_numbers_each_with_where_it_comes_from() {
    let procedures = load("gansu").procedures;
    let deadlines = [
        (&procedures.stop_confirmed, 10, true),
        (&procedures.court_followed, 3, true),
        (&procedures.alert_sent, 3, false),
        (&procedures.alert_closed, 3, false),
        (&procedures.reentry_told, 5, true),
        (&procedures.breach_told, 3, false),
    ];
    for (deadline, days, working_days) in deadlines {
        let deadline = deadline.on(TODAY);
        assert_eq!((deadline.days, deadline.working_days), (days, working_days));
    }
    assert!(matches!(procedures.breach_told.on(TODAY).ground, Ground::Own(_)));
    for profile in [load("gansu"), load("northshire")] {
        assert!(
            matches!(profile.procedures.stop_confirmed.on(TODAY).ground, Ground::Own(_)),
            "{}",
            profile.id
        );
    }
    assert!(
        matches!(&procedures.court_followed.on(TODAY).ground, Ground::Enactments(all) if !all.is_empty())
    );
    let numbers = [
        &procedures.statement_characters,
        &procedures.recipients_months,
        &procedures.complaint_kept_months,
        &procedures.green_channel_years,
    ];
    assert_eq!(numbers.map(|one| one.on(TODAY).number), [4000, 36, 6, 3]);
    assert_eq!(procedures.files.on(TODAY).most, 5);
    assert_eq!(procedures.files.on(TODAY).most_bytes(), 10 * 1024 * 1024);
    assert_eq!(procedures.files.on(TODAY).formats, FileFormat::ALL.into());
    let formats = load("northshire").procedures.files.on(TODAY).formats.clone();
    assert_eq!(formats, [FileFormat::Pdf, FileFormat::Jpeg].into());
}

#[test]
fn oversight_has_its_numbers_and_says_whose_they_are() {
    let oversight = load("gansu").oversight.on(TODAY).clone();
    let numbers = [
        oversight.random_share_percent,
        oversight.staff_ceiling_per_day,
        oversight.refusals_before_staff_stopped,
        oversight.stopped_staff_before_member_stopped,
        oversight.same_person_looks,
        oversight.same_person_days,
    ];
    assert_eq!(numbers, [5, 80, 3, 3, 3, 30]);
    for profile in [load("gansu"), load("northshire")] {
        assert!(
            matches!(profile.oversight.on(TODAY).ground, Ground::Own(_)),
            "{}",
            profile.id
        );
        // Otherwise the ceiling of a purpose would never be reached.
        let purposes = profile.purposes.values();
        let purposes = purposes.map(|purpose| purpose.daily_ceiling.on(TODAY).number);
        assert!(purposes.max() <= Some(profile.oversight.on(TODAY).staff_ceiling_per_day));
    }
}

#[test]
fn every_ceiling_and_what_a_desk_has_time_for_says_where_it_comes_from() {
    for profile in [load("gansu"), load("northshire")] {
        let ceilings = profile.purposes.values().map(|purpose| &purpose.daily_ceiling);
        for number in ceilings.chain([&profile.take_back_hours, &profile.rejected_rows_days]) {
            assert!(
                matches!(number.on(TODAY).ground, Ground::Own(_)),
                "{}",
                profile.id
            );
        }
    }
    let gansu = load("gansu");
    let desk = [&gansu.take_back_hours, &gansu.rejected_rows_days];
    assert_eq!(desk.map(|one| one.on(TODAY).number), [72, 30]);
}

#[test]
fn a_look_is_odd_at_night_and_on_days_that_are_not_worked() {
    let profile = load("gansu");
    let odd = |at| profile.oversight.on(TODAY).is_odd(at, &profile.calendar);
    assert_eq!(odd(date(2026, 3, 2).at(9, 0, 0, 0)), Some(false), "a Monday");
    assert_eq!(odd(date(2026, 3, 2).at(20, 0, 0, 0)), Some(true), "the evening");
    assert_eq!(odd(date(2026, 3, 3).at(6, 59, 0, 0)), Some(true), "early morning");
    assert_eq!(odd(date(2026, 3, 7).at(9, 0, 0, 0)), Some(true), "a Saturday");
    assert_eq!(
        odd(date(2026, 2, 14).at(9, 0, 0, 0)),
        Some(false),
        "a Saturday that is worked"
    );
    assert_eq!(odd(date(2026, 2, 17).at(9, 0, 0, 0)), Some(true), "a holiday");
    assert_eq!(odd(date(2040, 3, 2).at(23, 0, 0, 0)), Some(true));
    assert_eq!(
        odd(date(2040, 3, 2).at(9, 0, 0, 0)),
        None,
        "a year without a calendar"
    );
}

#[test]
fn notices_have_the_address_and_nothing_of_the_person() {
    let address = "https://standing.example";
    for profile in [load("gansu"), load("northshire")] {
        for language in Language::ALL {
            let body = profile.notices.body(language, address);
            assert!(body.contains(address) && !body.contains(['{', '}']), "{body}");
            assert!(!profile.notices.subject.get(language).contains('\n'));
            let body = profile.notices.code.body(language, address, "1234 5678");
            assert!(body.contains(address) && body.contains("1234 5678"), "{body}");
            assert!(!body.contains(['{', '}']), "{body}");
        }
    }
}
