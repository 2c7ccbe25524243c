//! Long seeded runs of random operations against a simple model of what the registry should hold: after each
//! step the answers, the records, the certificates and the size of the log are those of the model.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

mod model;
mod run;

use run::Run;
use testkit::Engine;

fn simulate(engine: Engine, seed: u64, steps: u32) {
    let mut run = Run::new(engine, seed);
    for step in 0..steps {
        let did = run.step();
        run.compare(&format!("seed {seed}, step {step}: {did}"));
    }
    run.compare_everything(&format!("seed {seed}, at the end"));
}

#[test]
fn random_operations_leave_what_the_model_says_on_sqlite() {
    for seed in 1..=3 {
        simulate(Engine::Sqlite, seed, 300);
    }
}

#[test]
fn random_operations_leave_what_the_model_says_on_postgres() {
    for seed in 5..=6 {
        simulate(Engine::Postgres, seed, 200);
    }
}
