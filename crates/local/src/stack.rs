use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};

use bytes::Bytes;
use cognito_emulator::{
    ACCESS_KEY_ID, ClientSettings, Config, Emulator, OpenError, PoolSettings, SECRET_ACCESS_KEY,
    Storage,
};
use http::Request;
use identity::{Account, Credentials, Endpoint, Identity, Settings, Wire};
use lambda::Log;
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use shared::{Origins, OriginsError};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use crate::{
    DataError, Hosts, Mail, TemplateError, UnknownFunction,
    authorizer::{Authorizer, FetchKeys, KeySet},
    clock::Clock,
    cognito_endpoint::CognitoEndpoint,
    connector::InProcess,
    data_directory::DataDirectory,
    functions::{self, Functions},
    gateway::{Gateway, Router},
    local_routes::LocalRoutes,
    mail::Inbox,
    server,
    template::{PASSMINT, Template},
};

/// The region that the user pool claims to be in.
pub const REGION: &str = "us-east-1";

/// Takes one line, without its end.
pub type Lines = Arc<dyn Fn(&str) + Send + Sync>;

/// How a stack is started.
pub struct Options {
    /// The address that both ports are opened on.
    pub bind: IpAddr,
    /// The port of the API; 0 for any that is free.
    pub port: u16,
    /// The port of the Cognito endpoint; 0 for any that is free.
    pub cognito_port: u16,
    /// The hosts that both ports answer to, besides the address in `bind`.
    pub allowed_hosts: Hosts,
    /// Where users live.
    pub data: Data,
    /// The origins of the pages that may read answers, besides the API's own.
    pub allowed_origins: Origins,
    /// Takes the log, one JSON object a line.
    pub log: Lines,
    /// Takes what a person should read: the mails.
    pub console: Lines,
    /// The time.
    pub clock: Clock,
}

/// Where a stack keeps what it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// In this directory, made with mode 0700 if it is not there; one process at a time.
    Directory(PathBuf),
    /// In memory, until the stack ends.
    Ephemeral,
}

/// A running stack: the API and the Cognito endpoint.
///
/// Dropping it ends it at once; [`Stack::shutdown`] lets requests under way finish.
pub struct Stack {
    address: SocketAddr,
    cognito_address: SocketAddr,
    emulator: Emulator,
    functions: Functions,
    inbox: Arc<Inbox>,
    /// Dropped, it tells the servers to end.
    stop: watch::Sender<()>,
    servers: JoinSet<()>,
    _data: Option<DataDirectory>,
}

/// Why a stack could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A port that somebody else has, or that this user may not have.
    #[error(
        "{address} cannot be listened on: choose another port with {flag}, or another address with --bind"
    )]
    Port {
        /// The address and port.
        address: SocketAddr,
        /// The flag that sets it.
        flag: &'static str,
        /// What the operating system says.
        source: io::Error,
    },
    /// The origins of the API's own pages.
    #[error(transparent)]
    Origins(#[from] OriginsError),
    /// The template.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A property of the user pool or its client with a value that it cannot have.
    #[error("template.yaml: the properties of the {resource} are not understood")]
    Properties {
        /// Which of the two.
        resource: &'static str,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// The user pool.
    #[error(transparent)]
    UserPool(#[from] OpenError),
    /// A route without a function.
    #[error(transparent)]
    Function(#[from] UnknownFunction),
    /// The runtime is ending.
    #[error("the runtime ends before the stack has started")]
    Runtime,
}

impl Stack {
    /// Starts a stack; when this returns, both ports are open.
    ///
    /// # Errors
    /// If the data directory is in use or open to others, a port is taken, or the template holds
    /// what one machine cannot do; see [`StartError`].
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let data = match &options.data {
            Data::Directory(path) => Some(DataDirectory::take(path)?),
            Data::Ephemeral => None,
        };
        let (listener, address) = listen((options.bind, options.port), "--port").await?;
        let (cognito_listener, cognito_address) =
            listen((options.bind, options.cognito_port), "--cognito-port").await?;
        let template = Template::read(PASSMINT, &[("AllowedOrigin", &url(address))])?;
        let hosts = options.allowed_hosts.clone().with_address(options.bind);
        let own_origins = hosts.origins(address.port())?;
        let origins = options.allowed_origins.clone().and(own_origins.clone());
        let inbox = Arc::<Inbox>::default();
        let config = config(&options, &template, data.as_ref(), Arc::clone(&inbox))?;
        let emulator = tokio::task::spawn_blocking(|| Emulator::open(config));
        let emulator = emulator.await.map_err(|_| StartError::Runtime)??;
        let log = Log::new(move |line| (options.log)(line));
        let (identity, account) = accounts(&emulator, &options.clock);
        let client_id = emulator.client_id();
        let functions = functions::all(&identity, &account, client_id, &origins, &log);
        let gateway = Gateway {
            router: Router::new(template.routes, &functions)?,
            cors: template.cors,
            responses: template.gateway_responses,
            stage: template.stage,
            authorizer: authorizer(&emulator),
            hosts: hosts.clone(),
            origins: origins.clone(),
            own_origins,
            local: LocalRoutes { inbox: Arc::clone(&inbox) },
            port: address.port(),
            log: log.clone(),
            clock: Arc::clone(&options.clock),
        };
        let endpoint = CognitoEndpoint {
            emulator: emulator.clone(),
            hosts,
            origins,
            log,
            clock: options.clock,
        };
        // A new pool makes its signing keys while nobody waits for them yet.
        drop(tokio::spawn(key_set_of(emulator.clone())()));
        let (stop, stopped) = watch::channel(());
        let servers = serve(listener, gateway, cognito_listener, endpoint, &stopped);
        Ok(Self {
            address,
            cognito_address,
            emulator,
            functions,
            inbox,
            stop,
            servers,
            _data: data,
        })
    }

    /// The base of every route, such as `http://127.0.0.1:3000`.
    #[must_use]
    pub fn url(&self) -> String {
        url(self.address)
    }

    /// The Cognito endpoint, such as `http://127.0.0.1:9229`.
    #[must_use]
    pub fn cognito_url(&self) -> String {
        url(self.cognito_address)
    }

    /// The id of the user pool.
    #[must_use]
    pub fn pool_id(&self) -> &str {
        self.emulator.pool_id()
    }

    /// The id of the app client.
    #[must_use]
    pub fn client_id(&self) -> &str {
        self.emulator.client_id()
    }

    /// The secret of the app client.
    #[must_use]
    pub fn client_secret(&self) -> SecretString {
        self.emulator.client_secret()
    }

    /// The mails to `address`, newest first.
    #[must_use]
    pub fn mail(&self, address: &str) -> Vec<Mail> {
        self.inbox.to(address)
    }

    /// What the function with the logical id `function` answers to the proxy event `event`, past
    /// gateway and authorizer; `None` if there is no such function.
    pub async fn invoke(&self, function: &str, event: &str) -> Option<String> {
        self.functions.get(function)?.invoke(event.to_owned()).await
    }

    /// Ends the stack: no new connection is taken, requests under way have 4 s to finish.
    pub async fn shutdown(mut self) {
        drop(self.stop);
        while self.servers.join_next().await.is_some() {}
    }
}

/// The URL under which this machine reaches `address`.
fn url(mut address: SocketAddr) -> String {
    match address.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    format!("http://{address}")
}

async fn listen(
    address: (IpAddr, u16),
    flag: &'static str,
) -> Result<(TcpListener, SocketAddr), StartError> {
    let refused = |source| StartError::Port { address: address.into(), flag, source };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    Ok((listener, address))
}

fn config(
    options: &Options,
    template: &Template,
    data: Option<&DataDirectory>,
    inbox: Arc<Inbox>,
) -> Result<Config, StartError> {
    let console = Arc::clone(&options.console);
    Ok(Config {
        storage: data.map_or(Storage::Memory, |data| Storage::File(data.user_pool())),
        region: REGION.to_owned(),
        pool: properties::<PoolSettings>("user pool", &template.user_pool)?,
        client: properties::<ClientSettings>("app client", &template.user_pool_client)?,
        clock: Arc::clone(&options.clock),
        outbox: Arc::new(move |message| {
            let mail = Mail::from(message);
            console(&format!("{mail}\n"));
            inbox.deliver(mail);
        }),
    })
}

fn properties<T: DeserializeOwned>(
    resource: &'static str,
    properties: &serde_json::Value,
) -> Result<T, StartError> {
    T::deserialize(properties).map_err(|source| StartError::Properties { resource, source })
}

/// The accounts as the functions see them: the real client of Cognito, on a wire within the process.
fn accounts(emulator: &Emulator, clock: &Clock) -> (Identity, Account) {
    let wire = Wire::over(InProcess(emulator.clone()), Arc::clone(clock));
    let endpoint = Endpoint { region: REGION.to_owned(), url: None };
    let account = Account::new(&endpoint, &wire);
    let settings = Settings {
        endpoint,
        user_pool_id: emulator.pool_id().to_owned(),
        client_id: emulator.client_id().to_owned(),
        credentials: Credentials {
            access_key_id: ACCESS_KEY_ID.to_owned(),
            secret_access_key: SECRET_ACCESS_KEY.into(),
            session_token: None,
        },
    };
    (Identity::new(settings, &wire), account)
}

fn authorizer(emulator: &Emulator) -> Authorizer {
    Authorizer {
        keys: KeySet::new(key_set_of(emulator.clone())),
        issuer: emulator.issuer(),
        client_id: emulator.client_id().to_owned(),
    }
}

fn key_set_of(emulator: Emulator) -> FetchKeys {
    Box::new(move || {
        let emulator = emulator.clone();
        Box::pin(async move {
            let path = format!("/{}/.well-known/jwks.json", emulator.pool_id());
            let response = emulator.handle(Request::get(path).body(Bytes::new()).ok()?).await;
            response.status().is_success().then(|| response.into_body())
        })
    })
}

fn serve(
    listener: TcpListener,
    gateway: Gateway,
    cognito_listener: TcpListener,
    endpoint: CognitoEndpoint,
    stopped: &watch::Receiver<()>,
) -> JoinSet<()> {
    let stop = || {
        let mut stopped = stopped.clone();
        // The sender never sends: this ends when it is dropped.
        async move { drop(stopped.changed().await) }
    };
    let (gateway, endpoint) = (Arc::new(gateway), Arc::new(endpoint));
    let mut servers = JoinSet::new();
    servers.spawn(server::serve(
        listener,
        move |request, peer| {
            let gateway = Arc::clone(&gateway);
            async move { gateway.answer(request, peer).await }
        },
        stop(),
    ));
    servers.spawn(server::serve(
        cognito_listener,
        move |request, _| {
            let endpoint = Arc::clone(&endpoint);
            async move { endpoint.answer(request).await }
        },
        stop(),
    ));
    servers
}
