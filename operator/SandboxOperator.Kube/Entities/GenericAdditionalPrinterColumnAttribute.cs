namespace SandboxOperator.Kube.Entities;

/// <summary>A column of <c>kubectl get</c>, in the order of the attributes.</summary>
/// <param name="jsonPath">Where the value is.</param>
/// <param name="name">The column's title.</param>
/// <param name="type"><c>string</c>, <c>integer</c>, <c>number</c>, <c>boolean</c> or <c>date</c> (shown as an age).</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class GenericAdditionalPrinterColumnAttribute(string jsonPath, string name, string type) : Attribute
{
    /// <summary>Where the value is.</summary>
    public string JsonPath { get; } = jsonPath;

    /// <summary>The column's title.</summary>
    public string Name { get; } = name;

    /// <summary>The type of the value.</summary>
    public string Type { get; } = type;

    /// <summary>What the column says.</summary>
    public string? Description { get; set; }

    /// <summary>Columns above 0 appear with <c>-o wide</c> only.</summary>
    public int Priority { get; set; }
}
