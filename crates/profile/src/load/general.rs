//! `profile.toml`: who the profile is for, and its identity numbers.

use super::{
    by_day::by_day,
    node::{Node, is_id},
    procedures::{NUMBER, number},
    table::Table,
};
use crate::text::Said;
use crate::{
    BirthDatePlace, ByDay, CheckDigits, IdentityRule, Language, Number, Part, Text2, YOUNGEST,
    identity::Characters,
};

pub(super) struct General {
    pub(super) id: String,
    pub(super) name: Text2,
    pub(super) languages: Vec<Language>,
    pub(super) utc_offset_hours: i8,
    pub(super) identity: IdentityRule,
    pub(super) minimum_age: u32,
    pub(super) take_back_hours: ByDay<Number>,
    pub(super) rejected_rows_days: ByDay<Number>,
}

pub(super) fn read(table: Table<'_>) -> Option<General> {
    let id = table
        .required("id", Said("规则集的标识", "the profile's id"))
        .and_then(|node| {
            let id = node.string(Said("规则集的标识", "the profile's id"))?;
            if !is_id(&id) {
                node.fault(
                    Said("不是标识", "is not an id"),
                    Said(
                        "小写字母、数字和连字符，以字母开头",
                        "small letters, digits and hyphens, beginning with a letter",
                    ),
                );
            }
            Some(id)
        });
    let name = table.text2("name");
    let languages = languages(&table);
    let utc_offset_hours = table.number("utc_offset_hours", -12, 14);
    let minimum_age = table.number("minimum_age", i64::from(YOUNGEST), 30);
    let number = |key, most| by_day(&table.required(key, NUMBER)?, NUMBER, |one| number(one, 1, most));
    let take_back_hours = number("take_back_hours", 720);
    let rejected_rows_days = number("rejected_rows_days", 90);
    let identity = table
        .required(
            "identity",
            Said("证件号码的规则", "the rule for identity numbers"),
        )
        .and_then(|node| identity(&node));
    table.finish();
    Some(General {
        id: id?,
        name: name?,
        languages,
        utc_offset_hours: utc_offset_hours?,
        identity: identity?,
        minimum_age: minimum_age?,
        take_back_hours: take_back_hours?,
        rejected_rows_days: rejected_rows_days?,
    })
}

fn languages(table: &Table<'_>) -> Vec<Language> {
    let all = Language::ALL.map(|language| (language.code(), language));
    let mut languages = Vec::new();
    for node in table.list(
        "languages",
        Said("列表，如 [\"zh\", \"en\"]", "a list such as [\"zh\", \"en\"]"),
    ) {
        if let Some(language) = node.one_of(&all) {
            if languages.contains(&language) {
                node.fault(
                    Said("重复", "is there twice"),
                    Said("每种语言只写一次", "each language once"),
                );
            }
            languages.push(language);
        }
    }
    languages
}

fn identity(node: &Node<'_>) -> Option<IdentityRule> {
    let table = node.table(Said("证件号码的规则", "the rule for identity numbers"))?;
    let name = table.text2("name");
    let expected = Said(
        "各段，如 \"17 digits\"、\"2 letters\"、\"3 letters or digits\"、\"1 digit or X\"",
        "parts such as \"17 digits\", \"2 letters\", \"3 letters or digits\", \"1 digit or X\"",
    );
    let mut form = Vec::new();
    for part in table.list("form", expected) {
        match part.as_str().and_then(Part::parse) {
            Some(part) => form.push(part),
            None => part.fault(Said("不是号码的一段", "is not a part of a number"), expected),
        }
    }
    let check = table
        .required("check", Said("号码的校验方法", "how the number is checked"))
        .and_then(|check| {
            let method = check.one_of(&CheckDigits::ALL.map(|method| (method.as_str(), method)))?;
            if let Some(expected) = unfit(method, &form) {
                check.fault(Said("与 form 不符", "does not fit the form"), expected);
            }
            Some(method)
        });
    let birth_date = table
        .optional("birth_date")
        .and_then(|node| birth_date(&node, &form));
    table.finish();
    Some(IdentityRule {
        name: name?,
        form,
        check: check?,
        birth_date,
    })
}

/// What the form would have to be for this method, where it isn't.
fn unfit(method: CheckDigits, form: &[Part]) -> Option<Said> {
    let digits = |parts: &[Part]| parts.iter().all(|part| part.characters == Characters::Digits);
    match method {
        CheckDigits::None | CheckDigits::Mod97_10 => None,
        CheckDigits::Luhn if digits(form) => None,
        CheckDigits::Luhn => Some(Said("全为数字的 form", "a form of digits alone")),
        CheckDigits::Mod11_2 => match form.split_last() {
            Some((last, rest))
                if digits(rest) && last.characters == Characters::DigitOrX && last.count == 1 =>
            {
                None
            }
            _ => Some(Said(
                "由数字组成、以 \"1 digit or X\" 结尾的 form",
                "a form of digits that ends with \"1 digit or X\"",
            )),
        },
    }
}

fn birth_date(node: &Node<'_>, form: &[Part]) -> Option<BirthDatePlace> {
    let table = node.table(Said(
        "{ first_character = 7, format = \"yyyymmdd\" }",
        "{ first_character = 7, format = \"yyyymmdd\" }",
    ))?;
    let first: Option<usize> = table.number("first_character", 1, 64);
    let format = table
        .required("format", Said("\"yyyymmdd\"", "\"yyyymmdd\""))
        .and_then(|format| format.one_of(&[("yyyymmdd", ())]));
    table.finish();
    let (first, ()) = (first?, format?);
    let all = form
        .iter()
        .flat_map(|part| std::iter::repeat_n(part.characters, part.count));
    let taken: Vec<_> = all.skip(first - 1).take(BirthDatePlace::LENGTH).collect();
    if taken.len() < BirthDatePlace::LENGTH || taken.iter().any(|one| *one != Characters::Digits) {
        node.fault(
            Said(
                "form 在该处没有八位数字",
                "the form does not have eight digits there",
            ),
            Said(
                "form 中有八位数字的位置",
                "a place where the form has eight digits",
            ),
        );
        return None;
    }
    Some(BirthDatePlace {
        first_character: first,
    })
}
