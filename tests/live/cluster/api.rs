//! The CRDs on a real server: what it refuses, how it selects, and what kubectl shows before any operator runs.

mod explain;
mod offline;
mod pending;
mod rules;
mod selectors;
mod tenant;
