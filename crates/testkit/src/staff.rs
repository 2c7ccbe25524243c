//! Those who ask in tests: named members of staff, with a case and a reason.

use registry::{NewStaff, Registry, Under};

/// Names a member of staff of this body, whose account and only key are called so. Naming one again does nothing;
/// nor does naming one of a body that does not exist. Answers whether one was added, which is a leaf.
pub fn name_staff(registry: &Registry, body: &str, key: &str) -> bool {
    let new = NewStaff {
        body: body.to_owned(),
        staff: key.to_owned(),
        name: "测试员".to_owned(),
        own_number: None,
        keys: vec![key.to_owned()],
        lead: false,
    };
    // A test about a body that does not exist has nobody to name.
    registry.add_staff(new).is_ok()
}

/// A case and a reason, as a look under a law gives them.
pub fn under_law() -> Under {
    in_a_case(None)
}

/// The same where the notice waits for so many days.
pub fn waiting_under_law(days: u32) -> Under {
    in_a_case(Some(days))
}

fn in_a_case(wait_days: Option<u32>) -> Under {
    Under::Law {
        case_reference: "CASE-2026-0017".to_owned(),
        reason: "made-up reason".to_owned(),
        wait_days,
    }
}
