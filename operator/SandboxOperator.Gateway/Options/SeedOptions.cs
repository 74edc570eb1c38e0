namespace SandboxOperator.Gateway.Options;

/// <summary>What is there from the start. Section <c>Seed</c>.</summary>
internal sealed class SeedOptions
{
    public const string Section = "Seed";

    /// <summary>A directory of JSON files with assistants; null for <c>assistants</c> in the data directory, if it is there.</summary>
    public string? Assistants { get; set; }

    /// <summary>The project that the assistants belong to.</summary>
    public string Project { get; set; } = "default";
}
