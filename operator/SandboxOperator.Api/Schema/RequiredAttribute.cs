namespace SandboxOperator.Api.Schema;

/// <summary>The writer of the resource must give this field; it has no default.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RequiredAttribute : Attribute;
