{{/*
What a Deployment, a Service or a budget knows this release's Pods by; it must never change. Not written as text: a
release may be called `123` or `true`.
*/}}
{{- define "lapsewatch.selector" -}}
{{- dict "app.kubernetes.io/name" (include "lapsewatch.name" .) "app.kubernetes.io/instance" .Release.Name | toYaml -}}
{{- end -}}

{{/* The labels of every object. The chart's own win over commonLabels. */}}
{{- define "lapsewatch.labels" -}}
{{- $own := include "lapsewatch.selector" . | fromYaml -}}
{{- $_ := set $own "app.kubernetes.io/version" .Chart.AppVersion -}}
{{- $_ := set $own "app.kubernetes.io/managed-by" .Release.Service -}}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_") -}}
{{- merge (dict) $own (.Values.commonLabels | default dict) | toYaml -}}
{{- end -}}

{{/*
The metadata of an object. Takes a dict: root, name, and where there are some: namespace, labels, annotations.
*/}}
{{- define "lapsewatch.metadata" -}}
name: {{ .name | quote }}
{{- with .namespace }}
namespace: {{ . | quote }}
{{- end }}
labels:
  {{- $own := include "lapsewatch.labels" .root | fromYaml }}
  {{- merge (dict) $own (.labels | default dict) | toYaml | nindent 2 }}
{{- with merge (dict) (.annotations | default dict) (.root.Values.commonAnnotations | default dict) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
