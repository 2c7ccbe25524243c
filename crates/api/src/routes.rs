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
    alert, consent, figures, health, inquiry, issuer, log, look, notice, openapi, problem, procedure,
    proposal, review, staff, state::Shared, status_list, submission, trust,
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

/// What only those reach who sign.
pub(crate) fn signed() -> Vec<Route> {
    let mut all = bodies();
    all.extend(due_process());
    all.extend(reviewers());
    all
}

/// What bodies reach for records, looks and alerts.
fn bodies() -> Vec<Route> {
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
        Route::at("/api/v1/commendation-proposals")
            .get(proposal::list)
            .post(proposal::handle),
        Route::at("/api/v1/alerts").get(alert::inbox),
        Route::at("/api/v1/alerts/{alert}/open").post(alert::open),
        Route::at("/api/v1/peer/alerts").post(alert::receive),
        Route::at("/api/v1/peer/put-back").post(alert::put_back),
        Route::at("/log/tile/{*path}").get(log::tile::handle),
    ]
}

/// What a named member of a body's staff reaches, beside looks.
fn due_process() -> Vec<Route> {
    vec![
        Route::at("/api/v1/consents")
            .post(consent::ask::handle)
            .get(consent::list::handle),
        Route::at("/api/v1/looks").get(look::list::handle),
        Route::at("/api/v1/looks/{look}/receipt").get(look::receipt::handle),
        Route::at("/api/v1/procedures").get(procedure::list::handle),
        Route::at("/api/v1/procedures/{procedure}/open").post(procedure::open::handle),
        Route::at("/api/v1/procedures/{procedure}/files/{file}/open").post(procedure::file::handle),
        Route::at("/api/v1/procedures/{procedure}/dispute-answer").post(procedure::answer_dispute::handle),
        Route::at("/api/v1/procedures/{procedure}/restoration-answer")
            .post(procedure::answer_restoration::handle),
        Route::at("/api/v1/procedures/{procedure}/stopped-use").post(procedure::confirm_stopped::handle),
        Route::at("/api/v1/procedures/{procedure}/carry-out").post(procedure::carry_out::handle),
        Route::at("/api/v1/notices").get(notice::list::handle),
        Route::at("/api/v1/notices/{notice}/read").post(notice::read::handle),
        Route::at("/api/v1/staff")
            .get(staff::list::handle)
            .post(staff::add::handle),
        Route::at("/api/v1/staff/end").post(staff::end::handle),
        Route::at("/api/v1/staff/lead").post(staff::lead::handle),
    ]
}

/// What reviewers alone reach.
pub(crate) fn reviewers() -> Vec<Route> {
    vec![
        Route::at("/api/v1/review/queue").get(review::queue::handle),
        Route::at("/api/v1/review/looks/{look}/open").post(review::open_case::handle),
        Route::at("/api/v1/review/looks/{look}/close").post(review::close::handle),
        Route::at("/api/v1/review/looks/{look}/wait").post(review::wait::handle),
        Route::at("/api/v1/review/steps/{step}/seen").post(review::seen::handle),
        Route::at("/api/v1/review/stops/lift").post(review::lift::handle),
        Route::at("/api/v1/review/procedures").get(review::procedures::handle),
        Route::at("/api/v1/review/overdue").get(review::overdue::handle),
        Route::at("/api/v1/review/procedures/{procedure}/open").post(review::open_procedure::handle),
        Route::at("/api/v1/review/procedures/{procedure}/files/{file}/open").post(review::file::handle),
        Route::at("/api/v1/review/procedures/{procedure}/assign").post(review::assign::handle),
        Route::at("/api/v1/review/procedures/{procedure}/reconsideration-answer")
            .post(review::answer_reconsideration::handle),
        Route::at("/api/v1/review/procedures/{procedure}/outside-decision").post(review::outside::handle),
        Route::at("/api/v1/review/procedures/{procedure}/complaint-answer")
            .post(review::answer_complaint::handle),
        Route::at("/api/v1/review/procedures/{procedure}/improper-look").post(review::improper_look::handle),
        Route::at("/api/v1/review/breaches")
            .get(review::breach::list)
            .post(review::breach::report),
        Route::at("/api/v1/review/outside-decisions").post(review::court::handle),
        Route::at("/api/v1/review/reentries").post(review::reentry::handle),
        Route::at("/api/v1/review/notices").get(review::notices::handle),
        Route::at("/api/v1/review/notices/{notice}/read").post(review::read_notice::handle),
        Route::at("/api/v1/review/mandates").post(review::register_mandate::handle),
        Route::at("/api/v1/review/mandates/{mandate}/end").post(review::end_mandate::handle),
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
        Route::at("/api/v1/figures/improper-looks/{year}").get(figures::handle),
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
