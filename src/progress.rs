//! How far a run is.
//!
//! In: what the stages report of themselves, which costs an atomic operation. Out: a [`Glance`] for whoever watches from
//! another thread. Nothing here draws.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The stages that take time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Packages are looked for.
    Discover,
    /// Files are read and parsed; more may turn up.
    Load,
    /// Names are resolved.
    Link,
    /// Constructions are followed.
    Flow,
    /// Rules look at what was found.
    Rules,
}

impl Stage {
    const ALL: [Stage; 5] = [Stage::Discover, Stage::Load, Stage::Link, Stage::Flow, Stage::Rules];

    /// What is done, for people.
    #[must_use]
    pub fn what(self) -> &'static str {
        match self {
            Stage::Discover => "looking for packages",
            Stage::Load => "reading sources",
            Stage::Link => "resolving names",
            Stage::Flow => "following clients",
            Stage::Rules => "applying rules",
        }
    }
}

/// The counters of a run. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    stage: AtomicUsize,
    done: AtomicUsize,
    known: AtomicUsize,
}

/// What a run is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glance {
    /// The stage.
    pub stage: Stage,
    /// Files read.
    pub done: usize,
    /// Files known of so far.
    pub known: usize,
}

impl Progress {
    /// A stage begins.
    pub fn begin(&self, stage: Stage) {
        self.0.stage.store(stage as usize, Ordering::Relaxed);
    }

    /// There is one more file to read.
    pub fn file_known(&self) {
        self.0.known.fetch_add(1, Ordering::Relaxed);
    }

    /// One more file was read.
    pub fn file_done(&self) {
        self.0.done.fetch_add(1, Ordering::Relaxed);
    }

    /// How far the run is.
    #[must_use]
    pub fn glance(&self) -> Glance {
        let stage = Stage::ALL.get(self.0.stage.load(Ordering::Relaxed)).copied().unwrap_or(Stage::Rules);
        let (done, known) = (self.0.done.load(Ordering::Relaxed), self.0.known.load(Ordering::Relaxed));
        Glance { stage, done, known: known.max(done) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_count_together() {
        let progress = Progress::default();
        let other = progress.clone();
        assert_eq!(progress.glance(), Glance { stage: Stage::Discover, done: 0, known: 0 });
        other.begin(Stage::Load);
        other.file_known();
        other.file_known();
        progress.file_done();
        assert_eq!(other.glance(), Glance { stage: Stage::Load, done: 1, known: 2 });
        for stage in Stage::ALL {
            progress.begin(stage);
            assert_eq!(progress.glance().stage, stage);
        }
    }
}
