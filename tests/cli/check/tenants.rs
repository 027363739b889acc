//! Tests MDMTenants: the settings that credentials inherit, and required credentials that are missing.

use crate::check::{declared_until, of};

fn tenant(spec: &str) -> String {
    format!(
        "apiVersion: lapsewatch.dev/v1alpha1\nkind: MDMTenant\nmetadata: {{name: acme-prod, namespace: acme}}\nspec: {spec}\n---\n"
    )
}

/// Returns a DeclaredExpiry of tenant "acme-prod".
fn contract(until: &str) -> String {
    declared_until("contract", until).replace("spec: {", "spec: {tenantRef: {name: acme-prod}, ")
}

#[test]
fn a_tenants_days_and_contact_reach_its_credentials() {
    let own = of(&contract("2030-03-01T00:00:00Z"));
    own.is(0, "checked 1, skipped 0");
    let days = tenant("{warnBeforeDays: {DeclaredExpiry: [60]}, owner: {contact: \"#mobile-ops\"}}");
    let ran = of(&(days + &contract("2030-03-01T00:00:00Z")));
    ran.is(1, "checked 1, skipped 0; 1 tenant");
    assert!(ran.out.contains("Warning ExpiresWithin60Days") && ran.out.contains("contact: #mobile-ops"), "{}", ran.out);
    assert!(
        ran.out.contains("acme       acme-prod  Expiring  Warning   1            2030-03-01T00:00:00Z contract"),
        "{}",
        ran.out
    );
}

#[test]
fn a_required_credential_that_is_not_among_them_is_told() {
    let required = tenant("{requiredCredentials: [APNsCertificate, DeclaredExpiry]}");
    let ran = of(&(required.clone() + &contract("2031-03-01T00:00:00Z")));
    ran.is(1, "checked 1, skipped 0; 1 tenant");
    assert!(ran.out.contains("acme/acme-prod (MDMTenant)\n  Warning MissingCredential"), "{}", ran.out);
    of(&required).is(1, "checked 0, skipped 0; 1 tenant");
    let ran = of(&(tenant("{requiredCredentials: [DeclaredExpiry]}") + &contract("2031-03-01T00:00:00Z")));
    ran.is(0, "checked 1, skipped 0; 1 tenant");
    // A skipped credential is not missing.
    let skipped = "apiVersion: lapsewatch.dev/v1alpha1\nkind: TenantCredential\nmetadata: {name: apns, namespace: acme}\nspec: {type: APNsCertificate, tenantRef: {name: acme-prod}, secretRef: {name: absent}}\n---\n";
    let ran = of(&(required + skipped + &contract("2031-03-01T00:00:00Z")));
    ran.is(0, "checked 1, skipped 1; 1 tenant");
}

#[test]
fn what_the_api_server_would_refuse_in_a_tenant_is_an_error() {
    let ran = of(&(tenant("{warnBeforeDays: {VPPToken: [7, 30]}}") + &contract("2031-03-01T00:00:00Z")));
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains(
            "MDMTenant acme/acme-prod: spec.warnBeforeDays.VPPToken: Invalid value: warnBeforeDays must fall"
        ),
        "{}",
        ran.err
    );
    let ran = of(&(tenant("{environment: Moon}") + &contract("2031-03-01T00:00:00Z")));
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("spec.environment"), "{}", ran.err);
    // The input contains the same tenant twice.
    let ran = of(&(tenant("{}") + &tenant("{}") + &contract("2031-03-01T00:00:00Z")));
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("MDMTenant acme/acme-prod: it stands at"), "{}", ran.err);
}
