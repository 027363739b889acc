//! The Helm chart: what it renders and refuses, and what becomes of it on a real API server by the real Helm.

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
