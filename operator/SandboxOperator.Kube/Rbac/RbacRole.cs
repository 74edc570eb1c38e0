namespace SandboxOperator.Kube.Rbac;

/// <summary>Who needs a right, and where.</summary>
public enum RbacRole
{
    /// <summary>The controller, in every namespace it serves: a ClusterRole.</summary>
    Controller,

    /// <summary>The controller, in its own namespace only: a Role.</summary>
    ControllerNamespace,

    /// <summary>The gateway, in the namespace of its sandboxes only: a Role, never a ClusterRole.</summary>
    Gateway,

    /// <summary>The Job that applies the chart's runtime and pool, in the namespace of the gateway's sandboxes: a Role.</summary>
    Setup,

    /// <summary>The Job that ends everything before an uninstall, in every namespace: a ClusterRole.</summary>
    Cleanup,
}
