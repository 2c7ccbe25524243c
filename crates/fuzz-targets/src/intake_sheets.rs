//! XLSX from within: the parts of a workbook, which this target packs. They are parted by the byte FF, which no
//! text has: the sheet, the shared texts, the styles, the list of sheets; what is missing is as it should be.

use std::io::{Cursor, Write as _};

use intake::Format;
use model::RecordKind;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::{
    Target, choices,
    intake_file::{choice_of, filer, hold},
    seed,
};

/// See [`crate::intake_sheets`].
pub const TARGET: Target = Target {
    name: "intake_sheets",
    run,
    seeds,
    words: &[
        "<row r=\"1\">",
        "</row>",
        "<c r=\"A1\" t=\"s\">",
        "<c r=\"XFD1048576\">",
        "t=\"inlineStr\"",
        "t=\"str\"",
        "t=\"b\"",
        "t=\"e\"",
        "t=\"d\"",
        "s=\"1\"",
        "<is><t>",
        "</t></is>",
        "<v>",
        "</v>",
        "</c>",
        "<f>",
        "<f t=\"shared\" si=\"0\" ref=\"A1:B2\">",
        "</f>",
        "<si>",
        "</si>",
        "<r>",
        "<rPh>",
        "<sst uniqueCount=\"",
        "numFmtId=\"14\"",
        "<dimension ref=\"A1:B2\"/>",
        "&amp;",
        "&#x10FFFF;",
        "&#0;",
        "<?xml",
        "<!--",
        "1e308",
        "xml:space=\"preserve\"",
        "date1904=\"1\"",
    ],
};

fn run(bytes: &[u8]) {
    let ([which], rest) = choices(bytes);
    let parts: Vec<&[u8]> = rest.splitn(4, |byte| *byte == 0xFF).collect();
    hold(
        filer(which),
        0,
        "x.xlsx",
        Some(Format::Xlsx),
        &packed(&parts, false),
    );
}

pub(crate) const SHEET: &str = concat!(
    r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>"#,
    r#"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c>"#,
    r#"<c r="D1" t="s"><v>3</v></c><c r="E1" t="s"><v>4</v></c><c r="F1" t="s"><v>5</v></c><c r="G1" t="s"><v>6</v></c>"#,
    r#"<c r="H1" t="s"><v>7</v></c><c r="I1" t="s"><v>8</v></c><c r="J1" t="s"><v>9</v></c><c r="K1" t="s"><v>10</v></c>"#,
    r#"<c r="L1" t="s"><v>11</v></c><c r="M1" t="s"><v>12</v></c><c r="N1" t="s"><v>13</v></c></row>"#,
    r#"<row r="2"><c r="A2" t="inlineStr"><is><t>严拟兰</t></is></c><c r="B2" t="inlineStr"><is><t>身份证</t></is></c>"#,
    r#"<c r="C2" t="inlineStr"><is><t>997329196609021074</t></is></c><c r="D2" t="inlineStr"><is><t>甘许〔2018〕000195号</t></is></c>"#,
    r#"<c r="E2" t="inlineStr"><is><t>普通</t></is></c><c r="F2" t="inlineStr"><is><r><t>律师</t></r><r><t>执业证</t></r></is></c>"#,
    r#"<c r="G2" t="inlineStr"><is><t>LAW-99000195</t></is></c><c r="H2" t="inlineStr"><is><t>律师</t></is></c>"#,
    r#"<c r="I2" s="1"><v>43318</v></c><c r="J2" s="1"><v>43318.5</v></c><c r="K2" t="d"><v>2033-08-06</v></c>"#,
    r#"<c r="L2" t="str"><v>law-bureau</v></c><c r="M2" t="inlineStr"><is><t>law-bureau</t></is></c>"#,
    r#"<c r="N2" t="inlineStr"><is><t>lawyer-licensing</t></is></c></row>"#,
    r#"<row r="4"><c r="C4"><v>9.97e17</v></c><c r="D4"><f>1+1</f><v>2</v></c><c r="E4" t="b"><v>1</v></c>"#,
    r#"<c r="F4" t="e"><v>#REF!</v></c></row></sheetData></worksheet>"#,
);

pub(crate) const SHARED: &str = concat!(
    r#"<sst uniqueCount="14"><si><t>行政相对人名称</t></si><si><t>证件类型</t></si><si><t>证件号码</t></si>"#,
    r#"<si><t>行政许可决定文书号</t></si><si><t>许可类别</t></si><si><t>许可证书名称</t></si><si><t>许可编号</t></si>"#,
    r#"<si><t>执业范围</t></si><si><t>许可决定日期</t></si><si><t>有效期自</t></si><si><t>有效期至</t></si><si><t>许可机关</t></si>"#,
    r#"<si><t>数据来源单位</t></si><si><t>许可依据</t></si></sst>"#,
);

pub(crate) const STYLES: &str = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts><numFmt numFmtId="170" formatCode="yyyy/m/d"/></numFmts><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/></cellXfs></styleSheet>"#;

pub(crate) const WORKBOOK: &str = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><workbookPr/><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>"#;

const TYPES: &str = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;

const PACKAGE: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;

const LINKS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;

/// A workbook of these parts.
pub(crate) fn packed(parts: &[&[u8]], small: bool) -> Vec<u8> {
    let part = |number: usize, usual: &'static str| parts.get(number).copied().unwrap_or(usual.as_bytes());
    let method = if small {
        CompressionMethod::Deflated
    } else {
        CompressionMethod::Stored
    };
    let options = SimpleFileOptions::default().compression_method(method);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in [
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", PACKAGE.as_bytes()),
        ("xl/workbook.xml", part(3, WORKBOOK)),
        ("xl/_rels/workbook.xml.rels", LINKS.as_bytes()),
        ("xl/sharedStrings.xml", part(1, SHARED)),
        ("xl/styles.xml", part(2, STYLES)),
        ("xl/worksheets/sheet1.xml", part(0, SHEET)),
    ] {
        zip.start_file(name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn seeds() -> Vec<Vec<u8>> {
    let licences = choice_of("gansu", "law-bureau", RecordKind::Licence);
    let whole = [SHEET, SHARED, STYLES, WORKBOOK].map(str::as_bytes).join(&0xFF);
    vec![seed(&[licences], SHEET), seed(&[licences], whole)]
}
