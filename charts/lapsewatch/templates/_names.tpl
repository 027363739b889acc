{{/* The name in labels: the chart's. */}}
{{- define "lapsewatch.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* The name of objects, also of the Lease: without the dots that a release's name may have, and a Service's not. */}}
{{- define "lapsewatch.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "lapsewatch.name" . -}}
{{- $release := .Release.Name | replace "." "-" -}}
{{- if contains $name $release -}}
{{- $release | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" $release $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The Service: before Kubernetes 1.36, the name of one can't begin with a digit. */}}
{{- define "lapsewatch.serviceName" -}}
{{- $name := include "lapsewatch.fullname" . -}}
{{- ternary (printf "lapsewatch-%s" $name | trunc 63 | trimSuffix "-") $name (regexMatch "^[0-9]" $name) -}}
{{- end -}}

{{/* The operator's ServiceAccount. */}}
{{- define "lapsewatch.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "lapsewatch.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{/* The image: by its digest where there is one. */}}
{{- define "lapsewatch.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}
