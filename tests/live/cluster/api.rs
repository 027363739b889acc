//! Tests of the CRDs on a real server: which objects it refuses, how selectors work, and what kubectl shows before any
//! operator runs.

mod explain;
mod offline;
mod pending;
mod rules;
mod selectors;
mod tenant;
