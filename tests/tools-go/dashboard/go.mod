// What holds the dashboard against Grafana's own schema.
module lapsewatch.dev/lapsewatch/tests/tools-go/dashboard

go 1.26

require github.com/grafana/grafana-foundation-sdk/go v0.0.22
