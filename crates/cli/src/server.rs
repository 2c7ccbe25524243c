//! Serving: the portal and the interface on one port, and what has to be done by itself beside them.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use api::client::HttpPeers;
use axum::Router;
use keys::SystemRandomness;
use mail::Mailer;
use registry::{PeerClient, Registry};
use tokio::{net::TcpListener, sync::watch};

use crate::{clock::SystemClock, failure::Failure, installation::Installation, post};

/// How often leaves are brought under a checkpoint.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(1);
/// How often it is looked whether peers are to be told something.
const ALERTS_EVERY: Duration = Duration::from_secs(30);
/// How often it is looked whether something is due.
const DUE_EVERY: Duration = Duration::from_secs(10 * 60);

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
        let listener = TcpListener::bind(listen)
            .await
            .map_err(|error| Failure::new(format!("{listen} cannot be listened on: {error}")))?;
        ready(listener.local_addr()?);
        let chores = tokio::spawn(chores(registry.clone()));
        let alerts = tokio::spawn(alerts(registry.clone(), peers));
        let (stop_letters, stopping) = watch::channel(false);
        let letters = mailer.map(|mailer| tokio::spawn(post::deliver(registry.clone(), mailer, stopping)));
        axum::serve(listener, routes)
            .with_graceful_shutdown(stop())
            .await?;
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
