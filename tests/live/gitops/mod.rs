//! Tests of GitOps tools: Argo CD, Flux, kstatus and Kustomize with their own code, and tools that write Secrets. The
//! statuses come from the operator's assessment, or from an operator on a real API server.

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
