//! What tests share: a seeded randomness, stores of both engines, whole installations on them, and made-up
//! people with identity numbers of regions that do not exist.

mod installation;
mod people;
mod randomness;
mod stores;

pub use installation::{Installation, NOW, profiles_folder};
pub use people::{MadeUp, licences_csv, made_up};
pub use randomness::SeededRandomness;
pub use stores::{Engine, TestStore};
