//! From an event of `tracing` to one sanitised line.

use std::fmt::{self, Write};

use jiff::Timestamp;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use super::ring::LogRing;
use super::rotated::LogHandle;
use crate::text::sanitise_to;

/// Characters of one record at most.
const MAX_RECORD: usize = 2_000;

pub(super) struct RecordLayer {
    ring: LogRing,
    file: Option<LogHandle>,
}

impl RecordLayer {
    pub(super) fn new(ring: LogRing, file: Option<LogHandle>) -> Self {
        Self { ring, file }
    }
}

impl<S: Subscriber> Layer<S> for RecordLayer {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let metadata = event.metadata();
        // Whatever the level: libraries log what they send and receive.
        if !is_ours(metadata.target()) {
            return;
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        let Fields { message, others } = fields;
        let text = sanitise_to(&format!("{message}{others}"), MAX_RECORD);
        let room = metadata.target().trim_start_matches("limescope::");
        let record = format!("{:.3} {:5} {room}: {text}", Timestamp::now(), metadata.level());
        self.ring.push(&record);
        if let Some(file) = &self.file {
            file.write(record);
        }
    }
}

fn is_ours(target: &str) -> bool {
    target == "limescope" || target.starts_with("limescope::")
}

#[derive(Default)]
struct Fields {
    message: String,
    others: String,
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a String cannot fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.others, " {name}={value:?}"),
        };
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "message" => self.message.push_str(value),
            name => {
                let _ = write!(self.others, " {name}={value}");
            }
        }
    }
}
