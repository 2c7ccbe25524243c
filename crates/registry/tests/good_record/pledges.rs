//! Pledges are made and ended by the person alone, from the profile's list.

use model::PledgeId;
use registry::{EventKind, PledgeError};
use testkit::{Installation, on_both_engines, prove_log, wait};

use crate::kit::*;

fn pledge(here: &Installation, n: u32, profession: &str, word: &str) -> Result<PledgeId, PledgeError> {
    wait(here.registry.make_pledge(here.person(n), profession, word))
}

fn why<T>(answer: Result<T, PledgeError>) -> &'static str {
    answer.map_or_else(|error| error.code(), |_| "done")
}

on_both_engines! {
    fn a_pledge_is_made_in_a_profession_shows_to_its_person_and_is_ended_by_them(engine: Engine) {
        let here = filled(engine);
        let id = pledge(&here, 1, "lawyer", "lawful-practice").unwrap();
        let made = good_record(&here, 1).pledges;
        assert_eq!((made.len(), made[0].pledge, made[0].word.as_str()), (1, id, "lawful-practice"));
        assert_eq!((made[0].profession.as_str(), made[0].made_at), ("lawyer", here.registry.now()));
        assert!(good_record(&here, 2).pledges.is_empty());
        assert_eq!(events(&here, 1, EventKind::PledgeMade), 1);
        assert_eq!(why(pledge(&here, 1, "lawyer", "lawful-practice")), "pledge-made");
        // In another profession it is another one.
        pledge(&here, 1, "teacher", "lawful-practice").unwrap();
        assert_eq!(why(wait(here.registry.end_pledge(here.person(2), id))), "pledge-unknown");
        wait(here.registry.end_pledge(here.person(1), id)).unwrap();
        assert_eq!(why(wait(here.registry.end_pledge(here.person(1), id))), "pledge-unknown");
        let left = good_record(&here, 1).pledges;
        assert_eq!((left.len(), left[0].profession.as_str()), (1, "teacher"));
        assert_eq!(events(&here, 1, EventKind::PledgeEnded), 1);
        pledge(&here, 1, "lawyer", "lawful-practice").unwrap();
        prove_log(&here.registry);
    }

    fn only_what_the_profile_offers_in_a_profession_of_ones_own_is_pledged(engine: Engine) {
        let here = filled(engine);
        assert_eq!(why(pledge(&here, 1, "lawyer", "anything-else")), "pledge-not-offered");
        assert_eq!(why(pledge(&here, 1, "teacher", "fees-in-writing")), "pledge-not-offered");
        assert_eq!(why(pledge(&here, 2, "teacher", "lawful-practice")), "pledge-not-practising");
        assert_eq!(why(pledge(&here, 1, "nothing", "lawful-practice")), "pledge-not-practising");
        assert!(good_record(&here, 1).pledges.is_empty());
        assert_eq!(here.store.rows("pledge"), 0);
        assert_eq!(events(&here, 1, EventKind::PledgeMade), 0);
    }
}
