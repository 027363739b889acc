//! Faults between the operator and the API server, each at one request: a refusal, a lost answer, or a killed operator.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use http::{Method, Request, Response, StatusCode};
use kube::Client;
use kube::client::Body;

/// The fate of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The server never gets the request, and the answer has this status code.
    Refused(u16),
    /// The server performs the request, and the answer is lost.
    Unanswered,
    /// The operator is killed before the request. The request and all later requests are not sent.
    KilledBefore,
    /// The operator is killed after the request. The answer and all later requests are lost.
    KilledAfter,
}

/// A rule for the next matching request.
#[derive(Clone, Debug)]
struct Rule {
    method: Method,
    path: &'static str,
    /// The number of matching requests that succeed before.
    well: usize,
    fault: Fault,
    /// True if the fault also applies to all later matching requests.
    lasts: bool,
}

/// The remaining faults.
#[derive(Default)]
pub struct Faults(Mutex<State>);

#[derive(Default)]
struct State {
    rules: Vec<Rule>,
    is_killed: bool,
    met: usize,
}

impl Faults {
    /// Adds a fault for the request with this method whose path contains `path`, after `well` such requests.
    pub fn at(&self, method: Method, path: &'static str, well: usize, fault: Fault) {
        self.0.lock().unwrap().rules.push(Rule { method, path, well, fault, lasts: false });
    }

    /// Returns true if the operator was killed.
    pub fn is_killed(&self) -> bool {
        self.0.lock().unwrap().is_killed
    }

    /// Returns true if all faults have occurred.
    pub fn are_over(&self) -> bool {
        self.0.lock().unwrap().rules.is_empty()
    }

    /// Adds a fault like [`Faults::at`], for each such request from then on.
    pub fn from(&self, method: &Method, path: &'static str, well: usize, fault: Fault) {
        self.0.lock().unwrap().rules.push(Rule { method: method.clone(), path, well, fault, lasts: true });
    }

    /// Returns the number of requests that had a fault.
    pub fn met(&self) -> usize {
        self.0.lock().unwrap().met
    }

    /// Removes all faults and the killed state.
    pub fn end(&self) {
        *self.0.lock().unwrap() = State::default();
    }

    fn of(&self, request: &Request<Body>) -> Option<Fault> {
        let mut state = self.0.lock().unwrap();
        if state.is_killed {
            return Some(Fault::KilledBefore);
        }
        let path = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
        let at = state.rules.iter().position(|rule| rule.method == request.method() && path.contains(rule.path))?;
        if let Some(left) = state.rules[at].well.checked_sub(1) {
            state.rules[at].well = left;
            return None;
        }
        state.met += 1;
        let fault = if state.rules[at].lasts { state.rules[at].fault } else { state.rules.remove(at).fault };
        state.is_killed = matches!(fault, Fault::KilledBefore | Fault::KilledAfter);
        Some(fault)
    }

    /// Returns a client whose requests have these faults.
    pub fn between(self: &Arc<Self>, client: Client) -> Client {
        Client::new(Faulty { client, faults: self.clone() }, "default")
    }
}

#[derive(Clone)]
struct Faulty {
    client: Client,
    faults: Arc<Faults>,
}

impl tower::Service<Request<Body>> for Faulty {
    type Response = Response<Body>;
    type Error = tower::BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, tower::BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), tower::BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let Self { client, faults } = self.clone();
        Box::pin(async move {
            let lost = || Err("the connection broke".into());
            match faults.of(&request) {
                None => Ok(client.send(request).await?),
                Some(Fault::Refused(code)) => {
                    let reason = format!(r#"{{"kind":"Status","reason":"InternalError","code":{code}}}"#);
                    let code = StatusCode::from_u16(code)?;
                    Ok(Response::builder().status(code).body(Body::from(reason.into_bytes()))?)
                }
                Some(Fault::Unanswered | Fault::KilledAfter) => {
                    client.send(request).await?;
                    lost()
                }
                Some(Fault::KilledBefore) => lost(),
            }
        })
    }
}
