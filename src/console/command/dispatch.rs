//! Where it is decided whether a command runs, and whether it is asked about
//! first. Keys, palette and every other way in end here.

use super::{Command, Confirmation, Effect, Reason, Refusal, Run, all, find};
use crate::console::state::State;
use crate::text::nearest::nearest;
use crate::text::sanitise_to;

/// Characters of what was written that a message quotes at most.
const QUOTED_CHARS: usize = 40;

/// Runs what a line says: a command's id or name, and its argument. A command
/// that lacks its argument is written into the palette, to be completed there.
///
/// # Errors
/// Why it was refused.
pub fn dispatch(state: &mut State, line: &str) -> Result<(), Refusal> {
    let (command, argument) = split(line)?;
    may_run(state, command)?;
    if argument.is_empty() && command.argument().is_some_and(|wanted| !wanted.is_optional) {
        state.open_palette(&format!("{} ", command.name()));
        return Ok(());
    }
    submit(state, command, argument)
}

/// The command of a line and its argument, without running it.
///
/// # Errors
/// There is no such command, or it takes no argument.
pub fn check(line: &str) -> Result<&'static Command, Refusal> {
    split(line).map(|(command, _)| command)
}

fn split(line: &str) -> Result<(&'static Command, &str), Refusal> {
    let line = line.trim();
    let (name, argument) = match !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit()) {
        // As in vim: a number alone is a row.
        true => ("list.row", line),
        false => line.split_once(char::is_whitespace).unwrap_or((line, "")),
    };
    let command = find(name).ok_or_else(|| unknown(name))?;
    let argument = argument.trim();
    if !argument.is_empty() && command.argument().is_none() {
        return Err(Refusal::Argument(format!("{} takes no argument", command.name())));
    }
    Ok((command, argument))
}

fn unknown(name: &str) -> Refusal {
    let shown = sanitise_to(name, QUOTED_CHARS);
    let names = all().flat_map(|command| command.names.iter().copied().chain([command.id]));
    let hint = nearest(name, names).map(|name| format!("; did you mean {name}?")).unwrap_or_default();
    Refusal::Unknown(format!("there is no command {shown}{hint}"))
}

/// Runs a command, or asks first where it writes.
///
/// # Errors
/// Why it was refused.
pub fn submit(state: &mut State, command: &Command, argument: &str) -> Result<(), Refusal> {
    may_run(state, command)?;
    if command.effect == Effect::Read {
        return carry_out(state, command, argument);
    }
    // A slip is told before the question, where the line can be mended.
    state.check_written(command.id, argument).map_err(Refusal::Disabled)?;
    let object = state.written_object(command.id, argument);
    state.confirmation = Some(Confirmation::new(*command, argument, object));
    Ok(())
}

/// Carries out what was asked about and agreed to.
///
/// # Errors
/// Why it was refused: what made sense at the question may make none now.
pub(super) fn carry_out_confirmed(state: &mut State, confirmation: &Confirmation) -> Result<(), Refusal> {
    may_run(state, confirmation.command())?;
    carry_out(state, confirmation.command(), confirmation.argument())
}

fn carry_out(state: &mut State, command: &Command, argument: &str) -> Result<(), Refusal> {
    match command.run {
        Run::Plain(run) => run(state),
        Run::Given(wanted, _) if argument.is_empty() && !wanted.is_optional => {
            let words = format!("{} needs {}", command.name(), wanted.shown());
            return Err(Refusal::Argument(words));
        }
        Run::Given(_, run) => run(state, argument).map_err(Refusal::Disabled)?,
    }
    Ok(())
}

/// Whether a command may run now. Read-only is decided here and nowhere else.
///
/// # Errors
/// Why not.
pub fn may_run(state: &State, command: &Command) -> Result<(), Refusal> {
    if state.read_only && command.effect != Effect::Read {
        return Err(Refusal::ReadOnly(command.id));
    }
    (command.enabled)(state).map_err(|reason: Reason| Refusal::Disabled(reason))
}

/// Why a command cannot be had now, in words for a list of commands; none where
/// it can, and where the reason goes without saying.
pub fn why_not(state: &State, command: &Command) -> Option<String> {
    match may_run(state, command) {
        Ok(()) => None,
        Err(Refusal::ReadOnly(_)) => Some("this console is read-only".to_owned()),
        Err(refusal) => Some(refusal.to_string()).filter(|words| !words.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::Options;
    use crate::console::command::{Argument, Values};
    use crate::console::state::Notice;
    use crate::console::test_fleet::{press, state};

    fn done(state: &mut State, argument: &str) -> Result<(), Reason> {
        state.notice = Some(Notice::information(format!("did it to {argument}")));
        Ok(())
    }

    const DELETE: Command = Command {
        id: "agent.delete",
        names: &["delete"],
        doc: "Delete the agent",
        hint: None,
        effect: Effect::Destroy,
        enabled: |_| Ok(()),
        run: Run::Given(Argument::needed("ID", Values::Agent), done),
    };
    const STOP: Command = Command { id: "agent.stop", names: &["stop"], effect: Effect::Write, ..DELETE };
    const LOOK: Command = Command { id: "agent.look", names: &["look"], effect: Effect::Read, ..DELETE };

    fn said(state: &State) -> Option<&str> {
        state.notice.as_ref().map(|notice| notice.words.as_str())
    }

    #[test]
    fn a_read_only_console_refuses_whatever_writes() {
        let mut read_only = state(Options { read_only: true, ..Options::default() });
        for command in [STOP, DELETE] {
            let refusal = submit(&mut read_only, &command, "node-1").unwrap_err();
            assert_eq!(
                refusal.to_string(),
                format!("{}: refused, because this console is read-only", command.id)
            );
            assert_eq!(read_only.confirmation, None);
        }
        assert_eq!(why_not(&read_only, &STOP).as_deref(), Some("this console is read-only"));
        assert_eq!(why_not(&read_only, &LOOK), None);
        assert_eq!(submit(&mut read_only, &LOOK, "node-1"), Ok(()));
        assert_eq!(said(&read_only), Some("did it to node-1"));
    }

    #[test]
    fn whatever_writes_is_asked_about_first() {
        let mut state = state(Options::default());
        for refused in ["n", "esc"] {
            submit(&mut state, &STOP, "node-1").unwrap();
            assert_eq!(said(&state), None);
            press(&mut state, refused);
            assert_eq!((said(&state), state.confirmation.is_none()), (None, true));
        }
        submit(&mut state, &STOP, "node-1").unwrap();
        press(&mut state, "j enter q");
        assert_eq!((said(&state), state.outcome), (None, None), "only y agrees");
        press(&mut state, "y");
        assert_eq!(said(&state), Some("did it to node-1"));
        assert_eq!(state.confirmation, None);
    }

    #[test]
    fn what_cannot_be_undone_wants_its_object_written() {
        let mut state = state(Options::default());
        submit(&mut state, &DELETE, "node-1").unwrap();
        press(&mut state, "y enter");
        assert!(said(&state).is_some_and(|words| words.contains("node-1")), "{:?}", said(&state));
        assert!(state.confirmation.is_some());
        press(&mut state, "backspace n o d e - 1 enter");
        assert_eq!(said(&state), Some("did it to node-1"));
        assert_eq!(state.confirmation, None);
    }

    #[test]
    fn a_line_is_a_name_and_an_argument() {
        let mut state = state(Options::default());
        let refusal = dispatch(&mut state, "nope").unwrap_err();
        assert_eq!(refusal.to_string(), "there is no command nope");
        let refusal = dispatch(&mut state, "agnets").unwrap_err();
        assert_eq!(refusal.to_string(), "there is no command agnets; did you mean agents?");
        assert_eq!(dispatch(&mut state, "quit now").unwrap_err().to_string(), "quit takes no argument");
        dispatch(&mut state, "sort").unwrap();
        assert_eq!(state.palette.as_ref().map(|palette| palette.line().text()).as_deref(), Some("sort "));
        dispatch(&mut state, "sort -age").unwrap();
        assert!(state.agents.sort().is_reversed);
        state.palette = None;
        press(&mut state, "2 : 3 enter");
        assert_eq!(state.agents.place(), Some(2));
        assert_eq!(dispatch(&mut state, "row x").unwrap_err().to_string(), "x is no number");
        assert_eq!(check("agents verdict=failed").map(|command| command.id), Ok("go.agents"));
    }
}
