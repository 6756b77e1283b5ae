//! Going from page to page.

use super::{Command, Reason, always, read};
use crate::console::Outcome;
use crate::console::state::{PageId, State};

pub(super) const COMMANDS: &[Command] = &[
    read("page.next", "Go to the next page", Some("next page"), always, |state| {
        state.go_to_page(state.page.next());
    }),
    read("page.previous", "Go to the page before", None, always, |state| {
        state.go_to_page(state.page.previous())
    }),
    read("page.overview", "Go to the Overview", None, always, |state| state.show(PageId::Overview))
        .named(&["overview", "groups"]),
    read("page.agents", "Go to the Agents", None, always, |state| state.show(PageId::Agents)),
    read("page.events", "Go to the Events", None, always, |state| state.show(PageId::Events))
        .named(&["events"]),
    read("page.log", "Go to the Log", None, always, |state| state.show(PageId::Log)).named(&["log"]),
    read("page.servers", "Go to the Servers, to edit blocks and duplication", None, always, |state| {
        state.go_to_page(PageId::Servers);
    })
    .named(&["servers"]),
    read("page.policies", "Go to the Policies of all groups", None, always, |state| {
        state.go_to_page(PageId::Policies);
    })
    .named(&["policies"]),
    read(
        "log.level",
        "Show every level, warnings and errors, or errors only",
        Some("level"),
        always,
        |state| {
            state.log.turn_level();
        },
    ),
    read("demo.open", "Look around in the embedded fleet", None, nothing_configured, |state| {
        state.outcome = Some(Outcome::Demo);
    }),
    read(
        "layer.close",
        "Close what lies on top, else leave the columns, else clear the filter",
        Some("close"),
        some_layer,
        |state| {
            state.close_layer();
        },
    ),
];

fn nothing_configured(state: &State) -> Result<(), Reason> {
    match state.start {
        Some(_) => Ok(()),
        None => Err(Reason::new("groups are configured here; `limescope demo` opens the embedded fleet")),
    }
}

fn some_layer(state: &State) -> Result<(), Reason> {
    // Who presses esc once too often is not to be lectured.
    if state.has_layer() { Ok(()) } else { Err(Reason::silent()) }
}
