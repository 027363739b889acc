//! Tests of the operator's endpoints and its Lease on a real API server: the served data, readiness, and which of
//! several replicas works.

mod election;
mod lagging;
mod leader;
mod probes;
mod program;
mod replica;
mod scrape;
mod series;
mod unheard;
