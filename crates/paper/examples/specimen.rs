//! Prints specimens of both documents into a folder, and how long one takes.
//!
//! `cargo run --release -p paper --example specimen -- FOLDER`

#[path = "../tests/support/mod.rs"]
mod support;

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Instant;

use paper::{Fonts, Languages, certificate_pdf, records_pdf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("name a folder")?);
    std::fs::create_dir_all(&folder)?;
    let mut out = std::io::stdout().lock();

    let start = Instant::now();
    let fonts = Fonts::load()?;
    writeln!(
        out,
        "fonts loaded in {:.1} ms",
        start.elapsed().as_secs_f64() * 1e3
    )?;

    for bytes in [1000, 2000, 2900] {
        let sheet = support::certificate(bytes);
        certificate_pdf(&fonts, &sheet)?;
        let (start, rounds) = (Instant::now(), 50);
        for _ in 0..rounds {
            certificate_pdf(&fonts, &sheet)?;
        }
        let each = start.elapsed().as_secs_f64() * 1e3 / f64::from(rounds);
        let pdf = certificate_pdf(&fonts, &sheet)?;
        writeln!(
            out,
            "certificate of {bytes} bytes: {each:.1} ms, {} bytes of PDF",
            pdf.len()
        )?;
        std::fs::write(folder.join(format!("certificate-{bytes}.pdf")), pdf)?;
    }
    for (name, languages) in [
        ("zh", Languages::Chinese),
        ("en", Languages::English),
        ("both", Languages::Both),
    ] {
        let start = Instant::now();
        let pdf = records_pdf(&fonts, &support::records(20, languages))?;
        writeln!(
            out,
            "records of 20: {:.1} ms",
            start.elapsed().as_secs_f64() * 1e3
        )?;
        std::fs::write(folder.join(format!("records-{name}.pdf")), pdf)?;
    }
    Ok(())
}
