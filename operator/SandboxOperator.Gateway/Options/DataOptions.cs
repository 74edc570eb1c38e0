namespace SandboxOperator.Gateway.Options;

/// <summary>Where everything is kept. Section <c>Data</c>.</summary>
internal sealed class DataOptions
{
    public const string Section = "Data";

    /// <summary>Also <c>DATA_DIR</c>.</summary>
    public string Directory { get; set; } = "./.data";
}
