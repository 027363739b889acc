//! What GitOps makes of the objects: Argo CD, Flux, kstatus and Kustomize, by their own code, and what of others' kinds
//! leads to a Secret. Statuses are the operator's own, by its assessment or by the operator on a real API server.

mod drift;
mod foreign;
mod kustomize;
mod layout;
mod renewals;
mod server;
mod states;
mod table;
mod tenants;
mod verdicts;
