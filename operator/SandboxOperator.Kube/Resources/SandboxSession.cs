using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Kube.Entities;

namespace SandboxOperator.Kube.Resources;

/// <summary>The lifetime of one thread's sandbox: a hardened Python pod that ends when it has been idle.</summary>
[KubernetesEntity(
    Group = ResourceGroup.Name,
    ApiVersion = ResourceGroup.Version,
    Kind = "SandboxSession",
    PluralName = "sandboxsessions"
)]
[KubernetesEntityShortNames("sbx")]
[KubernetesEntityCategories(ResourceGroup.Category)]
[GenericAdditionalPrinterColumn(".status.phase", "Phase", "string", Description = "The state in one word.")]
[GenericAdditionalPrinterColumn(".spec.threadId", "Thread", "string", Description = "The thread it belongs to.")]
[GenericAdditionalPrinterColumn(".spec.runtimeRef.name", "Runtime", "string", Description = "What it is made from.")]
[GenericAdditionalPrinterColumn(".status.launch", "Launch", "string", Description = "Warm from a pool, or Cold.")]
[GenericAdditionalPrinterColumn(
    ".status.conditions[?(@.type==\"NetworkIsolated\")].status",
    "Isolated",
    "string",
    Description = "Whether the sandbox tried and could not reach any network."
)]
[GenericAdditionalPrinterColumn(".metadata.creationTimestamp", "Age", "date")]
[GenericAdditionalPrinterColumn(
    ".status.expiresAt",
    "Expires",
    "string",
    Description = "When it ends, unless it is used before."
)]
[GenericAdditionalPrinterColumn(
    ".status.podRef.name",
    "Pod",
    "string",
    Description = "The pod that is its sandbox now.",
    Priority = 1
)]
[GenericAdditionalPrinterColumn(
    ".status.conditions[?(@.type==\"Ready\")].message",
    "Message",
    "string",
    Description = "Why it is ready or not.",
    Priority = 1
)]
public sealed class SandboxSession : CustomResource<SandboxSessionSpec, SandboxSessionStatus>;
