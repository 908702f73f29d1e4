//! The thread that analyses.
//!
//! In: [`Job`]s, each stamped with the state of the world that it belongs to. Out: [`Event`]s. Of what changes while it is busy,
//! only the last state is looked at; where an analysis takes long, it also waits until nobody types any more.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use super::hover::{Why, why_at};
use super::lenses::{Lens, lenses};
use super::roots::{Root, Setup, SetupError, Trouble};
use super::server::Input;
use super::settings::Wishes;
use super::snapshot::Snapshot;
use crate::check::{Analysed, CheckError, Request, assess};
use crate::discover::DiscoverError;
use crate::progress::Progress;
use crate::session::OnDisk;
use crate::source::{Overlay, Pos, shown_name};

/// Room for deep expressions.
const STACK: usize = 64 << 20;

/// An analysis that takes longer is not begun while somebody types.
const QUICK: Duration = Duration::from_millis(150);

/// Nobody waits longer for the next key.
const PATIENCE: Duration = Duration::from_millis(250);

/// However much is typed, diagnostics are no older than this.
const OLDEST: Duration = Duration::from_secs(1);

/// What is to be done.
#[derive(Debug)]
pub(super) enum Job {
    /// The folders that are open.
    Folders(Vec<PathBuf>),
    Wishes(Wishes),
    /// A text stands for a file, or what is on disk.
    Edit(PathBuf, Option<Arc<str>>),
    /// Files changed on disk.
    Disk(Vec<(PathBuf, OnDisk)>),
    /// To be answered by an [`Event::Answer`] with the same number.
    Ask(u64, Question),
}

/// What only an analysis can tell.
#[derive(Debug)]
pub(super) enum Question {
    Why(PathBuf, Pos),
    Lenses(PathBuf),
}

/// What is known.
#[derive(Debug)]
pub(super) enum Answer {
    Why(Option<Why>),
    /// With the text that they belong to.
    Lenses(Vec<Lens>, Arc<str>),
    Nothing,
}

/// What happened.
pub(super) enum Event {
    /// A workspace is read for the first time.
    Opening(PathBuf, Progress),
    /// What is known of the state with this number. Roots without a snapshot are gone; those that are not named are as before.
    State(u64, Vec<(PathBuf, Option<Arc<Snapshot>>)>),
    Answer(u64, Answer),
    /// Something that the user has to know.
    Trouble(String),
    /// Something that may help to find out.
    Note(String),
}

/// A job, with the number of the state that the world is in once it is done.
pub(super) type Stamped = (u64, Job);

/// Starts the thread. It ends when the sender of jobs is dropped.
pub(super) fn start(setup: Box<Setup>, inputs: Sender<Input>) -> std::io::Result<Sender<Stamped>> {
    let (jobs, to_do) = channel();
    let pool = rayon::ThreadPoolBuilder::new().stack_size(STACK).build().map_err(std::io::Error::other)?;
    std::thread::Builder::new().name("lsp-worker".to_owned()).spawn(move || {
        let worker = Worker {
            setup,
            inputs,
            roots: Vec::new(),
            open: Overlay::default(),
            wishes: Wishes::default(),
            state: 0,
            last: Duration::ZERO,
            told: Vec::new(),
        };
        pool.install(move || worker.run(&to_do));
    })?;
    Ok(jobs)
}

struct Worker {
    setup: Box<Setup>,
    inputs: Sender<Input>,
    roots: Vec<Root>,
    /// The texts of open documents.
    open: Overlay,
    wishes: Wishes,
    state: u64,
    /// How long the last analysis took.
    last: Duration,
    /// Troubles that the user knows of.
    told: Vec<String>,
}

impl Worker {
    fn run(mut self, jobs: &Receiver<Stamped>) {
        while let Ok(job) = jobs.recv() {
            self.take(job);
            self.take_more(jobs);
            self.tell();
        }
    }

    /// Takes what comes meanwhile.
    fn take_more(&mut self, jobs: &Receiver<Stamped>) {
        let patience = if self.last > QUICK { PATIENCE.min(self.last) } else { Duration::ZERO };
        let start = Instant::now();
        loop {
            match jobs.recv_timeout(patience) {
                Ok(job) if start.elapsed() < OLDEST => self.take(job),
                Ok(job) => return self.take(job),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn take(&mut self, (state, job): Stamped) {
        self.state = state;
        match job {
            Job::Folders(folders) => self.folders(folders),
            Job::Wishes(wishes) => {
                self.wishes = wishes;
                self.roots.iter_mut().for_each(|root| (root.is_due, root.is_unconfigured) = (true, true));
            }
            Job::Edit(path, text) => self.edit(path, text),
            Job::Disk(changes) => {
                for (path, what) in changes {
                    self.roots.iter_mut().for_each(|root| root.touch(&path, what));
                }
            }
            Job::Ask(number, question) => {
                let answer = self.answer(&question);
                self.event(Event::Answer(number, answer));
            }
        }
    }

    /// Nobody to hear it: the server is about to end.
    fn event(&self, event: Event) {
        let _ = self.inputs.send(Input::Worker(event));
    }

    fn folders(&mut self, folders: Vec<PathBuf>) {
        let gone = self.roots.extract_if(.., |root| !root.is_loose && !folders.contains(&root.path));
        let mut gone: Vec<PathBuf> = gone.map(|root| root.path).collect();
        for folder in folders {
            if !self.roots.iter().any(|root| root.path == folder && !root.is_loose) {
                // It has its own root now.
                let loose = self.roots.extract_if(.., |root| root.is_loose && root.path.starts_with(&folder));
                gone.extend(loose.map(|root| root.path));
                gone.retain(|path| *path != folder);
                self.roots.push(Root::new(folder, false));
            }
        }
        let open: Vec<PathBuf> = self.open.keys().cloned().collect();
        for path in open {
            self.enclose(&path);
        }
        self.event(Event::State(0, gone.into_iter().map(|path| (path, None)).collect()));
    }

    fn edit(&mut self, path: PathBuf, text: Option<Arc<str>>) {
        for root in &mut self.roots {
            root.edit(&path, text.clone());
        }
        match text {
            Some(text) => {
                self.open.insert(path.clone(), text);
                self.enclose(&path);
            }
            None => {
                self.open.remove(&path);
                let open = &self.open;
                let is_needless = |root: &mut Root| root.is_loose && !open.keys().any(|path| root.has(path));
                let gone = self.roots.extract_if(.., is_needless).map(|root| (root.path, None)).collect();
                self.event(Event::State(0, gone));
            }
        }
    }

    /// Sees to it that a file is in a root.
    fn enclose(&mut self, path: &std::path::Path) {
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        if is_rust && !self.roots.iter().any(|root| root.has(path)) {
            self.roots.push(Root::around(path));
        }
    }

    /// Analyses what is due, and tells what is known.
    fn tell(&mut self) {
        let mut snapshots = Vec::new();
        let start = Instant::now();
        for index in 0..self.roots.len() {
            if !std::mem::take(&mut self.roots[index].is_due) {
                continue;
            }
            if let Some(snapshot) = self.analysed(index) {
                self.roots[index].last = Arc::clone(&snapshot);
                snapshots.push((self.roots[index].path.clone(), Some(snapshot)));
            }
        }
        if !snapshots.is_empty() {
            self.last = start.elapsed();
        }
        self.event(Event::State(self.state, snapshots));
    }

    /// The snapshot of a root as it is now; none when nothing new can be said.
    fn analysed(&mut self, index: usize) -> Option<Arc<Snapshot>> {
        let snapshot = self.with_root(index, |request, analysed| Snapshot::new(assess(request, analysed), analysed));
        match snapshot {
            Ok(snapshot) => {
                self.told.clear();
                Some(Arc::new(snapshot))
            }
            Err(Trouble::Setup(SetupError::Config(error))) => {
                let first = error.mistakes.first().map(|mistake| format!(": {}", mistake.message));
                self.trouble(format!("connlint: {}{}", error.summary(), first.unwrap_or_default()));
                Some(Arc::new(self.roots[index].last.with_mistakes(error)))
            }
            Err(Trouble::Setup(SetupError::Other { message, help })) => {
                let help = help.map(|help| format!(" – {help}")).unwrap_or_default();
                self.trouble(format!("connlint: {message}{help}"));
                None
            }
            // A folder without Rust is nobody's mistake.
            Err(Trouble::Check(CheckError::Discover(
                error @ (DiscoverError::Nothing { .. } | DiscoverError::NoManifest { .. }),
            ))) => {
                self.event(Event::Note(format!("nothing to check: {error}")));
                None
            }
            Err(Trouble::Check(error)) => {
                self.trouble(format!("connlint: {error}"));
                None
            }
        }
    }

    /// Tells of a trouble, once.
    fn trouble(&mut self, message: String) {
        if !self.told.contains(&message) {
            self.event(Event::Trouble(message.clone()));
            self.told.push(message);
        }
    }

    /// Analyses a root. A panic in the analysis – a bug – costs the session, which is opened anew the next time.
    fn with_root<R>(&mut self, index: usize, ask: impl FnOnce(&Request, &Analysed<'_, '_>) -> R) -> Result<R, Trouble> {
        let Worker { roots, setup, wishes, open, inputs, .. } = self;
        let root = &mut roots[index];
        if root.session.is_none() {
            let _ = inputs.send(Input::Worker(Event::Opening(root.path.clone(), root.progress.clone())));
        }
        let analyse = || {
            let session = root.ready(&**setup, wishes, open)?;
            let request = session.request().clone();
            Ok(session.analyse(|analysed| ask(&request, analysed))?)
        };
        catch_unwind(AssertUnwindSafe(analyse)).unwrap_or_else(|_| {
            self.roots[index].session = None;
            let message = "the analysis failed; please report this, with the message in the server's log".to_owned();
            Err(SetupError::Other { message, help: None }.into())
        })
    }

    fn answer(&mut self, question: &Question) -> Answer {
        let (Question::Why(path, _) | Question::Lenses(path)) = question;
        // Nested folders: the innermost one that has the file.
        let around = self.roots.iter().enumerate().filter(|(_, root)| root.has(path));
        let Some(index) = around.max_by_key(|(_, root)| root.path.components().count()).map(|(index, _)| index) else {
            return Answer::Nothing;
        };
        let answered = self.with_root(index, |request, analysed| {
            let file = shown_name(path, &request.cwd);
            match question {
                Question::Why(_, pos) => Answer::Why(why_at(analysed, &file, *pos)),
                Question::Lenses(_) => match analysed.program.loaded.sources.get(&file) {
                    Some(source) => Answer::Lenses(lenses(analysed, &file), source.text.clone()),
                    None => Answer::Nothing,
                },
            }
        });
        answered.unwrap_or(Answer::Nothing)
    }
}
