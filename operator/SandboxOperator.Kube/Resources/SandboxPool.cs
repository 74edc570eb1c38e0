using k8s.Models;
using SandboxOperator.Api.Pools;
using SandboxOperator.Api.Resources;
using SandboxOperator.Kube.Entities;

namespace SandboxOperator.Kube.Resources;

/// <summary>Warm sandboxes of a runtime that wait for sessions.</summary>
[KubernetesEntity(
    Group = ResourceGroup.Name,
    ApiVersion = ResourceGroup.Version,
    Kind = "SandboxPool",
    PluralName = "sandboxpools"
)]
[KubernetesEntityShortNames("sbp")]
[KubernetesEntityCategories(ResourceGroup.Category)]
[ScaleSubresource(".spec.replicas", ".status.replicas", SelectorPath = ".status.selector")]
[GenericAdditionalPrinterColumn(".spec.runtimeRef.name", "Runtime", "string", Description = "What it is made from.")]
[GenericAdditionalPrinterColumn(".spec.replicas", "Desired", "integer", Description = "Sandboxes that are kept.")]
[GenericAdditionalPrinterColumn(".status.replicas", "Current", "integer", Description = "Sandboxes that exist.")]
[GenericAdditionalPrinterColumn(
    ".status.readyReplicas",
    "Ready",
    "integer",
    Description = "Sandboxes that a session can have at once."
)]
[GenericAdditionalPrinterColumn(".metadata.creationTimestamp", "Age", "date")]
public sealed class SandboxPool : CustomResource<SandboxPoolSpec, SandboxPoolStatus>;
