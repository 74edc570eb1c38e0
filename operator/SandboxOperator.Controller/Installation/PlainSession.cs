using k8s.Models;
using SandboxOperator.Api.Resources;

namespace SandboxOperator.Controller.Installation;

/// <summary>A SandboxSession as it is written.</summary>
[KubernetesEntity(
    Group = ResourceGroup.Name,
    ApiVersion = ResourceGroup.Version,
    Kind = "SandboxSession",
    PluralName = "sandboxsessions"
)]
internal sealed class PlainSession : PlainObject;
