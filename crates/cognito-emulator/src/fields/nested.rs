//! Members that are more than scalars: structures within a request, and values of an enumeration.

use std::mem::take;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    Fields,
    json::{list, string, structure},
};
use crate::{
    constraint::{ANY, Constraint},
    exception::Exception,
};

impl Fields {
    /// A structure that may be absent or null; `read` reads its members.
    pub(crate) fn structure<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Self) -> Result<T, Exception>,
    ) -> Result<Option<T>, Exception> {
        let Some(members) = structure(self.members.remove(name))? else { return Ok(None) };
        let violations = take(&mut self.violations);
        let mut within = Self { members, violations, at: format!("{}.", self.path(name)) };
        let value = read(&mut within)?;
        self.violations = within.violations;
        Ok(Some(value))
    }

    /// A list of structures that may be absent or null; `read` reads the members of each.
    pub(crate) fn structures<T>(
        &mut self,
        name: &str,
        mut read: impl FnMut(&mut Self) -> Result<T, Exception>,
    ) -> Result<Vec<T>, Exception> {
        let mut values = Vec::new();
        for (index, item) in
            list(self.members.remove(name))?.unwrap_or_default().into_iter().enumerate()
        {
            let member = format!("{name}.{}.member", index + 1);
            self.members.insert(member.clone(), item);
            values.extend(self.structure(&member, &mut read)?);
        }
        Ok(values)
    }

    /// One of a few values that may be absent or null.
    pub(crate) fn choice<T: DeserializeOwned>(
        &mut self,
        name: &str,
        values: &[&str],
    ) -> Result<Option<T>, Exception> {
        let constraint = Constraint { sensitive: false, ..ANY };
        let Some(text) = self.optional(name, &constraint)? else { return Ok(None) };
        if !values.contains(&text.as_str()) {
            let rule = format!("Member must satisfy enum value set: [{}]", values.join(", "));
            self.violate(&format!("Value '{text}'"), &self.path(name), &rule);
        }
        Ok(serde_json::from_value(Value::String(text)).ok())
    }

    /// A list of such values that may be absent or null.
    pub(crate) fn choices<T: DeserializeOwned>(
        &mut self,
        name: &str,
        values: &[&str],
    ) -> Result<Option<Vec<T>>, Exception> {
        let Some(items) = list(self.members.remove(name))? else { return Ok(None) };
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            texts.push(string(Some(item))?.unwrap_or_default());
        }
        if !texts.iter().all(|text| values.contains(&text.as_str())) {
            let rule = format!(
                "Member must satisfy constraint: [Member must satisfy enum value set: [{}]]",
                values.join(", ")
            );
            self.violate(&format!("Value '[{}]'", texts.join(", ")), &self.path(name), &rule);
        }
        let values = texts.into_iter().map(|text| serde_json::from_value(Value::String(text)));
        Ok(Some(values.filter_map(Result::ok).collect()))
    }

    /// Whether a member is there and holds something, whatever it is.
    pub(crate) fn holds(&mut self, name: &str) -> bool {
        match self.members.remove(name) {
            None | Some(Value::Null) => false,
            Some(Value::Array(items)) => !items.is_empty(),
            Some(Value::Object(members)) => !members.is_empty(),
            Some(_) => true,
        }
    }
}
