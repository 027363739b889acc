//! Tests of `lapsewatch status` on a real API server: the output, which statuses count as stale, and what a user may
//! see.

mod away;
mod calendar;
mod formats;
mod hostile;
mod large;
mod peers;
mod plugin;
mod stale;
mod watched;

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use clap::Parser;
use lapsewatch_cli::args::{Cli, Command as Asked};
use lapsewatch_cli::status::{Streams, run};
use lapsewatch_cluster::clock::Clock;
use serde_json::{Value, json};

use lapsewatch_test_support::cluster::story::Story;

/// The exit code and the output of a run.
pub struct Shown {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Shown {
    #[track_caller]
    pub fn is(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "\n{}\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub fn shows(&self, text: &str) -> &Self {
        let flat = self.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(text), "{text}\n---\n{}\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub fn hides(&self, text: &str) -> &Self {
        let flat = self.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(!flat.contains(text), "{text}\n---\n{}\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub fn complains(&self, text: &str) -> &Self {
        assert!(self.err.contains(text), "{text}\n---\n{}\n{}", self.out, self.err);
        self
    }
}

/// Runs the command with a clock of the test. The binary uses the system's clock instead.
pub async fn by(clock: Arc<dyn Clock>, kubeconfig: &Path, args: &[&str]) -> Shown {
    let all = [&["lapsewatch", "status", "--kubeconfig", kubeconfig.to_str().unwrap()], args].concat();
    let Asked::Status(args) = Cli::try_parse_from(all).unwrap().command else { panic!("the command is not status") };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let streams = Streams {
        out: &mut out,
        err: &mut err,
        out_is_terminal: false,
        err_is_terminal: false,
        paint: lapsewatch_cli::terminal::Paint::default(),
    };
    let code = run(&args, clock, streams, std::future::pending()).await.unwrap();
    Shown { code: code.into(), out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
}

/// Runs the command for the story's namespace, with the story's clock.
pub async fn status(story: &Story, args: &[&str]) -> Shown {
    let args = [&["-n", &story.namespace], args].concat();
    by(story.clock.clone(), &story.bed.kubeconfig, &args).await
}

/// Runs the real binary.
pub fn binary(kubeconfig: &Path, args: &[&str]) -> Shown {
    let output = Command::new(env!("CARGO_BIN_EXE_lapsewatch"))
        .args(["status", "--kubeconfig", kubeconfig.to_str().unwrap()])
        .args(args)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Shown {
        code: output.status.code().expect("ended by a signal"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Creates a credential with a declared date.
pub async fn declare(story: &Story, name: &str, until: &str) {
    story.credential(name, json!({"type": "DeclaredExpiry", "expirationTime": until, "reminderEveryHours": 0})).await;
}

/// Creates a tenant with two valid credentials, one that expires soon, and one without its Secret.
pub async fn company(story: &Story) {
    let owner = json!({"account": "mdm@acme.example", "contact": "#mobile-ops",
        "runbookURL": "https://wiki.acme.example/mdm"});
    story.tenant("acme-prod", json!({"environment": "Production", "owner": owner})).await;
    let of_tenant = |type_: &str, secret: &str| {
        json!({"type": type_, "tenantRef": {"name": "acme-prod"}, "secretRef": {"name": secret},
            "reminderEveryHours": 0, "owner": {"account": "mdm@acme.example"}})
    };
    story.secret("apns", &[("push.pem", "apns/a.pem"), ("push.key", "apns/a.key")]).await;
    story.credential("apns", of_tenant("APNsCertificate", "apns")).await;
    story.secret("vpp", &[("token", "vpp/a.vpptoken")]).await;
    story.credential("vpp", of_tenant("VPPToken", "vpp")).await;
    story.credential("gone", of_tenant("DEPToken", "nowhere")).await;
    declare(story, "contract", "2032-06-30T00:00:00Z").await;
}

/// Waits until the company is assessed.
pub async fn assessed(story: &Story, apns: &str) {
    story.expect("apns", &[("Healthy", apns)]).await;
    story.expect("vpp", &[("Duplicate", "False/Unique")]).await;
    story.expect("gone", &[("Ready", "False/SecretNotFound")]).await;
    story.expect("contract", &[("Healthy", "True/Valid")]).await;
    let is_complete =
        |page: &Value| page["credentials"]["total"] == 3 && page["conditions"][1]["reason"] == "Unreadable";
    story.until_page("acme-prod", "it has three credentials", is_complete).await;
    story.calm().await;
}
