//! The binary: the only place that looks at a clock, and at the process's signals.

use std::process::ExitCode;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use clap::Parser;
use lapsewatch::args::{CheckArgs, Cli, Command, RunArgs};
use lapsewatch::clock::Clock;
use lapsewatch::{api, check, connect, controller, telemetry};

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
    let code = check::run(args, now, &mut stdin.lock(), &mut stdout.lock(), &mut stderr.lock())?;
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
        instance: std::env::var("HOSTNAME").unwrap_or_else(|_| format!("process-{}", std::process::id())),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let client = connect::connect(args.kubeconfig.as_deref(), args.context.as_deref()).await?;
        let stop = stop_signal()?;
        tracing::info!(version = env!("CARGO_PKG_VERSION"), "starting");
        controller::run(client, Arc::new(SystemClock), settings, stop).await;
        Ok(ExitCode::SUCCESS)
    })
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
