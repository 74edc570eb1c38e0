using SandboxOperator.Kube.Rbac;

namespace SandboxOperator.Controller.Generate;

/// <summary>The names of roles in files and documents.</summary>
internal static class RoleNames
{
    public static string Of(RbacRole role) =>
        role switch
        {
            RbacRole.Controller => "controller",
            RbacRole.ControllerNamespace => "controller-namespace",
            RbacRole.Gateway => "gateway",
            RbacRole.Setup => "setup",
            RbacRole.Cleanup => "cleanup",
            _ => throw new ArgumentOutOfRangeException(nameof(role)),
        };

    public static string Title(RbacRole role) =>
        role switch
        {
            RbacRole.Controller => "Controller, in all namespaces (ClusterRole)",
            RbacRole.ControllerNamespace => "Controller, in its own namespace (Role)",
            RbacRole.Gateway => "Gateway, in the namespace of its sandboxes (Role)",
            RbacRole.Setup => "The chart's Job after an install, in the namespace of the sandboxes (Role)",
            RbacRole.Cleanup => "The chart's Job before an uninstall, in all namespaces (ClusterRole)",
            _ => throw new ArgumentOutOfRangeException(nameof(role)),
        };
}
