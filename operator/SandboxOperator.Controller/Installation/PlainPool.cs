using k8s.Models;
using SandboxOperator.Api.Resources;

namespace SandboxOperator.Controller.Installation;

/// <summary>A SandboxPool as it is written.</summary>
[KubernetesEntity(
    Group = ResourceGroup.Name,
    ApiVersion = ResourceGroup.Version,
    Kind = "SandboxPool",
    PluralName = "sandboxpools"
)]
internal sealed class PlainPool : PlainObject;
