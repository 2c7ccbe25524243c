//! The table that is printed.

use std::fmt;

/// What a path is held to.
#[derive(Clone, Copy)]
pub(crate) enum Need {
    /// At least this share of the limit.
    Share(f64),
    /// At least this value.
    AtLeast(f64),
    /// Less than this value.
    Below(f64),
    /// Nothing: told for information.
    Nothing,
}

/// One line.
pub(crate) struct Line {
    /// The path.
    pub(crate) path: String,
    /// The limit and what it is, if there is one.
    pub(crate) limit: Option<(f64, &'static str)>,
    /// What Standing does.
    pub(crate) value: f64,
    /// The unit of limit and value.
    pub(crate) unit: &'static str,
    /// What it is held to.
    pub(crate) need: Need,
}

impl Line {
    fn ratio(&self) -> Option<f64> {
        self.limit.map(|(limit, _)| self.value / limit)
    }

    /// Whether it does what is needed; nothing where nothing is.
    fn holds(&self) -> Option<bool> {
        match self.need {
            Need::Share(share) => Some(self.ratio().is_some_and(|ratio| ratio >= share)),
            Need::AtLeast(least) => Some(self.value >= least),
            Need::Below(most) => Some(self.value < most),
            Need::Nothing => None,
        }
    }
}

/// All lines.
#[derive(Default)]
pub(crate) struct Table(Vec<Line>);

impl Table {
    pub(crate) fn push(&mut self, line: Line) {
        crate::say(&row(&line));
        self.0.push(line);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| path | limit, measured in the same run | Standing | ratio | needed | holds? |"
        )?;
        writeln!(f, "| --- | --- | ---: | ---: | ---: | --- |")?;
        for line in &self.0 {
            writeln!(f, "{}", row(line))?;
        }
        Ok(())
    }
}

fn row(line: &Line) -> String {
    let unit = line.unit;
    let limit = line.limit.map_or_else(
        || "–".to_owned(),
        |(limit, what)| format!("{} {unit}: {what}", number(limit)),
    );
    let ratio = line
        .ratio()
        .map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"));
    let needed = match line.need {
        Need::Share(share) => format!("≥ {share:.1}"),
        Need::AtLeast(least) => format!("≥ {} {unit}", number(least)),
        Need::Below(most) => format!("< {} {unit}", number(most)),
        Need::Nothing => "–".to_owned(),
    };
    let holds = match line.holds() {
        Some(true) => "yes",
        Some(false) => "**no**",
        None => "–",
    };
    format!(
        "| {} | {limit} | {} {unit} | {ratio} | {needed} | {holds} |",
        line.path,
        number(line.value)
    )
}

/// A number as people read it: thousands parted, two decimals where it is small.
fn number(value: f64) -> String {
    if !value.is_finite() {
        return "?".to_owned();
    }
    if value < 10.0 && value.fract() != 0.0 {
        return format!("{value:.2}");
    }
    let digits = format!("{value:.0}");
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(value: f64, need: Need) -> Line {
        Line {
            path: "p".into(),
            limit: Some((1000.0, "l")),
            value,
            unit: "/s",
            need,
        }
    }

    #[test]
    fn what_does_not_hold_is_said() {
        assert_eq!(line(499.0, Need::Share(0.5)).holds(), Some(false));
        assert_eq!(line(500.0, Need::Share(0.5)).holds(), Some(true));
        assert_eq!(line(2.0, Need::Below(2.0)).holds(), Some(false));
        assert_eq!(line(f64::NAN, Need::Below(2.0)).holds(), Some(false));
        assert_eq!(line(20_000.0, Need::AtLeast(20_000.0)).holds(), Some(true));
        assert_eq!(line(1.0, Need::Nothing).holds(), None);
        assert_eq!(
            row(&line(499.0, Need::Share(0.5))),
            "| p | 1,000 /s: l | 499 /s | 0.50 | ≥ 0.5 | **no** |"
        );
    }

    #[test]
    fn numbers_are_parted_by_thousands() {
        assert_eq!(number(1_234_567.8), "1,234,568");
        assert_eq!(number(999.0), "999");
        assert_eq!(number(1.456), "1.46");
        assert_eq!(number(f64::NAN), "?");
    }
}
