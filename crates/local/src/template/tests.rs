use http::Method;
use serde_json::json;

use super::*;

/// A template that holds each thing once; tests break it by replacing a line.
pub(crate) const SMALL: &str = r#"
Parameters:
  AllowedOrigin: {Type: String}
  Stage: {Type: String, Default: v1}
Resources:
  Pool:
    Type: AWS::Cognito::UserPool
    Properties: {UsernameAttributes: [email], Policies: {PasswordPolicy: {MinimumLength: 15}}}
  Client:
    Type: AWS::Cognito::UserPoolClient
    Properties: {UserPoolId: !Ref Pool, GenerateSecret: true, AccessTokenValidity: 15}
  Log:
    Type: AWS::Logs::LogGroup
    Properties: {Name: !Join ["", [a, b]]}
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: !Ref Stage
      Auth:
        DefaultAuthorizer: Access
        AddDefaultAuthorizerToCorsPreflight: false
        Authorizers:
          Access: {UserPoolArn: !GetAtt Pool.Arn, AuthorizationScopes: [a, aws.cognito.signin.user.admin]}
          Id: {UserPoolArn: !GetAtt Pool.Arn}
      Cors: {AllowOrigin: !Sub "'${AllowedOrigin}'", AllowHeaders: "'X-A,X-B'", MaxAge: "'600'"}
      GatewayResponses:
        DEFAULT_4XX:
          ResponseParameters: {Headers: {Access-Control-Allow-Origin: !Sub "'${AllowedOrigin}'", X-Default: "'yes'"}}
          ResponseTemplates: {application/json: '{"default":4}'}
        DEFAULT_5XX:
          ResponseTemplates: {application/json: '{"default":5}'}
        UNAUTHORIZED:
          StatusCode: 401
          ResponseParameters:
            Headers: {Content-Type: "'application/problem+json'", WWW-Authenticate: "'Bearer'", Cache-Control: "'private'"}
          ResponseTemplates: {application/json: '{"who":"are you"}'}
        MISSING_AUTHENTICATION_TOKEN:
          StatusCode: "404"
          ResponseTemplates: {application/json: '{"no":"route"}'}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Policies: !If [a, b, c]
      Events:
        Open: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /open, Method: post, Auth: {Authorizer: NONE}}}
        Access: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /access, Method: GET}}
        Item: {Type: Api, Properties: {RestApiId: !Ref Api, Path: "/items/{name}", Method: get, Auth: {AuthorizationScopes: [c]}}}
  G:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Id: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /id, Method: get, Auth: {Authorizer: Id}}}
        Versions: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /items/latest, Method: get, Auth: {Authorizer: NONE}}}
"#;

pub(crate) const PARAMETERS: [(&str, &str); 1] = [("AllowedOrigin", "https://app.example")];

pub(crate) fn small() -> Template {
    Template::read(SMALL, &PARAMETERS).unwrap()
}

#[test]
fn what_a_template_says_is_read() {
    let template = small();
    assert_eq!(template.stage, "v1");
    assert_eq!(template.cors.allow_headers.as_deref(), Some("X-A,X-B"));
    assert_eq!(template.cors.max_age.as_deref(), Some("600"));
    assert_eq!(template.cors.allow_methods, None);
    assert_eq!(template.user_pool["Policies"]["PasswordPolicy"]["MinimumLength"], 15);
    assert_eq!(
        template.user_pool_client,
        json!({"UserPoolId": "Pool", "GenerateSecret": true, "AccessTokenValidity": 15})
    );
}

#[test]
fn each_event_is_a_route_with_its_access() {
    let scopes = |scopes: &[&str]| Access::Token {
        scopes: scopes.iter().map(ToString::to_string).collect(),
    };
    let expected = [
        ("/access", "F", scopes(&["a", "aws.cognito.signin.user.admin"])),
        ("/items/{name}", "F", scopes(&["c"])),
        ("/open", "F", Access::Anybody),
        ("/id", "G", scopes(&[])),
        ("/items/latest", "G", Access::Anybody),
    ];
    let routes = small().routes;
    assert_eq!(routes.len(), expected.len());
    for (route, (path, function, access)) in routes.iter().zip(expected) {
        assert_eq!((route.path.as_str(), route.function.as_str()), (path, function));
        assert_eq!(route.method, if path == "/open" { Method::POST } else { Method::GET });
        assert_eq!(route.access, access, "{path}");
    }
}

#[test]
fn a_value_given_wins_over_a_default() {
    let parameters = [PARAMETERS[0], ("Stage", "other")];
    assert_eq!(Template::read(SMALL, &parameters).unwrap().stage, "other");
}

/// Each row: a piece of the template, what is put in its place, and what the error then says.
fn refuses(rows: &[(&str, &str, &str)]) {
    for (piece, broken, reason) in rows {
        assert!(SMALL.contains(piece), "{piece}");
        let error = Template::read(&SMALL.replacen(piece, broken, 1), &PARAMETERS).unwrap_err();
        let error = error.to_string();
        assert!(
            error.starts_with("template.yaml: ") && error.contains(reason),
            "{broken}: {error}"
        );
    }
}

#[test]
fn a_value_that_is_not_understood_is_named_with_its_place() {
    refuses(&[
        (
            "StageName: !Ref Stage",
            "StageName: !Ref Nothing",
            "Resources.Api.Properties.StageName: !Ref Nothing",
        ),
        (
            "StageName: !Ref Stage",
            "StageName: !If [a, b, c]",
            "Resources.Api.Properties.StageName: !If",
        ),
        ("StageName: !Ref Stage", "Name: x", "Resources.Api.Properties.StageName: is missing"),
        ("MaxAge: \"'600'\"", "MaxAge: 600", "Resources.Api.Properties.Cors: invalid type"),
        (
            "MaxAge: \"'600'\"",
            "MaxAge: \"600\"",
            "Resources.Api.Properties.Cors.MaxAge: only a value in single",
        ),
        (
            "MaxAge: \"'600'\"",
            "MaxAges: \"'600'\"",
            "Resources.Api.Properties.Cors: unknown field `MaxAges`",
        ),
    ]);
}

#[test]
fn an_event_that_is_not_understood_is_named() {
    refuses(&[
        ("Method: post", "Method: any", "Resources.F.Properties.Events.Open: the method any"),
        (
            "Method: post",
            "Methods: post",
            "Resources.F.Properties.Events.Open.Properties: unknown field",
        ),
        ("Path: /open,", "Path: open,", "Resources.F.Properties.Events.Open: the path open"),
        (
            "Path: /open,",
            "Path: \"/{proxy+}\",",
            "Resources.F.Properties.Events.Open: the path /{proxy+}",
        ),
        ("Path: /open, Method: post", "Path: /access, Method: get", "GET /access is there twice"),
        (
            "Open: {Type: Api,",
            "Open: {Type: SQS,",
            "Resources.F.Properties.Events.Open: the type SQS",
        ),
        ("RestApiId: !Ref Api, Path: /open", "Path: /open", "RestApiId"),
        (
            "Authorizer: Id}",
            "Authorizer: Other}",
            "Resources.G.Properties.Events.Id: no authorizer Other",
        ),
    ]);
}

#[test]
fn a_gateway_response_that_is_not_understood_is_named() {
    refuses(&[
        (
            "'{\"who\":\"are you\"}'",
            "'{\"id\":\"$context.requestId\"}'",
            "UNAUTHORIZED: mapping variables",
        ),
        ("StatusCode: 401", "StatusCode: 99", "UNAUTHORIZED: 99 is no status"),
        ("DEFAULT_5XX:", "DEFAULT_6XX:", "GatewayResponses: needs DEFAULT_5XX"),
        (
            "WWW-Authenticate:",
            "\"WWW Authenticate\":",
            "UNAUTHORIZED: \"WWW Authenticate\" is no header",
        ),
        (
            "{application/json: '{\"no",
            "{text/plain: '{\"no",
            "_TOKEN: needs a template for application/json",
        ),
    ]);
}

#[test]
fn what_is_missing_is_named() {
    refuses(&[
        (
            "Type: AWS::Cognito::UserPoolClient",
            "Type: AWS::X",
            "exactly one AWS::Cognito::UserPoolClient",
        ),
        ("Resources:", "Resource:", "document: missing field `Resources`"),
        ("Resources:", "Resources: [", "document: "),
    ]);
}

#[test]
fn a_parameter_without_a_value_is_named() {
    let error = Template::read(SMALL, &[]).unwrap_err().to_string();
    assert!(error.contains("AllowedOrigin has no value"), "{error}");
}

#[test]
fn the_repositorys_template_is_understood() {
    let template = Template::read(PASSMINT, &PARAMETERS).unwrap();
    assert!(
        template
            .routes
            .iter()
            .any(|route| route.path == "/generate" && route.access != Access::Anybody)
    );
    assert!(
        template
            .routes
            .iter()
            .any(|route| route.path == "/login" && route.access == Access::Anybody)
    );
}
