//! JSON values as the types of the API model, and what AWS says where they are not.

use serde_json::{Map, Value};

use crate::exception::{Exception, Kind};

pub(super) fn serialization(message: impl Into<String>) -> Exception {
    Kind::Serialization.because(message.into())
}

/// What AWS says of a JSON value that cannot become a scalar of the wanted type.
pub(super) fn mismatch(value: &Value, wanted: &str) -> Exception {
    let found = match value {
        Value::Array(_) => return serialization("Start of list found where not expected"),
        Value::Object(_) => {
            return serialization("Start of structure or map found where not expected.");
        }
        Value::String(_) => "STRING_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Null => "NULL_VALUE",
    };
    serialization(format!("{found} can not be converted to {wanted}"))
}

pub(super) fn string(value: Option<Value>) -> Result<Option<String>, Exception> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(mismatch(&other, "a String")),
    }
}

pub(super) fn integer(value: Option<Value>) -> Result<Option<i64>, Exception> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(number)) => Ok(Some(whole(&number))),
        Some(other) => Err(mismatch(&other, "an Integer")),
    }
}

/// The number without its fraction; what is beyond 64 bits becomes the nearest number within.
#[expect(clippy::cast_possible_truncation, reason = "a cast from a float saturates, as documented")]
pub(super) fn whole(number: &serde_json::Number) -> i64 {
    number.as_i64().or_else(|| number.as_f64().map(|float| float as i64)).unwrap_or(i64::MAX)
}

pub(super) fn list(value: Option<Value>) -> Result<Option<Vec<Value>>, Exception> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(items)) => Ok(Some(items)),
        Some(_) => Err(serialization("Expected list or null")),
    }
}

pub(super) fn map(value: Option<Value>) -> Result<Map<String, Value>, Exception> {
    match value {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(members)) => Ok(members),
        Some(_) => Err(serialization("Expected map or null")),
    }
}

pub(super) fn structure(value: Option<Value>) -> Result<Option<Map<String, Value>>, Exception> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(members)) => Ok(Some(members)),
        Some(Value::Array(_)) => Err(serialization("Start of list found where not expected")),
        Some(_) => Err(serialization("Expected null")),
    }
}
