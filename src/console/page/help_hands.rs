//! What the help says of counts and views, beside the commands themselves.

use crate::console::command::{self, Argument};
use crate::console::view_string::{PAGES, PARAMETERS};

/// A label, which may be empty, and what it means.
type Entry = (&'static str, &'static str);

const COUNTS: &str = "A number before a motion repeats it, and before G or g g it names a row: 8j, 70j, 9G. The \
                      digits of the pages act at once; a count that would begin with one of them begins with \
                      0: 012G, 03 ctrl-d. esc takes it back. :12 goes to a row, too.";

const VIEWS: &str = "Whatever is looked at has a string: :copy-view copies it, :view goes to one, :save-view keeps \
                     it under a name in views.toml, and --view begins with it. Example: \
                     agents?verdict=failed&sort=-age&columns=verdict,agent,age";

const PATHS: &str = "tab completes a path in a command that takes one: all that is the same is written, then one \
                     name after the other. ~/ is the home folder, and quotes hold a space where a command takes \
                     several words.";

/// The sections: title, and what stands in each.
pub(super) fn sections() -> [(&'static str, Vec<Entry>); 3] {
    let views = [("", VIEWS)].into_iter().chain(PAGES).chain(PARAMETERS);
    let taking = command::all().filter(|command| command.argument().is_some_and(Argument::takes_path));
    let paths = [("", PATHS)].into_iter().chain(taking.map(|command| (command.name(), command.doc)));
    [("Counts", vec![("", COUNTS)]), ("Views", views.collect()), ("Paths", paths.collect())]
}
