//! Made-up sheets, for the tests and the specimen.

use paper::{CertificateSheet, Languages, Line, RecordsSheet, Section, Text};

/// A compact text of about so many bytes, with the look of a real one and no meaning.
pub(crate) fn compact(bytes: usize) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    (0..bytes)
        .map(|at| match at {
            120 | 900 => '.',
            _ if at > 900 && (at - 900) % 110 == 0 => '~',
            _ => {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                char::from(ALPHABET[(state % 64) as usize])
            }
        })
        .chain(['~'])
        .collect()
}

/// A certificate of a made-up person.
pub(crate) fn certificate(bytes: usize) -> CertificateSheet {
    let line = |zh: &str, en: &str, value: Text| Line::new(Text::both(zh, en), value);
    CertificateSheet {
        issuer: Text::both(
            "示例省执业信用信息中心",
            "Practice Records Centre of Example Province",
        ),
        lines: vec![
            line("姓名", "Name", Text::same("欧阳𠮷䶮")),
            line("职业", "Profession", Text::both("执业医师", "Physician")),
            line(
                "发证机关",
                "Licensing authority",
                Text::both("示例省卫生健康委员会", "Health Commission of Example Province"),
            ),
            line("执业证书编号", "Licence number", Text::same("990110000000123")),
            line("首次注册日期", "First registered", Text::same("2014-06-03")),
            line("有效期至", "Valid until", Text::same("2029-06-02")),
            line(
                "执业状态",
                "Status of the licence",
                Text::both("有效", "In force"),
            ),
            line("生效中的处理决定", "Decision in force", Text::both("无", "None")),
            line(
                "连续无处理决定的整年数",
                "Whole years without a decision",
                Text::same("12"),
            ),
            line(
                "证明签发与到期",
                "Issued and expires",
                Text::same("2026-11-20 – 2027-02-18"),
            ),
        ],
        bases_unconfirmed: true,
        check_address: "https://standing.example.org/verify".into(),
        compact: compact(bytes),
        issued_at: "2026-11-20T02:03:04Z".parse().expect("a timestamp"),
    }
}

/// A download of a made-up person's records.
pub(crate) fn records(count: usize, languages: Languages) -> RecordsSheet {
    let line = |zh: &str, en: &str, value: Text| Line::new(Text::both(zh, en), value);
    let mut sections = vec![Section {
        level: 1,
        heading: Text::both("关于您的记录", "Records about you"),
        intro: Some(Text::both(
            "以下是系统中关于您的全部记录。每条记录都写明由谁报送、依据什么、保存和公示到何时。",
            "These are all records that are held about you, with who filed each, on what basis, and until \
             when it is kept and shown.",
        )),
        lines: Vec::new(),
    }];
    for number in 1..=count {
        sections.push(Section {
            level: 2,
            heading: Text::both(format!("培训记录 {number}"), format!("Training record {number}")),
            intro: None,
            lines: vec![
                line("记录编号", "Record number", Text::same(format!("TR-99-{number:05}"))),
                line("姓名", "Name", Text::same("王㛃")),
                line(
                    "报送机关",
                    "Filed by",
                    Text::both("示例省卫生健康委员会", "Health Commission of Example Province"),
                ),
                line(
                    "法律依据",
                    "Legal basis",
                    Text::both(
                        "《示例省执业培训办法》第十二条：执业人员每年应当完成继续教育，培训机构应当在十个工作日内\
                         将结果报送注册机关。",
                        "Example Province Rules on Practice Training, article 12: practitioners complete \
                         continuing education every year, and the trainer reports the result to the \
                         registering authority within ten working days.",
                    ),
                ),
                line("学时", "Hours", Text::same("24")),
            ],
        });
    }
    RecordsSheet {
        title: Text::both("我的记录", "My records"),
        intro: Some(Text::both(
            "本文件应您本人的请求生成。",
            "This document was made at your own request.",
        )),
        sections,
        languages,
        made_at: "2026-11-20T02:03:04Z".parse().expect("a timestamp"),
    }
}
