//! The `lapsewatch` binary: runs the command and provides the wall clock, the process signals and the standard streams.
//! No other code reads the wall clock.

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use lapsewatch_cli::args::{self, Called, CheckArgs, Command, InspectArgs, NewArgs, RunArgs, StatusArgs, VerifyArgs};
use lapsewatch_cli::terminal::Paint;
use lapsewatch_cli::{check, crds, exit, inspect, new, shell, status, telemetry, verify};
use lapsewatch_cluster::clock::Clock;
use lapsewatch_cluster::connect;
use lapsewatch_operator::controller::{lease, snapshot};
use lapsewatch_operator::metrics::Metrics;
use lapsewatch_operator::metrics::requests::counted_client;
use lapsewatch_operator::{controller, server};
use tokio::task::JoinSet;

struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    let called = Called::from_program_name(words.first().map(OsString::as_os_str));
    let result = match args::parse(called, words).command {
        Command::Run(args) => run(args),
        Command::Check(args) => check(&args),
        Command::Verify(args) => verify(&args),
        Command::Crds => crds::yaml().map_err(Into::into).and_then(|text| print(text.as_bytes())),
        Command::Completions(args) => shell::completions(called, args.shell).and_then(|text| print(&text)),
        Command::Man(args) => shell::man(called, args.out.as_deref()).and_then(|text| print(&text)),
        Command::Inspect(args) => inspect(&args),
        Command::New(args) => new(&args),
        Command::Status(args) => status(&args),
    };
    match result {
        Ok(code) => code,
        Err(problem) => {
            // If stderr can't be written either, only the exit code reports the failure.
            let _ = writeln!(std::io::stderr(), "lapsewatch: {problem}");
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

fn verify(args: &VerifyArgs) -> Result<ExitCode, anyhow::Error> {
    let (stdin, stdout) = (std::io::stdin(), std::io::stdout());
    let code = verify::run(args, SystemClock.now(), &mut stdin.lock(), &mut stdout.lock())?;
    Ok(ExitCode::from(code))
}

fn inspect(args: &InspectArgs) -> Result<ExitCode, anyhow::Error> {
    let now = SystemClock.now();
    let (stdin, stdout, stderr) = (std::io::stdin(), std::io::stdout(), std::io::stderr());
    let code = inspect::run(args, now, &mut stdin.lock(), &mut stdout.lock(), &mut stderr.lock())?;
    Ok(ExitCode::from(code))
}

fn new(args: &NewArgs) -> Result<ExitCode, anyhow::Error> {
    use std::io::IsTerminal;
    let now = SystemClock.now();
    let (stdin, stdout, stderr) = (std::io::stdin(), std::io::stdout(), std::io::stderr());
    let is_shown = stdout.is_terminal();
    let code = new::run(args, now, &mut stdin.lock(), is_shown, &mut stdout.lock(), &mut stderr.lock())?;
    Ok(ExitCode::from(code))
}

fn print(text: &[u8]) -> Result<ExitCode, anyhow::Error> {
    std::io::stdout().write_all(text)?;
    Ok(ExitCode::SUCCESS)
}

fn status(args: &StatusArgs) -> Result<ExitCode, anyhow::Error> {
    use std::io::IsTerminal;
    let (mut out, mut err) = (std::io::stdout(), std::io::stderr());
    let streams = status::Streams {
        out_is_terminal: out.is_terminal(),
        err_is_terminal: err.is_terminal(),
        paint: Paint::of_stdout(args.color),
        out: &mut out,
        err: &mut err,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let code = runtime.block_on(async { status::run(args, Arc::new(SystemClock), streams, stop_signal()?).await })?;
    Ok(ExitCode::from(code))
}

fn run(args: RunArgs) -> Result<ExitCode, anyhow::Error> {
    telemetry::start(args.log_format, args.log_level);
    let (asker, questions) = snapshot::questions();
    let metrics = Metrics::default();
    let mut settings = controller::OperatorSettings {
        namespaces: args.namespaces,
        settle: TimeDelta::from_std(args.settle)?,
        instance: instance(std::env::var("HOSTNAME").ok(), std::process::id()),
        lease: None,
        metrics: metrics.clone(),
        questions,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let mut stop = std::pin::pin!(stop_signal()?);
        // The port is opened first, so that probes get an answer even without a connection to the API server.
        let mut endpoints = JoinSet::new();
        if let Some(address) = args.listen {
            let listener = server::listen(address).await?;
            tracing::info!(address = %listener.local_addr().unwrap_or(address), "listening");
            endpoints.spawn(server::serve(listener, asker, metrics.clone()));
        }
        // A kubeconfig may run an exec plugin to get credentials, which may take a long time.
        let config = tokio::select! {
            () = &mut stop => return Ok(ExitCode::SUCCESS),
            config = connect::config(args.kubeconfig.as_deref(), args.context.as_deref()) => config?,
        };
        settings.lease = args.leader_elect.then(|| lease::LeaseSettings {
            namespace: args.lease_namespace.unwrap_or_else(|| config.default_namespace.clone()),
            name: args.lease_name,
        });
        let client = counted_client(config, metrics.requests())?;
        tracing::info!(version = env!("CARGO_PKG_VERSION"), "starting");
        let have_endpoints_ended = AtomicBool::new(false);
        let stop = async {
            tokio::select! {
                () = stop => {}
                Some(_) = endpoints.join_next() => have_endpoints_ended.store(true, Ordering::Relaxed),
            }
        };
        let result = controller::run(client, Arc::new(SystemClock), settings, stop).await;
        let problem = match result {
            Err(failure) => failure.to_string(),
            Ok(()) if have_endpoints_ended.load(Ordering::Relaxed) => {
                "the endpoints of --listen ended unexpectedly".to_owned()
            }
            Ok(()) => return Ok(ExitCode::SUCCESS),
        };
        tracing::error!(advice = "start lapsewatch again, and report this defect", "{problem}");
        Ok(ExitCode::from(exit::DEFECT))
    })
}

/// Returns the name of this process in its Events (`reportingInstance`). The API server refuses an Event if this name
/// is empty or longer than 128 bytes.
fn instance(host: Option<String>, process: u32) -> String {
    let mut name = host.filter(|host| !host.is_empty()).unwrap_or_else(|| format!("process-{process}"));
    lapsewatch_core::api::limits::cut_bytes(&mut name, 128);
    name
}

/// Completes at SIGTERM, which Kubernetes sends to stop a container, or at SIGINT (Ctrl-C).
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
