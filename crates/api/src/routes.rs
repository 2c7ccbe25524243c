//! Every address of the interface in one place.

use axum::{
    Router,
    extract::Request,
    handler::Handler,
    http::{HeaderName, HeaderValue, header},
    middleware::{self, Next},
    response::Response,
    routing::{MethodFilter, MethodRouter, any, on},
};

use crate::{
    alert, health, inquiry, issuer, log, openapi, problem, state::Shared, status_list, submission, trust,
};

/// An address with its methods.
pub(crate) struct Route {
    path: &'static str,
    /// The methods, as the OpenAPI document writes them.
    methods: Vec<&'static str>,
    router: MethodRouter<Shared>,
}

impl Route {
    fn at(path: &'static str) -> Self {
        Self {
            path,
            methods: Vec::new(),
            router: MethodRouter::new(),
        }
    }

    fn on<H: Handler<T, Shared>, T: 'static>(mut self, method: &'static str, handler: H) -> Self {
        let filter = match method {
            "get" => MethodFilter::GET,
            "head" => MethodFilter::HEAD,
            "patch" => MethodFilter::PATCH,
            _ => MethodFilter::POST,
        };
        self.methods.push(method);
        self.router = self.router.merge(on(filter, handler));
        self
    }

    fn get<H: Handler<T, Shared>, T: 'static>(self, handler: H) -> Self {
        self.on("get", handler)
    }

    fn post<H: Handler<T, Shared>, T: 'static>(self, handler: H) -> Self {
        self.on("post", handler)
    }

    /// Path and methods, for what has to speak of every route.
    #[cfg(test)]
    pub(crate) fn named(&self) -> (String, &[&'static str]) {
        (self.path.replace("{*", "{"), &self.methods)
    }
}

/// What only authorities reach.
pub(crate) fn signed() -> Vec<Route> {
    vec![
        Route::at("/api/v1/submissions").post(submission::announce::handle),
        Route::at("/api/v1/submissions/{submission}")
            .on("head", submission::progress::handle)
            .get(submission::progress::handle)
            .on("patch", submission::append::handle),
        Route::at("/api/v1/submissions/{submission}/file").post(submission::file::handle),
        Route::at("/api/v1/submissions/{submission}/rejected.csv").get(submission::rejected::handle),
        Route::at("/api/v1/submissions/{submission}/take-back").post(submission::take_back::handle),
        Route::at("/api/v1/inquiries").post(inquiry::handle),
        Route::at("/api/v1/alerts").get(alert::inbox),
        Route::at("/api/v1/alerts/{alert}/open").post(alert::open),
        Route::at("/api/v1/peer/alerts").post(alert::receive),
        Route::at("/log/tile/{*path}").get(log::tile::handle),
    ]
}

/// What everybody reaches, from pages of other addresses too.
pub(crate) fn public() -> Vec<Route> {
    vec![
        Route::at("/log/checkpoint").get(log::checkpoint::handle),
        Route::at("/log/vkey").get(log::vkey::handle),
        Route::at("/status-lists/{list}").get(status_list::handle),
        Route::at("/.well-known/jwt-vc-issuer").get(issuer::handle),
        Route::at("/trust.json").get(trust::handle),
        Route::at("/api/v1/openapi.json").get(openapi::handle),
        Route::at("/healthz").get(health::handle),
    ]
}

/// The router of all of them.
pub(crate) fn router(state: Shared) -> Router {
    let build = |routes: Vec<Route>| {
        routes.into_iter().fold(Router::new(), |router, route| {
            router.route(route.path, route.router.fallback(problem::method_not_allowed))
        })
    };
    let elsewhere = Router::new()
        .route("/api/{*rest}", any(problem::not_found))
        .route("/log/{*rest}", any(problem::not_found));
    build(public())
        .layer(middleware::from_fn(for_everybody))
        .merge(build(signed()))
        .merge(elsewhere)
        .layer(middleware::from_fn(plain))
        .layer(middleware::from_fn_with_state(state.clone(), problem::render))
        .with_state(state)
}

/// Lets pages of other addresses read what is public.
async fn for_everybody(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response
        .headers_mut()
        .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// What every answer says of itself: it is what its type says, and nobody keeps it who was not told to.
async fn plain(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        HeaderName::from_static("content-security-policy"),
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    );
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}
