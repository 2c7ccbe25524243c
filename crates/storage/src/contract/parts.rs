//! Parts of a work that is too large for one transaction.

use std::sync::Arc;

use super::{Fixture, ids, number, put, read, write};
use crate::{Param, Pending, Store, StoreError, Tx, Work};

const ONE: Work = Work([1; 16]);
const OTHER: Work = Work([2; 16]);

/// Puts `id`, if all of the work's numbers below it, from `first` on, are there.
fn follow(tx: &mut dyn Tx, first: i64, id: i64) -> Result<(), StoreError> {
    let sql = "SELECT count(*) FROM item WHERE id >= $1 AND id < $2";
    let before = tx
        .query(sql, &[Param::Int(first), Param::Int(id)])?
        .remove(0)
        .int()?;
    if before != id - first {
        return Err(StoreError::Shape("the part before this one"));
    }
    put(tx, id, "part").map(drop)
}

fn part(store: &Arc<dyn Store>, work: Work, first: i64, id: i64) -> Pending<(), StoreError> {
    store.run_part("contract-part", work, move |tx| follow(tx, first, id))
}

/// Each part sees the one before, whether that is durable yet or not; in the end all are.
pub fn parts_run_in_their_order_and_all_become_durable(fixture: &impl Fixture) {
    let store = fixture.open();
    let pending: Vec<_> = (0..100).map(|id| part(&store, ONE, 0, id)).collect();
    pending.into_iter().for_each(|one| one.wait().unwrap());
    assert_eq!(ids(&store), (0..100).collect::<Vec<_>>());
}

/// A part that fails is answered so. What was durable before it stays; what was not may go with it, and is
/// answered so; nothing is kept by half, and what follows sees what is missing.
pub fn a_part_that_fails_leaves_nothing_of_itself(fixture: &impl Fixture) {
    let store = fixture.open();
    part(&store, ONE, 0, 0).wait().unwrap();
    let with_it = part(&store, ONE, 0, 1);
    let fails = store.run_part("contract-part", ONE, |tx| {
        put(tx, 2, "half")?;
        Err::<(), _>(StoreError::Shape("given up"))
    });
    assert!(matches!(fails.wait(), Err(StoreError::Shape("given up"))));
    let kept = with_it.wait().is_ok();
    assert_eq!(ids(&store), if kept { vec![0, 1] } else { vec![0] });
    assert_eq!(part(&store, ONE, 0, 2).wait().is_ok(), kept);
    let next = if kept { 3 } else { 1 };
    part(&store, ONE, 0, next).wait().unwrap();
    assert_eq!(ids(&store), (0..=next).collect::<Vec<_>>());
}

/// Whoever writes meanwhile is answered, keeps what they wrote, and takes no part with them when they fail.
pub fn others_write_between_parts_and_lose_nothing(fixture: &impl Fixture) {
    let store = fixture.open();
    let add = "UPDATE counter SET total = total + 1 WHERE id = 1";
    let mut pending = Vec::new();
    for id in 0..60 {
        pending.push(part(&store, ONE, 0, id));
        if id % 3 == 0 {
            write(&store, move |tx| tx.execute(add, &[])).unwrap();
        }
        if id % 5 == 0 {
            let refused = write(&store, move |tx| {
                tx.execute(add, &[])?;
                Err::<(), _>(StoreError::Shape("given up"))
            });
            assert!(refused.is_err());
        }
    }
    pending.into_iter().for_each(|one| one.wait().unwrap());
    assert_eq!(ids(&store).len(), 60);
    let total = read(&store, |tx| number(tx, "SELECT total FROM counter")).unwrap();
    assert_eq!(total, 20);
}

/// Where one work's part fails, another's stays.
pub fn parts_of_two_works_do_not_share_their_fate(fixture: &impl Fixture) {
    let store = fixture.open();
    let kept = part(&store, ONE, 0, 0);
    let fails = store.run_part("contract-part", OTHER, |tx| {
        put(tx, 900, "half")?;
        Err::<(), _>(StoreError::Shape("given up"))
    });
    let after = part(&store, OTHER, 1000, 1000);
    assert!(fails.wait().is_err());
    kept.wait().unwrap();
    after.wait().unwrap();
    assert_eq!(ids(&store), [0, 1000]);
}
