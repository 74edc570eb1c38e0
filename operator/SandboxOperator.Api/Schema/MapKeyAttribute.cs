namespace SandboxOperator.Api.Schema;

/// <summary>The field that tells the items of this list apart, so that several writers may own one item each.</summary>
/// <param name="field">The field's name in JSON.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MapKeyAttribute(string field) : Attribute
{
    /// <summary>The field's name in JSON.</summary>
    public string Field { get; } = field;
}
