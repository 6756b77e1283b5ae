//! stub
/// o
#[derive(Debug)]
pub struct Options {
    /// o
    pub read_only: bool,
    /// o
    pub title: String,
    /// o
    pub ascii: bool,
    /// o
    pub colour: bool,
    /// o
    pub notice: Option<String>,
}
/// r
pub fn run_on_terminal(
    _s: tokio::sync::watch::Receiver<std::sync::Arc<crate::fleet::Snapshot>>,
    _o: Options,
) -> std::io::Result<()> {
    Ok(())
}
