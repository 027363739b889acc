//! Chooses and writes the text format of a scrape: OpenMetrics or the Prometheus text format.
//!
//! The library prometheus-client writes only OpenMetrics. Scrapers of the older text format refuse the OpenMetrics
//! types `info` and `unknown` and the last line `# EOF`.

use std::fmt::Write as _;

use http::{HeaderMap, header};

use crate::metrics::series;

/// A text format of the series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exposition {
    /// OpenMetrics 1.0.0.
    OpenMetrics1,
    /// OpenMetrics 0.0.1, which old versions of Prometheus request.
    OpenMetrics0,
    /// The Prometheus text format 0.0.4, which every scraper accepts.
    Text,
}

impl Exposition {
    /// Returns the format that a request's Accept headers prefer. OpenMetrics is chosen only for requests that name
    /// OpenMetrics.
    pub fn preferred(headers: &HeaderMap) -> Self {
        let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let mut best = (0, Self::Text);
        for range in accepted.flat_map(|value| value.split(',')) {
            let Some((format, weight)) = of_range(range) else { continue };
            // Among equal weights the first format is chosen.
            if weight > best.0 {
                best = (weight, format);
            }
        }
        best.1
    }

    /// Returns the value of the header Content-Type.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::OpenMetrics1 => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::OpenMetrics0 => "application/openmetrics-text; version=0.0.1; charset=utf-8",
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
        }
    }

    /// Converts a text in OpenMetrics to this format.
    pub fn render(self, open_metrics: String) -> String {
        if self == Self::Text { to_text_format(&open_metrics) } else { open_metrics }
    }
}

/// Parses a media range of the header Accept (RFC 9110, section 12.5.1). Returns the format and its weight in
/// thousandths. None if the range matches no available format, or its weight is 0.
fn of_range(range: &str) -> Option<(Exposition, u16)> {
    let mut parts = range.split(';').map(str::trim);
    let type_ = parts.next().unwrap_or_default().to_ascii_lowercase();
    let (mut weight, mut version) = (1000, None);
    for (name, value) in parts.filter_map(|part| part.split_once('=')) {
        match name.trim().to_ascii_lowercase().as_str() {
            "q" => weight = thousandths(value.trim())?,
            "version" => version = Some(value.trim().trim_matches('"')),
            _ => {}
        }
    }
    let format = match (type_.as_str(), version) {
        ("application/openmetrics-text", None | Some("1.0.0")) => Exposition::OpenMetrics1,
        ("application/openmetrics-text", Some("0.0.1")) => Exposition::OpenMetrics0,
        ("text/plain", None | Some("0.0.4")) | ("text/*" | "*/*", _) => Exposition::Text,
        _ => return None,
    };
    (weight > 0).then_some((format, weight))
}

/// Parses a weight (RFC 9110, section 12.4.2) from 0 to 1. Returns thousandths.
fn thousandths(weight: &str) -> Option<u16> {
    let value: f64 = weight.parse().ok()?;
    // A weight in range is at most 1000 thousandths, which the cast preserves. Other weights are discarded.
    (0.0..=1.0).contains(&value).then_some((value * 1000.0).round() as u16)
}

/// Converts OpenMetrics to the text format 0.0.4. In HELP and TYPE lines, the name of a family gets the suffix
/// of its series, such as `_total`, and the type info becomes gauge. Units and the end marker are removed.
fn to_text_format(open_metrics: &str) -> String {
    let mut out = String::with_capacity(open_metrics.len());
    for line in open_metrics.lines() {
        let Some(comment) = line.strip_prefix("# ") else {
            let _ = writeln!(out, "{line}");
            continue;
        };
        let mut words = comment.splitn(3, ' ');
        let (Some(keyword), Some(family), Some(rest)) = (words.next(), words.next(), words.next()) else { continue };
        let series = series::ALL.iter().find(|series| series.family() == family);
        let name = series.map_or(family, |series| series.name);
        let _ = match keyword {
            "HELP" => writeln!(out, "# HELP {name} {rest}"),
            "TYPE" => writeln!(out, "# TYPE {name} {}", if rest == "info" { "gauge" } else { rest }),
            _ => Ok(()),
        };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn preferred(accept: &[&str]) -> Exposition {
        let headers = accept.iter().map(|value| (header::ACCEPT, HeaderValue::from_str(value).unwrap()));
        Exposition::preferred(&headers.collect())
    }

    #[test]
    fn openmetrics_is_for_those_who_prefer_it_and_the_text_format_for_all_others() {
        use Exposition::{OpenMetrics0, OpenMetrics1, Text};
        for (accept, format) in [
            // The headers of Prometheus 2.5, 2.50 and 3.
            ("application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", OpenMetrics0),
            (
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                OpenMetrics1,
            ),
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
                OpenMetrics1,
            ),
            // Prometheus with PrometheusText0.0.4 as its first scrape protocol.
            ("text/plain;version=0.0.4;q=0.5,application/openmetrics-text;version=1.0.0;q=0.4,*/*;q=0.1", Text),
            ("application/openmetrics-text", OpenMetrics1),
            ("APPLICATION/OpenMetrics-Text; Version=\"1.0.0\"", OpenMetrics1),
            ("application/openmetrics-text;version=2.0.0", Text),
            ("application/openmetrics-text;q=0", Text),
            ("application/openmetrics-text;q=0.000, */*", Text),
            ("application/openmetrics-text;q=2", Text),
            ("application/openmetrics-text;q=0.1,text/plain;q=0.2", Text),
            ("application/openmetrics-text;q=0.2,text/plain;q=0.1", OpenMetrics1),
            ("text/plain", Text),
            ("text/plain,application/openmetrics-text", Text),
            ("*/*", Text),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Text),
            ("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited", Text),
            ("", Text),
            (";;q=,", Text),
        ] {
            assert_eq!(preferred(&[accept]), format, "{accept}");
        }
        assert_eq!(preferred(&[]), Text);
        assert_eq!(preferred(&["text/plain;q=0.1", "application/openmetrics-text"]), OpenMetrics1);
    }

    #[test]
    fn in_the_text_format_nothing_of_openmetrics_is_left() {
        let open_metrics = "# HELP lapsewatch_build Which version runs.\n# TYPE lapsewatch_build info\n\
            lapsewatch_build_info{version=\"0.1.0\"} 1\n# HELP lapsewatch_events Sent.\n# TYPE lapsewatch_events counter\n\
            # UNIT lapsewatch_events things\nlapsewatch_events_total{type=\"# EOF\"} 7\n# EOF\n";
        let text = "# HELP lapsewatch_build_info Which version runs.\n# TYPE lapsewatch_build_info gauge\n\
            lapsewatch_build_info{version=\"0.1.0\"} 1\n# HELP lapsewatch_events_total Sent.\n\
            # TYPE lapsewatch_events_total counter\nlapsewatch_events_total{type=\"# EOF\"} 7\n";
        assert_eq!(Exposition::Text.render(open_metrics.to_owned()), text);
        assert_eq!(Exposition::OpenMetrics0.render(open_metrics.to_owned()), open_metrics);
    }
}
