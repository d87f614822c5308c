//! What is measured.

/// A program and the event that it is given.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What the table calls it.
    pub name: &'static str,
    /// Where it comes from.
    pub program: Program,
    /// A file of `events/`, without its ending.
    pub event: &'static str,
}

/// Where a program comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// `floor.c`, compiled with these options.
    Floor(&'static [&'static str]),
    /// An example of this package.
    Example,
    /// A function of the project; this is its logical id in `template.yaml`.
    Function(&'static str),
}

/// The row that all others are compared with: the least that Lambda admits.
pub const FLOOR: &str = "floor";
/// The row that all others are compared with: the least with the crates that the functions use.
pub const BARE: &str = "bare";
/// The row that `login` is compared with.
pub const HANDWRITTEN: &str = "handwritten";

/// All rows, in the order of the table.
pub const ROWS: [Row; 12] = [
    row(FLOOR, Program::Floor(&[]), "generate/success"),
    row("floor-static", Program::Floor(&["-static"]), "generate/success"),
    row(BARE, Program::Example, "generate/success"),
    row(HANDWRITTEN, Program::Example, "login/success"),
    row("generate", Program::Function("GenerateFunction"), "generate/success"),
    row("register", Program::Function("RegisterFunction"), "register/success"),
    row("confirm", Program::Function("ConfirmFunction"), "confirm_user/success"),
    row("login", Program::Function("LoginFunction"), "login/success"),
    row("recover", Program::Function("RecoverFunction"), "forgot_password/success"),
    row("account", Program::Function("AccountFunction"), "me/success"),
    row("mfa", Program::Function("MfaFunction"), "mfa_setup/success"),
    row("delete_account", Program::Function("DeleteAccountFunction"), "delete_me/success"),
];

const fn row(name: &'static str, program: Program, event: &'static str) -> Row {
    Row { name, program, event }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    #[test]
    fn every_function_of_the_template_has_a_row_and_every_row_its_files() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let template = fs::read_to_string(root.join("template.yaml")).unwrap();
        let ids = template.lines().filter_map(|line| {
            line.strip_prefix("  ")?
                .strip_suffix("Function:")
                .filter(|id| !id.is_empty() && !id.starts_with(' '))
        });
        let ids: BTreeSet<String> = ids.map(|id| format!("{id}Function")).collect();
        let in_rows = ROWS.iter().filter_map(|row| match row.program {
            Program::Function(id) => Some(id.to_owned()),
            Program::Floor(_) | Program::Example => None,
        });
        assert_eq!(in_rows.collect::<BTreeSet<_>>(), ids);
        for row in ROWS {
            assert!(root.join(format!("events/{}.json", row.event)).is_file(), "{}", row.name);
            let example = root.join(format!("crates/bench/examples/{}.rs", row.name));
            assert_eq!(example.is_file(), row.program == Program::Example, "{}", row.name);
        }
    }
}
