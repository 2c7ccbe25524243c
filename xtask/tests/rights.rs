//! The table in docs/rights.md names a law, a page, a call and a test for each right. This holds it to the source: what
//! it names has to be there.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The columns, in their order.
const COLUMNS: [&str; 5] = ["right", "law", "page", "call", "tests"];
/// Fewer rights than this are no table of rights.
const AT_LEAST: usize = 25;

/// What the source has.
#[derive(Default)]
struct Source {
    /// The addresses of pages and of calls.
    routes: BTreeSet<String>,
    /// The names of tests in Rust that are run.
    tests: BTreeSet<String>,
    /// The names of browser tests.
    browser: BTreeSet<String>,
    profile: PathBuf,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the project") {
        let path = entry.expect("a file of the project").path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
}

fn texts(folder: &str, ending: &str) -> Vec<String> {
    let mut found = Vec::new();
    files(&root().join(folder), ending, &mut found);
    let read = |path: &PathBuf| fs::read_to_string(path).expect("a text");
    found.iter().map(read).collect()
}

/// The quoted text that follows `before`, wherever `before` stands.
fn after<'t>(text: &'t str, before: &'t str) -> impl Iterator<Item = &'t str> {
    let parts = text.split(before).skip(1);
    parts.filter_map(|part| part.trim_start().strip_prefix('"')?.split('"').next())
}

impl Source {
    fn read() -> Self {
        let mut source = Self {
            profile: root().join("profiles/gansu"),
            ..Self::default()
        };
        for text in texts("crates/web/src", ".rs") {
            source.routes.extend(after(&text, ".route(").map(str::to_owned));
        }
        let calls = fs::read_to_string(root().join("crates/api/src/routes.rs")).expect("the calls");
        source
            .routes
            .extend(after(&calls, "Route::at(").map(str::to_owned));
        for folder in ["crates", "xtask"] {
            for text in texts(folder, ".rs") {
                source.tests.extend(tests(&text));
            }
        }
        for text in texts("tests/browser", ".test.mjs") {
            source.browser.extend(browser_tests(&text));
        }
        source
    }

    /// What is wrong with a line of the table.
    fn faults(&self, line: &str) -> Vec<String> {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [right, law, page, call, tests] = cells[..] else {
            return vec![format!("{} columns in {line}", cells.len())];
        };
        let mut faults = Vec::new();
        for (column, cell) in COLUMNS.iter().zip(&cells) {
            if cell.is_empty() {
                faults.push(format!("{right}: nothing under {column}"));
            }
        }
        for route in quoted(page).chain(quoted(call)) {
            if !self.routes.contains(route) {
                faults.push(format!("{right}: there is no {route}"));
            }
        }
        for test in quoted(tests) {
            if !self.tests.contains(test) {
                faults.push(format!("{right}: there is no test {test}"));
            }
        }
        for test in tests.split('“').skip(1).filter_map(|part| part.split('”').next()) {
            if !self.browser.contains(test) {
                faults.push(format!("{right}: no browser test is called {test}"));
            }
        }
        let named = quoted(tests).count() + tests.matches('“').count();
        if named == 0 && !tests.is_empty() {
            faults.push(format!("{right}: no test"));
        }
        let of_the_law = self.faults_of_the_law(law);
        faults.extend(of_the_law.into_iter().map(|fault| format!("{right}: {fault}")));
        faults
    }

    /// Whether what the profile says of each number is what is said here. Each statement ends with `. ` before the
    /// next one's file.
    fn faults_of_the_law(&self, law: &str) -> Vec<String> {
        let mut faults = Vec::new();
        let statements = law.split(". `").enumerate();
        for (n, statement) in statements {
            let statement = if n == 0 {
                statement.to_owned()
            } else {
                format!("`{statement}")
            };
            let mut names = quoted(&statement);
            let Some(name) = names.next() else { continue };
            let Ok(file) = fs::read_to_string(self.profile.join(name)) else {
                faults.push(format!("the profile has no {name}"));
                continue;
            };
            let section = match names.next() {
                Some(key) => section(&file, key).ok_or_else(|| format!("{name} has no {key}")),
                None => Ok(file),
            };
            match section {
                Ok(section) => faults.extend(said_wrongly(&statement, &section)),
                Err(fault) => faults.push(fault),
            }
        }
        faults
    }
}

/// The names of the tests in a Rust source that are run: functions with an attribute that makes them a test and none that
/// ignores them, and the promises in `on_both_engines!`.
fn tests(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    // The attributes above what comes next, and the end of the macro that makes its functions tests.
    let (mut above, mut promises) = (String::new(), None);
    for line in text.lines() {
        let code = line.trim_start();
        let indent = &line[..line.len() - code.len()];
        if ["on_both_engines! {", "testkit::on_both_engines! {"].contains(&code) {
            promises = Some(format!("{indent}}}"));
        } else if promises.as_deref() == Some(line) {
            promises = None;
        }
        let of_function = [
            "",
            "pub ",
            "pub(crate) ",
            "async ",
            "pub async ",
            "pub(crate) async ",
        ]
        .iter()
        .find_map(|start| code.strip_prefix(start)?.strip_prefix("fn "));
        let Some(rest) = of_function else {
            // Attributes may be several lines long; whatever ends a block, an item or a line of code ends them.
            match code {
                _ if code.starts_with("//") => {}
                "" => above.clear(),
                _ if code.ends_with(['{', '}', ';']) => above.clear(),
                _ => above += code,
            }
            continue;
        };
        let name: String = rest
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect();
        let promise = promises.is_some() && rest.ends_with("(engine: Engine) {");
        let marked = ["#[test]", "#[tokio::test]", "#[tokio::test("]
            .iter()
            .any(|mark| above.contains(mark));
        if (promise || marked) && !above.contains("#[ignore") {
            found.push(name);
        }
        above.clear();
    }
    found
}

/// The names of the tests in a file of browser tests: each stands at the beginning of a line, or on one below that.
fn browser_tests(text: &str) -> Vec<String> {
    let mut lines = text.lines().map(str::trim_start);
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        let named = line.trim_start_matches("{ ").strip_prefix("name:");
        let Some(here) = named.map(str::trim) else {
            continue;
        };
        let rest = if here.is_empty() {
            lines.next().unwrap_or_default()
        } else {
            here
        };
        if let Some(quote) = rest.chars().next().filter(|c| "'\"`".contains(*c)) {
            // One that is run in both languages is called so with the language behind.
            let name = rest[1..].split(quote).next().unwrap_or_default();
            found.push(name.split(" (${").next().unwrap_or_default().to_owned());
        }
    }
    found
}

/// Whether a statement has this word, and not only as a part of another.
fn has_word(statement: &str, word: &str) -> bool {
    let words = statement.split(|c: char| !c.is_alphanumeric());
    words.into_iter().any(|one| one == word)
}

/// What a statement about a part of the profile says otherwise than the profile.
fn said_wrongly(statement: &str, section: &str) -> Option<String> {
    let articles: Vec<&str> = section
        .lines()
        .filter(|line| line.starts_with("article = "))
        .filter_map(|line| line.split("en = \"").nth(1)?.split('"').next())
        .collect();
    if articles.is_empty() {
        return (!has_word(statement, "own")).then(|| format!("{statement}: it is the installation's own"));
    }
    if !articles.iter().any(|article| statement.contains(article)) {
        return Some(format!("{statement}: it stands in {}", articles.join(" or ")));
    }
    let confirmed = !section.contains("confirmed = false");
    (confirmed == statement.contains("not confirmed"))
        .then(|| format!("{statement}: whether a lawyer has confirmed it is said wrongly"))
}

/// What stands in backquotes.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// The part of a file of the profile that is about this key.
fn section(file: &str, key: &str) -> Option<String> {
    let mut found = None;
    for part in format!("\n{file}").split("\n[").skip(1) {
        let (head, body) = part.split_once(']')?;
        let head = head.trim_start_matches('[');
        if head == key || head.strip_prefix(key).is_some_and(|rest| rest.starts_with('.')) {
            let text = found.get_or_insert_with(String::new);
            *text += body;
        }
    }
    found
}

/// The lines of the table, without its head.
fn lines(text: &str) -> Vec<&str> {
    let table = text.lines().skip_while(|line| !line.starts_with("| right |"));
    table.take_while(|line| line.starts_with('|')).skip(2).collect()
}

#[test]
fn every_right_names_laws_pages_calls_and_tests_that_are_there() {
    let text = fs::read_to_string(root().join("docs/rights.md")).expect("the table of rights");
    let head = format!("| {} |", COLUMNS.join(" | "));
    assert!(text.contains(&head), "the table has other columns");
    let lines = lines(&text);
    assert!(lines.len() >= AT_LEAST, "{} rights", lines.len());
    let source = Source::read();
    assert!(source.routes.len() > 20 && source.tests.len() > 500 && !source.browser.is_empty());
    let faults: Vec<String> = lines.iter().flat_map(|line| source.faults(line)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn only_a_test_that_is_run_is_a_test() {
    let text = r#"
        fn helper() {}

        /// Said of it.
        #[test]
        fn plain() {
            fn within() {}
        }

        #[tokio::test]
        async fn asynchronous() {}

        #[tokio::test(flavor = "multi_thread")]
        // Why.
        async fn threaded() {
        }

        #[test]
        #[ignore = "too long"]
        fn ignored() {}

        #[test]
        #[expect(
            clippy::unwrap_used,
            reason = "a test"
        )]
        fn with_reasons() {}

        // #[test]
        // fn commented() {}
        fn after_a_comment() {}

        let text = "fn in_a_text() {}";

        on_both_engines! {
            /// Said of it.
            fn promised(engine: Engine) {
                fn helper_of_a_promise(engine: u8) {}
            }
        }
        fn no_promise(engine: Engine) {
        }
    "#;
    assert_eq!(
        tests(text),
        ["plain", "asynchronous", "threaded", "with_reasons", "promised"]
    );
    let text = "export default [\n  {\n    name: 'it is so',\n    async run() { // name: 'not so'\n\
                // name: 'nor so'\n    name:\n      'and so',\n    name: `this too (${language})`,\n";
    assert_eq!(browser_tests(text), ["it is so", "and so", "this too"]);
}

#[test]
fn a_word_is_no_part_of_another() {
    assert!(has_word("`alert_sent`: own", "own") && has_word("the installation's own; not confirmed", "own"));
    for other in ["it is known", "as shown", "owner", ""] {
        assert!(!has_word(other, "own"), "{other}");
    }
}

#[test]
fn what_is_not_there_is_found() {
    let source = Source::read();
    let faults = |law: &str, page: &str, call: &str, tests: &str| {
        source.faults(&format!("| to be told | {law} | {page} | {call} | {tests} |"))
    };
    let law =
        "`procedures.toml` `dispute_answer`: Credit Reporting Industry Regulation, Article 25; not confirmed";
    let test = "`what_is_not_there_is_found`";
    assert_eq!(faults(law, "`/records`", "none", test), [""; 0]);
    let two = format!("{law}. `procedures.toml` `alert_sent`: own");
    assert_eq!(
        faults(&two, "none", "`/trust.json`", "“the home page is accessible”"),
        [""; 0]
    );
    assert_eq!(faults("`oversight.toml`: own", "none", "none", test), [""; 0]);
    for (law, page, call, tests, word) in [
        (law, "`/record`", "none", test, "/record"),
        (law, "none", "`/api/v1/people`", test, "/api/v1/people"),
        (law, "none", "none", "`what_is_not`", "what_is_not"),
        (law, "none", "none", "`has_word`", "has_word"),
        (law, "none", "none", "“the home page is”", "the home page is"),
        (law, "none", "none", "“the home page is golden”", "golden"),
        (law, "none", "none", "none", "no test"),
        (law, "", "none", test, "nothing under page"),
        (
            "`procedures.toml` `dispute`: Article 25; not confirmed",
            "none",
            "none",
            test,
            "has no dispute",
        ),
        ("`procedure.toml`: own", "none", "none", test, "procedure.toml"),
        (
            "`procedures.toml` `dispute_answer`: Article 26; not confirmed",
            "none",
            "none",
            test,
            "Article 25",
        ),
        (
            "`procedures.toml` `dispute_answer`: Article 25",
            "none",
            "none",
            test,
            "confirmed",
        ),
        (
            "`procedures.toml` `alert_sent`: Article 1; not confirmed",
            "none",
            "none",
            test,
            "own",
        ),
        (
            "the design. `procedures.toml` `alert_sent`: Article 1",
            "none",
            "none",
            test,
            "own",
        ),
        ("`oversight.toml`: as is known", "none", "none", test, "own"),
    ] {
        let found = faults(law, page, call, tests);
        assert_eq!(found.len(), 1, "{word}: {found:?}");
        assert!(found[0].contains(word), "{word}: {found:?}");
    }
}
