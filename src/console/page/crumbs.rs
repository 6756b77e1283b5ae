//! Where the operator is, in the line under the header: `Agents › node-17`.

use crate::console::filter::{Filter, Term, Test};
use crate::console::state::{Overlay, PageId, State};
use crate::console::theme::Role;
use crate::console::widget::styled::{StyledLine, cut};
use crate::text::sanitise_to;
use unicode_width::UnicodeWidthStr;

/// Columns of a crumb at most, unless it is the last one.
const MAX_CRUMB: usize = 24;

/// Where the operator is, in so many columns at most: what is nearest stays,
/// the start gives way. None on a page alone, which its tab shows already.
pub fn line(state: &State, columns: usize) -> Option<StyledLine> {
    let crumbs = crumbs(state);
    let (last, before) = crumbs.split_last().filter(|(_, before)| !before.is_empty())?;
    let sign = if state.ascii { " > " } else { " › " };
    // A space at either end keeps the rule away.
    let last = cut(last, columns.saturating_sub(2)).into_owned();
    let mut room = columns.saturating_sub(last.width() + 2);
    let mut shown = Vec::new();
    for crumb in before.iter().rev() {
        let crumb = cut(crumb, MAX_CRUMB).into_owned();
        let needed = crumb.width() + sign.width();
        if needed > room {
            break;
        }
        room -= needed;
        shown.push(crumb);
    }
    let mut line = StyledLine::new().with(Role::Text, " ");
    for crumb in shown.into_iter().rev() {
        line = line.with(Role::Dim, crumb).with(Role::Rule, sign);
    }
    Some(line.with(Role::Strong, last).with(Role::Text, " "))
}

fn crumbs(state: &State) -> Vec<String> {
    let mut crumbs = match (state.page, only_group(state.agents.filter())) {
        // The agents of a group stand under it.
        (PageId::Agents, Some(group)) => {
            let group = sanitise_to(group, 60).into_string();
            vec![PageId::Overview.title().to_owned(), group, "agents".to_owned()]
        }
        (page, _) => vec![page.title().to_owned()],
    };
    match &state.overlay {
        None | Some(Overlay::Columns { .. }) => {}
        Some(Overlay::Help { .. }) => crumbs.push("help".to_owned()),
        Some(Overlay::Policy { .. }) => {
            let name =
                state.policies.looked_into().map(|source| sanitise_to(source.name(), 60).into_string());
            crumbs.extend(name);
        }
        Some(Overlay::Trust) => crumbs.push("trust".to_owned()),
        Some(Overlay::Identities) => crumbs.push("identities".to_owned()),
        Some(Overlay::Comparison { .. }) => crumbs.push("what saving would change".to_owned()),
        Some(Overlay::Detail(detail)) => crumbs.push(detail.agent.shown.as_str().to_owned()),
        Some(Overlay::Group { place, .. }) => {
            let group = state.snapshot.groups.get(*place);
            crumbs.extend(group.map(|group| sanitise_to(&group.name, 60).into_string()));
        }
    }
    crumbs
}

/// The group that a filter asks for and nothing else.
fn only_group(filter: &Filter) -> Option<&str> {
    match filter.terms.as_slice() {
        [Term { negated: false, test: Test::Group(names) }] => match names.as_slice() {
            [only] => Some(only),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::Options;
    use crate::console::test_fleet::{press, state};

    fn shown(keys: &str, columns: usize) -> Option<String> {
        let mut state = state(Options::default());
        press(&mut state, keys);
        line(&state, columns).map(|line| line.parts().map(|(_, text)| text).collect())
    }

    #[test]
    fn the_way_to_what_is_looked_at() {
        assert_eq!(shown("1", 80), None);
        assert_eq!(shown("2", 80), None);
        assert_eq!(shown("2 / 0 2 enter enter", 80).as_deref(), Some(" Agents › node-02 "));
        assert_eq!(shown("1 j enter", 80).as_deref(), Some(" Overview › eu-west "));
        assert_eq!(shown("1 j enter enter", 80).as_deref(), Some(" Overview › eu-west › agents "));
        assert_eq!(shown("1 j a j enter", 80).as_deref(), Some(" Overview › eu-west › agents › node-12 "));
        assert_eq!(shown("4 ?", 80).as_deref(), Some(" Log › help "));
    }

    #[test]
    fn the_start_gives_way() {
        let narrow = |columns| shown("1 j a j enter", columns).unwrap();
        assert_eq!(narrow(30), " eu-west › agents › node-12 ");
        assert_eq!(narrow(12), " node-12 ");
        assert_eq!(narrow(6), " nod… ");
    }
}
