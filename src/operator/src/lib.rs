//! The operator: watches TenantCredentials, MDMTenants and Secrets, and publishes their assessments. Among the crates
//! of lapsewatch, only the operator writes to a cluster.

pub mod controller;
pub mod metrics;
pub mod server;
