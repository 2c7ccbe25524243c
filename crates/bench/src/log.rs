//! Appending to the log: batches from several senders at once, each answered when its leaves are under a
//! signed checkpoint and on disk. Measured for the log alone, and for whole submissions, which pay for their rows
//! and receipts too.

use std::{io::Cursor, time::Instant};

use registry::Registry;

use crate::{
    Fault, Plan,
    intake::Loaded,
    measure::median,
    people, say, site,
    table::{Line, Need, Table},
};

const SENDERS: u32 = 4;
const BATCHES: u32 = 20;
const ROWS: u32 = 1000;

pub(crate) fn measure(plan: &Plan, loaded: &Loaded, table: &mut Table) -> Result<(), Fault> {
    let registry = site::open(&loaded.large)?;
    let (mut rates, mut alone) = (Vec::new(), Vec::new());
    for round in 0..plan.rounds {
        say(&format!("log, round {} of {}", round + 1, plan.rounds));
        // Beyond everybody whom another measurement adds.
        let first = people::ADDED + 1_000_000 + round * SENDERS * BATCHES * ROWS;
        rates.push(submit(&registry, first)?);
        alone.push(append(&registry)?);
    }
    table.push(Line {
        path: format!(
            "log append: batches of {ROWS} leaves from {SENDERS} senders, each under a durable checkpoint"
        ),
        limit: None,
        value: median(alone),
        unit: "leaves/s",
        need: Need::AtLeast(20_000.0),
    });
    table.push(Line {
        path: format!(
            "whole submissions of {ROWS} rows from {SENDERS} senders, each under a durable checkpoint"
        ),
        limit: None,
        value: median(rates),
        unit: "leaves/s",
        need: Need::Nothing,
    });
    Ok(())
}

fn append(registry: &Registry) -> Result<f64, Fault> {
    let started = Instant::now();
    std::thread::scope(|scope| {
        let senders: Vec<_> = (0..SENDERS)
            .map(|sender| {
                scope.spawn(move || -> Result<(), Fault> {
                    for batch in 0..BATCHES {
                        // What entries commit to makes no difference to the log.
                        let entries = (0..ROWS).map(|row| {
                            let mut entry = [0; 32];
                            entry[..4].copy_from_slice(&sender.to_be_bytes());
                            entry[4..8].copy_from_slice(&(batch * ROWS + row).to_be_bytes());
                            entry
                        });
                        registry.measure_append(entries.collect())?;
                    }
                    Ok(())
                })
            })
            .collect();
        senders
            .into_iter()
            .try_for_each(|sender| sender.join().unwrap_or_else(|_| Err("a sender stopped".into())))
    })?;
    Ok(f64::from(SENDERS * BATCHES * ROWS) / started.elapsed().as_secs_f64())
}

fn submit(registry: &Registry, first: u32) -> Result<f64, Fault> {
    let batch = |number: u32| people::csv(first + number * ROWS..first + (number + 1) * ROWS);
    let batches =
        |sender: u32| -> Vec<Vec<u8>> { (sender * BATCHES..(sender + 1) * BATCHES).map(batch).collect() };
    let all: Vec<Vec<Vec<u8>>> = (0..SENDERS).map(batches).collect();
    let before = registry.integrate()?;
    let started = Instant::now();
    std::thread::scope(|scope| {
        let senders: Vec<_> = all
            .into_iter()
            .map(|batches| {
                scope.spawn(move || -> Result<(), Fault> {
                    for batch in batches {
                        let sent = registry.submit(&site::licences("x.csv"), Cursor::new(batch), &|_| ())?;
                        if sent.counts.accepted != u64::from(ROWS) {
                            return Err("a batch was not taken whole".into());
                        }
                    }
                    Ok(())
                })
            })
            .collect();
        senders
            .into_iter()
            .try_for_each(|sender| sender.join().unwrap_or_else(|_| Err("a sender stopped".into())))
    })?;
    let seconds = started.elapsed().as_secs_f64();
    // Every answer came with a receipt, so all of these are under the checkpoint already.
    Ok((registry.integrate()? - before) as f64 / seconds)
}
