mod json;
mod nested;
mod numbers;

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde_json::{Map, Value};

use self::json::{list, map, mismatch, serialization, string, structure};
use crate::{
    constraint::{ANY, ATTRIBUTE_NAME, ATTRIBUTE_VALUE, Constraint},
    exception::{Exception, Kind},
};

/// The members of a request, read one by one as AWS reads them.
///
/// A member of the wrong JSON type is refused at once (`SerializationException`); broken
/// constraints are collected, and [`Fields::finish`] tells all of them in one
/// `InvalidParameterException`. Call it before any value is used: what a broken member yielded
/// until then is only a placeholder. Unknown members are ignored.
pub(crate) struct Fields {
    members: Map<String, Value>,
    violations: Vec<String>,
    /// Where these members stand in the request, as messages tell it.
    at: String,
}

/// A list of attributes as sent: name and value.
pub(crate) type Attributes = Vec<(String, String)>;

impl Fields {
    /// Reads a request body.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Exception> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => {
                Ok(Self { members, violations: Vec::new(), at: String::new() })
            }
            Ok(Value::Array(_)) => Err(serialization("Start of list found where not expected")),
            Ok(_) | Err(_) => Err(Kind::Serialization.bare()),
        }
    }

    /// A string as sent, if it is one: to find whom the request is about before it is read.
    pub(crate) fn peek(&self, name: &str) -> Option<&str> {
        self.members.get(name)?.as_str()
    }

    /// A string that must be there.
    pub(crate) fn required(
        &mut self,
        name: &str,
        constraint: &Constraint,
    ) -> Result<String, Exception> {
        let value = self.optional(name, constraint)?;
        if value.is_none() {
            let shown = if constraint.sensitive { "Value" } else { "Value null" };
            self.violate(shown, &self.path(name), "Member must not be null");
        }
        Ok(value.unwrap_or_default())
    }

    /// A string that may be absent or null.
    pub(crate) fn optional(
        &mut self,
        name: &str,
        constraint: &Constraint,
    ) -> Result<Option<String>, Exception> {
        let value = string(self.members.remove(name))?;
        if let Some(text) = &value {
            self.constrain(text, &self.path(name), constraint);
        }
        Ok(value)
    }

    /// A secret string that must be there.
    pub(crate) fn required_secret(
        &mut self,
        name: &str,
        constraint: &Constraint,
    ) -> Result<SecretString, Exception> {
        Ok(self.required(name, constraint)?.into())
    }

    /// One of a few strings, which must be there.
    pub(crate) fn one_of(&mut self, name: &str, values: &[&str]) -> Result<String, Exception> {
        let value = self.required(name, &Constraint { sensitive: false, ..ANY })?;
        if !value.is_empty() && !values.contains(&value.as_str()) {
            let rule = format!("Member must satisfy enum value set: [{}]", values.join(", "));
            self.violate(&format!("Value '{value}'"), &self.path(name), &rule);
        }
        Ok(value)
    }

    /// A list of strings that may be absent or null.
    pub(crate) fn strings(
        &mut self,
        name: &str,
        constraint: &Constraint,
    ) -> Result<Option<Vec<String>>, Exception> {
        let Some(items) = list(self.members.remove(name))? else { return Ok(None) };
        let mut texts = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            let text = string(Some(item))?.unwrap_or_default();
            self.constrain(&text, &format!("{}.{}.member", self.path(name), index + 1), constraint);
            texts.push(text);
        }
        Ok(Some(texts))
    }

    /// A list of strings that must be there.
    pub(crate) fn required_strings(
        &mut self,
        name: &str,
        constraint: &Constraint,
    ) -> Result<Vec<String>, Exception> {
        self.require(name);
        Ok(self.strings(name, constraint)?.unwrap_or_default())
    }

    /// A list of attributes; none if absent or null. An attribute without a value has an empty one.
    pub(crate) fn attributes(&mut self, name: &str) -> Result<Attributes, Exception> {
        let items = list(self.members.remove(name))?.unwrap_or_default();
        let mut attributes = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            let at = format!("{}.{}.member", self.path(name), index + 1);
            let mut members = structure(Some(item))?.unwrap_or_default();
            let name = string(members.remove("Name"))?;
            let value = string(members.remove("Value"))?.unwrap_or_default();
            match &name {
                Some(name) => self.constrain(name, &format!("{at}.name"), &ATTRIBUTE_NAME),
                None => {
                    self.violate("Value null", &format!("{at}.name"), "Member must not be null");
                }
            }
            self.constrain(&value, &format!("{at}.value"), &ATTRIBUTE_VALUE);
            attributes.push((name.unwrap_or_default(), value));
        }
        Ok(attributes)
    }

    /// A list of attributes that must be there.
    pub(crate) fn required_attributes(&mut self, name: &str) -> Result<Attributes, Exception> {
        self.require(name);
        self.attributes(name)
    }

    /// A map of strings, all of them treated as secrets; empty if absent or null.
    pub(crate) fn secrets(
        &mut self,
        name: &str,
    ) -> Result<BTreeMap<String, SecretString>, Exception> {
        let mut secrets = BTreeMap::new();
        for (key, value) in map(self.members.remove(name))? {
            if let Some(text) = string(Some(value))? {
                secrets.insert(key, text.into());
            }
        }
        Ok(secrets)
    }

    /// Members that this pool has no use for, but whose type AWS checks.
    pub(crate) fn unused(&mut self, maps: &[&str], structures: &[&str]) -> Result<(), Exception> {
        for name in maps {
            for (_, value) in map(self.members.remove(*name))? {
                string(Some(value))?;
            }
        }
        for name in structures {
            structure(self.members.remove(*name))?;
        }
        Ok(())
    }

    /// A boolean that may be absent or null.
    pub(crate) fn boolean(&mut self, name: &str) -> Result<Option<bool>, Exception> {
        match self.members.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(value)),
            Some(other) => Err(mismatch(&other, "a Boolean")),
        }
    }

    /// Refuses the request if any constraint was broken.
    pub(crate) fn finish(self) -> Result<(), Exception> {
        let count = self.violations.len();
        if count == 0 {
            return Ok(());
        }
        let errors = if count == 1 { "error" } else { "errors" };
        let all = self.violations.join("; ");
        Err(Kind::InvalidParameter.because(format!("{count} validation {errors} detected: {all}")))
    }

    /// Refuses a text that is no member of a request but within a map, as if it were one.
    pub(crate) fn check(text: &str, name: &str, constraint: &Constraint) -> Result<(), Exception> {
        let mut fields = Self { members: Map::new(), violations: Vec::new(), at: String::new() };
        fields.constrain(text, name, constraint);
        fields.finish()
    }

    /// AWS tells a broken pattern before a broken length.
    fn constrain(&mut self, text: &str, at: &str, constraint: &Constraint) {
        let shown =
            if constraint.sensitive { "Value".to_owned() } else { format!("Value '{text}'") };
        if let Some(pattern) = &constraint.pattern
            && !(pattern.matches)(text)
        {
            let rule = format!("Member must satisfy regular expression pattern: {}", pattern.text);
            self.violate(&shown, at, &rule);
        }
        let length = text.chars().count();
        let (least, most) = (constraint.length.start(), constraint.length.end());
        if length < *least {
            self.violate(
                &shown,
                at,
                &format!("Member must have length greater than or equal to {least}"),
            );
        }
        if length > *most {
            self.violate(
                &shown,
                at,
                &format!("Member must have length less than or equal to {most}"),
            );
        }
    }

    /// Notes that a member that is not sensitive is absent or null.
    fn require(&mut self, name: &str) {
        if self.members.get(name).is_none_or(Value::is_null) {
            self.violate("Value null", &self.path(name), "Member must not be null");
        }
    }

    fn violate(&mut self, shown: &str, at: &str, rule: &str) {
        self.violations.push(format!("{shown} at '{at}' failed to satisfy constraint: {rule}"));
    }

    /// A member as AWS names it in messages: with a small first letter.
    fn path(&self, name: &str) -> String {
        let mut letters = name.chars();
        let name: String =
            letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect();
        format!("{}{name}", self.at)
    }
}
