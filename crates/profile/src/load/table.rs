//! A table of a file: its keys, ticked off as they are read.

use crate::text::{Said, Words};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
};

use toml::{Spanned, de::DeTable};

use super::{
    document::Source,
    node::{Node, TEXT2, one_of, range},
};
use crate::{Citation, Text2, by_day::Held};

/// A table whose keys are ticked off as they are read; [`Table::finish`] finds the rest.
pub(super) struct Table<'a> {
    source: &'a Source<'a>,
    pub(super) key: String,
    at: usize,
    entries: &'a DeTable<'a>,
    known: RefCell<BTreeSet<&'static str>>,
    held: Cell<Held>,
}

/// A key below another, with a dot between.
pub(super) fn join(parent: &str, key: &str) -> String {
    if parent.is_empty() {
        key.to_owned()
    } else {
        format!("{parent}.{key}")
    }
}

impl<'a> Table<'a> {
    pub(super) fn top(source: &'a Source<'a>, table: &'a Spanned<DeTable<'a>>) -> Self {
        Self::new(source, String::new(), 0, table.get_ref())
    }

    /// The table `entries` that stands at `at` under `key`.
    pub(super) fn new(source: &'a Source<'a>, key: String, at: usize, entries: &'a DeTable<'a>) -> Self {
        Self {
            source,
            key,
            at,
            entries,
            known: RefCell::default(),
            held: Cell::default(),
        }
    }

    /// The entries as named things: every key is an id.
    pub(super) fn entries(&self) -> Vec<(String, Node<'a>)> {
        let mut entries: Vec<_> = self
            .entries
            .iter()
            .map(|(key, value)| {
                let id = key.get_ref().to_string();
                let path = join(&self.key, &id);
                let node = Node::new(self.source, path, key.span().start, value.get_ref());
                (id, node)
            })
            .collect();
        entries.sort_by_key(|(_, node)| node.at());
        entries
    }

    pub(super) fn optional(&self, key: &'static str) -> Option<Node<'a>> {
        self.known.borrow_mut().insert(key);
        let (found, value) = self.entries.get_key_value(key)?;
        let path = join(&self.key, key);
        Some(Node::new(self.source, path, found.span().start, value.get_ref()))
    }

    pub(super) fn required(&self, key: &'static str, expected: impl Words) -> Option<Node<'a>> {
        let node = self.optional(key);
        if node.is_none() && !self.source.unread {
            let key = join(&self.key, key);
            self.source
                .fault(self.at, &key, Said("缺少", "is missing"), expected);
        }
        node
    }

    pub(super) fn fault(&self, message: impl Into<Text2>, expected: impl Words) {
        self.source.fault(self.at, &self.key, message, expected);
    }

    /// Says on which days what this table says holds; without this, on all.
    pub(super) fn holds(&self, held: Held) {
        self.held.set(held);
    }

    /// The days on which what this table says holds.
    pub(super) fn held(&self) -> Held {
        self.held.get()
    }

    /// Notes that what this table says comes from these enactments.
    pub(super) fn cites(&self, citations: &[Citation]) {
        let below = self.entries.get_key_value("enactment");
        let at = below.map_or(self.at, |(key, _)| key.span().start);
        let key = join(&self.key, "enactment");
        self.source.cites(at, &key, self.held(), citations);
    }

    /// Every key that nobody asked for is a fault.
    pub(super) fn finish(self) {
        let known = self.known.borrow();
        let expected = if known.is_empty() {
            Said("这里没有键", "no key here").into()
        } else {
            one_of(&known.iter().copied().collect::<Vec<_>>())
        };
        for key in self
            .entries
            .keys()
            .filter(|key| !known.contains(key.get_ref().as_ref()))
        {
            let path = join(&self.key, key.get_ref());
            let message = Said("不是这里的键", "is not a key here");
            self.source.fault(key.span().start, &path, message, &expected);
        }
    }

    pub(super) fn text2(&self, key: &'static str) -> Option<Text2> {
        self.required(key, TEXT2)?.text2()
    }

    pub(super) fn string(&self, key: &'static str, expected: impl Words) -> Option<String> {
        self.required(key, expected)?.string(expected)
    }

    pub(super) fn bool(&self, key: &'static str) -> Option<bool> {
        self.required(key, Said("true 或 false", "true or false"))?.bool()
    }

    pub(super) fn number<T: TryFrom<i64>>(&self, key: &'static str, from: i64, to: i64) -> Option<T> {
        self.required(key, &range(from, to))?.number(from, to)
    }

    pub(super) fn list(&self, key: &'static str, expected: impl Words) -> Vec<Node<'a>> {
        self.required(key, expected)
            .map_or_else(Vec::new, |node| node.list(expected))
    }
}
