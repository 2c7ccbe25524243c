//! What somebody does, drawn at random.

use model::procedure::Order;
use proptest::{prelude::*, sample::Index};

use crate::restarts::Cut;

#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Dispute,
    Uphold(Index),
    Correct(Index),
    Withdraw(Index),
    TakeBack(Index),
    State(Index),
    Ask(Index),
    Assign(Index, usize),
    Judge(Index, usize, Option<Order>),
    Outside(Index, Order),
    Follow(Index, bool),
    Apply,
    Take(Index),
    NotTake(Index),
    Grant(Index),
    Refuse(Index),
    Confirm(Index),
    Complain,
    Find(Index, usize, bool),
    /// So many days pass, and the day's work is done or not.
    Days(i64, bool),
    Restart,
}

pub(super) fn step() -> impl Strategy<Value = (Step, Option<Cut>)> {
    let which = any::<Index>;
    let order = || {
        prop::sample::select(vec![
            Order::Correct,
            Order::Withdraw,
            Order::Withdraw,
            Order::LookImproper,
            Order::Stand,
        ])
    };
    let step = prop_oneof![
        4 => Just(Step::Dispute),
        4 => which().prop_map(Step::Uphold),
        1 => which().prop_map(Step::Correct),
        1 => which().prop_map(Step::Withdraw),
        2 => which().prop_map(Step::TakeBack),
        2 => which().prop_map(Step::State),
        4 => which().prop_map(Step::Ask),
        6 => (which(), 0..3_usize).prop_map(|(which, who)| Step::Assign(which, who)),
        4 => (which(), 0..3_usize, prop::option::of(order())).prop_map(|(which, who, order)| Step::Judge(which, who, order)),
        2 => (which(), order()).prop_map(|(which, order)| Step::Outside(which, order)),
        3 => (which(), any::<bool>()).prop_map(|(which, correct)| Step::Follow(which, correct)),
        3 => Just(Step::Apply),
        3 => which().prop_map(Step::Take),
        1 => which().prop_map(Step::NotTake),
        2 => which().prop_map(Step::Grant),
        1 => which().prop_map(Step::Refuse),
        2 => which().prop_map(Step::Confirm),
        2 => Just(Step::Complain),
        2 => (which(), 0..3_usize, any::<bool>()).prop_map(|(which, who, founded)| Step::Find(which, who, founded)),
        6 => (1..25_i64, any::<bool>()).prop_map(|(days, work)| Step::Days(days, work)),
        1 => Just(Step::Restart),
    ];
    let cut = prop::sample::select(vec![Cut::Before, Cut::AtCommit, Cut::After]);
    (step, prop::option::weighted(0.2, cut))
}
