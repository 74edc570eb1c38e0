{{/* The names of everything begin with this. */}}
{{- define "sandbox.name" -}}
{{- if contains "sandbox" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-sandbox" (.Release.Name | trunc 32 | trimSuffix "-") }}{{ end }}
{{- end }}

{{/* labels: (list root component) */}}
{{- define "sandbox.labels" -}}
{{- $root := index . 0 -}}
{{ include "sandbox.selector" . }}
app.kubernetes.io/part-of: sandbox-operator
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version }}
{{- end }}

{{- define "sandbox.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: sandbox-operator
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* image: (list root name) */}}
{{- define "sandbox.image" -}}
{{- $root := index . 0 -}}
{{ $root.Values.image.prefix }}/{{ index . 1 }}:{{ $root.Values.image.tag | default $root.Chart.AppVersion }}
{{- end }}

{{/* What every pod of ours has in common; as strict as the sandboxes'. */}}
{{- define "sandbox.podSecurity" -}}
runAsNonRoot: true
{{- with .Values.runAsUser }}
runAsUser: {{ int64 . }}
runAsGroup: {{ int64 . }}
fsGroup: {{ int64 . }}
{{- end }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "sandbox.containerSecurity" -}}
allowPrivilegeEscalation: false
privileged: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "sandbox.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{/* placement: (dict of nodeSelector, tolerations) */}}
{{- define "sandbox.placement" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* settings: map of names and texts as environment variables */}}
{{- define "sandbox.settings" -}}
{{- range $name, $text := . }}
- name: {{ $name }}
  value: {{ $text | toString | quote }}
{{- end }}
{{- end }}

{{/* Tariff, prices and budgets as environment variables */}}
{{- define "sandbox.money" -}}
{{- with .Values.gateway.tariff }}
- name: Tariff__Kind
  value: {{ .kind }}
- name: Tariff__SessionDollars
  value: {{ .sessionDollars | toString | quote }}
{{- range $memory, $dollars := .sizes }}
- name: {{ printf "Tariff__Sizes__%s" $memory }}
  value: {{ $dollars | toString | quote }}
{{- end }}
{{- end }}
{{- with .Values.gateway.tariff.memory | default (dig "resources" "limits" "memory" "" .Values.sandbox.runtime.spec) }}
- name: Tariff__Memory
  value: {{ . | toString | quote }}
{{- end }}
{{- range $model, $price := .Values.gateway.prices }}
{{- range $what, $dollars := $price }}
- name: {{ printf "Prices__Models__%s__%s" $model $what | quote }}
  value: {{ $dollars | toString | quote }}
{{- end }}
{{- end }}
{{- range $index, $budget := .Values.gateway.budgets }}
- name: Budgets__{{ $index }}__Project
  value: {{ $budget.project | quote }}
- name: Budgets__{{ $index }}__Period
  value: {{ $budget.period | default "month" }}
- name: Budgets__{{ $index }}__Dollars
  value: {{ $budget.dollars | toString | quote }}
{{- if hasKey $budget "warnAt" }}
- name: Budgets__{{ $index }}__WarnAt
  value: {{ $budget.warnAt | toString | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* Where spans go, and how logs look. */}}
{{- define "sandbox.telemetryEnvironment" -}}
{{- with .Values.telemetry }}
{{- if .endpoint }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ .endpoint | quote }}
- name: OTEL_EXPORTER_OTLP_PROTOCOL
  value: {{ .protocol | quote }}
{{- end }}
{{- end }}
- name: Logging__Console__FormatterName
  value: {{ .Values.logs.format }}
{{- end }}

{{/* .NET without its debugging pipes, and with a folder that it may write to. */}}
{{- define "sandbox.dotnetEnvironment" -}}
- name: DOTNET_EnableDiagnostics
  value: "0"
- name: Logging__LogLevel__Default
  value: {{ . }}
{{- end }}

{{/* Whether definitions may carry validation rules. */}}
{{- define "sandbox.hasRules" -}}
{{- if semverCompare ">=1.25.0-0" .Capabilities.KubeVersion.Version }}yes{{ end }}
{{- end }}

{{- define "sandbox.keysSecret" -}}
{{ .Values.gateway.keys.existingSecret | default (printf "%s-gateway-keys" (include "sandbox.name" .)) }}
{{- end }}

{{- define "sandbox.upstreamSecret" -}}
{{ .Values.gateway.upstream.existingSecret | default (printf "%s-gateway-upstream" (include "sandbox.name" .)) }}
{{- end }}
