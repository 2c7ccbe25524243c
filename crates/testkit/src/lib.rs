//! What tests share: a seeded randomness, stores of both engines, whole installations on them, rows to file,
//! made-up people with identity numbers of regions that do not exist, and proofs of whole logs.

mod email;
mod engines;
mod installation;
mod log;
mod people;
mod randomness;
mod rows;
mod staff;
mod stores;

pub use email::give_email;
pub use installation::{Installation, NOW, gansu, profiles_folder};
pub use log::{Followed, prove_log, prove_receipt};
pub use people::{MadeUp, licences_csv, made_up, made_up_born_on};
pub use randomness::SeededRandomness;
pub use rows::{SourceRow, json_lines};
pub use staff::{name_staff, under_law, waiting_under_law};
pub use stores::{Engine, StoreCopy, TestStore};

/// Runs a future to its end on this thread, for tests that also call what blocks.
///
/// # Panics
/// When called inside a runtime, or none can be made.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(future)
}
