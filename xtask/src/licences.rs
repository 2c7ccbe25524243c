//! Licences of the libraries that are built in, and how many libraries the project names itself.
//!
//! The list of allowed licences is the one in `deny.toml`, so that `cargo deny`, where it is installed, and
//! this check, which needs nothing, agree. Expressions are SPDX 2.3, annex D, with the older `/` for `OR`.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::command::{Fault, cargo, output, while_doing};
use crate::places::Places;

/// Fewer direct dependencies than this, over the whole workspace.
const DIRECT_BELOW: usize = 80;

/// One library as cargo describes it.
struct Library {
    name: String,
    version: String,
    licence: Option<String>,
    source: String,
}

/// Fails on a licence that is not allowed, a library from elsewhere than crates.io, or too many libraries.
pub(crate) fn check(places: &Places) -> Result<(), Fault> {
    let metadata = metadata(places)?;
    let libraries = libraries(&metadata);
    let allowed = allowed(places)?;
    let mut faults: Vec<String> = libraries
        .iter()
        .filter_map(|library| fault_of(library, &allowed))
        .collect();
    let direct = direct_dependencies(&metadata);
    if direct.len() >= DIRECT_BELOW {
        faults.push(format!(
            "{} direct dependencies; fewer than {DIRECT_BELOW} are the aim",
            direct.len()
        ));
    }
    if faults.is_empty() {
        println!(
            "{} libraries, {} of them direct; all licences allowed",
            libraries.len(),
            direct.len()
        );
        return Ok(());
    }
    Err(Fault::new(faults.join("\n")))
}

/// Prints every library with its licence, then checks them.
pub(crate) fn print(places: &Places) -> Result<(), Fault> {
    for library in libraries(&metadata(places)?) {
        println!(
            "{} {}\t{}",
            library.name,
            library.version,
            library.licence.as_deref().unwrap_or("none named")
        );
    }
    check(places)
}

fn metadata(places: &Places) -> Result<Value, Fault> {
    let text = output(
        cargo()
            .args(["metadata", "--format-version", "1"])
            .current_dir(&places.root),
    )?;
    while_doing(
        "cargo metadata printed something else than JSON",
        serde_json::from_str(&text),
    )
}

fn packages(metadata: &Value) -> impl Iterator<Item = &Value> {
    metadata["packages"].as_array().into_iter().flatten()
}

fn libraries(metadata: &Value) -> Vec<Library> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let others = packages(metadata).filter(|package| package["source"].is_string());
    let mut found: Vec<Library> = others
        .map(|package| Library {
            name: text(&package["name"]),
            version: text(&package["version"]),
            licence: package["license"].as_str().map(str::to_owned),
            source: text(&package["source"]),
        })
        .collect();
    found.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    found
}

/// Names that the workspace's own packages ask for, of any kind, its own packages left out.
fn direct_dependencies(metadata: &Value) -> BTreeSet<&str> {
    let own = packages(metadata).filter(|package| package["source"].is_null());
    let asked = own.flat_map(|package| package["dependencies"].as_array().into_iter().flatten());
    asked
        .filter(|dependency| dependency["source"].is_string())
        .filter_map(|d| d["name"].as_str())
        .collect()
}

fn fault_of(library: &Library, allowed: &BTreeSet<String>) -> Option<String> {
    let Library {
        name,
        version,
        licence,
        source,
    } = library;
    if !(source.starts_with("registry+") && source.ends_with("/crates.io-index")) {
        return Some(format!(
            "{name} {version} comes from {source}; only crates.io is allowed"
        ));
    }
    let Some(licence) = licence else {
        return Some(format!("{name} {version} names no licence"));
    };
    match satisfied(licence, allowed) {
        Some(true) => None,
        Some(false) => Some(format!(
            "{name} {version}: licence `{licence}` is not in deny.toml's list"
        )),
        None => Some(format!(
            "{name} {version}: licence `{licence}` can't be read as an SPDX expression"
        )),
    }
}

fn allowed(places: &Places) -> Result<BTreeSet<String>, Fault> {
    let text = while_doing(
        "cannot read deny.toml",
        fs::read_to_string(places.root.join("deny.toml")),
    )?;
    allow_list(&text).ok_or_else(|| Fault::new("deny.toml has no list `allow = […]` under [licenses]"))
}

/// The strings of `allow = […]` in the table `[licenses]`.
fn allow_list(deny: &str) -> Option<BTreeSet<String>> {
    let table = deny.split_once("\n[licenses]\n")?.1;
    let list = table.split_once("\nallow = [")?.1.split_once(']')?.0;
    let lines = list
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default());
    Some(
        lines
            .flat_map(|line| line.split('"').skip(1).step_by(2))
            .map(str::to_owned)
            .collect(),
    )
}

/// Whether the allowed licences satisfy an SPDX expression; none when it can't be read.
fn satisfied(expression: &str, allowed: &BTreeSet<String>) -> Option<bool> {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let mut words = spaced.split_whitespace().peekable();
    let answer = any_of(&mut words, allowed)?;
    words.next().is_none().then_some(answer)
}

type Words<'w> = std::iter::Peekable<std::str::SplitWhitespace<'w>>;

fn any_of(words: &mut Words<'_>, allowed: &BTreeSet<String>) -> Option<bool> {
    let mut answer = all_of(words, allowed)?;
    while words.next_if_eq(&"OR").is_some() {
        answer |= all_of(words, allowed)?;
    }
    Some(answer)
}

fn all_of(words: &mut Words<'_>, allowed: &BTreeSet<String>) -> Option<bool> {
    let mut answer = one(words, allowed)?;
    while words.next_if_eq(&"AND").is_some() {
        answer &= one(words, allowed)?;
    }
    Some(answer)
}

fn one(words: &mut Words<'_>, allowed: &BTreeSet<String>) -> Option<bool> {
    let word = words.next()?;
    if word == "(" {
        let answer = any_of(words, allowed)?;
        return words.next_if_eq(&")").map(|_| answer);
    }
    if ["OR", "AND", "WITH", ")"].contains(&word) {
        return None;
    }
    if words.next_if_eq(&"WITH").is_none() {
        return Some(allowed.contains(word));
    }
    // An exception only adds permissions, so the licence alone is enough.
    let exception = words.next()?;
    Some(allowed.contains(word) || allowed.contains(&format!("{word} WITH {exception}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn judged(expression: &str) -> Option<bool> {
        satisfied(
            expression,
            &["MIT", "Apache-2.0", "Unicode-3.0"].map(str::to_owned).into(),
        )
    }

    #[test]
    fn an_expression_is_satisfied_as_spdx_says() {
        let cases = [
            ("MIT", true),
            ("GPL-3.0-only", false),
            ("MIT OR GPL-3.0-only", true),
            ("MIT AND GPL-3.0-only", false),
            ("GPL-3.0-only OR MIT AND Unicode-3.0", true),
            ("(GPL-3.0-only OR MIT) AND Unicode-3.0", true),
            ("(MIT OR Apache-2.0) AND GPL-3.0-only", false),
            ("Apache-2.0 WITH LLVM-exception OR MIT", true),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("GPL-2.0-only WITH Classpath-exception-2.0", false),
            ("MIT/Apache-2.0", true),
        ];
        for (expression, expected) in cases {
            assert_eq!(judged(expression), Some(expected), "{expression}");
        }
    }

    #[test]
    fn what_is_no_expression_is_not_guessed_at() {
        for broken in [
            "", "MIT OR", "OR MIT", "(MIT", "MIT)", "MIT MIT", "MIT WITH", "( )", "AND",
        ] {
            assert_eq!(judged(broken), None, "{broken:?}");
        }
    }

    #[test]
    fn the_allowed_licences_are_read_from_deny_toml() {
        let deny = "[bans]\nallow = [\"x\"]\n\n[licenses]\nconfidence-threshold = 0.9\nallow = [\n  \"MIT\", # the \"usual\"\n  \"ISC\",\n]\n";
        assert_eq!(allow_list(deny), Some(["MIT", "ISC"].map(str::to_owned).into()));
        assert_eq!(allow_list("[bans]\nallow = []\n"), None);
        let places = Places::find().expect("the tests run inside the project");
        let real = allowed(&places).expect("deny.toml has the list");
        assert!(real.contains("Apache-2.0") && real.contains("MIT"));
        assert!(
            !real
                .iter()
                .any(|licence| licence.starts_with("GPL") || licence.starts_with("AGPL"))
        );
    }

    #[test]
    fn a_library_from_elsewhere_or_without_a_licence_is_a_fault() {
        let library = |licence: Option<&str>, source: &str| Library {
            name: "lib".into(),
            version: "1.0.0".into(),
            licence: licence.map(str::to_owned),
            source: source.into(),
        };
        let allowed = ["MIT".to_owned()].into();
        let index = "registry+https://index.example/crates.io-index";
        assert_eq!(fault_of(&library(Some("MIT"), index), &allowed), None);
        assert!(fault_of(&library(None, index), &allowed).is_some());
        assert!(fault_of(&library(Some("GPL-3.0-only"), index), &allowed).is_some());
        assert!(fault_of(&library(Some("MIT"), "git+https://code.example/lib"), &allowed).is_some());
    }

    #[test]
    fn direct_dependencies_are_counted_once_without_our_own() {
        let on = |name: &str| json!({"name": name, "source": "registry+x"});
        let metadata = json!({"packages": [
            {"name": "ours", "source": null, "dependencies": [on("serde"), on("clap"), {"name": "theirs", "source": null}]},
            {"name": "theirs", "source": null, "dependencies": [on("serde")]},
            {"name": "serde", "source": "registry+x", "dependencies": [on("serde_core")]},
        ]});
        assert_eq!(direct_dependencies(&metadata), ["clap", "serde"].into());
        assert_eq!(libraries(&metadata).len(), 1);
    }
}
