//! XLSX as a whole file: the archive, its tables and what is packed in it.

use intake::Format;
use model::RecordKind;

use crate::{
    Target, choices,
    intake_file::{choice_of, filer, hold},
    intake_sheets::{SHARED, SHEET, STYLES, WORKBOOK, packed},
    seed,
};

/// See [`crate::intake_workbooks`].
pub const TARGET: Target = Target {
    name: "intake_workbooks",
    run,
    seeds,
    words: &[
        "PK\x01\x02",
        "PK\x03\x04",
        "PK\x05\x06",
        "PK\x06\x06",
        "PK\x06\x07",
        "xl/workbook.xml",
        "xl/worksheets/sheet1.xml",
        "xl/sharedStrings.xml",
        "xl/vbaProject.bin",
        "[Content_Types].xml",
    ],
};

fn run(bytes: &[u8]) {
    let ([which], file) = choices(bytes);
    hold(filer(which), 0, "x.xlsx", Some(Format::Xlsx), file);
}

fn seeds() -> Vec<Vec<u8>> {
    let parts = [SHEET, SHARED, STYLES, WORKBOOK].map(str::as_bytes);
    let licences = choice_of("gansu", "law-bureau", RecordKind::Licence);
    [false, true]
        .map(|small| seed(&[licences], packed(&parts, small)))
        .to_vec()
}
