//! The console in a real pseudo-terminal of 160 × 50 cells, beside two other
//! programs that are known to be careful: bottom and trippy.
//!
//! What a program wrote is kept in pieces with the moment of each, and looked
//! at on a VT100 screen ([`terminal`]). The same rules hold for all programs:
//! a frame is there when its words stand on the screen; a key is answered when
//! the last byte of the frame is there in which the selection has moved.
//!
//! * [`start`]: from the start of the process to the first frame
//! * [`idle`]: processor, wake-ups, bytes and memory while nothing happens
//! * [`keys`]: from a key to its frame, and the bytes of that frame
//! * [`flood`]: the same under 1,000 new pictures a second
//! * [`frames`]: what a frame costs the drawing thread, without a terminal

pub mod flood;
pub mod frames;
pub mod idle;
pub mod keys;
mod pictures;
mod process;
mod programs;
pub mod start;
mod terminal;

/// Columns and lines of every terminal here.
const SIZE: (u16, u16) = (160, 50);
