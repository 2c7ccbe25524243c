//! Files made to do harm, by malice or by accident: each class gets a clear fault, good rows around it get in,
//! nothing crashes.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail like the tests themselves"
)]

mod common;

use std::io::Cursor;

use common::*;
use intake::{
    Encoding, FaultCode, FileFault, Format, Intake, MessageLanguage, OpenOptions, RejectedRow,
    RejectedWriter, limits,
};
use proptest::prelude::*;

/// Outcomes by row; the fault's column is checked where it is given.
type Outcomes = Vec<Result<(), (FaultCode, Option<String>)>>;

fn run(name: &str, bytes: Vec<u8>) -> Result<Outcomes, FileFault> {
    run_as(
        &OpenOptions {
            name: name.into(),
            ..OpenOptions::default()
        },
        bytes,
    )
}

fn run_as(options: &OpenOptions, bytes: Vec<u8>) -> Result<Outcomes, FileFault> {
    let stream = Intake::open(Cursor::new(bytes), options, checker())?;
    Ok(stream
        .map(|row| row.map(|_| ()).map_err(|row| (row.fault.code, row.fault.column)))
        .collect())
}

/// The rows that were rejected, and the file in which they go back.
fn give_back(name: &str, bytes: Vec<u8>) -> (Vec<RejectedRow>, Vec<u8>) {
    let options = OpenOptions {
        name: name.into(),
        ..OpenOptions::default()
    };
    let mut stream = Intake::open(Cursor::new(bytes), &options, checker()).unwrap();
    let headings = stream.headings().to_vec();
    let mut writer =
        RejectedWriter::new(Vec::new(), stream.encoding(), &headings, MessageLanguage::Zh).unwrap();
    let rejected: Vec<RejectedRow> = stream.by_ref().filter_map(Result::err).collect();
    rejected.iter().for_each(|row| writer.write(row).unwrap());
    (rejected, writer.finish().unwrap())
}

fn fault(code: FaultCode, column: usize) -> Result<(), (FaultCode, Option<String>)> {
    Err((code, Some(HEADINGS[column].to_owned())))
}

/// One bad cell between two good rows.
fn bad_cell(column: usize, cell: &str, code: FaultCode) {
    let outcomes = run("x.csv", csv(&[good(), with(column, cell), good()])).unwrap();
    assert_eq!(outcomes, [Ok(()), fault(code, column), Ok(())]);
}

#[test]
fn long_cells_control_characters_and_formulas_are_faults_of_their_cell() {
    bad_cell(TITLE, &"长".repeat(200_000), FaultCode::CellTooLong);
    bad_cell(NAME, &"x".repeat(200_000), FaultCode::CellTooLong);
    for cell in ["律师\0", "\u{1b}[2J律师", "律\u{7}师", "\u{9b}31m"] {
        bad_cell(TITLE, cell, FaultCode::ControlCharacters);
    }
    for cell in [
        "=HYPERLINK(\"http://example.invalid\",\"x\")",
        "@SUM(A1:A9)",
        "+A1",
        "-2+3+cmd|' /C calc'!A0",
    ] {
        bad_cell(TITLE, cell, FaultCode::Formula);
    }
}

#[test]
fn limit_5_nobody_under_18_gets_a_record() {
    let born = |day: &str| {
        let mut number = format!("990001{day}123");
        let sum = number
            .bytes()
            .fold(0, |sum, digit| (sum * 2 + u32::from(digit - b'0')) % 11);
        number.push(char::from_digit((12 - sum * 2 % 11) % 11, 10).unwrap_or('X'));
        with(ID_NUMBER, &number)
    };
    let outcomes = run(
        "x.csv",
        csv(&[
            born("20081123"),
            born("20081124"),
            born("20260101"),
            born("21990101"),
        ]),
    )
    .unwrap();
    assert_eq!(outcomes[0], Ok(()));
    for outcome in &outcomes[1..] {
        assert_eq!(*outcome, Err((FaultCode::UnderAge, None)));
    }
}

#[test]
fn limit_4_a_column_outside_the_closed_list_is_turned_away_at_the_door() {
    let mut text = HEADINGS.join(",");
    text.push_str(",宗教信仰\n");
    let refused = run("x.csv", text.into_bytes()).unwrap_err();
    assert_eq!(
        (refused.code, refused.column.as_deref()),
        (FaultCode::HeadingUnknown, Some("宗教信仰"))
    );
    let missing = run("x.csv", HEADINGS[1..].join(",").into_bytes()).unwrap_err();
    assert_eq!(missing.code, FaultCode::HeadingMissing);
    let twice = run("x.csv", format!("{},许可依据", HEADINGS.join(",")).into_bytes()).unwrap_err();
    assert_eq!(twice.code, FaultCode::HeadingTwice);
}

#[test]
fn a_million_columns_are_refused_in_the_headings_and_in_a_row() {
    let refused = run("x.csv", vec![b','; 1_000_000]).unwrap_err();
    assert_eq!(refused.code, FaultCode::TooManyColumns);
    let rows = [
        csv(&[good()]),
        vec![b','; 1_000_000],
        b"\n".to_vec(),
        csv(&[good()])[csv(&[]).len()..].to_vec(),
    ]
    .concat();
    assert_eq!(
        run("x.csv", rows).unwrap(),
        [Ok(()), Err((FaultCode::Columns, None)), Ok(())]
    );
}

#[test]
fn a_truncated_file_gives_its_good_rows_and_one_fault() {
    let whole = csv(&[good(), good()]);
    let outcomes = run("x.csv", whole[..whole.len() - 60].to_vec()).unwrap();
    assert_eq!(outcomes, [Ok(()), Err((FaultCode::Columns, None))]);
    let open_quote = [csv(&[good()]), b"\"cut off".to_vec()].concat();
    let outcomes = run("x.csv", open_quote).unwrap();
    assert_eq!(outcomes.len(), 2);
    assert_eq!(outcomes[1].as_ref().unwrap_err().0, FaultCode::QuoteUnclosed);
    assert_eq!(run("x.csv", Vec::new()).unwrap_err().code, FaultCode::FileEmpty);
    assert_eq!(
        run("x.csv", b"\r\n\r\n".to_vec()).unwrap_err().code,
        FaultCode::FileEmpty
    );
}

#[test]
fn headings_alone_are_no_file_of_records() {
    let alone = csv(&[]);
    let blank = [alone.clone(), b"\r\n\n\r\n".to_vec()].concat();
    let unended = alone[..alone.len() - 1].to_vec();
    for file in [alone.clone(), blank, unended] {
        let refused = run("x.csv", file).unwrap_err();
        assert_eq!((refused.code, refused.column), (FaultCode::NoRows, None));
    }
    let refused = run("x.xlsx", workbook(&sheet(&[headings()]), &[])).unwrap_err();
    assert_eq!(refused.code, FaultCode::NoRows);
    // JSON Lines have no headings: without a row there is nothing.
    let refused = run("x.jsonl", b"\n  \n".to_vec()).unwrap_err();
    assert_eq!(refused.code, FaultCode::FileEmpty);
    // What is read ahead is the first row all the same, with its number and line.
    let two = csv(&[good(), good()]);
    let parted = [&alone[..], b"\n", &two[alone.len()..]].concat();
    let options = OpenOptions {
        name: "x.csv".into(),
        ..OpenOptions::default()
    };
    let stream = Intake::open(Cursor::new(parted), &options, checker()).unwrap();
    let places: Vec<(u64, u64)> = stream
        .filter_map(Result::ok)
        .map(|row| (row.number, row.line))
        .collect();
    assert_eq!(places, [(1, 3), (2, 4)]);
}

#[test]
fn wrong_encodings_are_told_by_row_or_by_file() {
    let utf8 = csv(&[good(), good()]);
    let gb18030 = encoding_rs::GB18030
        .encode(std::str::from_utf8(&utf8).unwrap())
        .0
        .into_owned();
    assert_eq!(run("x.csv", gb18030.clone()).unwrap(), [Ok(()), Ok(())]);
    let named = |encoding, bytes: &[u8]| {
        run_as(
            &OpenOptions {
                name: "x.csv".into(),
                encoding: Some(encoding),
                format: None,
            },
            bytes.to_vec(),
        )
    };
    assert_eq!(
        named(Encoding::Utf8, &gb18030).unwrap_err().code,
        FaultCode::Encoding
    );
    let mut spoilt = utf8.clone();
    let last = spoilt
        .windows(3)
        .rposition(|bytes| bytes == "严".as_bytes())
        .unwrap();
    spoilt[last] = 0xFF;
    assert_eq!(
        run("x.csv", spoilt).unwrap(),
        [Ok(()), fault(FaultCode::Encoding, NAME)]
    );
    let utf16: Vec<u8> = std::str::from_utf8(&utf8)
        .unwrap()
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(run("x.csv", utf16).unwrap_err().code, FaultCode::EncodingUtf16);
}

#[test]
fn formats_that_are_not_read_are_named() {
    for (name, bytes, code) in [
        (
            "x.xls",
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1....".as_slice(),
            FaultCode::FileEncrypted,
        ),
        (
            "x.xlsx",
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1....",
            FaultCode::FileEncrypted,
        ),
        ("x.xlsm", b"PK\x03\x04", FaultCode::FileMacros),
        ("x.xlsx", b"PK\x03\x04 and then nothing", FaultCode::FileDamaged),
        ("x.xlsx", b"a,b\n", FaultCode::FileDamaged),
        ("x.csv", b"%PDF-1.7", FaultCode::FormatUnknown),
        ("x.csv", b"\x1F\x8B\x08", FaultCode::FormatUnknown),
        ("x", b"\0\0\0\0", FaultCode::FormatUnknown),
    ] {
        assert_eq!(run(name, bytes.to_vec()).unwrap_err().code, code, "{name}");
    }
    assert_eq!(
        Format::detect("upload", b"\xEF\xBB\xBF {\"name\""),
        Ok(Format::JsonLines)
    );
    assert_eq!(Format::detect("upload", b"name,"), Ok(Format::Csv));
}

#[test]
fn rejected_rows_go_back_in_the_senders_columns_and_can_be_mended_and_sent_again() {
    let rows = [
        with(NAME, "=1+1"),
        with(ID_NUMBER, " "),
        good(),
        with(DECIDED_ON, "2021-02-30"),
        with(TITLE, "\"a\",\r\n𠮷"),
    ];
    for encoding in [Encoding::Utf8, Encoding::Gb18030] {
        let sent = csv(&rows);
        let sent = match encoding {
            Encoding::Utf8 => sent,
            Encoding::Gb18030 => encoding_rs::GB18030
                .encode(std::str::from_utf8(&sent).unwrap())
                .0
                .into_owned(),
        };
        let (rejected, back) = give_back("x.csv", sent);
        let faults: Vec<_> = rejected.iter().map(|row| (row.number, row.fault.code)).collect();
        assert_eq!(
            faults,
            [
                (1, FaultCode::Formula),
                (2, FaultCode::IdLength),
                (4, FaultCode::DateInvalid)
            ]
        );
        // The same rows with the same faults, and the same file once more.
        let (again, back_again) = give_back("x.rejected.csv", back.clone());
        assert!(
            again
                .iter()
                .zip(&rejected)
                .all(|(one, other)| one.cells == other.cells && one.fault == other.fault)
        );
        assert!(back_again == back);
        let text = match encoding {
            Encoding::Utf8 => String::from_utf8(back).unwrap(),
            Encoding::Gb18030 => encoding_rs::GB18030.decode(&back).0.into_owned(),
        };
        assert!(
            text.lines()
                .next()
                .unwrap()
                .ends_with("\"许可依据\",\"code\",\"message\"")
        );
        let mended = text
            .replace("=1+1", "严拟兰")
            .replace("\" \"", "997329196609021074")
            .replace("2021-02-30", "2021-02-28");
        assert_eq!(
            run("x.rejected.csv", mended.into_bytes()).unwrap(),
            [Ok(()), Ok(()), Ok(())]
        );
    }
}

#[test]
fn lines_whose_cells_cannot_be_told_apart_go_back_whole() {
    let sent = [csv(&[]), b"\"never closed,1\n".to_vec()].concat();
    let (rejected, _) = give_back("x.csv", sent);
    assert_eq!(rejected[0].raw.as_deref(), Some("\"never closed,1"));
    let (rejected, _) = give_back(
        "x.csv",
        [csv(&[]), b"a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p\n".to_vec()].concat(),
    );
    assert_eq!(rejected[0].raw.as_deref(), Some("o,p"));
    let (rejected, back) = give_back("x.jsonl", b"{\"name\": \"\n{\"religion\": \"x\"}\n".to_vec());
    assert_eq!(rejected[0].raw.as_deref(), Some("{\"name\": \""));
    assert_eq!(rejected[1].raw.as_deref(), Some("{\"religion\": \"x\"}"));
    assert!(String::from_utf8(back).unwrap().contains("json-malformed"));
}

#[test]
fn our_own_columns_are_passed_over_whatever_they_hold() {
    let headings = format!("{},code,message\n", HEADINGS.join(","));
    let row = |message: &[u8]| [ROW.join(",").as_bytes(), b",encoding,", message, b"\n"].concat();
    let long = "x".repeat(limits::CELL_CHARS + 1);
    let rows = [row(b"a | \0"), row(b"\xFF"), row(b"=1+1"), row(long.as_bytes())].concat();
    let outcomes = run("x.csv", [headings.into_bytes(), rows].concat()).unwrap();
    assert_eq!(outcomes, [Ok(()), Ok(()), Ok(()), Ok(())]);
}

#[test]
fn a_character_without_a_form_in_the_senders_encoding_does_not_keep_the_rest_from_going_back() {
    let named = Some(Encoding::Gb18030);
    let options = OpenOptions {
        name: "x.jsonl".into(),
        encoding: named,
        ..OpenOptions::default()
    };
    let sent = b"{\"name\": \"a\\ue5e5b\"}\n".to_vec();
    let mut stream = Intake::open(Cursor::new(sent), &options, checker()).unwrap();
    let rejected = stream.next().unwrap().err().unwrap();
    let mut writer = RejectedWriter::new(
        Vec::new(),
        stream.encoding(),
        stream.headings(),
        MessageLanguage::Zh,
    )
    .unwrap();
    writer.write(&rejected).unwrap();
    let back = writer.finish().unwrap();
    assert!(encoding_rs::GB18030.decode(&back).0.contains("\"a\u{fffd}b\""));
}

#[test]
fn no_fault_says_what_a_cell_holds() {
    let secret = "绝密内容";
    for column in 0..ROW.len() {
        let (rejected, _) = give_back("x.csv", csv(&[with(column, secret)]));
        for row in rejected {
            assert!(!format!("{} {:?}", row.fault, row.fault).contains(secret));
        }
    }
}

#[test]
fn a_workbook_gives_texts_and_dates_and_faults_for_numbers_and_formulas() {
    let bytes = workbook(
        &sheet(&[
            headings(),
            cells(DECIDED_ON, Cell::Day(43_318)),
            cells(ID_NUMBER, Cell::Number(997_329_196_609_021_074.0)),
            cells(TITLE, Cell::Formula("1+1")),
            cells(TITLE, Cell::Text("=1+1")),
        ]),
        &[],
    );
    let outcomes = run("x.xlsx", bytes).unwrap();
    assert_eq!(
        outcomes,
        [
            Ok(()),
            fault(FaultCode::IdNumberAsNumber, ID_NUMBER),
            fault(FaultCode::Formula, TITLE),
            fault(FaultCode::Formula, TITLE)
        ]
    );
}

#[test]
fn a_workbook_whose_parts_lie_elsewhere_is_read_but_holds_no_more_than_others() {
    let plain = sheet(&[headings(), cells(NAME, Cell::Text("严拟兰"))]);
    let read = |folder: &str, said: &str, at: &str, sheet: &[u8]| {
        run("x.xlsx", workbook_at(folder, said, at, sheet, &[])).map_err(|fault| fault.code)
    };
    let bytes = plain.as_bytes();
    assert_eq!(read("book/", "book/", "sheets/one", bytes), Ok(vec![Ok(())]));
    assert_eq!(read("xl/", "xl/", "worksheets/one", bytes), Ok(vec![Ok(())]));
    // Held at once where nothing watches what it unpacks to.
    let noise: String = (0..limits::PART_BYTES / 8)
        .map(|n| format!("{:09}", n * 7_919))
        .collect();
    let long = plain.replace("严拟兰", &noise);
    let too_large = Err(FaultCode::FileTooLarge);
    assert_eq!(read("xl/", "xl/", "worksheets/one", long.as_bytes()), too_large);
    // The workbook, its styles and shared texts are held whole: not with the room of a sheet.
    for said in ["a/worksheets/", "a/work&#115;heets/", "a/Worksheets/"] {
        let found = read("a/worksheets/", said, "sheet1.xml", bytes);
        assert_eq!(found, Err(FaultCode::FileDamaged), "{said}");
    }
    let wide: Vec<u8> = plain.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let found = read("xl/", "xl/", "worksheets/sheet1.xml", &wide);
    assert_eq!(found, Err(FaultCode::FileDamaged));
}

#[test]
fn macros_bombs_and_made_up_parts_are_refused_before_the_workbook_is_read() {
    let plain = sheet(&[headings(), cells(NAME, Cell::Text("严拟兰"))]);
    let code =
        |sheet: &str, further: &[(&str, &[u8])]| run("x.xlsx", workbook(sheet, further)).unwrap_err().code;
    assert_eq!(run("x.xlsx", workbook(&plain, &[])).unwrap(), [Ok(())]);
    assert_eq!(
        code(&plain, &[("xl/vbaProject.bin", b"x")]),
        FaultCode::FileMacros
    );
    let zeros = vec![0; 48 << 20];
    assert_eq!(
        code(&plain, &[("xl/media/image1.png", &zeros)]),
        FaultCode::FileTooLarge
    );
    let blanks = " ".repeat(48 << 20);
    assert_eq!(code(&format!("{plain}{blanks}"), &[]), FaultCode::FileTooLarge);
    let texts = format!("<sst uniqueCount=\"9\">{}</sst>", "<si><t/></si>".repeat(3 << 20));
    assert_eq!(
        code(&plain, &[("xl/sharedStrings.xml", texts.as_bytes())]),
        FaultCode::FileTooLarge
    );
    assert_eq!(
        code(
            &plain,
            &[("xl/sharedStrings.xml", b"<sst uniqueCount=\"99999999999\"/>")]
        ),
        FaultCode::FileTooLarge
    );
    let entities = b"<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><x>&b;</x>";
    assert_eq!(
        code(&plain, &[("xl/theme/theme1.xml", entities)]),
        FaultCode::FileDamaged
    );
    let names: Vec<String> = (0..=limits::ARCHIVE_ENTRIES).map(|n| format!("xl/{n}")).collect();
    let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
    assert_eq!(code(&plain, &many), FaultCode::FileTooLarge);
}

#[test]
fn a_sheet_that_breaks_off_gives_its_good_rows_and_a_fault() {
    let whole = sheet(&[
        headings(),
        cells(NAME, Cell::Text("严拟兰")),
        cells(NAME, Cell::Text("严拟兰")),
    ]);
    let cut = &whole[..whole.rfind("<row").unwrap()];
    let outcomes = run("x.xlsx", workbook(cut, &[])).unwrap();
    assert_eq!(
        outcomes.last().unwrap().as_ref().unwrap_err().0,
        FaultCode::FileDamaged
    );
    assert_eq!(
        outcomes.iter().filter(|one| one.is_ok()).count(),
        outcomes.len() - 1
    );
    let bytes = workbook(&whole, &[]);
    for length in [bytes.len() - 1, bytes.len() / 2, 40] {
        assert_eq!(
            run("x.xlsx", bytes[..length].to_vec()).unwrap_err().code,
            FaultCode::FileDamaged
        );
    }
}

#[test]
fn columns_far_out_and_rows_that_go_back_are_faults() {
    let plain = sheet(&[headings(), cells(NAME, Cell::Text("严拟兰"))]);
    let far = plain.replace(
        "</sheetData>",
        "<row r=\"3\"><c r=\"XFD3\"><v>1</v></c></row></sheetData>",
    );
    assert_eq!(
        run("x.xlsx", workbook(&far, &[])).unwrap(),
        [Ok(()), Err((FaultCode::Columns, None))]
    );
    let back = plain.replace(
        "</sheetData>",
        "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData>",
    );
    let outcomes = run("x.xlsx", workbook(&back, &[])).unwrap();
    assert_eq!(
        outcomes.last().unwrap().as_ref().unwrap_err().0,
        FaultCode::FileDamaged
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_crash_a_reader(
        bytes in proptest::collection::vec(any::<u8>(), 0..600),
        name in prop_oneof![Just("x.csv"), Just("x.jsonl"), Just("x.xlsx"), Just("x")],
        zip in any::<bool>(),
    ) {
        let bytes = if zip { [b"PK\x03\x04".as_slice(), &bytes].concat() } else { bytes };
        if let Ok(outcomes) = run(name, bytes) {
            prop_assert!(outcomes.iter().all(Result::is_err), "chance does not make a record");
        }
    }

    #[test]
    fn mutated_files_never_crash_a_reader(
        which in 0_usize..3,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<Option<prop::sample::Index>>(),
    ) {
        let (name, mut bytes) = match which {
            0 => ("x.csv", csv(&[good(), with(TITLE, "a\"b,\nc")])),
            1 => ("x.jsonl", format!("{{\"name\": \"{}\", \"id_number\": \"{}\"}}\n", ROW[NAME], ROW[ID_NUMBER]).repeat(2).into_bytes()),
            _ => ("x.xlsx", workbook(&sheet(&[headings(), cells(NAME, Cell::Text("严拟兰"))]), &[])),
        };
        for (place, byte) in &changes {
            let place = place.index(bytes.len());
            bytes[place] = *byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        // At most a row for each byte, and an end.
        let length = bytes.len();
        if let Ok(outcomes) = run(name, bytes) {
            prop_assert!(outcomes.len() <= length);
        }
    }
}
