//! Who may be given a procedure: nobody judges what they had a part in.

use super::{ReviewerId, Why};

/// Whether this reviewer is none of those who took part.
pub(super) fn apart(reviewer: &ReviewerId, took_part: &[ReviewerId]) -> Result<(), Why> {
    if took_part.contains(reviewer) {
        Err(Why::TookPart)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_judges_what_they_had_a_part_in() {
        let [one, other] = ["one", "other"].map(|id| ReviewerId::new(id).unwrap());
        assert_eq!(apart(&one, &[]), Ok(()));
        assert_eq!(apart(&one, std::slice::from_ref(&other)), Ok(()));
        assert_eq!(apart(&one, &[other, one.clone()]), Err(Why::TookPart));
    }
}
