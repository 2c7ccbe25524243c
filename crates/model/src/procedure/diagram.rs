//! The diagrams of the machines, drawn from their tables.

use std::{collections::BTreeSet, fmt::Write};

use super::{ProcedureKind, Role, Rule, Status, rule};

/// The machine of a kind as a Mermaid `stateDiagram-v2`.
pub fn diagram(kind: ProcedureKind) -> String {
    let rules = kind.rules();
    let mut drawing = String::from("stateDiagram-v2\n");
    let mut line = |text: std::fmt::Arguments<'_>| {
        // Writing into a text doesn't fail.
        let _ = writeln!(drawing, "    {text}");
    };
    let mut named = BTreeSet::new();
    for status in rules.iter().map(|rule| rule.to) {
        if named.insert(status) {
            line(format_args!("state \"{status}\" as {}", place(status)));
        }
    }
    for one in rules {
        let from = one.from.map_or_else(|| "[*]".to_owned(), place);
        line(format_args!("{from} --> {}: {}", place(one.to), label(one)));
    }
    for status in named {
        if rule::possible(rules, status).next().is_none() {
            line(format_args!("{} --> [*]", place(status)));
        }
    }
    drawing
}

/// The name of a status in the drawing, where a hyphen would be read as an arrow.
fn place(status: Status) -> String {
    status.as_str().replace('-', "_")
}

fn label(rule: &Rule) -> String {
    let roles: Vec<_> = rule.by.iter().copied().map(Role::as_str).collect();
    format!("{} ({})", rule.step, roles.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagram_has_a_line_for_each_rule_and_marks_beginning_and_ends() {
        for kind in ProcedureKind::ALL {
            let drawing = diagram(*kind);
            let begins = drawing.lines().filter(|line| line.trim().starts_with("[*] --> "));
            assert_eq!(begins.count(), 1, "{kind}");
            let steps = drawing.lines().filter(|line| line.ends_with(')'));
            assert_eq!(steps.count(), kind.rules().len(), "{kind}");
            assert!(drawing.lines().any(|line| line.ends_with(" --> [*]")), "{kind}");
        }
    }

    #[test]
    fn the_diagram_of_a_dispute_says_who_does_what() {
        let drawing = diagram(ProcedureKind::Dispute);
        for line in [
            "stateDiagram-v2\n",
            "    state \"taken-back\" as taken_back\n",
            "    [*] --> open: open (person)\n",
            "    open --> overdue: pass-due-day (installation)\n",
            "    overdue --> withdrawn: withdraw (authority)\n",
            "    upheld --> upheld: add-statement (person)\n",
            "    taken_back --> [*]\n",
        ] {
            assert!(drawing.contains(line), "{line:?} is missing from:\n{drawing}");
        }
        assert!(
            !drawing.contains("    upheld --> [*]"),
            "the person can still do something"
        );
    }
}
