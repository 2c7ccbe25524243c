//! How many rows a second one core reads and checks: `cargo run --release -p intake --example speed [ROWS]`.

use std::{
    fmt::Write as _,
    io::{Cursor, Write as _},
    path::Path,
    time::Instant,
};

use intake::{Checker, Intake, OpenOptions};
use jiff::civil::date;
use model::RecordKind;
use profile::Profile;

const HEADINGS: &str = "行政相对人名称,证件类型,证件号码,行政许可决定文书号,许可类别,许可证书名称,许可编号,执业范围,\
                        许可决定日期,有效期自,有效期至,许可机关,数据来源单位,许可依据\n";

/// A made-up number of a region that does not exist, with its check character (ISO/IEC 7064 MOD 11-2).
fn identity_number(row: usize) -> String {
    let mut number = format!(
        "99{:04}1980{:02}{:02}{:03}",
        row % 10_000,
        row % 12 + 1,
        row % 28 + 1,
        row / 7 % 1000
    );
    let sum = number
        .bytes()
        .fold(0, |sum, digit| (sum * 2 + u32::from(digit - b'0')) % 11);
    let check = (12 - sum * 2 % 11) % 11;
    number.push(char::from_digit(check, 10).unwrap_or('X'));
    number
}

fn csv(rows: usize) -> String {
    let mut csv = HEADINGS.to_owned();
    for row in 0..rows {
        let number = identity_number(row);
        let line = writeln!(
            csv,
            "许拟松,身份证,{number},甘许〔2018〕{row:07}号,普通,律师执业证,LAW-{row:08},律师,2018-08-06,2018-08-06,\
             2033-08-06,law-bureau,law-bureau,lawyer-licensing"
        );
        debug_assert!(line.is_ok(), "writing to memory");
    }
    csv
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rows: usize = std::env::args().nth(1).map_or(Ok(500_000), |rows| rows.parse())?;
    let profile = Profile::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../profiles/gansu"))
        .map_err(|faults| format!("the profile has {} faults", faults.len()))?;
    let checker = Checker::new(&profile, RecordKind::Licence, "law-bureau", date(2026, 11, 23))?;
    let utf8 = csv(rows);
    let gb18030 = encoding_rs::GB18030.encode(&utf8).0.into_owned();
    let mut out = std::io::stdout();
    for (name, bytes) in [("UTF-8", utf8.into_bytes()), ("GB18030", gb18030)] {
        let size = bytes.len();
        let options = OpenOptions {
            name: "speed.csv".into(),
            ..OpenOptions::default()
        };
        let start = Instant::now();
        let stream = Intake::open(Cursor::new(bytes), &options, &checker)?;
        let (mut good, mut all) = (0, 0);
        for row in stream {
            all += 1;
            good += usize::from(row.is_ok());
        }
        let seconds = start.elapsed().as_secs_f64();
        let (rate, megabytes) = (all as f64 / seconds, size as f64 / seconds / 1e6);
        writeln!(
            out,
            "{name}: {good} of {all} rows accepted in {seconds:.2} s: {rate:.0} rows/s, {megabytes:.0} MB/s"
        )?;
    }
    Ok(())
}
