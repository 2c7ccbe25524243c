//! What stands on a page, and files that somebody hands in.

use testkit::made_up;

/// What stands on a page between the first `before` and the next `after`.
pub(crate) fn between<'p>(page: &'p str, before: &str, after: &str) -> &'p str {
    let rest = page
        .split(before)
        .nth(1)
        .unwrap_or_else(|| panic!("{before}: {page}"));
    rest.split(after).next().unwrap()
}

/// The first address on a page that ends so.
pub(crate) fn link(page: &str, end: &str) -> String {
    let addresses = page
        .split("href=\"")
        .skip(1)
        .filter_map(|part| part.split('"').next());
    let mut found = addresses.filter(|address| address.ends_with(end));
    found.next().unwrap_or_else(|| panic!("{end}: {page}")).to_owned()
}

/// A decision about the first made-up person's licence, with a disclosure end past what the law allows.
pub(crate) fn decision_csv() -> String {
    let person = made_up(0);
    format!(
        "行政相对人名称,证件类型,证件号码,行政处罚决定书文号,违法行为类型,违法事实,处罚依据,处罚类别,处罚内容,\
         罚款金额(万元),许可编号,处罚决定日期,处罚生效日期,公示截止期,处罚机关,数据来源单位,救济途径告知\r\n\
         {},身份证,{},甘罚〔2026〕00001号,执业违规,虚构示例：记录保存不全,lawyer-discipline,罚款,罚款一万元,1,\
         LAW-00000000,2026-03-01,2026-03-01,2031-03-01,law-bureau,law-bureau,可申请行政复议\r\n",
        person.name, person.number
    )
}

/// The same decision with another category of penalty and no fine.
pub(crate) fn decision_with(penalty: &str) -> String {
    decision_csv().replace("罚款,罚款一万元,1,", &format!("{penalty},{penalty},,"))
}

/// The value of a hidden field in the last form of a page that has it.
pub(crate) fn hidden(page: &str, name: &str) -> String {
    let rest = page.split(&format!("name=\"{name}\" value=\"")).last().unwrap();
    rest.split('"').next().unwrap().to_owned()
}
