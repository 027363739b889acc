{{/*
All that the operator asks of the namespaces it watches. docs/security.md says what each right is for, and a test takes
each away in turn.
*/}}
{{- define "lapsewatch.rules" -}}
- apiGroups: [lapsewatch.dev]
  resources: [tenantcredentials, mdmtenants]
  verbs: [get, list, watch]
- apiGroups: [lapsewatch.dev]
  resources: [tenantcredentials/status, mdmtenants/status]
  verbs: [patch]
- apiGroups: [""]
  resources: [secrets]
  verbs: [get, list, watch]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create]
{{- end -}}

{{/* The operator's account, as a binding names it. */}}
{{- define "lapsewatch.subjects" -}}
- kind: ServiceAccount
  name: {{ include "lapsewatch.serviceAccountName" . | quote }}
  namespace: {{ .Release.Namespace | quote }}
{{- end -}}
