//! Made-up people. Their identity numbers are of regions 99xxxx, which do not exist.

use std::fmt::Write as _;

/// A made-up person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeUp {
    /// The name.
    pub name: String,
    /// The identity number, its check digit right.
    pub number: String,
}

const FAMILY: [&str; 8] = ["测", "试", "虚", "拟", "样", "例", "构", "示"];
const GIVEN: [&str; 8] = ["一安", "二宁", "三和", "四清", "五岚", "六松", "七舟", "八兰"];

/// The `n`th made-up person of the `gansu` profile.
pub fn made_up(n: u32) -> MadeUp {
    let (region, sequence) = (n / 400_000 % 10_000, n / 16_800 % 1000);
    of(
        n,
        region,
        &format!(
            "{:04}{:02}{:02}",
            1950 + n % 50,
            n / 50 % 12 + 1,
            n / 600 % 28 + 1
        ),
        sequence,
    )
}

/// A made-up person born on this day, written as eight digits.
pub fn made_up_born_on(n: u32, day: &str) -> MadeUp {
    of(n, 9_999, day, n % 1000)
}

fn of(n: u32, region: u32, born_on: &str, sequence: u32) -> MadeUp {
    let body = format!("99{region:04}{born_on}{sequence:03}");
    let sum: u32 = body
        .bytes()
        .zip([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    // ISO 7064 MOD 11-2, as in GB 11643.
    let check = char::from(b"10X98765432"[(sum % 11) as usize]);
    let name = format!("{}{}", FAMILY[(n % 8) as usize], GIVEN[(n / 8 % 8) as usize]);
    MadeUp {
        name,
        number: format!("{body}{check}"),
    }
}

/// A file of `rows` licences of lawyers, for the people from the `first` on, as the law bureau sends it.
pub fn licences_csv(first: u32, rows: u32) -> String {
    let mut csv = String::with_capacity(rows as usize * 220);
    csv.push_str(
        "行政相对人名称,证件类型,证件号码,行政许可决定文书号,许可类别,许可证书名称,许可编号,执业范围,许可决定日期,\
         有效期自,有效期至,许可机关,数据来源单位,许可依据\r\n",
    );
    for n in first..first + rows {
        let MadeUp { name, number } = made_up(n);
        // Writing to a string cannot fail.
        let _ = write!(
            csv,
            "{name},身份证,{number},甘许〔2020〕{n:07}号,普通,律师执业证,LAW-{n:08},律师,2020-05-04,2020-05-04,\
             2035-05-04,law-bureau,law-bureau,lawyer-licensing\r\n"
        );
    }
    csv
}
