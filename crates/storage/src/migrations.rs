//! The schema, as a list of steps that only ever grows. A step that has shipped is never edited.

/// One step of the schema. Its SQL is statements separated by `;`, with the three column types of the
/// port, `BIGINT`, `TEXT` and `BYTEA`; adapters translate what their engine calls otherwise.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its number, from 1 without gaps.
    pub version: u32,
    /// What it is for, in a word or two.
    pub name: &'static str,
    /// The statements.
    pub sql: &'static str,
}

/// Every step, in order.
pub const fn all() -> &'static [Migration] {
    &[
        Migration {
            version: 1,
            name: "foundation",
            sql: include_str!("../migrations/0001_foundation.sql"),
        },
        Migration {
            version: 2,
            name: "versions by leaf",
            sql: include_str!("../migrations/0002_versions_by_leaf.sql"),
        },
        Migration {
            version: 3,
            name: "alerts",
            sql: include_str!("../migrations/0003_alerts.sql"),
        },
        Migration {
            version: 4,
            name: "inquiry",
            sql: include_str!("../migrations/0004_inquiry.sql"),
        },
        Migration {
            version: 5,
            name: "procedures",
            sql: include_str!("../migrations/0005_procedures.sql"),
        },
        Migration {
            version: 6,
            name: "good record",
            sql: include_str!("../migrations/0006_good_record.sql"),
        },
        Migration {
            version: 7,
            name: "mail",
            sql: include_str!("../migrations/0007_mail.sql"),
        },
        Migration {
            version: 8,
            name: "reviewer keys",
            sql: include_str!("../migrations/0008_reviewer_keys.sql"),
        },
        Migration {
            version: 9,
            name: "looks are events",
            sql: include_str!("../migrations/0009_looks_are_events.sql"),
        },
        Migration {
            version: 10,
            name: "leads",
            sql: include_str!("../migrations/0010_leads.sql"),
        },
        Migration {
            version: 11,
            name: "alerts reach",
            sql: include_str!("../migrations/0011_alerts_reach.sql"),
        },
        Migration {
            version: 12,
            name: "withdrawals and breaches",
            sql: include_str!("../migrations/0012_withdrawals_and_breaches.sql"),
        },
        Migration {
            version: 13,
            name: "looks by time",
            sql: include_str!("../migrations/0013_looks_by_time.sql"),
        },
        Migration {
            version: 14,
            name: "own numbers of reviewers",
            sql: include_str!("../migrations/0014_own_numbers_of_reviewers.sql"),
        },
        Migration {
            version: 15,
            name: "kept back and first verdicts",
            sql: include_str!("../migrations/0015_kept_back_and_first_verdicts.sql"),
        },
        Migration {
            version: 16,
            name: "kept alone",
            sql: include_str!("../migrations/0016_kept_alone.sql"),
        },
        Migration {
            version: 17,
            name: "refused attempts",
            sql: include_str!("../migrations/0017_refused_attempts.sql"),
        },
        Migration {
            version: 18,
            name: "known as",
            sql: include_str!("../migrations/0018_known_as.sql"),
        },
        Migration {
            version: 19,
            name: "auditor keys",
            sql: include_str!("../migrations/0019_auditor_keys.sql"),
        },
        Migration {
            version: 20,
            name: "put back",
            sql: include_str!("../migrations/0020_put_back.sql"),
        },
        Migration {
            version: 21,
            name: "closed lists",
            sql: include_str!("../migrations/0021_closed_lists.sql"),
        },
    ]
}
