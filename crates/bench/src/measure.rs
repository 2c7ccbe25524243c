//! Medians, rounds and the peak of memory.

use std::{
    fs,
    time::{Duration, Instant},
};

use crate::Fault;

/// The median; of an even number the upper of the two in the middle.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The value below which this share of `values` lies.
pub(crate) fn quantile(values: &mut [Duration], share: f64) -> Duration {
    values.sort_unstable();
    let place = (values.len() as f64 * share).ceil() as usize;
    values.get(place.saturating_sub(1)).copied().unwrap_or_default()
}

/// How often each of two things is done in a second on one core: medians of rounds taken in turn.
pub(crate) fn in_turn(rounds: u32, mut limit: impl FnMut(), mut path: impl FnMut()) -> (f64, f64) {
    let mut rates = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        rates.0.push(per_second(&mut limit));
        rates.1.push(per_second(&mut path));
    }
    (median(rates.0), median(rates.1))
}

fn per_second(work: &mut impl FnMut()) -> f64 {
    let started = Instant::now();
    let mut count = 0_u32;
    while started.elapsed() < Duration::from_millis(150) {
        for _ in 0..20 {
            work();
        }
        count += 20;
    }
    f64::from(count) / started.elapsed().as_secs_f64()
}

/// The most memory that this process ever held, in KiB (`VmHWM` of proc(5)).
pub(crate) fn peak_kib() -> Result<u64, Fault> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .ok_or("the system tells no VmHWM")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_slow_end_are_found() {
        assert!((median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        let mut times: Vec<Duration> = (1..=100).rev().map(Duration::from_millis).collect();
        assert_eq!(quantile(&mut times, 0.99), Duration::from_millis(99));
        assert_eq!(quantile(&mut times, 1.0), Duration::from_millis(100));
        assert_eq!(quantile(&mut [], 0.5), Duration::ZERO);
    }

    #[test]
    fn the_peak_of_memory_grows_with_what_is_held() {
        let before = peak_kib().unwrap();
        let held = vec![1_u8; 64 << 20];
        assert!(peak_kib().unwrap() >= before.max(64 << 10), "{}", held.len());
    }
}
