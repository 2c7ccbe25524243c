//! Serving: the portal and the interface on one port, and what has to be done by itself beside them.

use std::{net::SocketAddr, time::Duration};

use api::client::HttpPeers;
use axum::Router;
use keys::SystemRandomness;
use registry::Registry;
use tokio::net::TcpListener;

use crate::{clock::SystemClock, failure::Failure, installation::Installation};

/// How often leaves are brought under a checkpoint.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(1);
/// How often it is looked whether peers are to be told something.
const ALERTS_EVERY: Duration = Duration::from_secs(30);
/// How often it is looked whether something is due.
const DUE_EVERY: Duration = Duration::from_secs(10 * 60);

/// Serves until the process is asked to stop, then lets requests under way end.
pub(crate) fn serve(
    registry: Registry,
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
        let alerts = tokio::spawn(alerts(registry.clone()));
        axum::serve(listener, routes)
            .with_graceful_shutdown(stop())
            .await?;
        chores.abort();
        alerts.abort();
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
async fn alerts(registry: Registry) {
    let mut due = tokio::time::interval(ALERTS_EVERY);
    loop {
        due.tick().await;
        let this = registry.clone();
        let done = tokio::task::spawn_blocking(move || -> Result<(), Failure> {
            let randomness = std::sync::Arc::new(SystemRandomness::new());
            let peers = HttpPeers::new(&this.peer_key()?, std::sync::Arc::new(SystemClock), randomness)?;
            this.deliver_alerts(&peers)?;
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
    let portal = web::router(web::WebState::new(registry, demo));
    Ok(portal.merge(interface))
}
