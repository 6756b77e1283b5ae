//! One write per frame.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use crossterm::queue;
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};

/// ratatui's crossterm backend, made quiet:
///
/// * a frame is collected and leaves in one write, inside one synchronized
///   update, so that it never shows half drawn;
/// * a frame that changes no cell writes nothing;
/// * the cursor is hidden once and not per frame;
/// * the terminal is never asked anything: the answer would arrive among the
///   keys.
pub struct FrameBackend<W: Write> {
    inner: CrosstermBackend<Collected>,
    frame: Collected,
    /// The frame with its brackets; kept, so that it grows once.
    bracketed: Vec<u8>,
    out: W,
    size: Box<dyn Fn() -> io::Result<(u16, u16)>>,
    is_cursor_hidden: bool,
}

/// What was written since the last flush.
#[derive(Clone, Default)]
struct Collected(Rc<RefCell<Vec<u8>>>);

impl Write for Collected {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    /// The inner backend flushes in the middle of frames.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<W: Write> FrameBackend<W> {
    /// A backend that writes to `out`; `size` tells columns and lines.
    pub fn new(out: W, size: impl Fn() -> io::Result<(u16, u16)> + 'static) -> Self {
        let frame = Collected::default();
        // Entering the terminal has hidden the cursor already.
        Self {
            inner: CrosstermBackend::new(frame.clone()),
            frame,
            bracketed: Vec::new(),
            out,
            size: Box::new(size),
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
        match content.peek() {
            Some(_) => self.inner.draw(content),
            None => Ok(()),
        }
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        match std::mem::replace(&mut self.is_cursor_hidden, true) {
            true => Ok(()),
            false => self.inner.hide_cursor(),
        }
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.is_cursor_hidden = false;
        self.inner.show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(Position::ORIGIN)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.inner.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.inner.clear()
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        self.inner.clear_region(clear_type)
    }

    fn append_lines(&mut self, lines: u16) -> io::Result<()> {
        self.inner.append_lines(lines)
    }

    fn size(&self) -> io::Result<Size> {
        let (width, height) = (self.size)()?;
        Ok(Size { width, height })
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size()?, pixels: Size::ZERO })
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut frame = self.frame.0.borrow_mut();
        if frame.is_empty() {
            return Ok(());
        }
        self.bracketed.clear();
        queue!(self.bracketed, BeginSynchronizedUpdate)?;
        self.bracketed.append(&mut frame);
        queue!(self.bracketed, EndSynchronizedUpdate)?;
        self.out.write_all(&self.bracketed)?;
        self.out.flush()
    }
}
