//! The programs that are measured: what to compare with is built here, the functions are not.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    Error,
    rows::{Program, Row},
};

/// Where this package's repository is.
const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
/// The processor that cargo-lambda builds for.
const TARGET_CPU: &str = if cfg!(target_arch = "x86_64") { "haswell" } else { "neoverse-n1" };
const BUILD_FUNCTIONS: &str = "run `scripts/build`, or build the functions with `cargo build \
                               --release` and say where they are with `--binaries target/release`";
const RUN_HERE: &str = "run the bench in the working copy that it was built in";

/// Where programs are found and built.
pub struct Programs {
    /// What is built here goes there.
    pub folder: PathBuf,
    /// Where the functions are, if not where `scripts/build` leaves them.
    pub functions: Option<PathBuf>,
}

impl Programs {
    /// Builds what `rows` need beside the functions, once it is known that those are there.
    ///
    /// # Errors
    /// [`Error::Missing`], or if a compiler does not succeed.
    pub fn build(&self, rows: &[Row]) -> Result<(), Error> {
        for row in rows.iter().filter(|row| matches!(row.program, Program::Function(_))) {
            self.find(row)?;
        }
        fs::create_dir_all(&self.folder).map_err(|e| Error::File(self.folder.clone(), e))?;
        for row in rows {
            if let Program::Floor(options) = row.program {
                self.compile_floor(row.name, options)?;
            }
        }
        let examples = rows.iter().filter(|row| row.program == Program::Example);
        self.build_examples(&examples.map(|row| row.name).collect::<Vec<_>>())
    }

    /// The program of a row.
    ///
    /// # Errors
    /// [`Error::Missing`].
    pub fn find(&self, row: &Row) -> Result<PathBuf, Error> {
        let program = match (row.program, &self.functions) {
            (Program::Floor(_), _) => self.folder.join(row.name),
            (Program::Example, _) => self.folder.join("release/examples").join(row.name),
            (Program::Function(_), Some(folder)) => folder.join(row.name),
            (Program::Function(id), None) => {
                repository().join(format!(".aws-sam/build/{id}/bootstrap"))
            }
        };
        // A function's working directory is another one.
        fs::canonicalize(&program).map_err(|_| missing(&program, BUILD_FUNCTIONS))
    }

    fn compile_floor(&self, name: &str, options: &[&str]) -> Result<(), Error> {
        let mut cc = Command::new("cc");
        cc.arg("-O2").args(options).arg("-o").arg(self.folder.join(name));
        run(cc.arg(repository().join("crates/bench/floor.c")))
    }

    /// Builds examples of this package as cargo-lambda builds the functions.
    fn build_examples(&self, names: &[&str]) -> Result<(), Error> {
        if names.is_empty() {
            return Ok(());
        }
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "--release", "--package", "bench"]);
        cargo.arg("--target-dir").arg(&self.folder);
        cargo.arg("--config").arg(format!("build.rustflags=[\"-Ctarget-cpu={TARGET_CPU}\"]"));
        cargo.args(names.iter().flat_map(|name| ["--example", name]));
        run(cargo.current_dir(repository()))
    }
}

/// An event of `events/`.
///
/// # Errors
/// [`Error::Missing`].
pub fn event(name: &str) -> Result<Vec<u8>, Error> {
    let file = repository().join(format!("events/{name}.json"));
    fs::read(&file).map_err(|_| missing(&file, RUN_HERE))
}

fn missing(path: &Path, advice: &'static str) -> Error {
    Error::Missing { path: path.display().to_string(), advice }
}

fn repository() -> &'static Path {
    Path::new(REPOSITORY)
}

fn run(command: &mut Command) -> Result<(), Error> {
    let succeeded = command.status().is_ok_and(|status| status.success());
    let program = command.get_program().to_string_lossy().into_owned();
    if succeeded { Ok(()) } else { Err(Error::Command(program)) }
}
