//! One credential in several places: what each party is told, what becomes of that, and what nobody learns.

mod changes;
mod listed;
mod party;
mod passages;
mod privacy;
mod rows;
mod scene;
mod table;
mod tie;
