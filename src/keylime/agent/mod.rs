//! An agent in pull mode, asked by ourselves: one quote, with our own nonce.
//!
//! A verifier in pull mode keeps no evidence, so only the agent can show some.
//! That costs it a TPM quote (up to a second on a chip), and Keylime's agents
//! reset and extend PCR 16 for each: it is done on request only, never in a
//! poll. The agent's server must show exactly the certificate that the
//! registrar has of it.

mod answer;
mod ask;

pub use answer::AgentQuote;
pub use ask::{AgentNonce, ask_agent};
