using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Kube.Entities;

namespace SandboxOperator.Kube.Resources;

/// <summary>What sandboxes are made from: image, libraries, resources, limits, isolation.</summary>
[KubernetesEntity(
    Group = ResourceGroup.Name,
    ApiVersion = ResourceGroup.Version,
    Kind = "SandboxRuntime",
    PluralName = "sandboxruntimes"
)]
[KubernetesEntityShortNames("sbr")]
[KubernetesEntityCategories(ResourceGroup.Category)]
[GenericAdditionalPrinterColumn(
    ".status.conditions[?(@.type==\"Ready\")].status",
    "Ready",
    "string",
    Description = "Whether sessions can use it."
)]
[GenericAdditionalPrinterColumn(".spec.image", "Image", "string", Description = "The image of the kernel side.")]
[GenericAdditionalPrinterColumn(
    ".spec.acceptSessions",
    "Accepts",
    "boolean",
    Description = "Whether new sessions may start."
)]
[GenericAdditionalPrinterColumn(".metadata.creationTimestamp", "Age", "date")]
public sealed class SandboxRuntime : CustomResource<SandboxRuntimeSpec, SandboxRuntimeStatus>;
