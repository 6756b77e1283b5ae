//! What is looked at, as a view; and going to one.

use super::{Notice, Overlay, PageId, State};
use crate::console::command::Reason;
use crate::console::outside::Request;
use crate::console::view_string::{SavedViews, View};
use crate::text::nearest::nearest;
use crate::text::{RemoteText, sanitise, sanitise_to};

/// Names that are compared for a hint at most: nearness of very many names
/// takes longer than a key may.
const MAX_COMPARED: usize = 5_000;

impl State {
    /// What is looked at: what lies on top, else the page.
    pub fn view(&self) -> View {
        self.view_above().unwrap_or_else(|| self.view_of_page())
    }

    /// What lies over the page.
    pub(super) fn view_above(&self) -> Option<View> {
        match self.overlay.as_ref()? {
            // It changes the page under it, and is no place of its own.
            Overlay::Columns { .. } | Overlay::Comparison { .. } => None,
            Overlay::Help { .. } => Some(View::Help),
            Overlay::Policy { .. } => {
                let source = self.policies.looked_into()?.to_string();
                Some(View::Policy { source })
            }
            Overlay::Trust => Some(View::Trust),
            Overlay::Identities => Some(View::Identities),
            Overlay::Detail(detail) => Some(View::Agent { id: detail.agent.id.clone() }),
            Overlay::Group { place, .. } => {
                let group = self.snapshot.groups.get(*place)?;
                Some(View::Group { name: group.name.to_string() })
            }
        }
    }

    /// The page under whatever lies on top.
    pub(super) fn view_of_page(&self) -> View {
        match self.page {
            PageId::Overview => View::Overview,
            PageId::Agents => View::Agents {
                filter: self.agents.filter().clone(),
                sort: self.agents.sort(),
                columns: self.agents.columns().clone(),
            },
            PageId::Events => View::Events { filter: self.events.filter().clone() },
            PageId::Log => View::Log { level: self.log.level() },
            PageId::Servers => View::Servers,
            PageId::Policies => View::Policies,
        }
    }

    /// Goes to a view.
    ///
    /// # Errors
    /// It shows something that is not there.
    pub(in crate::console) fn go_to(&mut self, view: &View) -> Result<(), Reason> {
        match view {
            View::Overview => self.show(PageId::Overview),
            View::Help => self.open_help(),
            View::Servers => self.show_servers(),
            View::Policies => self.show_policies(),
            View::Policy { source } => self.open_named_policy(source)?,
            View::Trust => self.show_trust(),
            View::Identities => self.show_identities(),
            View::Agents { filter, sort, columns } => {
                self.agents.set_filter(filter.clone());
                self.agents.set_sort(*sort);
                self.agents.set_columns(columns.clone());
                self.show(PageId::Agents);
            }
            View::Events { filter } => {
                self.events.set_filter(filter.clone());
                self.show(PageId::Events);
            }
            View::Log { level } => {
                self.log.set_level(*level);
                self.show(PageId::Log);
            }
            View::Group { name } => {
                let place = self.place_of_group(name).ok_or_else(|| self.no_group(name))?;
                self.overview.choose(place);
                self.show(PageId::Overview);
                self.open_group();
            }
            View::Agent { id } => {
                if !self.has_agent(id) {
                    return Err(self.no_agent(id.shown().as_str()));
                }
                self.show(PageId::Agents);
                self.select_agent(id);
                self.open_agent();
            }
        }
        Ok(())
    }

    /// Goes to the view of the start. An agent that no group has told of yet is
    /// waited for.
    pub(super) fn start_at(&mut self, view: &View) {
        match view {
            View::Agent { id } if !self.has_agent(id) && super::is_asking(&self.snapshot.groups) => {
                self.show(PageId::Agents);
                self.notice = Some(Notice::information(format!("waiting for the agent {}…", id.shown())));
                self.awaited = Some(id.clone());
            }
            view => {
                if let Err(reason) = self.go_to(view) {
                    self.notice = Some(Notice::problem(reason.to_string()));
                }
            }
        }
    }

    /// Opens the agent that is waited for, or gives up when every group has
    /// answered without it.
    pub(super) fn follow_awaited(&mut self) {
        let Some(id) = self.awaited.take() else { return };
        self.notice = None;
        self.start_at(&View::Agent { id });
    }

    /// Puts the string of what is looked at into the clipboard.
    pub(in crate::console) fn copy_view(&mut self) {
        let text = self.view().to_string();
        let what = format!("the view {}", sanitise_to(&text, 80));
        self.copy(text, what);
    }

    /// Keeps what is looked at under a name.
    ///
    /// # Errors
    /// The name cannot be one.
    pub(in crate::console) fn save_view(&mut self, name: &str) -> Result<(), Reason> {
        crate::console::view_string::check_name(name).map_err(Reason::new)?;
        self.requests.push(Request::KeepView { name: name.to_owned(), view: Some(self.view()) });
        Ok(())
    }

    /// Forgets a view that was kept.
    ///
    /// # Errors
    /// There is none of this name.
    pub(in crate::console) fn forget_view(&mut self, name: &str) -> Result<(), Reason> {
        if self.saved.get(name).is_none() {
            let names = self.saved.entries().map(|(name, _)| name);
            return Err(none("saved view", name, names));
        }
        self.requests.push(Request::KeepView { name: name.to_owned(), view: None });
        Ok(())
    }

    /// Takes the views that are kept now.
    pub(in crate::console) fn take_saved(&mut self, saved: SavedViews) {
        self.saved = saved.into();
    }

    pub(super) fn place_of_group(&self, name: &str) -> Option<usize> {
        self.snapshot.groups.iter().position(|group| *group.name == *name)
    }

    pub(super) fn has_agent(&self, id: &RemoteText) -> bool {
        self.snapshot.agents.binary_search_by(|agent| agent.id.cmp(id)).is_ok()
    }

    fn no_group(&self, name: &str) -> Reason {
        none("group", name, self.snapshot.groups.iter().map(|group| &*group.name))
    }

    /// Why there is no agent of this shown id.
    pub(in crate::console) fn no_agent(&self, id: &str) -> Reason {
        none("agent", id, self.snapshot.agents.iter().map(|agent| agent.shown.as_str()))
    }
}

/// There is nothing of that name; what it may have meant is told.
pub(in crate::console) fn none<'a>(
    what: &str,
    text: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Reason {
    let hint = nearest(text, known.into_iter().take(MAX_COMPARED));
    let hint = hint.map(|name| format!("; did you mean {}?", sanitise(name))).unwrap_or_default();
    Reason::new(format!("there is no {what} {}{hint}", sanitise_to(text, 60)))
}
