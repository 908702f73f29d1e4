//! The progress bar: on a terminal's standard error, while a run is long.
//!
//! In: a [`Progress`]. Out: a line that is redrawn, and gone when the bar is dropped. A run that is over within
//! [`PATIENCE`] draws nothing.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::progress::{Progress, Stage};

/// Nobody minds waiting this long without a word.
const PATIENCE: Duration = Duration::from_millis(500);
/// Between two drawings.
const TICK: Duration = Duration::from_millis(100);

/// A bar that follows a run from a thread of its own until it is dropped.
pub(super) struct Bar {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Bar {
    /// Follows `progress`. Where no thread can be had there is no bar.
    pub(super) fn follow(progress: Progress) -> Bar {
        let (stop, stopped) = channel();
        let thread = std::thread::Builder::new().spawn(move || {
            if stopped.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            loop {
                show(&bar, &progress);
                if stopped.recv_timeout(TICK) != Err(RecvTimeoutError::Timeout) {
                    break;
                }
            }
            bar.finish_and_clear();
        });
        Bar { stop: Some(stop), thread: thread.ok() }
    }
}

impl Drop for Bar {
    /// Waits until the line is gone: what is written next must not stand beside it.
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A bar that panicked is no reason to fail.
            let _ = thread.join();
        }
    }
}

fn show(bar: &ProgressBar, progress: &Progress) {
    let glance = progress.glance();
    let template =
        if glance.stage == Stage::Load { "{spinner} {msg} {pos}/{len} {wide_bar}" } else { "{spinner} {msg}" };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_message(glance.stage.what());
    bar.set_length(glance.known as u64);
    bar.set_position(glance.done as u64);
    bar.tick();
}
