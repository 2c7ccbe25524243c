//! The demonstration's batches: files as authorities send them, about people who are all made up. Their
//! identity numbers are of regions 99xxxx, which do not exist.

use std::fmt::Write as _;

use model::RecordKind;

/// The profile that these files are made for.
pub(super) const PROFILE: &str = "gansu";

/// A file of the demonstration.
pub(super) struct Batch {
    pub(super) authority: &'static str,
    pub(super) kind: RecordKind,
    pub(super) name: &'static str,
    pub(super) bytes: Vec<u8>,
}

/// A made-up person of the demonstration.
pub(super) struct Person {
    pub(super) name: &'static str,
    pub(super) number: String,
    /// What is to be seen when signed in as them, in Chinese and English.
    pub(super) about: (&'static str, &'static str),
}

const ABOUT: [(&str, &str, (&str, &str)); 5] = [
    (
        "林示安",
        "19850412012",
        (
            "律师：执业许可、培训和表彰",
            "Lawyer: a licence, training and a commendation",
        ),
    ),
    (
        "何示宁",
        "19780923028",
        (
            "医师：一项罚款仍在公示期内",
            "Doctor: a fine that is still disclosed, for a shorter time than filed",
        ),
    ),
    (
        "唐示和",
        "19900117035",
        (
            "执业药师：一项警告的公示期已过",
            "Pharmacist: a warning that is no longer disclosed",
        ),
    ),
    (
        "魏示㛃",
        "19820630041",
        ("教师：一条记录已被更正", "Teacher: a record that was corrected"),
    ),
    (
        "郭示松",
        "19750808059",
        (
            "律师兼导游：导游被暂停，律师执业不受影响",
            "Lawyer and tour guide: suspended as a guide, not as a lawyer",
        ),
    ),
];

/// The made-up people to sign in as.
pub(super) fn people() -> Vec<Person> {
    ABOUT
        .iter()
        .enumerate()
        .map(|(index, (name, birth, about))| Person {
            name,
            number: with_check_digit(&format!("9980{index:02}{birth}")),
            about: *about,
        })
        .collect()
}

/// The made-up own number of a member of staff or a reviewer, by their place of a hundred. No record is about any of them.
pub(super) fn own_number(n: usize) -> String {
    with_check_digit(&format!("9981{n:02}19800101001"))
}

/// The number with its check digit (ISO 7064 MOD 11-2, as in GB 11643).
fn with_check_digit(body: &str) -> String {
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: usize = body
        .bytes()
        .zip(weights)
        .map(|(digit, weight)| usize::from(digit - b'0') * weight)
        .sum();
    format!("{body}{}", char::from(b"10X98765432"[sum % 11]))
}

const LICENCE_HEADINGS: &str = "行政相对人名称,证件类型,证件号码,行政许可决定文书号,许可类别,许可证书名称,许可编号,\
    执业范围,许可决定日期,有效期自,有效期至,许可机关,数据来源单位,许可依据";
const DECISION_HEADINGS: &str = "行政相对人名称,证件类型,证件号码,行政处罚决定书文号,违法行为类型,违法事实,处罚依据,\
    处罚类别,处罚内容,罚款金额(万元),许可编号,处罚决定日期,处罚生效日期,公示截止期,处罚机关,数据来源单位,救济途径告知";
const REMEDIES: &str = "可在六十日内申请行政复议，或六个月内提起行政诉讼";

/// All batches in the order in which they are submitted.
pub(super) fn all() -> Vec<Batch> {
    let people = people();
    let licences = |rows: &[String]| file(LICENCE_HEADINGS, rows);
    let mut lawyers = vec![
        licence(
            &people[0],
            "98000001",
            "law-bureau",
            "lawyer",
            "律师执业证",
            "LAW",
            "2019-05-06",
            "2034-05-05",
        ),
        licence(
            &people[4],
            "98000005",
            "law-bureau",
            "lawyer",
            "律师执业证",
            "LAW",
            "2012-03-15",
            "2042-03-14",
        ),
    ];
    lawyers.extend(others("law-bureau", "lawyer", "律师执业证", "LAW", 40));
    // Two rows as they come in real files: one cut short, one with a digit wrong.
    lawyers.push("尤示文,身份证,998077198001010011,甘许〔2020〕098100号".to_owned());
    lawyers.push(lawyers[2].replace(",身份证,9", ",身份证,8"));
    let doctor = licence(
        &people[1],
        "98000002",
        "health-commission",
        "doctor",
        "医师执业证书",
        "DOC",
        "2008-07-01",
        "2038-06-30",
    );
    let pharmacist = licence(
        &people[2],
        "98000003",
        "drug-administration",
        "pharmacist",
        "执业药师注册证",
        "PHA",
        "2016-02-29",
        "2031-02-28",
    );
    let teacher = licence(
        &people[3],
        "98000004",
        "education-department",
        "teacher",
        "教师资格证",
        "TEA",
        "2006-09-01",
        "2036-08-31",
    );
    let guide = licence(
        &people[4],
        "98000006",
        "tourism-commission",
        "tour-guide",
        "导游证",
        "TOU",
        "2015-04-20",
        "2035-04-19",
    );
    let corrected = format!(
        "{}\r\n{},执业范围由语文更正为数学\r\n",
        with_correction(),
        teacher.replace("执业范围内", "数学")
    );
    let fine = decision(
        &people[1],
        "00201",
        "doctor",
        "罚款",
        "0.5",
        "DOC-98000002",
        "2026-08-03",
        "2029-08-02",
    );
    let warning = decision(
        &people[2],
        "00202",
        "pharmacist",
        "警告",
        "",
        "PHA-98000003",
        "2024-11-05",
        "2025-02-04",
    );
    let suspension = decision(
        &people[4],
        "00203",
        "tour-guide",
        "暂扣许可证件",
        "",
        "TOU-98000006",
        "2026-06-10",
        "2028-06-09",
    );
    let missing = decision(
        &people[4],
        "00204",
        "tour-guide",
        "警告",
        "",
        "TOU-00000000",
        "2026-06-10",
        "2026-09-09",
    );
    vec![
        batch(
            "law-bureau",
            RecordKind::Licence,
            "licences-law-bureau.csv",
            licences(&lawyers),
        ),
        batch(
            "health-commission",
            RecordKind::Licence,
            "licences-health-commission.csv",
            licences(&[doctor]),
        ),
        batch(
            "drug-administration",
            RecordKind::Licence,
            "licences-drug-administration.csv",
            licences(&[pharmacist]),
        ),
        batch(
            "education-department",
            RecordKind::Licence,
            "licences-education-department.csv",
            licences(&[teacher]),
        ),
        batch(
            "education-department",
            RecordKind::Licence,
            "corrections-education-department.csv",
            corrected,
        ),
        batch(
            "tourism-commission",
            RecordKind::Licence,
            "licences-tourism-commission.csv",
            licences(&[guide]),
        ),
        batch(
            "health-commission",
            RecordKind::Decision,
            "decisions-health-commission.csv",
            decisions(&[fine]),
        ),
        batch(
            "drug-administration",
            RecordKind::Decision,
            "decisions-drug-administration.csv",
            decisions(&[warning]),
        ),
        batch(
            "tourism-commission",
            RecordKind::Decision,
            "decisions-tourism-commission.csv",
            decisions(&[suspension, missing]),
        ),
        batch(
            "law-bureau",
            RecordKind::Training,
            "training-law-bureau.jsonl",
            training(&people[0]),
        ),
        batch(
            "law-bureau",
            RecordKind::Commendation,
            "commendations-law-bureau.csv",
            commendation(&people[0]),
        ),
    ]
}

fn batch(authority: &'static str, kind: RecordKind, name: &'static str, text: String) -> Batch {
    Batch {
        authority,
        kind,
        name,
        bytes: text.into_bytes(),
    }
}

fn file(headings: &str, rows: &[String]) -> String {
    let mut text = format!("\u{feff}{headings}\r\n");
    for row in rows {
        text.push_str(row);
        text.push_str("\r\n");
    }
    text
}

fn decisions(rows: &[String]) -> String {
    file(DECISION_HEADINGS, rows)
}

fn with_correction() -> String {
    format!("\u{feff}{LICENCE_HEADINGS},更正说明")
}

#[expect(clippy::too_many_arguments, reason = "a row is a row")]
fn licence(
    person: &Person,
    number: &str,
    authority: &str,
    profession: &str,
    name: &str,
    prefix: &str,
    from: &str,
    to: &str,
) -> String {
    let year = &from[..4];
    format!(
        "{},身份证,{},甘许〔{year}〕{number}号,普通,{name},{prefix}-{number},执业范围内,{from},{from},{to},{authority},\
         {authority},{profession}-licensing",
        person.name, person.number
    )
}

#[expect(clippy::too_many_arguments, reason = "a row is a row")]
fn decision(
    person: &Person,
    number: &str,
    profession: &str,
    penalty: &str,
    fine: &str,
    licence: &str,
    from: &str,
    to: &str,
) -> String {
    let authority = match profession {
        "doctor" => "health-commission",
        "pharmacist" => "drug-administration",
        _ => "tourism-commission",
    };
    let year = &from[..4];
    format!(
        "{},身份证,{},甘罚〔{year}〕{number}号,执业违规,\"虚构示例：记录保存不全，\n情节详见“附件”。\",\
         {profession}-discipline,{penalty},{penalty}（虚构示例）,{fine},{licence},{from},{from},{to},{authority},\
         {authority},{REMEDIES}",
        person.name, person.number
    )
}

/// Further people, so that lists look like lists.
fn others(authority: &str, profession: &str, name: &str, prefix: &str, count: usize) -> Vec<String> {
    const FAMILY: [&str; 8] = ["赵", "钱", "孙", "李", "周", "吴", "郑", "王"];
    const GIVEN: [&str; 5] = ["示一", "示二", "示三", "示四", "示五"];
    (0..count)
        .map(|n| {
            let body = format!("99{:04}{:04}{:02}15{:03}", 8100 + n, 1960 + n % 40, n % 12 + 1, 100 + n);
            let mut row = String::new();
            // Writing to a string cannot fail.
            let _ = write!(
                row,
                "{}{},身份证,{},甘许〔2021〕{:06}号,普通,{name},{prefix}-{:08},执业范围内,2021-03-01,2021-03-01,\
                 2036-02-28,{authority},{authority},{profession}-licensing",
                FAMILY[n % 8],
                GIVEN[n / 8 % 5],
                with_check_digit(&body),
                98_200 + n,
                98_001_000 + n,
            );
            row
        })
        .collect()
}

fn training(person: &Person) -> String {
    let mut text = String::new();
    for (course, hours, day) in [
        ("执业律师继续教育（示例）一", 24, "2025-06-20"),
        ("执业律师继续教育（示例）二", 16, "2026-05-18"),
    ] {
        let row = serde_json::json!({
            "name": person.name, "id_number": person.number, "course": course, "hours": hours,
            "completed_on": day, "authority": "law-bureau", "legal_basis": "lawyer-licensing",
        });
        let _ = writeln!(text, "{row}");
    }
    text
}

fn commendation(person: &Person) -> String {
    let row = format!(
        "{},{},甘律奖〔2025〕0007号,法律援助先进个人（示例）,义务办理法律援助案件,2025-12-04,law-bureau,lawyer-commendation",
        person.name, person.number
    );
    file(
        "行政相对人名称,证件号码,表彰文件编号,表彰名称,表彰事由,表彰日期,表彰机关,表彰依据",
        &[row],
    )
}
