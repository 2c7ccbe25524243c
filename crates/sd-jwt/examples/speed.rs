//! Measures issuing and verifying on one core against bare signatures: `cargo run --release --example speed`.
#![expect(clippy::print_stdout, reason = "its output is what it is for")]

#[path = "../tests/common/mod.rs"]
mod common;

use std::hint::black_box;
use std::time::{Duration, Instant};

use common::{ISSUER, LIST_URI, NAMES, NOW, VCT, credential, issuer_key, metadata, seeded};
use sd_jwt::{
    Algorithm, Bits, Signer, StatusList, StatusListToken, VerifyOptions, verify, verify_status_list,
};

/// How often each of two things can be done in a second: medians of rounds taken in turn, so that a busy
/// machine slows both alike.
fn per_second(mut first: impl FnMut(), mut second: impl FnMut()) -> (f64, f64) {
    let mut rates = (Vec::new(), Vec::new());
    for _ in 0..21 {
        rates.0.push(round(&mut first));
        rates.1.push(round(&mut second));
    }
    (median(rates.0), median(rates.1))
}

fn round(work: &mut impl FnMut()) -> f64 {
    let start = Instant::now();
    let mut count = 0_u32;
    while start.elapsed() < Duration::from_millis(100) {
        for _ in 0..20 {
            work();
        }
        count += 20;
    }
    f64::from(count) / start.elapsed().as_secs_f64()
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let signer = issuer_key();
    let public = signer.public_key();
    let message = [7; 1200];
    let signature = signer.sign(&message)?;
    let mut random = seeded(1);
    let text = credential(7).sign(&signer, &mut random)?;
    let list = StatusList::new(Bits::One, 1_000_000)?;
    let token = StatusListToken {
        issuer: ISSUER,
        uri: LIST_URI,
        issued_at: NOW,
        expires_at: NOW + 1,
        ttl_seconds: 60,
    };
    let token = token.sign(&list, &signer)?;
    let keys = metadata();
    let read = || verify_status_list(&token, LIST_URI, ISSUER, &keys, &[Algorithm::Es256], NOW, 0);
    let list = read()?;
    let options = VerifyOptions::new(NOW, VCT);

    let (bare_sign, issue) = per_second(
        || drop(black_box(signer.sign(black_box(&message)))),
        || drop(black_box(credential(7).sign(&signer, &mut random))),
    );
    let (bare_verify, checked) = per_second(
        || {
            black_box(public.verifies(black_box(&message), &signature));
        },
        || {
            let verified = verify(black_box(&text), &keys, &options);
            black_box(verified.map(|verified| list.status_of(&verified))).ok();
        },
    );
    let lists = round(&mut || drop(black_box(read())));
    println!("{} disclosures, {} bytes", NAMES.len(), text.len());
    println!("sign alone    {bare_sign:>9.0} /s");
    println!(
        "issue         {issue:>9.0} /s  {:.2} of the bare signatures",
        issue / bare_sign
    );
    println!("verify alone  {bare_verify:>9.0} /s");
    println!(
        "verify+status {checked:>9.0} /s  {:.2} of the bare verifications",
        checked / bare_verify
    );
    println!("read a list of a million entries {lists:.0} /s");
    Ok(())
}
