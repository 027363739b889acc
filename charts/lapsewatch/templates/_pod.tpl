{{/* The operator's arguments. */}}
{{- define "lapsewatch.args" -}}
- run
- --leader-elect
- {{ include "lapsewatch.fullname" . | printf "--lease-name=%s" | quote }}
- {{ printf "--listen=%s:%v" .Values.listenAddress .Values.service.port | quote }}
- {{ printf "--settle=%s" .Values.settle | quote }}
- {{ printf "--log-format=%s" .Values.logFormat | quote }}
- {{ printf "--log-level=%s" .Values.logLevel | quote }}
{{- range .Values.namespaces }}
- {{ printf "--namespace=%s" . | quote }}
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
