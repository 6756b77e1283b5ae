//! Paths of the two APIs.

/// A path below `/vX.Y/`, with its major version and without a last slash.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Route<'a> {
    /// `/`, `/version`, … : the path without its slashes.
    Plain(&'a str),
    /// `/v2/…`, `/v2.0/…` to `/v2.6/…`: all alike.
    Two(Vec<&'a str>),
    /// `/v3/…`, `/v3.0/…`.
    Three(Vec<&'a str>),
    /// A version that is not served (1.0 is announced all the same).
    Unserved,
}

/// Which route a path takes.
pub(super) fn route(path: &str) -> Route<'_> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let path = path.strip_suffix('/').unwrap_or(path);
    let (first, rest) = path.split_once('/').unwrap_or((path, ""));
    let segments = || rest.split('/').filter(|_| !rest.is_empty()).collect();
    match first {
        "v2" | "v2.0" | "v2.1" | "v2.2" | "v2.3" | "v2.4" | "v2.5" | "v2.6" => Route::Two(segments()),
        "v3" | "v3.0" => Route::Three(segments()),
        _ if first.starts_with('v') && first.contains('.') => Route::Unserved,
        _ => Route::Plain(path),
    }
}

/// Whether Keylime takes this for an agent id (`[\w.-]+`).
pub(super) fn is_agent_id(id: &str) -> bool {
    !id.is_empty()
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes() {
        for (path, expected) in [
            ("/", Route::Plain("")),
            ("/version", Route::Plain("version")),
            ("/v2/agents/", Route::Two(vec!["agents"])),
            ("/v2.6/agents/a", Route::Two(vec!["agents", "a"])),
            ("/v2.6/", Route::Two(vec![])),
            (
                "/v3.0/agents/a/attestations/latest",
                Route::Three(vec!["agents", "a", "attestations", "latest"]),
            ),
            ("/v1.0/agents", Route::Unserved),
            ("/v2.7/agents", Route::Unserved),
        ] {
            assert_eq!(route(path), expected, "{path}");
        }
    }
}
