//! HTTP requests by hand, and the content of a scrape.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An HTTP answer.
#[derive(Debug)]
pub struct Answer {
    pub code: u16,
    pub head: String,
    pub body: String,
}

/// Sends a GET request with Prometheus' Accept header, which prefers OpenMetrics.
pub async fn get(address: SocketAddr, path: &str) -> Answer {
    accepting(address, path, "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1")
        .await
}

/// Sends a GET request with this Accept header, or without one if `accept` is empty.
pub async fn accepting(address: SocketAddr, path: &str, accept: &str) -> Answer {
    let accept = if accept.is_empty() { String::new() } else { format!("accept: {accept}\r\n") };
    ask(address, &format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n{accept}\r\n")).await
}

/// Sends `request` unchanged, and reads until the connection ends.
pub async fn ask(address: SocketAddr, request: &str) -> Answer {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let code = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_default();
    Answer { code, head: head.to_lowercase(), body: body.to_owned() }
}

impl Answer {
    /// Returns the value of one series. `series` is written as it is served.
    pub fn value(&self, series: &str) -> Option<f64> {
        let line =
            self.body.lines().find(|line| line.strip_prefix(series).is_some_and(|rest| rest.starts_with(' ')))?;
        line.rsplit(' ').next()?.parse().ok()
    }

    /// Returns the lines with the name of an object.
    pub fn of(&self, name: &str) -> Vec<&str> {
        let label = format!("name=\"{name}\"");
        self.body.lines().filter(|line| line.contains(&label)).collect()
    }

    /// Returns each metric family with its type and the labels of its series.
    pub fn families(&self) -> BTreeMap<String, (String, Vec<String>)> {
        let mut families: BTreeMap<String, (String, Vec<String>)> = BTreeMap::new();
        for line in self.body.lines() {
            if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, type_) = rest.split_once(' ').unwrap();
                families.insert(name.to_owned(), (type_.to_owned(), Vec::new()));
            } else if !line.starts_with('#') {
                let name = line.split(['{', ' ']).next().unwrap();
                let suffixes = ["", "_total", "_info", "_bucket", "_sum", "_count"];
                let family = suffixes.iter().filter_map(|suffix| name.strip_suffix(suffix));
                let family = family.into_iter().find(|family| families.contains_key(*family)).unwrap();
                let family = families.get_mut(family).unwrap();
                let labels = line.split_once('{').map_or("", |(_, rest)| rest.rsplit_once('}').unwrap().0);
                let names = labels.split(',').filter_map(|label| Some(label.split_once('=')?.0.to_owned()));
                family.1 = names.filter(|name| name != "le").collect();
            }
        }
        families
    }
}
