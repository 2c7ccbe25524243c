//! Where things are: the project's root and the folder for what is built.

use std::path::{Path, PathBuf};

use crate::command::Fault;

/// The folders that tasks work in.
pub(crate) struct Places {
    /// The workspace's root.
    pub(crate) root: PathBuf,
    /// Cargo's folder for what it builds.
    pub(crate) target: PathBuf,
}

impl Places {
    /// Takes the root from cargo where it runs this, else looks upwards from the working folder.
    pub(crate) fn find() -> Result<Self, Fault> {
        let by_cargo = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let start = match by_cargo {
            Some(folder) => folder,
            None => crate::command::while_doing("cannot tell the working folder", std::env::current_dir())?,
        };
        let root = root_above(&start)
            .ok_or_else(|| Fault::new("not inside the project: no Cargo.lock here or in a folder above"))?;
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        Ok(Self {
            target: root.join(target),
            root,
        })
    }

    /// Where the Python environment and the npm packages live.
    pub(crate) fn foreign(&self) -> PathBuf {
        self.target.join("foreign")
    }

    /// The program as `cargo build` leaves it.
    pub(crate) fn program(&self, profile: &str) -> PathBuf {
        self.target.join(profile).join("standing")
    }
}

fn root_above(start: &Path) -> Option<PathBuf> {
    start
        .ancestors()
        .find(|folder| folder.join("Cargo.lock").is_file())
        .map(Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_found_from_a_folder_deep_inside() {
        let places = Places::find().expect("the tests run inside the project");
        assert!(places.root.join("xtask/src/places.rs").is_file());
        assert_eq!(root_above(&places.root.join("xtask/src")), Some(places.root));
        assert_eq!(root_above(Path::new("/")), None);
    }
}
