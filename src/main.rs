//! The binary: the only place that looks at a clock, and at the process's signals.

use std::process::ExitCode;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use clap::Parser;
use lapsewatch::args::{CheckArgs, Cli, Command, RunArgs, StatusArgs};
use lapsewatch::clock::Clock;
use lapsewatch::cluster::connect;
use lapsewatch::terminal::Paint;
use lapsewatch::{api, check, controller, home, telemetry};

struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Run(args) => run(args),
        Command::Check(args) => check(&args),
        Command::Status(args) => status(&args),
        Command::Crds => crds(),
    };
    match result {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("lapsewatch: {problem}");
            ExitCode::from(2)
        }
    }
}

fn check(args: &CheckArgs) -> Result<ExitCode, anyhow::Error> {
    let now = SystemClock.now();
    let (stdin, stdout, stderr) = (std::io::stdin(), std::io::stdout(), std::io::stderr());
    let paint = Paint::of_stdout(args.color);
    let code = check::run(args, now, paint, &mut stdin.lock(), &mut stdout.lock(), &mut stderr.lock())?;
    Ok(ExitCode::from(code))
}

fn status(args: &StatusArgs) -> Result<ExitCode, anyhow::Error> {
    use std::io::IsTerminal;
    let (mut out, mut err) = (std::io::stdout(), std::io::stderr());
    let streams = home::Streams {
        out_is_terminal: out.is_terminal(),
        err_is_terminal: err.is_terminal(),
        paint: Paint::of_stdout(args.color),
        out: &mut out,
        err: &mut err,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let code = runtime.block_on(async { home::run(args, Arc::new(SystemClock), streams, stop_signal()?).await })?;
    Ok(ExitCode::from(code))
}

fn crds() -> Result<ExitCode, anyhow::Error> {
    use std::io::Write;
    std::io::stdout().write_all(api::crds::yaml()?.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn run(args: RunArgs) -> Result<ExitCode, anyhow::Error> {
    telemetry::start(args.log_format, args.log_level);
    let settings = controller::Settings {
        namespaces: args.namespaces,
        settle: TimeDelta::from_std(args.settle)?,
        instance: instance(std::env::var("HOSTNAME").ok(), std::process::id()),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let mut stop = std::pin::pin!(stop_signal()?);
        // A kubeconfig may have a program run that gives the credentials, which may take its time.
        let client = tokio::select! {
            () = &mut stop => return Ok(ExitCode::SUCCESS),
            client = connect::connect(args.kubeconfig.as_deref(), args.context.as_deref()) => client?,
        };
        tracing::info!(version = env!("CARGO_PKG_VERSION"), "starting");
        controller::run(client, Arc::new(SystemClock), settings, stop).await;
        Ok(ExitCode::SUCCESS)
    })
}

/// The name of this process in its Events: the API server refuses an Event where it is empty or longer than 128 bytes.
fn instance(host: Option<String>, process: u32) -> String {
    let mut name = host.filter(|host| !host.is_empty()).unwrap_or_else(|| format!("process-{process}"));
    api::limits::cut_bytes(&mut name, 128);
    name
}

/// Ends at SIGTERM, as Kubernetes sends it, or at Ctrl-C.
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_instance_is_one_that_the_api_server_takes() {
        assert_eq!(instance(Some("pod-1".to_owned()), 7), "pod-1");
        assert_eq!(instance(Some(String::new()), 7), "process-7");
        assert_eq!(instance(None, 7), "process-7");
        assert!(instance(Some("a".repeat(300)), 7).len() <= 128);
    }
}
