using SandboxOperator.Api.Schema;

namespace SandboxOperator.Api.Resources;

/// <summary>Names an object of the same namespace.</summary>
public sealed record LocalReference
{
    /// <summary>The object's name.</summary>
    [Required, Length(1, 253)]
    public string Name { get; set; } = "";
}
