// The definitions of ServiceMonitor and PrometheusRule, which the API server of the tests is given: only files of this
// module are used, and nothing is built.
module lapsewatch.dev/lapsewatch/tests/tools-go/prometheus-operator

go 1.26.0

require github.com/prometheus-operator/prometheus-operator v0.88.0
