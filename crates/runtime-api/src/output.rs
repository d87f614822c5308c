use std::{
    io::{BufRead, BufReader, PipeReader},
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
};

/// What a function writes to its standard output and its standard error, line by line.
pub(crate) struct Output {
    lines: Arc<Mutex<Vec<String>>>,
    reader: JoinHandle<()>,
}

impl Output {
    /// Starts to read.
    pub(crate) fn read(pipe: PipeReader) -> Self {
        let lines = Arc::<Mutex<Vec<String>>>::default();
        let sink = Arc::clone(&lines);
        let reader = thread::spawn(move || {
            for line in BufReader::new(pipe).split(b'\n') {
                let Ok(line) = line else { return };
                let line = String::from_utf8_lossy(&line).into_owned();
                sink.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            }
        });
        Self { lines, reader }
    }

    /// The lines so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All lines, of a process that has ended.
    pub(crate) fn all_lines(self) -> Vec<String> {
        drop(self.reader.join());
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect()
    }
}
