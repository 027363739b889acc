//! Tests of the Helm chart with the real Helm: what the chart renders and refuses, and how it behaves on a real API
//! server.

mod admission;
mod aggregation;
mod copies;
mod definitions;
mod documented;
mod lint;
mod moved;
mod names;
mod operator;
mod pods;
mod readme;
mod refused;
mod rendered;
mod rights;
mod subchart;
mod used;
mod wait;
