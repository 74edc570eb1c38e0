using k8s.Models;
using SandboxOperator.Api.Resources;

namespace SandboxOperator.Controller.Installation;

/// <summary>A SandboxRuntime as it is written.</summary>
[KubernetesEntity(
    Group = ResourceGroup.Name,
    ApiVersion = ResourceGroup.Version,
    Kind = "SandboxRuntime",
    PluralName = "sandboxruntimes"
)]
internal sealed class PlainRuntime : PlainObject;
