//! What the tests and the demonstration need from Debian, how to tell that it is there, and its package.

use std::path::Path;
use std::process::Command;

use crate::command::{Fault, is_root, on_path, run, shown, succeeds};
use crate::{foreign, postgres};

/// How to tell that something is there, by whatever way it was installed.
#[derive(Clone, Copy, Debug)]
enum Sign {
    Program(&'static str),
    File(&'static str),
    PostgresServer,
    PythonVenv,
}

/// One Debian package and the sign that it isn't needed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Package {
    name: &'static str,
    sign: Sign,
    purpose: &'static str,
}

/// The typeface of certificates and of the demonstration's pages.
pub(crate) const FONTS: &[Package] = &[
    Package {
        name: "fonts-noto-cjk",
        sign: Sign::File("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
        purpose: "Chinese on certificates",
    },
    Package {
        name: "fonts-hanazono",
        sign: Sign::File("/usr/share/fonts/truetype/hanazono/HanaMinB.ttf"),
        purpose: "rare characters of names on certificates",
    },
];

/// The rest of what the tests use.
pub(crate) const TESTS: &[Package] = &[
    Package {
        name: "postgresql",
        sign: Sign::PostgresServer,
        purpose: "the second store",
    },
    Package {
        name: "chromium",
        sign: Sign::File("/usr/bin/chromium"),
        purpose: "browser tests",
    },
    Package {
        name: "nodejs",
        sign: Sign::Program("node"),
        purpose: "browser tests, foreign libraries",
    },
    Package {
        name: "npm",
        sign: Sign::Program("npm"),
        purpose: "npm packages",
    },
    Package {
        name: "python3",
        sign: Sign::Program("python3"),
        purpose: "foreign libraries",
    },
    Package {
        name: "python3-venv",
        sign: Sign::PythonVenv,
        purpose: "a Python environment of its own",
    },
    Package {
        name: "zbar-tools",
        sign: Sign::Program("zbarimg"),
        purpose: "reads QR codes",
    },
    Package {
        name: "poppler-utils",
        sign: Sign::Program("pdftotext"),
        purpose: "reads PDFs",
    },
    Package {
        name: "qpdf",
        sign: Sign::Program("qpdf"),
        purpose: "checks PDFs",
    },
    Package {
        name: "ca-certificates",
        sign: Sign::File("/etc/ssl/certs/ca-certificates.crt"),
        purpose: "downloads",
    },
];

fn is_there(sign: Sign) -> bool {
    match sign {
        Sign::Program(name) => on_path(name),
        Sign::File(path) => Path::new(path).exists(),
        Sign::PostgresServer => postgres::server_folder().is_some(),
        Sign::PythonVenv => succeeds(Command::new(foreign::python()).args(["-c", "import venv, ensurepip"])),
    }
}

/// Installs what is missing: as the superuser or by `sudo` without a password. Where neither can be had,
/// the fault is the command for the person to run.
pub(crate) fn install_missing(wanted: &[Package]) -> Result<(), Fault> {
    let missing: Vec<Package> = wanted
        .iter()
        .copied()
        .filter(|package| !is_there(package.sign))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    for package in &missing {
        println!("missing: {} ({})", package.name, package.purpose);
    }
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    if !on_path("apt-get") {
        return Err(Fault::new(format!(
            "install these with your system's packages: {}",
            names.join(" ")
        )));
    }
    let may_sudo = !is_root() && succeeds(Command::new("sudo").args(["-n", "true"]));
    if !is_root() && !may_sudo {
        let by_hand = format!(
            "sudo apt-get update && sudo {}",
            shown(&apt_get(false, &install(&names)))
        );
        return Err(Fault::new(format!(
            "some Debian packages are missing. Run this, then start again:\n  {by_hand}"
        )));
    }
    run(&mut apt_get(may_sudo, &["update"]))?;
    run(&mut apt_get(may_sudo, &install(&names)))?;
    match missing.iter().find(|package| !is_there(package.sign)) {
        Some(package) => Err(Fault::new(format!(
            "{} was installed but can't be found",
            package.name
        ))),
        None => Ok(()),
    }
}

fn install<'n>(names: &[&'n str]) -> Vec<&'n str> {
    [&["install", "--yes", "--no-install-recommends"], names].concat()
}

fn apt_get(by_sudo: bool, arguments: &[&str]) -> Command {
    let mut command = Command::new(if by_sudo { "sudo" } else { "apt-get" });
    if by_sudo {
        command.args(["-n", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    }
    // Another installation may be going on, as it does on machines that were just started.
    command.args(["-o", "DPkg::Lock::Timeout=300"]).args(arguments);
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_package_is_named_once_and_plainly() {
        let mut names: Vec<&str> = FONTS.iter().chain(TESTS).map(|package| package.name).collect();
        assert!(names.iter().all(|name| {
            name.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        }));
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn signs_tell_what_is_there_from_what_is_not() {
        assert!(is_there(Sign::Program("sh")));
        assert!(!is_there(Sign::Program("no-such-program-here")));
        assert!(is_there(Sign::File("/usr/bin/env")));
        assert!(!is_there(Sign::File("/usr/bin/no-such-program-here")));
    }

    #[test]
    fn the_install_command_asks_no_questions() {
        let by_root = shown(&apt_get(false, &install(&["qpdf"])));
        assert_eq!(
            by_root,
            "apt-get -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends qpdf"
        );
        assert!(
            shown(&apt_get(true, &["update"])).starts_with("sudo -n DEBIAN_FRONTEND=noninteractive apt-get ")
        );
    }
}
