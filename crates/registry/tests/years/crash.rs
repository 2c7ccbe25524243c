//! A store that stops for good before one of its transactions, as in a kill.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use storage::{Access, Body, Done, Store, StoreError};
use testkit::Installation;

/// Does something with an installation whose store stops for good when so many transactions have gone through; then
/// opens it anew.
pub(crate) fn killed(here: Installation, after: i64, act: impl FnOnce(&Installation)) -> Installation {
    let left: Left = Arc::new(AtomicI64::new(-1));
    let arms = left.clone();
    let here = here.reopen_through(|store| Arc::new(Stops { store, left }));
    arms.store(after, Ordering::SeqCst);
    act(&here);
    here.reopen()
}

/// How many transactions that write still go through. Below zero: all of them.
type Left = Arc<AtomicI64>;

const STOPPED: i64 = i64::MIN;

struct Stops {
    store: Arc<dyn Store>,
    left: Left,
}

impl Store for Stops {
    fn submit(&self, name: &'static str, access: Access, body: Body, done: Done) {
        if access != Access::Read {
            let next = |left: i64| match left {
                0 => Some(STOPPED),
                1.. => Some(left - 1),
                _ => None,
            };
            // Unarmed or stopped it stays as it is.
            let _ = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, next);
        }
        if self.left.load(Ordering::SeqCst) == STOPPED {
            let killed = "a test has stopped the store";
            return done(Err(StoreError::Unavailable(killed.into())));
        }
        self.store.submit(name, access, body, done);
    }
}
