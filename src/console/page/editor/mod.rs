//! The Servers page: a form over a file, what is wrong beside it, what can fail
//! below it, and the text. What a look at the row's address brought (`probe`)
//! stands below the form.

mod form;
mod probe;
mod text;
mod view;

pub(in crate::console) use view::{comparison, draw};
