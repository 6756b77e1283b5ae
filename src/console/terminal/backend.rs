//! One write per frame, with as few bytes as will do.

use std::cell::Cell as Kept;
use std::io::{self, Write};

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::queue;
use crossterm::terminal::{self, BeginSynchronizedUpdate, Clear, EndSynchronizedUpdate};
use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};

use super::pen::Pen;
use super::picture::Picture;

/// A backend of ratatui's for slow lines:
///
/// * a frame is collected and leaves in one write, inside one synchronized
///   update, so that it never shows half drawn;
/// * a frame that changes no cell writes nothing;
/// * what moved up or down is scrolled by the terminal and not written again;
/// * the cursor is hidden once and not per frame;
/// * the terminal is never asked anything: the answer would arrive among the
///   keys.
///
/// What the terminal shows is known from what was written. Whoever else wrote
/// to it has to have it cleared.
pub struct FrameBackend<W: Write> {
    pen: Pen,
    picture: Picture,
    /// The frame with its brackets; kept, so that it grows once.
    bracketed: Vec<u8>,
    out: W,
    size: Box<dyn Fn() -> io::Result<(u16, u16)>>,
    /// The size that was told last, for which the next frame is made.
    told: Kept<Size>,
    is_cursor_hidden: bool,
}

impl<W: Write> FrameBackend<W> {
    /// A backend that writes to `out`; `size` tells columns and lines.
    pub fn new(out: W, size: impl Fn() -> io::Result<(u16, u16)> + 'static) -> Self {
        // Entering the terminal has cleared it and hidden the cursor already.
        Self {
            pen: Pen::new(),
            picture: Picture::default(),
            bracketed: Vec::new(),
            out,
            size: Box::new(size),
            told: Kept::new(Size::ZERO),
            is_cursor_hidden: true,
        }
    }
}

impl<W: Write> Backend for FrameBackend<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut content = content.peekable();
        if content.peek().is_none() {
            return Ok(());
        }
        let Size { width, height } = self.told.get();
        self.picture.fit(width.into(), height.into());
        content.for_each(|(x, y, cell)| self.picture.take(x, y, cell));
        self.picture.write(&mut self.pen);
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        match std::mem::replace(&mut self.is_cursor_hidden, true) {
            true => Ok(()),
            false => queue!(self.pen.raw(), Hide),
        }
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.is_cursor_hidden = false;
        queue!(self.pen.raw(), Show)
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(Position::ORIGIN)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let Position { x, y } = position.into();
        queue!(self.pen.raw(), MoveTo(x, y))
    }

    fn clear(&mut self) -> io::Result<()> {
        self.picture.clear();
        queue!(self.pen.raw(), Clear(terminal::ClearType::All))
    }

    /// All of it is cleared or nothing: the console has the whole screen.
    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        match clear_type {
            ClearType::All => self.clear(),
            _ => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    fn size(&self) -> io::Result<Size> {
        let (width, height) = (self.size)()?;
        let size = Size { width, height };
        self.told.set(size);
        Ok(size)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size()?, pixels: Size::ZERO })
    }

    fn flush(&mut self) -> io::Result<()> {
        let frame = self.pen.bytes();
        if frame.is_empty() {
            return Ok(());
        }
        self.bracketed.clear();
        queue!(self.bracketed, BeginSynchronizedUpdate)?;
        self.bracketed.append(frame);
        queue!(self.bracketed, EndSynchronizedUpdate)?;
        self.out.write_all(&self.bracketed)?;
        self.out.flush()
    }
}
