//! Tests a tenant whose warning days can't be read at present.

use lapsewatch_core::api::conditions::ConditionStatus::True;
use lapsewatch_core::api::conditions::ConditionType::Expiring;
use lapsewatch_core::assessment::tenant::inherit_unseen;

use lapsewatch_test_support::assessment::facts::apns;
use lapsewatch_test_support::assessment::story::Story;

#[test]
fn a_warning_by_the_tenants_days_stays_and_the_default_days_follow() {
    let mut story = Story::apns(apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z"));
    story.spec.warn_before_days = Some(vec![90]);
    story.at("2030-10-10T00:00:00Z").events(["ExpiresWithin90Days"]).expect(Expiring, True, "Within90Days");
    // The permission to list tenants is revoked.
    story.spec.warn_before_days = None;
    let own = story.spec.clone();
    for (time, reason) in [
        ("2030-10-20T00:00:00Z", "Within90Days"),
        ("2030-11-02T00:00:00Z", "Within60Days"),
        ("2030-12-02T00:00:00Z", "Within30Days"),
    ] {
        story.spec = inherit_unseen(&own, &story.status).into_owned();
        story.at(time).expect(Expiring, True, reason);
    }
}

#[test]
fn a_credential_with_days_of_its_own_keeps_to_them() {
    let mut story = Story::apns(apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z"));
    story.spec.warn_before_days = Some(vec![90]);
    story.at("2030-10-10T00:00:00Z");
    story.spec.warn_before_days = Some(vec![10]);
    assert_eq!(inherit_unseen(&story.spec, &story.status).warn_before_days, Some(vec![10]));
}
