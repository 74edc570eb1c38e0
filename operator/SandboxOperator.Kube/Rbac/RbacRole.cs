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
}
