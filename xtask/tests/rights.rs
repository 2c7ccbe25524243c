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
    /// The names of functions in Rust.
    functions: BTreeSet<String>,
    /// The text of the browser tests.
    browser: String,
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
                for part in text.split("fn ").skip(1) {
                    let name = part
                        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                        .next();
                    source.functions.insert(name.unwrap_or_default().to_owned());
                }
            }
        }
        source.browser = texts("tests/browser", ".mjs").join("\n");
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
            if !self.functions.contains(test) {
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

/// What a statement about a part of the profile says otherwise than the profile.
fn said_wrongly(statement: &str, section: &str) -> Option<String> {
    let articles: Vec<&str> = section
        .lines()
        .filter(|line| line.starts_with("article = "))
        .filter_map(|line| line.split("en = \"").nth(1)?.split('"').next())
        .collect();
    if articles.is_empty() {
        return (!statement.contains("own")).then(|| format!("{statement}: it is the installation's own"));
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
    assert!(source.routes.len() > 20 && source.functions.len() > 500 && !source.browser.is_empty());
    let faults: Vec<String> = lines.iter().flat_map(|line| source.faults(line)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
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
    ] {
        let found = faults(law, page, call, tests);
        assert_eq!(found.len(), 1, "{word}: {found:?}");
        assert!(found[0].contains(word), "{word}: {found:?}");
    }
}
