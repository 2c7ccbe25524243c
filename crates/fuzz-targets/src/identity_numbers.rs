//! Identity numbers, by every method of checking.

use std::sync::LazyLock;

use profile::{CheckDigits, IdentityRule, Part, Profile, Text2};

use crate::{Target, choices, project, seed};

/// See [`crate::identity_numbers`].
pub const TARGET: Target = Target {
    name: "identity_numbers",
    run,
    seeds,
    words: &["\u{3000}", "\u{feff}", "Ｘ", "９", "AB", "19961011", "20000229"],
};

/// Those of both profiles, and one for each further method.
static RULES: LazyLock<Vec<IdentityRule>> = LazyLock::new(|| {
    let own =
        ["gansu", "northshire"].map(|name| Profile::load(&project().join("profiles").join(name)).unwrap());
    let mut rules: Vec<IdentityRule> = own.into_iter().map(|profile| profile.identity).collect();
    for (form, check) in [
        ("11 digits", CheckDigits::Luhn),
        ("3 letters or digits", CheckDigits::None),
    ] {
        rules.push(IdentityRule {
            name: Text2 {
                zh: "号码".to_owned(),
                en: "number".to_owned(),
            },
            form: vec![Part::parse(form).unwrap()],
            check,
            birth_date: None,
        });
    }
    rules
});

fn run(bytes: &[u8]) {
    let ([which, place, digit], rest) = choices(bytes);
    let (rule, raw) = (
        &RULES[usize::from(which) % RULES.len()],
        String::from_utf8_lossy(rest),
    );
    let Ok(number) = rule.check(&raw) else { return };
    let canonical = &number.canonical;
    assert_eq!(canonical.len(), rule.length(), "a number has the rule's length");
    let same = |text: &str| rule.check(text).is_ok_and(|again| again == number);
    assert!(same(canonical), "the canonical form is its own");
    assert!(
        same(&format!("\u{3000}{canonical}\u{feff} ")),
        "blanks around it do not count"
    );
    let wide = |c: char| char::from_u32(u32::from(c) + 0xfee0).unwrap();
    assert!(
        same(&canonical.chars().map(wide).collect::<String>()),
        "full-width forms are the same"
    );

    // Every method finds one digit that is another.
    let place = usize::from(place) % canonical.len();
    let digit = char::from(b'0' + digit % 10);
    let before = canonical.as_bytes()[place];
    if rule.check != CheckDigits::None && before.is_ascii_digit() && char::from(before) != digit {
        let changed = format!("{}{digit}{}", &canonical[..place], &canonical[place + 1..]);
        assert!(rule.check(&changed).is_err(), "a changed digit is noticed");
    }
}

fn seeds() -> Vec<Vec<u8>> {
    [
        (0, " 994437195809264554\u{3000}"),
        (0, "９９５０００１９９６１０１１２０３Ｘ"),
        (0, "99500019961011203x"),
        (0, "990299199902318804"),
        (1, "AB1234567882"),
        (2, "79927398713"),
        (3, "a1B"),
    ]
    .map(|(rule, text)| seed(&[rule, 3, 7], text))
    .to_vec()
}
