//! Tests the settings that a credential inherits from its tenant.

use std::borrow::Cow;

use lapsewatch_core::api::credential::Owner;
use lapsewatch_core::api::tenant::WarnBeforeDays;
use lapsewatch_core::api::{CredentialType, MDMTenantSpec};
use lapsewatch_core::assessment::tenant::inherit;

use lapsewatch_test_support::assessment::facts::spec;

fn days(type_: CredentialType, number: u16) -> WarnBeforeDays {
    let json = serde_json::json!({type_.as_str(): [number, 1]});
    serde_json::from_value(json).unwrap()
}

fn owner(account: Option<&str>, contact: Option<&str>, runbook_url: Option<&str>) -> Option<Owner> {
    let own = |text: Option<&str>| text.map(str::to_owned);
    Some(Owner { account: own(account), contact: own(contact), runbook_url: own(runbook_url) })
}

#[test]
fn days_are_those_of_the_type_where_there_are_none_of_its_own() {
    for (at, type_) in CredentialType::ALL.into_iter().enumerate() {
        let other = CredentialType::ALL[(at + 1) % 6];
        let tenant = MDMTenantSpec { warn_before_days: Some(days(type_, 50)), ..MDMTenantSpec::default() };
        let mut own = spec(type_);
        assert_eq!(inherit(&own, Some(&tenant)).warn_before_days, Some(vec![50, 1]), "{type_}");
        assert_eq!(inherit(&spec(other), Some(&tenant)).warn_before_days, None, "{other}");
        own.warn_before_days = Some(vec![9]);
        assert_eq!(inherit(&own, Some(&tenant)).warn_before_days, Some(vec![9]), "{type_}");
    }
}

#[test]
fn contact_and_runbook_are_each_passed_on_and_the_account_never() {
    let tenant = MDMTenantSpec {
        owner: owner(Some("tenant@acme.example"), Some("#tenant"), Some("https://tenant")),
        ..MDMTenantSpec::default()
    };
    for (own, effective) in [
        (None, owner(None, Some("#tenant"), Some("https://tenant"))),
        (owner(Some("me"), None, None), owner(Some("me"), Some("#tenant"), Some("https://tenant"))),
        (owner(None, Some("#me"), None), owner(None, Some("#me"), Some("https://tenant"))),
        (owner(None, None, Some("https://me")), owner(None, Some("#tenant"), Some("https://me"))),
    ] {
        let mut spec = spec(CredentialType::APNsCertificate);
        spec.owner = own;
        assert_eq!(inherit(&spec, Some(&tenant)).owner, effective);
    }
}

#[test]
fn nothing_is_copied_where_nothing_is_inherited() {
    let own = spec(CredentialType::VPPToken);
    let other = MDMTenantSpec {
        warn_before_days: Some(days(CredentialType::DEPToken, 50)),
        owner: owner(Some("tenant@acme.example"), None, None),
        support_account: Some("4711".into()),
        ..MDMTenantSpec::default()
    };
    for tenant in [None, Some(&MDMTenantSpec::default()), Some(&other)] {
        assert!(matches!(inherit(&own, tenant), Cow::Borrowed(same) if *same == own), "{tenant:?}");
    }
}
