//! How a message changes the state. No I/O, no clock.

use super::keymap::{Context, Key, Lookup};
use super::outside::Request;
use super::state::{Arrange, Notice, PageId, State, Visible};
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
    /// What is to be arranged, off this task; what comes of it is told by
    /// [`Message::Arranged`].
    pub arrange: Option<Arrange>,
}

/// Keys that wait at most; those that come after are lost.
const MAX_HELD: usize = 256;

/// Takes in one message.
pub fn update(state: &mut State, message: Message) -> Effects {
    let before = Visible::of(state);
    match message {
        Message::Key(key) => {
            press(state, key);
            // Rows of a small fleet are there at once.
            press_held(state);
            state.follow_trail();
        }
        Message::Mouse(mouse) => state.take_mouse(mouse),
        Message::Resize(size) => state.size = size,
        Message::Snapshot { snapshot, now } => {
            state.now = now;
            let was_awaiting = state.awaited.is_some();
            state.take_snapshot(snapshot);
            state.turn_board();
            if was_awaiting {
                state.settle();
                state.follow_trail();
            }
        }
        Message::Arranged(arrangement) => {
            state.agents.take(arrangement);
            press_held(state);
        }
        Message::NotArranged { generation } => {
            state.agents.fail(generation);
            state.notice = Some(Notice::problem("the agents could not be sorted; the log says why"));
            press_held(state);
        }
        Message::StillArranging => state.agents.say_slow(),
        Message::Tick { now } => {
            state.now = now;
            state.turn_board();
        }
        Message::Log(picture) => state.log.take(picture),
        Message::Opened(opened) => state.take_opened(opened),
        Message::FileSaved(outcome) => state.take_saved_file(outcome),
        Message::TextEdited(text) => state.take_text(text),
        Message::Probed { number, looked } => state.take_probed(number, looked),
        Message::Policies(news) => state.take_policy_news(news),
        Message::Identity(news) => state.take_identity_news(news),
        Message::Evidence(news) => state.take_evidence_news(news),
        Message::Standing(standing) => state.standing = standing,
        Message::Notice(notice) => state.notice = Some(notice),
        Message::Folder { number, told } => state.take_folder(number, told),
        Message::Edited(text) => {
            state.take_edited(&text);
            state.settle();
            state.follow_trail();
        }
        Message::Saved { views, notice } => {
            state.take_saved(views);
            state.notice = Some(notice);
        }
        Message::SnapshotsEnded => {
            state.notice =
                Some(Notice::problem("no more news: what asks the servers has ended; restart limescope"));
        }
    }
    state.settle();
    state.end_unwanted_probe();
    let requests = std::mem::take(&mut state.requests);
    let arrange = state.agents.take_wish();
    Effects { redraw: before != Visible::of(state), outcome: state.outcome, requests, arrange }
}

fn press(state: &mut State, key: Key) {
    if hold(state, key) {
        return;
    }
    let context = state.context();
    state.notice = None;
    state.forget_click();
    // Who presses a key does not wait any more.
    state.awaited = None;
    if state.take_count(key, context) {
        return;
    }
    state.pending.push(key);
    let keymap = std::sync::Arc::clone(&state.keymap);
    match keymap.look_up(context, &state.pending) {
        Lookup::Command(id) => {
            if must_wait(state, context, id) {
                state.held.append(&mut state.pending);
                return;
            }
            state.pending.clear();
            if let Err(refusal) = command::dispatch(state, id) {
                state.say_refusal(&refusal);
            }
            // What does not count forgets it; `go` has taken it.
            state.count = None;
        }
        Lookup::Unfinished => {}
        Lookup::Nothing => {
            state.count = None;
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

/// Whether a command has to wait for the rows that it is meant for: who types
/// `/failed`, enter, enter means the first row of those that failed, however
/// soon the keys come after each other.
fn must_wait(state: &State, context: Context, command: &str) -> bool {
    let reads_rows = match context {
        Context::Agents => {
            !["quit", "filter.", "sort.", "palette."].iter().any(|start| command.starts_with(start))
        }
        Context::Palette => command == "palette.run",
        _ => false,
    };
    reads_rows && waits_for_rows(state)
}

fn waits_for_rows(state: &State) -> bool {
    state.page == PageId::Agents && state.agents.is_waiting()
}

/// Lets a key wait behind those that wait already: what it means depends on
/// what they do. The way out stays open.
fn hold(state: &mut State, key: Key) -> bool {
    let quits =
        || matches!(state.keymap.look_up(state.context(), &[key]), Lookup::Command("quit")) && key.control;
    if state.held.is_empty() || quits() {
        return false;
    }
    if state.held.len() < MAX_HELD {
        state.held.push(key);
    }
    true
}

/// Presses what waited for the rows, up to a key that changes them again.
fn press_held(state: &mut State) {
    let mut keys = std::mem::take(&mut state.held).into_iter();
    loop {
        state.settle();
        if waits_for_rows(state) {
            break;
        }
        let Some(key) = keys.next() else { break };
        press(state, key);
    }
    state.held.extend(keys);
}
