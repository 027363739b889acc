//! The permit to write: a client that withholds every write while this replica does not lead.
//!
//! The operator starts no work then, but a task that is under way may have been suspended for longer than the Lease
//! lasts. So each request is looked at when it is about to be sent.

use http::{Method, Request};
use kube::Client;
use kube::client::Body;

use super::Leadership;
use super::election::LeadershipReader;
use lapsewatch_cluster::request::NotLeading;

/// A client that reads at any time, and writes only while `leadership` permits it.
pub fn permitted(client: Client, leadership: LeadershipReader) -> Client {
    let namespace = client.default_namespace().to_owned();
    let service = tower::service_fn(move |request: Request<Body>| {
        let (client, leadership) = (client.clone(), leadership.clone());
        async move {
            let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
            if is_read || leadership.get() == Leadership::Leads {
                client.send(request).await.map_err(|error| Box::new(error) as BoxError)
            } else {
                Err(Box::new(NotLeading) as BoxError)
            }
        }
    });
    Client::new(service, namespace)
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;
