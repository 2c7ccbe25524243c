//! Libraries that others wrote, for tests that hold our formats to theirs: a Python environment from
//! `tests/foreign/requirements.txt` and npm packages from `tests/foreign/package.json`.
//!
//! Both are made once and kept under `target/foreign` until what they were made from changes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{Fault, output, run, while_doing};
use crate::places::Places;

/// The oldest Node.js that the packages run on.
const OLDEST_NODE: u32 = 20;

/// Where the prepared libraries are.
pub(crate) struct Foreign {
    python: PathBuf,
    node_modules: PathBuf,
}

impl Foreign {
    /// What the tests are told, as environment variables.
    pub(crate) fn variables(&self) -> [(&'static str, &Path); 2] {
        [
            ("FOREIGN_PYTHON", &self.python),
            ("FOREIGN_NODE_MODULES", &self.node_modules),
        ]
    }
}

/// Debian's own Python where there is one: its `venv` is what the package list installs.
pub(crate) fn python() -> &'static str {
    if Path::new("/usr/bin/python3").is_file() {
        "/usr/bin/python3"
    } else {
        "python3"
    }
}

/// Makes or keeps both sets of libraries.
pub(crate) fn prepare(places: &Places) -> Result<Foreign, Fault> {
    while_doing(
        "cannot make the folder for foreign libraries",
        fs::create_dir_all(places.foreign()),
    )?;
    Ok(Foreign {
        python: python_environment(places)?,
        node_modules: node_packages(places)?,
    })
}

fn python_environment(places: &Places) -> Result<PathBuf, Fault> {
    let list = places.root.join("tests/foreign/requirements.txt");
    let wanted = while_doing(
        "cannot read tests/foreign/requirements.txt",
        fs::read_to_string(&list),
    )?;
    if let Some(line) = unpinned(&wanted) {
        return Err(Fault::new(format!(
            "tests/foreign/requirements.txt: `{line}` needs an exact version, as NAME==1.2.3"
        )));
    }
    let folder = places.foreign().join("venv");
    let interpreter = folder.join("bin/python");
    let stamp = Stamp::new(
        &folder,
        &[output(Command::new(python()).arg("--version"))?, wanted],
    );
    if !stamp.holds() {
        run(Command::new(python())
            .args(["-m", "venv", "--clear"])
            .arg(&folder))?;
        let mut pip = Command::new(&interpreter);
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-input",
            "--requirement",
        ]);
        run(pip.arg(&list))?;
        stamp.set()?;
    }
    Ok(interpreter)
}

/// Installs by the lock file, as cargo does: what the list has and the lock lacks is added to the lock.
/// `node_modules` in the root leads to the packages, so that every script in the project finds them.
pub(crate) fn node_packages(places: &Places) -> Result<PathBuf, Fault> {
    let source = places.root.join("tests/foreign");
    let folder = places.foreign().join("node");
    let lock = source.join("package-lock.json");
    while_doing(
        "cannot make the folder for npm packages",
        fs::create_dir_all(&folder),
    )?;
    let list = while_doing(
        "cannot read tests/foreign/package.json",
        fs::read_to_string(source.join("package.json")),
    )?;
    if let Some(name) = loosely_pinned(&list)? {
        return Err(Fault::new(format!(
            "tests/foreign/package.json: `{name}` needs an exact version, as \"1.2.3\""
        )));
    }
    let locked = fs::read_to_string(&lock).unwrap_or_default();
    let version = output(Command::new("node").arg("--version"))?;
    if node_major(&version).is_none_or(|major| major < OLDEST_NODE) {
        let found = version.trim();
        return Err(Fault::new(format!(
            "Node.js {OLDEST_NODE} or later is needed for the browser tests; this is {found}"
        )));
    }
    let stamp = Stamp::new(&folder, &[version, list.clone(), locked.clone()]);
    if !stamp.holds() {
        while_doing(
            "cannot write package.json",
            fs::write(folder.join("package.json"), &list),
        )?;
        let kept_lock = folder.join("package-lock.json");
        if locked.is_empty() {
            let _ = fs::remove_file(&kept_lock);
        } else {
            while_doing("cannot write package-lock.json", fs::write(&kept_lock, &locked))?;
        }
        let mut npm = Command::new("npm");
        npm.args([
            "install",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ]);
        run(npm.arg("--omit-lockfile-registry-resolved").current_dir(&folder))?;
        let now = while_doing("cannot read package-lock.json", fs::read_to_string(&kept_lock))?;
        if now != locked {
            println!("tests/foreign/package-lock.json was brought up to date; commit it");
            while_doing(
                "cannot write tests/foreign/package-lock.json",
                fs::write(&lock, &now),
            )?;
        }
        Stamp::new(
            &folder,
            &[output(Command::new("node").arg("--version"))?, list, now],
        )
        .set()?;
    }
    let packages = folder.join("node_modules");
    lead_to(&packages, &places.root.join("node_modules"))?;
    Ok(packages)
}

/// Makes `link` a symbolic link to `packages`; anything else of that name is the person's and stays.
fn lead_to(packages: &Path, link: &Path) -> Result<(), Fault> {
    if fs::read_link(link).is_ok_and(|now| now == packages) {
        return Ok(());
    }
    if link.is_symlink() {
        while_doing("cannot replace the link node_modules", fs::remove_file(link))?;
    }
    while_doing(
        "cannot make the link node_modules",
        std::os::unix::fs::symlink(packages, link),
    )
}

/// A note beside what was made of what it was made from; the same again needs no work.
struct Stamp {
    file: PathBuf,
    content: String,
}

impl Stamp {
    fn new(made: &Path, from: &[String]) -> Self {
        Self {
            file: made.with_extension("stamp"),
            content: from.join("\n----\n"),
        }
    }

    fn holds(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|kept| kept == self.content)
    }

    fn set(&self) -> Result<(), Fault> {
        while_doing(
            "cannot write the note of what is installed",
            fs::write(&self.file, &self.content),
        )
    }
}

/// The first requirement without an exact version.
fn unpinned(requirements: &str) -> Option<&str> {
    let lines = requirements
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim());
    lines.filter(|line| !line.is_empty()).find(|line| {
        let exact = line.split_once("==").map(|(_, version)| version);
        !exact.is_some_and(|version| {
            version.starts_with(|c: char| c.is_ascii_digit()) && !version.contains('*')
        })
    })
}

/// The first npm package without an exact version.
fn loosely_pinned(package_json: &str) -> Result<Option<String>, Fault> {
    let list: serde_json::Value = while_doing(
        "tests/foreign/package.json is not JSON",
        serde_json::from_str(package_json),
    )?;
    let dependencies = list["dependencies"].as_object().into_iter().flatten();
    let exact = |version: &str| {
        version.split('.').count() >= 3
            && version.starts_with(|c: char| c.is_ascii_digit())
            && !version.contains(['x', ' ', '*'])
    };
    let mut loose = dependencies.filter(|(_, version)| !version.as_str().is_some_and(exact));
    Ok(loose.next().map(|(name, _)| name.clone()))
}

/// The first number of what `node --version` prints.
fn node_major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_without_an_exact_version_is_found() {
        assert_eq!(
            unpinned("# libraries\nsd-jwt==0.10.4\n\naiosmtpd==1.4.6  # mail\n"),
            None
        );
        assert_eq!(
            unpinned("sd-jwt==0.10.4\ncryptography>=40\n"),
            Some("cryptography>=40")
        );
        assert_eq!(unpinned("sd-jwt==0.10.*\n"), Some("sd-jwt==0.10.*"));
        assert_eq!(unpinned("sd-jwt\n"), Some("sd-jwt"));
    }

    #[test]
    fn an_npm_package_without_an_exact_version_is_found() {
        let found = |version: &str| {
            loosely_pinned(&format!(r#"{{"dependencies": {{"jose": "{version}"}}}}"#)).expect("it is JSON")
        };
        assert_eq!(found("6.0.1"), None);
        for loose in ["^6.0.1", "~6.0.1", "6", "6.x.x", "latest", ">=1.0.0 <2.0.0", "*"] {
            assert_eq!(found(loose).as_deref(), Some("jose"), "{loose}");
        }
        assert_eq!(loosely_pinned("{}").expect("it is JSON"), None);
        assert!(loosely_pinned("{").is_err());
    }

    #[test]
    fn nodes_version_is_read_from_what_it_prints() {
        assert_eq!(node_major("v20.19.2\n"), Some(20));
        assert_eq!(node_major("20.19.2"), None);
        assert_eq!(node_major(""), None);
    }

    #[test]
    fn the_committed_lists_are_pinned() {
        let places = Places::find().expect("the tests run inside the project");
        let read = |name: &str| {
            fs::read_to_string(places.root.join("tests/foreign").join(name)).expect("it is there")
        };
        assert_eq!(unpinned(&read("requirements.txt")), None);
        assert_eq!(loosely_pinned(&read("package.json")).expect("it is JSON"), None);
    }
}
