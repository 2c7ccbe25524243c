//! The pages' styles: `crates/web/styles/standing.scss` over GOV.UK Frontend, compiled to one file that is
//! committed, so that building the program needs neither npm nor a network.
//!
//! GOV.UK's typeface and crest are reserved for its own services and must not be in what is compiled.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::command::{self, Fault, while_doing};
use crate::foreign;
use crate::places::Places;

const COMPILED: &str = "crates/web/assets/standing.css";

/// The source of the styles.
pub(crate) fn source(places: &Places) -> PathBuf {
    places.root.join("crates/web/styles/standing.scss")
}

/// Compiles the styles; with `check`, compares them with the committed file instead of writing it.
pub(crate) fn run(places: &Places, check: bool) -> Result<(), Fault> {
    let css = compile(places)?;
    if let Some(fault) = unwanted(&css) {
        return Err(Fault::new(format!(
            "crates/web/styles/standing.scss compiles to {fault}"
        )));
    }
    let file = places.root.join(COMPILED);
    if !check {
        println!("{COMPILED}: {} bytes", css.len());
        return while_doing("cannot write the styles", fs::write(file, css));
    }
    if fs::read_to_string(&file).is_ok_and(|committed| committed == css) {
        return Ok(());
    }
    Err(Fault::new(format!(
        "{COMPILED} is not what the source compiles to. Run `cargo xtask styles` and commit it"
    )))
}

fn compile(places: &Places) -> Result<String, Fault> {
    let packages = foreign::node_packages(places)?;
    let mut sass = Command::new("node");
    sass.arg(packages.join("sass/sass.js"))
        .args(["--style=compressed", "--no-source-map", "--quiet-deps"]);
    command::output(sass.arg("--load-path").arg(&packages).arg(source(places)))
}

/// What must not be in compiled styles, in words that end "compiles to …".
fn unwanted(css: &str) -> Option<String> {
    let lower = css.to_ascii_lowercase();
    let forbidden = [
        ("gds transport", "a reserved typeface: set $govuk-font-family"),
        (
            "@font-face",
            "a font of its own: the pages use the reader's fonts",
        ),
        ("govuk-crest", "a reserved crest: leave the footer component out"),
        ("sourcemappingurl", "a source map"),
        (
            "@import",
            "an import, which would be fetched when the page is read",
        ),
    ];
    if let Some((_, what)) = forbidden.iter().find(|(mark, _)| lower.contains(mark)) {
        return Some((*what).to_owned());
    }
    let addresses = lower
        .split("url(")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    let mut elsewhere = addresses
        .map(|address| address.trim_matches(['"', '\'']))
        .filter(|address| {
            !(address.starts_with("/assets/") || address.starts_with("data:") || address.starts_with('#'))
        });
    elsewhere
        .next()
        .map(|address| format!("an address outside /assets/: {address}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_styles_with_their_own_assets_pass() {
        let css = r##"a{color:#000;background:url("/assets/images/mark.svg")}b{mask:url(#m)}i{background:url("data:image/svg+xml,x")}"##;
        assert_eq!(unwanted(css), None);
    }

    #[test]
    fn reserved_and_distant_things_are_found() {
        let cases = [
            (r#"p{font-family:"GDS Transport",arial}"#, "typeface"),
            (
                "@font-face{font-family:x;src:url(/assets/x.woff2)}",
                "font of its own",
            ),
            (r#"p{background:url("/assets/images/govuk-crest.svg")}"#, "crest"),
            (
                "p{color:red}/*# sourceMappingURL=standing.css.map */",
                "source map",
            ),
            (
                r#"p{background:url("https://elsewhere.example/a.png")}"#,
                "https://elsewhere.example/a.png",
            ),
            (
                "p{background:url('//elsewhere.example/a.png')}",
                "//elsewhere.example/a.png",
            ),
        ];
        for (css, expected) in cases {
            assert!(
                unwanted(css).is_some_and(|fault| fault.contains(expected)),
                "{css}"
            );
        }
    }
}
