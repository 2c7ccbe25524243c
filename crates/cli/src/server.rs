//! Serving: the portal and the interface on one port, and what has to be done by itself beside them.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use api::client::HttpPeers;
use axum::Router;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use keys::SystemRandomness;
use mail::Mailer;
use registry::{PeerClient, Registry};
use tokio::{net::TcpListener, sync::watch};

use crate::{
    clock::SystemClock, errors::InChinese as _, failure::Failure, installation::Installation, post,
    words::both,
};

/// How often leaves are brought under a checkpoint.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(1);
/// How often it is looked whether peers are to be told something.
const ALERTS_EVERY: Duration = Duration::from_secs(30);
/// How often it is looked whether something is due.
const DUE_EVERY: Duration = Duration::from_secs(10 * 60);

/// How long the head of a request may take to arrive: whoever sends half of one holds a connection no longer.
const HEAD_TIME: Duration = Duration::from_secs(20);
/// After what time connections are taken again when none could be taken: too many files are open.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);

/// The way to peers, made anew for each round.
pub(crate) type PeersOf = fn(&Registry) -> Result<Box<dyn PeerClient>, Failure>;

/// The way to peers over the network.
pub(crate) fn over_the_network(registry: &Registry) -> Result<Box<dyn PeerClient>, Failure> {
    let randomness = Arc::new(SystemRandomness::new());
    let peers = HttpPeers::new(&registry.peer_key()?, Arc::new(SystemClock), randomness)?;
    Ok(Box::new(peers))
}

/// Serves until the process is asked to stop, then lets requests under way end.
pub(crate) fn serve(
    registry: Registry,
    peers: PeersOf,
    mailer: Option<Arc<dyn Mailer>>,
    listen: SocketAddr,
    routes: Router,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(listen).await.map_err(|error| {
            let why = error.zh();
            Failure::new(both!(
                "无法监听 {listen}：{why}",
                "{listen} cannot be listened on: {error}"
            ))
        })?;
        ready(listener.local_addr()?);
        let chores = tokio::spawn(chores(registry.clone()));
        let alerts = tokio::spawn(alerts(registry.clone(), peers));
        let (stop_letters, stopping) = watch::channel(false);
        let letters = mailer.map(|mailer| tokio::spawn(post::deliver(registry.clone(), mailer, stopping)));
        answer(listener, routes, HEAD_TIME, stop()).await;
        chores.abort();
        alerts.abort();
        // The letter under way is finished, or it would be sent again.
        let _ = stop_letters.send(true);
        if let Some(letters) = letters {
            letters.await?;
        }
        tokio::task::spawn_blocking(move || registry.integrate()).await??;
        Ok(())
    })
}

/// Answers requests until `stop` is over; those under way are answered to the end.
async fn answer(listener: TcpListener, routes: Router, head_time: Duration, stop: impl Future<Output = ()>) {
    // One version alone, so that nothing is waited for before its time is counted.
    let mut http = auto::Builder::new(TokioExecutor::new()).http1_only();
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(head_time);
    let connections = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a connection was not taken");
                tokio::time::sleep(ACCEPT_AGAIN).await;
                continue;
            }
        };
        let service = TowerToHyperService::new(routes.clone());
        let connection = http.serve_connection(TokioIo::new(stream), service).into_owned();
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            // The visitor has gone, or sent what is no request: there is nobody to tell.
            let _ = connection.await;
        });
    }
    drop(listener);
    connections.shutdown().await;
}

/// Brings leaves under checkpoints and does what is due, until it is aborted.
async fn chores(registry: Registry) {
    let mut checkpoint = tokio::time::interval(CHECKPOINT_EVERY);
    let mut due = tokio::time::interval(DUE_EVERY);
    loop {
        let this = registry.clone();
        let done = tokio::select! {
            _ = checkpoint.tick() => tokio::task::spawn_blocking(move || this.integrate().map(|_| ())).await,
            _ = due.tick() => tokio::task::spawn_blocking(move || this.do_what_is_due().map(|_| ())).await,
        };
        match done {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "a chore failed; it is tried again"),
            Err(_) => tracing::error!("a chore was interrupted; it is tried again"),
        }
    }
}

/// Tells peers what they are to be told, beside the other chores: a peer that is slow to answer holds nothing up.
async fn alerts(registry: Registry, peers: PeersOf) {
    let mut due = tokio::time::interval(ALERTS_EVERY);
    loop {
        due.tick().await;
        let this = registry.clone();
        let done = tokio::task::spawn_blocking(move || -> Result<(), Failure> {
            this.deliver_alerts(&*peers(&this)?)?;
            Ok(())
        });
        match done.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "telling peers failed; it is tried again"),
            Err(_) => tracing::error!("telling peers was interrupted; it is tried again"),
        }
    }
}

async fn stop() {
    let terminated = async {
        #[cfg(unix)]
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
        #[cfg(not(unix))]
        std::future::pending::<()>().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}

/// The portal and the interface as one service. `demo` lets everybody sign in.
pub(crate) fn routes(opened: &Installation, demo: Option<web::Demo>) -> Result<Router, Failure> {
    let registry = opened.registry.clone();
    let options = api::Options {
        public_tiles: demo.is_some(),
    };
    let interface = api::router(registry.clone(), options);
    let letters = match (&opened.settings.mail, &demo) {
        (Some(_), _) => web::Letters::Sent,
        (None, Some(_)) => web::Letters::Printed,
        (None, None) => web::Letters::None,
    };
    let portal = web::router(web::WebState::new(registry, demo).with_letters(letters));
    Ok(portal.merge(interface))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use axum::{
        body::{Body, to_bytes},
        http::{Request, StatusCode},
    };
    use serde_json::Value;
    use tower::ServiceExt as _;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;
    use crate::{
        commands::runtime,
        installation::{Settings, create, open},
    };

    async fn send(service: &Router, method: &str, path: &str) -> (StatusCode, Vec<u8>) {
        let request = Request::builder().method(method).uri(path);
        let answer = service
            .clone()
            .oneshot(request.body(Body::empty()).unwrap())
            .await;
        let (parts, body) = answer.unwrap().into_parts();
        (parts.status, to_bytes(body, usize::MAX).await.unwrap().to_vec())
    }

    #[tokio::test]
    async fn half_a_head_or_none_is_not_waited_for_and_a_stop_waits_for_what_is_under_way() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let slow = || async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            "done"
        };
        let routes = Router::new().route("/", axum::routing::get(slow));
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let served = tokio::spawn(answer(listener, routes, Duration::from_millis(200), async {
            let _ = stopped.await;
        }));
        let mut half = tokio::net::TcpStream::connect(at).await.unwrap();
        half.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n").await.unwrap();
        let mut left = Vec::new();
        let closed = tokio::time::timeout(Duration::from_secs(20), half.read_to_end(&mut left)).await;
        closed.expect("it is closed").unwrap();
        let mut silent = tokio::net::TcpStream::connect(at).await.unwrap();
        let closed = tokio::time::timeout(Duration::from_secs(20), silent.read_to_end(&mut left)).await;
        closed.expect("so is one that says nothing at all").unwrap();

        let mut whole = tokio::net::TcpStream::connect(at).await.unwrap();
        whole
            .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        stop.send(()).unwrap();
        let mut answered = String::new();
        whole.read_to_string(&mut answered).await.unwrap();
        assert!(
            answered.starts_with("HTTP/1.1 200") && answered.ends_with("done"),
            "{answered}"
        );
        served.await.unwrap();
    }

    #[tokio::test]
    async fn a_stop_does_not_wait_for_whoever_says_nothing() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let hour = Duration::from_secs(3_600);
        let served = tokio::spawn(answer(listener, Router::new(), hour, async {
            let _ = stopped.await;
        }));
        let _silent = tokio::net::TcpStream::connect(at).await.unwrap();
        let mut used = tokio::net::TcpStream::connect(at).await.unwrap();
        used.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .unwrap();
        let mut some = [0; 12];
        used.read_exact(&mut some).await.unwrap();
        assert_eq!(&some, b"HTTP/1.1 404");
        stop.send(()).unwrap();
        let ended = tokio::time::timeout(Duration::from_secs(20), served).await;
        ended.expect("it has ended").unwrap();
    }

    #[test]
    fn the_portals_pages_that_the_interface_speaks_of_are_there() {
        let folder = tempfile::tempdir().unwrap();
        let profile = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../profiles/gansu");
        let settings = Settings {
            public_url: "https://standing.example".into(),
            demo: false,
            postgres: None,
            mail: None,
        };
        create(folder.path(), &profile, &settings).unwrap();
        let service = routes(&open(folder.path()).unwrap(), None).unwrap();
        runtime().unwrap().block_on(async {
            let (_, document) = send(&service, "GET", "/api/v1/openapi.json").await;
            let document: Value = serde_json::from_slice(&document).unwrap();
            let mut checked = 0;
            for (path, item) in document["paths"].as_object().unwrap() {
                for method in ["get", "post"] {
                    if item[method]["security"][0]["portal"].is_null() {
                        continue;
                    }
                    let parts: Vec<&str> = path
                        .split('/')
                        .map(|part| if part.starts_with('{') { "1" } else { part })
                        .collect();
                    let (status, _) = send(&service, &method.to_uppercase(), &parts.join("/")).await;
                    // Nobody is signed in: whatever is there asks for that, or for the form.
                    let none = [StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED];
                    assert!(!none.contains(&status), "{method} {path}: {status}");
                    assert!(!status.is_server_error(), "{method} {path}: {status}");
                    checked += 1;
                }
            }
            assert!(checked > 5, "{checked}");
            let (status, _) = send(&service, "GET", "/none").await;
            assert_eq!(status, StatusCode::NOT_FOUND, "what is not there is told apart");
        });
    }
}
