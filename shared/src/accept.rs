//! What a client takes for an answer.

use http::{HeaderMap, header};

/// Whether the `Accept` of a request leaves room for JSON, the one thing that the API answers in.
///
/// Without the header everything is taken. The range that fits most closely decides, and a weight
/// of 0 excludes what it fits. Source: RFC 9110, section 12.5.1.
#[must_use]
pub fn admits_json(request: &HeaderMap) -> bool {
    let values = request.get_all(header::ACCEPT).iter();
    let text = values.map(|value| value.to_str().unwrap_or_default()).collect::<Vec<_>>().join(",");
    let mut ranges = text.split(',').map(str::trim).filter(|range| !range.is_empty()).peekable();
    if ranges.peek().is_none() {
        return true;
    }
    let fitting = ranges.filter_map(fit);
    fitting
        .max_by_key(|(closeness, admits)| (*closeness, *admits))
        .is_some_and(|(_, admits)| admits)
}

/// How closely `range` fits JSON, and whether its weight is above 0; nothing if it does not fit.
fn fit(range: &str) -> Option<(u8, bool)> {
    let mut parts = range.split(';').map(str::trim);
    let closeness = match parts.next()?.to_ascii_lowercase().as_str() {
        "application/json" => 3,
        "application/*" => 2,
        // The latter is what old Java clients send.
        "*/*" | "*" => 1,
        _ => return None,
    };
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let is_zero = weight.and_then(|weight| weight.trim().parse::<f32>().ok()) == Some(0.0);
    Some((closeness, !is_zero))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_taken_unless_it_is_left_out() {
        for (accept, admits) in [
            (&[][..], true),
            (&[""], true),
            (&["*/*"], true),
            (&["application/json"], true),
            (&["Application/JSON;charset=utf-8"], true),
            (&["application/*"], true),
            (&["text/html, application/xhtml+xml, */*;q=0.8"], true),
            (&["text/html, image/gif, *; q=.2, */*; q=.2"], true),
            (&["text/html", "application/json;q=0.001"], true),
            (&["application/json, */*;q=0"], true),
            (&["*/*;q=0, application/*"], true),
            (&["application/json;q=0, application/json"], true),
            (&["text/html"], false),
            (&["text/*, image/*"], false),
            (&["application/xml"], false),
            (&["application/problem+json"], false),
            (&["application/json-seq"], false),
            (&["application/json;q=0"], false),
            (&["application/json; q=0.000, */*"], false),
            (&["application/*;Q=0", "*/*"], false),
            (&["*/*;q=0"], false),
            (&["nonsense"], false),
        ] {
            let headers =
                accept.iter().map(|value| (header::ACCEPT, value.parse().unwrap())).collect();
            assert_eq!(admits_json(&headers), admits, "{accept:?}");
        }
    }
}
