module lapsewatch.dev/tests/tools-go/crds

go 1.26.0

// The definitions of others' kinds that examples/gitops/ uses; nothing is built.

require (
	github.com/argoproj/argo-cd/v3 v3.2.12
	github.com/cert-manager/cert-manager v1.21.2
	github.com/external-secrets/external-secrets v1.3.2
	github.com/fluxcd/kustomize-controller v1.9.6
)

// file github.com/argoproj/argo-cd/v3 manifests/crds/application-crd.yaml
// file github.com/cert-manager/cert-manager deploy/crds/cert-manager.io_certificates.yaml
// file github.com/cert-manager/cert-manager deploy/crds/cert-manager.io_issuers.yaml
// file github.com/external-secrets/external-secrets config/crds/bases/external-secrets.io_externalsecrets.yaml
// file github.com/external-secrets/external-secrets config/crds/bases/external-secrets.io_secretstores.yaml
// file github.com/fluxcd/kustomize-controller config/crd/bases/kustomize.toolkit.fluxcd.io_kustomizations.yaml
