use std::{cmp::Reverse, collections::BTreeMap};

use http::Method;
use percent_encoding::percent_decode_str;

use crate::{
    functions::Functions,
    runner::Runner,
    template::{Access, Route},
};

/// The routes of the template, and the function behind each.
pub(crate) struct Router(Vec<Resource>);

/// One path of the API.
pub(crate) struct Resource {
    /// The path as the template writes it.
    pub(crate) path: String,
    methods: Vec<(Method, Endpoint)>,
}

/// What is behind one method of a path.
pub(crate) struct Endpoint {
    /// The function that answers.
    pub(crate) function: Runner,
    /// Who may call it.
    pub(crate) access: Access,
}

/// A path that was found, with the values of its parameters, decoded.
pub(crate) struct Found<'a> {
    /// The path of the template.
    pub(crate) resource: &'a Resource,
    /// The values of `{name}` segments.
    pub(crate) parameters: BTreeMap<String, String>,
}

/// A route of the template asks for a function that this stack does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "template.yaml: {method} {path} is of the function {function}, which this stack does not have"
)]
pub struct UnknownFunction {
    method: Method,
    path: String,
    function: String,
}

impl Router {
    /// The table of `routes`.
    ///
    /// # Errors
    /// If a route is of a function that is not among `functions`.
    pub(crate) fn new(routes: Vec<Route>, functions: &Functions) -> Result<Self, UnknownFunction> {
        let mut resources = Vec::<Resource>::new();
        for Route { path, method, function, access } in routes {
            let Some(function) = functions.get(function.as_str()) else {
                return Err(UnknownFunction { method, path, function });
            };
            let endpoint = Endpoint { function: function.clone(), access };
            match resources.iter_mut().find(|resource| resource.path == path) {
                Some(resource) => resource.methods.push((method, endpoint)),
                None => resources.push(Resource { path, methods: vec![(method, endpoint)] }),
            }
        }
        // Of two paths that fit, the one with a text where the other has a parameter wins.
        resources.sort_by_cached_key(|resource| {
            Reverse(
                resource.segments().map(|segment| parameter(segment).is_none()).collect::<Vec<_>>(),
            )
        });
        Ok(Self(resources))
    }

    /// The path of the template that `path` is, compared segment by segment as sent.
    pub(crate) fn find(&self, path: &str) -> Option<Found<'_>> {
        self.0.iter().find_map(|resource| {
            let parameters = resource.parameters_in(path)?;
            Some(Found { resource, parameters })
        })
    }

    /// The path of the template that looks most like `path`.
    pub(crate) fn nearest(&self, path: &str) -> Option<&str> {
        let paths = self.0.iter().map(|resource| resource.path.as_str());
        paths.min_by_key(|known| strsim::levenshtein(known, path))
    }
}

impl Resource {
    /// What is behind `method`.
    pub(crate) fn endpoint(&self, method: &Method) -> Option<&Endpoint> {
        self.methods.iter().find(|(known, _)| known == method).map(|(_, endpoint)| endpoint)
    }

    /// The methods of this path in order of the alphabet, `OPTIONS` included.
    pub(crate) fn methods(&self) -> Vec<&str> {
        let mut methods: Vec<_> = self.methods.iter().map(|(method, _)| method.as_str()).collect();
        methods.push(Method::OPTIONS.as_str());
        methods.sort_unstable();
        methods
    }

    fn segments(&self) -> impl Iterator<Item = &str> {
        self.path.split('/')
    }

    fn parameters_in(&self, path: &str) -> Option<BTreeMap<String, String>> {
        let mut parameters = BTreeMap::new();
        let mut sent = path.split('/');
        for segment in self.segments() {
            let value = sent.next()?;
            match parameter(segment) {
                Some(name) if !value.is_empty() => {
                    let value = percent_decode_str(value).decode_utf8_lossy();
                    parameters.insert(name.to_owned(), value.into_owned());
                }
                None if segment == value => {}
                _ => return None,
            }
        }
        sent.next().is_none().then_some(parameters)
    }
}

/// The name in a segment `{name}`.
fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{functions::tests::echoes, template::tests::small};

    fn router() -> Router {
        Router::new(small().routes, &echoes(&["F", "G"])).unwrap()
    }

    #[test]
    fn a_path_is_found_segment_by_segment() {
        let router = router();
        for (path, resource, name) in [
            ("/open", "/open", None),
            ("/items/latest", "/items/latest", None),
            ("/items/latest2", "/items/{name}", Some("latest2")),
            ("/items/a%2Fb%20c+d", "/items/{name}", Some("a/b c+d")),
            ("/items/%C3%A4", "/items/{name}", Some("ä")),
            ("/items/%FF", "/items/{name}", Some("\u{fffd}")),
            ("/items/%7Bname%7D", "/items/{name}", Some("{name}")),
        ] {
            let found = router.find(path).unwrap();
            assert_eq!(found.resource.path, resource);
            assert_eq!(found.parameters.get("name").map(String::as_str), name);
        }
    }

    #[test]
    fn other_paths_are_not() {
        let router = router();
        for path in [
            "",
            "/",
            "*",
            "open",
            "/Open",
            "/open/",
            "//open",
            "/open/x",
            "/%6Fpen",
            "/items",
            "/items/",
            "/items/a/b",
            "/v1/open",
            "/./open",
            "/x/../open",
        ] {
            assert!(router.find(path).is_none(), "{path}");
        }
    }

    #[test]
    fn a_path_knows_its_methods() {
        let router = router();
        let open = router.find("/open").unwrap().resource;
        assert_eq!(open.methods(), ["OPTIONS", "POST"]);
        assert!(open.endpoint(&Method::POST).is_some());
        for method in
            [Method::GET, Method::HEAD, Method::OPTIONS, Method::TRACE, "post".parse().unwrap()]
        {
            assert!(open.endpoint(&method).is_none(), "{method}");
        }
    }

    #[test]
    fn the_nearest_path_is_named() {
        for (path, nearest) in
            [("/opens", "/open"), ("/item/latest", "/items/latest"), ("/ids", "/id")]
        {
            assert_eq!(router().nearest(path), Some(nearest));
        }
    }

    #[test]
    fn a_route_needs_its_function() {
        let error = Router::new(small().routes, &echoes(&["F"])).err().unwrap().to_string();
        assert!(error.contains("GET /id is of the function G"), "{error}");
    }
}
