//! The passwords of characters that a request asks for.

use crate::shortest::{Search, shortest};
use crate::{Error, NormalForm, Policy};

/// What the passwords of a request are like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) form: NormalForm,
    /// The entropy that decides the length, if it does.
    pub(crate) search: Option<Search>,
}

impl Wanted {
    pub(crate) fn compile(&self) -> Result<Policy, Error> {
        match self.search {
            Some(search) => shortest(&self.form, search),
            None => Policy::compile(self.form.clone()),
        }
    }
}
