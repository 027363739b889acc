//! Tests of one credential in several places: what the operator reports for each holder, what follows from a change,
//! and what it does not reveal.

mod changes;
mod listed;
mod party;
mod passages;
mod privacy;
mod rows;
mod scene;
mod table;
mod tie;
