using SandboxOperator.Api.Schema;

namespace SandboxOperator.Api.Sessions;

/// <summary>A pod: the name may come again, the uid does not.</summary>
public sealed record PodReference
{
    /// <summary>The pod's name.</summary>
    [Required]
    public string Name { get; set; } = "";

    /// <summary>The pod's uid.</summary>
    [Required]
    public string Uid { get; set; } = "";
}
