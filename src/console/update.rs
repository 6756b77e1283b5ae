//! How a message changes the state. No I/O, no clock.

use super::keymap::{Key, Lookup};
use super::outside::Request;
use super::state::{Notice, State, Visible};
use super::{Message, Outcome, command};

/// What the loop has to do after a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// Something visible changed.
    pub redraw: bool,
    /// The console ends.
    pub outcome: Option<Outcome>,
    /// What is to be done outside.
    pub requests: Vec<Request>,
}

/// Takes in one message.
pub fn update(state: &mut State, message: Message) -> Effects {
    let before = Visible::of(state);
    match message {
        Message::Key(key) => press(state, key),
        Message::Resize(size) => state.size = size,
        Message::Snapshot { snapshot, now } => {
            state.now = now;
            state.take_snapshot(snapshot);
        }
        Message::Tick { now } => state.now = now,
        Message::Log(picture) => state.log.take(picture),
        Message::Notice(notice) => state.notice = Some(notice),
        Message::Edited(text) => state.take_edited(&text),
        Message::SnapshotsEnded => {
            state.notice =
                Some(Notice::problem("no more news: what asks the servers has ended; restart limescope"));
        }
    }
    state.settle();
    let requests = std::mem::take(&mut state.requests);
    Effects { redraw: before != Visible::of(state), outcome: state.outcome, requests }
}

fn press(state: &mut State, key: Key) {
    let context = state.context();
    state.notice = None;
    state.pending.push(key);
    let keymap = std::sync::Arc::clone(&state.keymap);
    match keymap.look_up(context, &state.pending) {
        Lookup::Command(id) => {
            state.pending.clear();
            if let Err(refusal) = command::dispatch(state, id) {
                state.say_refusal(&refusal);
            }
        }
        Lookup::Unfinished => {}
        Lookup::Nothing => {
            let was_sequence = state.pending.len() > 1;
            state.pending.clear();
            if context.is_writing()
                && !was_sequence
                && let Some(character) = key.text()
            {
                state.type_character(character);
            }
        }
    }
}
