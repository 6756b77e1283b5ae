//! What a hostile server does, as data.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// One thing that a server does.
#[derive(Clone)]
pub enum Step {
    /// Sends this.
    Say(Bytes),
    /// Sends this again and again, for as long as somebody reads.
    Forever(Bytes),
    /// Sends this, one byte per second.
    Drip(Bytes),
    /// Waits for the first bytes of the other side.
    Hear,
    /// Waits.
    Pause(Duration),
    /// Says nothing more and keeps the connection.
    Silence,
    /// Drops the connection without a word of farewell.
    Abort,
}

/// Everything that a server does on one connection, or after one request. At its end the connection is closed.
pub type Script = Vec<Step>;

/// What a server does after which request; the request's head is given.
pub type Play = Arc<dyn Fn(&str) -> Script + Send + Sync>;

/// Sends this and ends.
pub fn say(text: impl Into<Bytes>) -> Script {
    vec![Step::Say(text.into())]
}

/// Plays a script; an error means that the other side has gone.
pub async fn play<S>(script: Script, stream: &mut S) -> std::io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    for step in script {
        match step {
            Step::Say(bytes) => stream.write_all(&bytes).await?,
            Step::Forever(bytes) => loop {
                stream.write_all(&bytes).await?;
                tokio::task::yield_now().await;
            },
            Step::Drip(bytes) => {
                for byte in bytes.chunks(1) {
                    stream.write_all(byte).await?;
                    stream.flush().await?;
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
            Step::Hear => {
                let mut heard = [0; 4096];
                let _bytes = stream.read(&mut heard).await?;
            }
            Step::Pause(time) => tokio::time::sleep(time).await,
            Step::Silence => {
                stream.flush().await?;
                std::future::pending::<()>().await;
            }
            Step::Abort => return Ok(()),
        }
        stream.flush().await?;
    }
    stream.shutdown().await
}
