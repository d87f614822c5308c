use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use serde_norway::{Value as Yaml, value::TaggedValue};

use super::{Document, TemplateError};

/// Resolves `!Ref`, `!GetAtt`, `!Sub` and `!If`, in their short form.
///
/// A parameter becomes its value. A resource has no physical id on one machine: a reference to it
/// becomes its logical id, an attribute of it `LogicalId.Attribute`. Of `!If` that side remains which
/// its condition chooses; a condition may be `!Equals` and `!Not`.
pub(super) struct Intrinsics {
    parameters: BTreeMap<String, String>,
    resources: BTreeSet<String>,
    conditions: BTreeMap<String, Yaml>,
}

impl Intrinsics {
    pub(super) fn new(given: &[(&str, &str)], document: &Document) -> Result<Self, TemplateError> {
        let mut parameters = BTreeMap::new();
        for (name, declaration) in &document.parameters {
            let given = given.iter().find(|(given, _)| given == name).map(|(_, value)| *value);
            let value = given.or_else(|| declaration.get("Default")?.as_str());
            let value = value
                .ok_or_else(|| TemplateError::new("Parameters", format!("{name} has no value")))?;
            parameters.insert(name.clone(), value.to_owned());
        }
        Ok(Self {
            parameters,
            resources: document.resources.keys().cloned().collect(),
            conditions: document.conditions.clone(),
        })
    }

    /// `value` as JSON, every intrinsic function in it resolved; `place` is where it stands.
    pub(super) fn resolve(&self, place: &str, value: &Yaml) -> Result<Value, TemplateError> {
        Ok(match value {
            Yaml::Null => Value::Null,
            Yaml::Bool(value) => Value::Bool(*value),
            Yaml::Number(value) => {
                number(value).ok_or_else(|| TemplateError::new(place, "is no number"))?
            }
            Yaml::String(value) => Value::String(value.clone()),
            Yaml::Sequence(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| self.resolve(&format!("{place}[{index}]"), item))
                .collect::<Result<_, _>>()?,
            Yaml::Mapping(members) => {
                let mut object = Map::new();
                for (name, value) in members {
                    let name = name
                        .as_str()
                        .ok_or_else(|| TemplateError::new(place, "has a key that is no text"))?;
                    object
                        .insert(name.to_owned(), self.resolve(&format!("{place}.{name}"), value)?);
                }
                Value::Object(object)
            }
            Yaml::Tagged(tagged) if tagged.tag == "If" => {
                let side = self.side(&tagged.value);
                self.resolve(place, side.map_err(|reason| TemplateError::new(place, reason))?)?
            }
            Yaml::Tagged(tagged) => Value::String(
                self.call(tagged).map_err(|reason| TemplateError::new(place, reason))?,
            ),
        })
    }

    /// The side of an `!If` that its condition chooses.
    fn side<'a>(&self, arguments: &'a Yaml) -> Result<&'a Yaml, String> {
        let Some([Yaml::String(name), yes, no]) = arguments.as_sequence().map(Vec::as_slice) else {
            return Err(
                "!If of anything but a condition and two sides is not understood".to_owned()
            );
        };
        let condition = self.conditions.get(name);
        let condition =
            condition.ok_or_else(|| format!("!If {name} names nothing that is known"))?;
        Ok(if self.holds(name, condition)? { yes } else { no })
    }

    fn holds(&self, name: &str, condition: &Yaml) -> Result<bool, String> {
        let not_understood = || format!("the condition {name} is not understood");
        let Yaml::Tagged(tagged) = condition else { return Err(not_understood()) };
        let arguments = tagged.value.as_sequence().map(Vec::as_slice);
        match (tagged.tag.to_string().as_str(), arguments) {
            ("!Not", Some([condition])) => Ok(!self.holds(name, condition)?),
            ("!Equals", Some([left, right])) => {
                let value = |side| self.resolve(name, side).map_err(|error| error.reason);
                Ok(value(left)? == value(right)?)
            }
            _ => Err(not_understood()),
        }
    }

    fn call(&self, TaggedValue { tag, value }: &TaggedValue) -> Result<String, String> {
        let argument = value
            .as_str()
            .ok_or_else(|| format!("{tag} of anything but a text is not understood"))?;
        let result = match tag.to_string().as_str() {
            "!Ref" => self.reference(argument),
            "!GetAtt" => self.attribute(argument),
            "!Sub" => return self.substitute(argument),
            _ => return Err(format!("{tag} is not understood")),
        };
        result.ok_or_else(|| format!("{tag} {argument} names nothing that is known"))
    }

    fn reference(&self, name: &str) -> Option<String> {
        self.parameters.get(name).or_else(|| self.resources.get(name)).cloned()
    }

    fn attribute(&self, path: &str) -> Option<String> {
        let (resource, _) = path.split_once('.')?;
        self.resources.contains(resource).then(|| path.to_owned())
    }

    /// Replaces each `${Name}` and `${Name.Attribute}`; `${!Name}` stands for a literal `${Name}`.
    fn substitute(&self, text: &str) -> Result<String, String> {
        let mut pieces = text.split("${");
        let mut result = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let (name, rest) =
                piece.split_once('}').ok_or_else(|| "!Sub with an open ${".to_owned())?;
            if let Some(literal) = name.strip_prefix('!') {
                result.extend(["${", literal, "}"]);
            } else {
                let value = self.reference(name).or_else(|| self.attribute(name));
                result += &value
                    .ok_or_else(|| format!("!Sub ${{{name}}} names nothing that is known"))?;
            }
            result += rest;
        }
        Ok(result)
    }
}

fn number(number: &serde_norway::Number) -> Option<Value> {
    let integer = number.as_u64().map(Value::from).or_else(|| number.as_i64().map(Value::from));
    integer.or_else(|| serde_json::Number::from_f64(number.as_f64()?).map(Value::Number))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TEXT: &str = "
Parameters:
  Name: {Type: String}
  Other: {Type: String, Default: there}
Resources:
  Pool: {Type: T}
Conditions:
  IsHere: !Equals [!Ref Name, here]
  IsElsewhere: !Not [!Equals [!Ref Name, here]]
  IsBoth: !And [!Equals [a, a], !Equals [b, b]]
  IsUnknown: !Equals [!Ref X, x]
";

    fn resolve(yaml: &str) -> Result<Value, TemplateError> {
        let document = Document::parse(TEXT)?;
        let value: Yaml = serde_norway::from_str(yaml).unwrap();
        Intrinsics::new(&[("Name", "here")], &document)?.resolve("top", &value)
    }

    #[test]
    fn intrinsic_functions_become_texts() {
        for (yaml, expected) in [
            ("!Ref Name", json!("here")),
            ("!Ref Other", json!("there")),
            ("!Ref Pool", json!("Pool")),
            ("!GetAtt Pool.Arn", json!("Pool.Arn")),
            (
                "!Sub \"'${Name}' and ${Pool.Arn}, ${Pool}; ${!Name}\"",
                json!("'here' and Pool.Arn, Pool; ${Name}"),
            ),
            ("!Sub plain", json!("plain")),
            ("[1, -1, 1.5, true, null, a]", json!([1, -1, 1.5, true, null, "a"])),
            ("{a: {b: !Ref Name}}", json!({"a": {"b": "here"}})),
            ("!If [IsHere, {a: !Ref Name}, b]", json!({"a": "here"})),
            ("!If [IsElsewhere, a, !If [IsHere, b, c]]", json!("b")),
        ] {
            assert_eq!(resolve(yaml), Ok(expected), "{yaml}");
        }
    }

    #[test]
    fn others_are_refused_where_they_stand() {
        for (yaml, place, reason) in [
            ("!Ref X", "top", "!Ref X names nothing that is known"),
            ("!GetAtt Pool", "top", "!GetAtt Pool names nothing that is known"),
            ("!GetAtt X.Arn", "top", "!GetAtt X.Arn names nothing that is known"),
            ("[0, {a: !Sub '${X}'}]", "top[1].a", "!Sub ${X} names nothing that is known"),
            ("!Sub '${Name'", "top", "!Sub with an open ${"),
            ("!Sub ['${A}', {A: b}]", "top", "!Sub of anything but a text is not understood"),
            ("!Base64 x", "top", "!Base64 is not understood"),
            ("!If [X, a, b]", "top", "!If X names nothing that is known"),
            (
                "{a: !If [IsHere, b]}",
                "top.a",
                "!If of anything but a condition and two sides is not understood",
            ),
            ("!If [IsBoth, a, b]", "top", "the condition IsBoth is not understood"),
            ("!If [IsUnknown, a, b]", "top", "!Ref X names nothing that is known"),
            ("{1: a}", "top", "has a key that is no text"),
            (".nan", "top", "is no number"),
        ] {
            assert_eq!(resolve(yaml), Err(TemplateError::new(place, reason)), "{yaml}");
        }
    }
}
