namespace SandboxOperator.Kube.Rbac;

/// <summary>
/// A right that the code beneath needs. Roles are generated from these attributes, so that a right lives and dies with
/// the code that uses it.
/// </summary>
/// <param name="entity">The kind, a class with <c>[KubernetesEntity]</c>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Interface, AllowMultiple = true)]
public sealed class EntityRbacAttribute(Type entity) : Attribute
{
    /// <summary>The kind.</summary>
    public Type Entity { get; } = entity;

    /// <summary>What may be done.</summary>
    public RbacVerbs Verbs { get; set; }

    /// <summary>A part of the resource, for example <c>status</c> or <c>exec</c>; the resource itself when absent.</summary>
    public string? Subresource { get; set; }

    /// <summary>Who needs the right.</summary>
    public RbacRole Role { get; set; }

    /// <summary>Why, in a short sentence for <c>docs/security.md</c>.</summary>
    public required string Reason { get; set; }
}
