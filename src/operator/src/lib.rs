//! The operator: watches TenantCredentials, MDMTenants and Secrets, and publishes their assessments. Nothing else writes to
//! a cluster.

pub mod controller;
pub mod metrics;
pub mod server;
