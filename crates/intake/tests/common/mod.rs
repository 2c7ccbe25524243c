//! Rows and files that tests begin with, all made up.

#![allow(dead_code, reason = "each test binary uses a part")]

use std::{
    io::{Cursor, Write},
    path::Path,
    sync::OnceLock,
};

use intake::Checker;
use jiff::civil::date;
use model::RecordKind;
use profile::Profile;
use zip::{ZipWriter, write::SimpleFileOptions};

pub(crate) const HEADINGS: [&str; 14] = [
    "行政相对人名称",
    "证件类型",
    "证件号码",
    "行政许可决定文书号",
    "许可类别",
    "许可证书名称",
    "许可编号",
    "执业范围",
    "许可决定日期",
    "有效期自",
    "有效期至",
    "许可机关",
    "数据来源单位",
    "许可依据",
];
pub(crate) const ROW: [&str; 14] = [
    "严拟兰",
    "身份证",
    "997329196609021074",
    "甘许〔2018〕000195号",
    "普通",
    "律师执业证",
    "LAW-99000195",
    "律师",
    "2018-08-06",
    "2018-08-06",
    "2033-08-06",
    "law-bureau",
    "law-bureau",
    "lawyer-licensing",
];
pub(crate) const ID_NUMBER: usize = 2;
pub(crate) const NAME: usize = 0;
pub(crate) const TITLE: usize = 5;
pub(crate) const DECIDED_ON: usize = 8;

pub(crate) fn checker() -> &'static Checker {
    static CHECKER: OnceLock<Checker> = OnceLock::new();
    CHECKER.get_or_init(|| licences_of(date(2026, 11, 23)))
}

pub(crate) fn licences_of(today: jiff::civil::Date) -> Checker {
    let profile = Profile::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../profiles/gansu")).unwrap();
    Checker::new(&profile, RecordKind::Licence, "law-bureau", today).unwrap()
}

pub(crate) fn with(column: usize, cell: &str) -> Vec<String> {
    let mut row: Vec<String> = ROW.iter().map(|cell| (*cell).to_owned()).collect();
    row[column] = cell.to_owned();
    row
}

pub(crate) fn csv(rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADINGS).unwrap();
    for row in rows {
        writer.write_record(row).unwrap();
    }
    writer.into_inner().unwrap()
}

pub(crate) fn good() -> Vec<String> {
    with(NAME, "严拟兰")
}

/// What stands in a cell of a sheet that is made here.
pub(crate) enum Cell<'a> {
    Text(&'a str),
    Number(f64),
    Day(u32),
    Formula(&'a str),
}

/// A sheet's XML; style 1 is a date.
pub(crate) fn sheet(rows: &[Vec<Cell<'_>>]) -> String {
    let mut xml = String::from(
        r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>"#,
    );
    for (number, row) in rows.iter().enumerate() {
        xml.push_str(&format!("<row r=\"{}\">", number + 1));
        for (column, cell) in row.iter().enumerate() {
            let place = format!("{}{}", char::from(b'A' + column as u8), number + 1);
            xml.push_str(&match cell {
                Cell::Text(text) => format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>"),
                Cell::Number(number) => format!("<c r=\"{place}\"><v>{number}</v></c>"),
                Cell::Day(day) => format!("<c r=\"{place}\" s=\"1\"><v>{day}</v></c>"),
                Cell::Formula(formula) => format!("<c r=\"{place}\"><f>{formula}</f><v>1</v></c>"),
            });
        }
        xml.push_str("</row>");
    }
    xml + "</sheetData></worksheet>"
}

/// A workbook with this sheet and these further parts.
pub(crate) fn workbook(sheet: &str, further: &[(&str, &[u8])]) -> Vec<u8> {
    workbook_at("xl/", "xl/", "worksheets/sheet1.xml", sheet.as_bytes(), further)
}

/// A workbook in this folder, whose sheet lies somewhere else in it than usual. `said` is how the package names the
/// folder.
pub(crate) fn workbook_at(
    folder: &str,
    said: &str,
    at: &str,
    sheet: &[u8],
    further: &[(&str, &[u8])],
) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let types = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;
    let package = format!(
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="{said}workbook.xml"/></Relationships>"#
    );
    let book = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
    let links = format!(
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="{at}"/></Relationships>"#
    );
    let styles = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#;
    let in_folder = |name: &str| format!("{folder}{name}");
    let parts: [(String, &[u8]); 6] = [
        ("[Content_Types].xml".to_owned(), types.as_bytes()),
        ("_rels/.rels".to_owned(), package.as_bytes()),
        (in_folder("workbook.xml"), book.as_bytes()),
        (in_folder("_rels/workbook.xml.rels"), links.as_bytes()),
        (in_folder("styles.xml"), styles.as_bytes()),
        (in_folder(at), sheet),
    ];
    let further = further.iter().map(|(name, bytes)| ((*name).to_owned(), *bytes));
    for (name, bytes) in parts.into_iter().chain(further) {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub(crate) fn headings() -> Vec<Cell<'static>> {
    HEADINGS.iter().map(|heading| Cell::Text(heading)).collect()
}

pub(crate) fn cells(column: usize, cell: Cell<'static>) -> Vec<Cell<'static>> {
    let mut row: Vec<Cell<'static>> = ROW.iter().map(|cell| Cell::Text(cell)).collect();
    row[column] = cell;
    row
}
