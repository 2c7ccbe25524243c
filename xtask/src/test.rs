//! `cargo xtask test`: the steps one after the other, and one summary.

use std::ffi::OsString;
use std::time::{Duration, Instant};

use crate::command::Fault;
use crate::places::Places;
use crate::steps::{self, Outcome, Run, STEPS, Step};

/// Prints the steps.
pub(crate) fn list() {
    for step in &STEPS {
        println!("{:<10} {}", step.name, step.about);
    }
}

/// Runs all steps, or the one named, and stops at the first that fails.
pub(crate) fn run(places: &Places, only: Option<&str>, rest: Vec<OsString>) -> Result<(), Fault> {
    if only.is_none() && !rest.is_empty() {
        return Err(Fault::new(
            "arguments after -- are for one step: name it with --step",
        ));
    }
    let chosen = match only {
        Some(name) => std::slice::from_ref(steps::named(name)?),
        None => STEPS.as_slice(),
    };
    let begun = Instant::now();
    let mut summary = Vec::new();
    let result = run_steps(chosen, &mut Run::new(places, rest), &mut summary);
    println!("\n{}", summary.join("\n"));
    println!("{:<10} {}", "in all", shown(begun.elapsed()));
    result
}

/// The shared server stops when the caller drops `run`, whatever happened here.
fn run_steps(chosen: &[Step], run: &mut Run<'_>, summary: &mut Vec<String>) -> Result<(), Fault> {
    for step in chosen {
        println!("\n== {}: {}", step.name, step.about);
        let begun = Instant::now();
        let result = (step.run)(run);
        let time = shown(begun.elapsed());
        let word = match &result {
            Ok(Outcome::Done) => "passed".to_owned(),
            Ok(Outcome::Skipped(reason)) => format!("skipped: {reason}"),
            Err(_) => "FAILED".to_owned(),
        };
        summary.push(format!("{:<10} {time:>8}  {word}", step.name));
        if let Err(fault) = result {
            let again = format!("to repeat only this step: cargo xtask test --step {}", step.name);
            return Err(Fault::new(format!(
                "the step {} failed: {fault}\n{again}",
                step.name
            )));
        }
    }
    Ok(())
}

fn shown(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 60, seconds % 60) {
        (0, _) => format!("{:.1} s", time.as_secs_f64()),
        (minutes, rest) => format!("{minutes} m {rest:02} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(_: &mut Run<'_>) -> Result<Outcome, Fault> {
        Ok(Outcome::Done)
    }

    fn fails(_: &mut Run<'_>) -> Result<Outcome, Fault> {
        Err(Fault::new("two tests failed"))
    }

    #[test]
    fn the_first_failing_step_ends_the_run_and_says_how_to_repeat_it() {
        let places = Places::find().expect("the tests run inside the project");
        let step = |name, run| Step { name, about: "", run };
        let steps = [step("one", passes), step("two", fails), step("three", passes)];
        let mut summary = Vec::new();
        let fault =
            run_steps(&steps, &mut Run::new(&places, Vec::new()), &mut summary).expect_err("two fails");
        assert!(
            fault.to_string().ends_with("cargo xtask test --step two"),
            "{fault}"
        );
        assert!(fault.to_string().contains("two tests failed"));
        assert_eq!(summary.len(), 2);
        assert!(summary[1].ends_with("FAILED"));
    }

    #[test]
    fn arguments_without_a_step_to_give_them_to_are_refused() {
        let places = Places::find().expect("the tests run inside the project");
        assert!(run(&places, None, vec!["-p".into()]).is_err());
        assert!(run(&places, Some("nothing"), Vec::new()).is_err());
    }

    #[test]
    fn times_are_shown_in_minutes_and_seconds() {
        assert_eq!(shown(Duration::from_millis(1_540)), "1.5 s");
        assert_eq!(shown(Duration::from_secs(754)), "12 m 34 s");
    }
}
