// Renders without a cluster: Helm's engine installs into an API server that only pretends, of any version. Before
// anything else it stores the release there, with its manifest and hooks.
import { createServer } from "node:http";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** Kinds that a version serves, as far as the chart can ask for them: group and version, kind, plural, namespaced. */
function kinds(minor) {
  return [
    ["v1", "Namespace", "namespaces", false],
    ["v1", "Secret", "secrets", true],
    ["v1", "ConfigMap", "configmaps", true],
    ["v1", "Service", "services", true],
    ["v1", "ServiceAccount", "serviceaccounts", true],
    ["v1", "PersistentVolumeClaim", "persistentvolumeclaims", true],
    ["v1", "ResourceQuota", "resourcequotas", true],
    ["apps/v1", "Deployment", "deployments", true],
    ["batch/v1", "Job", "jobs", true],
    ["rbac.authorization.k8s.io/v1", "Role", "roles", true],
    ["rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings", true],
    ["rbac.authorization.k8s.io/v1", "ClusterRole", "clusterroles", false],
    ["rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "clusterrolebindings", false],
    ["networking.k8s.io/v1", "NetworkPolicy", "networkpolicies", true],
    ["networking.k8s.io/v1", "Ingress", "ingresses", true],
    ["apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions", false],
    ["monitoring.coreos.com/v1", "ServiceMonitor", "servicemonitors", true],
    ["monitoring.coreos.com/v1", "PrometheusRule", "prometheusrules", true],
    [minor >= 21 ? "policy/v1" : "policy/v1beta1", "PodDisruptionBudget", "poddisruptionbudgets", true],
  ].map(([groupVersion, kind, name, namespaced]) => ({ groupVersion, kind, name, namespaced }));
}

/** What a server of that version answers to questions of discovery; null when it is no such question. */
function discovery(path, minor) {
  const served = kinds(minor);
  const resources = (groupVersion) => ({
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion,
    resources: served
      .filter((kind) => kind.groupVersion === groupVersion)
      .map(({ name, kind, namespaced }) => ({
        name,
        singularName: "",
        namespaced,
        kind,
        verbs: ["create", "delete", "get", "list", "patch", "update", "watch"],
      })),
  });
  if (path === "/version") {
    return { major: "1", minor: `${minor}`, gitVersion: `v1.${minor}.0`, platform: "linux/amd64" };
  }
  if (path === "/api") return { kind: "APIVersions", versions: ["v1"] };
  if (path === "/apis") {
    const groupVersions = [...new Set(served.map((kind) => kind.groupVersion))].filter((name) => name.includes("/"));
    const groups = groupVersions.map((groupVersion) => {
      const [name, version] = groupVersion.split("/");
      return { name, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } };
    });
    return { kind: "APIGroupList", apiVersion: "v1", groups };
  }
  if (path === "/api/v1") return resources("v1");
  const [, groupVersion] = path.match(/^\/apis\/([^/]+\/[^/]+)$/) ?? [];
  return groupVersion ? resources(groupVersion) : null;
}

/** A server that has nothing and makes nothing; `keep` gets the release that Helm's engine means to make. */
function pretend(minor, keep) {
  return createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const path = request.url.split("?")[0];
    const answer = (code, value) => {
      response.writeHead(code, { "Content-Type": "application/json" });
      response.end(JSON.stringify(value));
    };
    // An empty message: a schema without definitions, which finds fault with nothing.
    if (path === "/openapi/v2") {
      return response.writeHead(200, { "Content-Type": "application/com.github.proto-openapi.spec.v2.v1.0+protobuf" }).end();
    }
    const found = discovery(path, minor);
    if (found) return answer(200, found);
    if (request.method === "GET" && path.endsWith("/secrets")) {
      return answer(200, { kind: "SecretList", apiVersion: "v1", metadata: { resourceVersion: "1" }, items: [] });
    }
    // The first thing that is made, before any object of the chart: a Secret, in it the release, gzip as text.
    const [packed] = body.toString("latin1").match(/H4sI[A-Za-z0-9+/=]+/) ?? [];
    if (packed) keep(packed);
    answer(404, { kind: "Status", apiVersion: "v1", status: "Failure", reason: "NotFound", code: 404 });
  });
}

/** Installs by `install(kubeconfig)` into a pretended server, and says what came: { manifest, hooks, notes }. */
export async function render(version, namespace, install) {
  const minor = Number(version.replace(/^1\./, "").replace(/\D.*$/, ""));
  const folder = mkdtempSync(join(tmpdir(), "helm-"));
  const kubeconfig = join(folder, "kubeconfig");
  let release = "";
  const server = pretend(minor, (packed) => (release = packed));
  try {
    await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ name: "none", cluster: { server: `http://127.0.0.1:${server.address().port}` } }],
        users: [{ name: "none", user: {} }],
        contexts: [{ name: "none", context: { cluster: "none", user: "none", namespace } }],
        "current-context": "none",
      }),
    );
    // The engine then fails, for nothing can be made there; what failed before is told.
    await install(kubeconfig).catch((error) => {
      if (!release) throw error;
    });
    const text = gunzipSync(Buffer.from(release, "base64")).toString();
    const { manifest, hooks = [], info } = JSON.parse(text);
    return { manifest, hooks, notes: info.notes };
  } finally {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  }
}
