//! The Servers page: a form over a file, what is wrong beside it, what can fail
//! below it, and the text.

mod form;
mod text;
mod view;

pub(in crate::console) use view::{comparison, draw};
