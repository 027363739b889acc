{{/* The operator's arguments. */}}
{{- define "lapsewatch.args" -}}
- run
- --leader-elect
- --lease-name={{ include "lapsewatch.fullname" . }}
- --lease-namespace={{ .Release.Namespace }}
- --listen={{ .Values.listenAddress }}:{{ .Values.service.port }}
- --settle={{ .Values.settle }}
- --log-format={{ .Values.logFormat }}
- --log-level={{ .Values.logLevel }}
{{- range .Values.namespaces }}
- --namespace={{ . }}
{{- end }}
{{- with .Values.extraArgs }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Where the Pods may run. */}}
{{- define "lapsewatch.placement" -}}
{{- with .Values.nodeSelector -}}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{ end -}}
{{- with .Values.tolerations -}}
tolerations:
  {{- toYaml . | nindent 2 }}
{{ end -}}
{{- with .Values.affinity -}}
affinity:
  {{- toYaml . | nindent 2 }}
{{ end -}}
{{- with .Values.topologySpreadConstraints -}}
topologySpreadConstraints:
{{- $selector := dict "labelSelector" (dict "matchLabels" (include "lapsewatch.selector" $ | fromYaml)) }}
{{- range . }}
  - {{- ternary . (merge (dict) . $selector) (hasKey . "labelSelector") | toYaml | nindent 4 }}
{{- end }}
{{- end -}}
{{- end -}}
