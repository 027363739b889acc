//! Withholds every write of a replica that does not lead.
//!
//! A replica that does not lead starts no work. But the process may be suspended during a task, for longer than the
//! Lease is valid. Therefore the leadership is checked before each request.

use http::{Method, Request};
use kube::Client;
use kube::client::Body;

use super::Leadership;
use super::election::LeadershipReader;
use lapsewatch_cluster::request::NotLeading;

/// Returns a client that sends reads always, and writes only while this replica leads.
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
