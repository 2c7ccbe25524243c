//! What every adapter promises, as tests. An adapter's test file holds one call of
//! [`contract_suite!`](crate::contract_suite); each promise then is a test of its own on a database of its
//! own.
//!
//! The suite brings its own schema, [`MIGRATIONS`], so that it depends on nothing that the program stores.
#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

pub mod batches;
pub mod concurrency;
pub mod failures;
pub mod lifecycle;
pub mod parts;
pub mod upgrades;
pub mod values;

use std::sync::Arc;

use crate::migrations::Migration;
use crate::{Access, Param, Row, Store, StoreError, Tx};

/// One empty database of an adapter, opened with [`MIGRATIONS`] and removed when dropped.
pub trait Fixture {
    /// Opens the database. It is never opened while a store opened before still lives.
    fn open(&self) -> Arc<dyn Store>;
}

/// The schema that the suite works on.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "contract",
        sql: "CREATE TABLE item (id BIGINT NOT NULL PRIMARY KEY, label TEXT, body BYTEA);
              -- Without a unique key: only the isolation of transactions keeps names apart.
              CREATE TABLE claim (id BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL);",
    },
    Migration {
        version: 2,
        name: "counter",
        sql: "CREATE TABLE counter (id BIGINT NOT NULL PRIMARY KEY, total BIGINT NOT NULL);
              CREATE INDEX claim_by_name ON claim (name);
              INSERT INTO counter (id, total) VALUES (1, 0)",
    },
    Migration {
        version: 3,
        name: "keyed",
        sql: "CREATE TABLE keyed (key BYTEA NOT NULL PRIMARY KEY, label TEXT)",
    },
];

/// Makes a test of each promise. The argument is an expression that makes a fresh
/// [`Fixture`](crate::contract::Fixture).
#[macro_export]
macro_rules! contract_suite {
    ($fixture:expr) => {
        $crate::contract_suite!(@group values, $fixture,
            committed_writes_are_seen_by_later_reads, nothing_empty_and_extreme_values_come_back_as_they_went_in,
            text_of_every_plane_comes_back, text_sorts_by_its_bytes, a_text_with_nul_is_refused,
            a_value_of_another_type_is_refused, a_mebibyte_comes_back,
            parameters_are_counted_by_number_not_by_place, a_wrong_number_of_parameters_is_refused,
            results_of_functions_come_back_as_integers, a_statement_may_answer_what_it_wrote,
            two_statements_at_once_are_refused);
        $crate::contract_suite!(@group batches,
            $fixture, a_batch_equals_single_inserts, an_empty_batch_does_nothing,
            a_batch_of_no_whole_rows_is_refused, a_batch_with_a_taken_key_is_a_duplicate_and_leaves_nothing,
            a_batch_refuses_what_a_single_insert_refuses, a_large_batch_arrives,
            of_many_rows_the_new_ones_are_put_in);
        $crate::contract_suite!(@group failures,
            $fixture, a_failed_body_leaves_nothing_and_its_neighbours_stay, a_taken_key_is_a_duplicate,
            a_conflict_clause_reports_the_rows_it_touched, an_error_that_the_body_swallows_still_undoes_it,
            nothing_runs_after_an_error, a_panicking_body_leaves_nothing_and_the_store_goes_on,
            a_panicking_reader_does_not_stop_reading, reads_refuse_writes, errors_hold_no_values);
        $crate::contract_suite!(@group concurrency,
            $fixture, a_read_sees_one_state_while_others_write, no_increment_is_lost,
            check_then_insert_never_makes_two, many_readers_and_writers_all_get_an_answer,
            done_is_called_exactly_once);
        $crate::contract_suite!(@group parts,
            $fixture, parts_run_in_their_order_and_all_become_durable, a_part_that_fails_leaves_nothing_of_itself,
            others_write_between_parts_and_lose_nothing, parts_of_two_works_do_not_share_their_fate);
        $crate::contract_suite!(@group lifecycle,
            $fixture, what_was_written_is_there_after_opening_again,
            everything_handed_over_before_the_end_is_answered_truly,
            the_last_handle_may_be_dropped_by_a_transaction, a_body_is_let_go_before_its_answer, tasks_can_wait_for_transactions,
            an_erasing_transaction_keeps_what_it_writes_and_undoes_what_fails);
    };
    (@group $group:ident, $fixture:expr, $($name:ident),+ $(,)?) => {
        mod $group {
            use super::*;
            $(#[test]
            fn $name() {
                $crate::contract::$group::$name(&$fixture);
            })+
        }
    };
}

fn write<T: Send + 'static>(
    store: &Arc<dyn Store>,
    body: impl FnMut(&mut dyn Tx) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    store.run("contract-write", Access::Write, body)
}

fn read<T: Send + 'static>(
    store: &Arc<dyn Store>,
    body: impl FnMut(&mut dyn Tx) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    store.run("contract-read", Access::Read, body)
}

const INSERT: &str = "INSERT INTO item (id, label, body) VALUES ($1, $2, $3)";

/// Puts one row into `item`.
fn put(tx: &mut dyn Tx, id: i64, label: &str) -> Result<u64, StoreError> {
    tx.execute(INSERT, &[Param::Int(id), Param::Text(label), Param::Null])
}

/// The keys in `item`, in order.
fn ids(store: &Arc<dyn Store>) -> Vec<i64> {
    read(store, |tx| {
        tx.query("SELECT id FROM item ORDER BY id", &[])?
            .iter_mut()
            .map(Row::int)
            .collect()
    })
    .expect("the table can be read")
}

/// The one number that a query answers.
fn number(tx: &mut dyn Tx, sql: &str) -> Result<i64, StoreError> {
    tx.query(sql, &[])?
        .first_mut()
        .ok_or(StoreError::Shape("a row is expected"))?
        .int()
}
