using SandboxOperator.Api.Schema;

namespace SandboxOperator.Api.Runtimes;

/// <summary>Processor and memory of a sandbox, as Kubernetes writes them: 100m, 256Mi.</summary>
public sealed record RuntimeResources
{
    private const string Quantity = @"^[0-9]+(\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$";
    private const string OnlyProcessorAndMemory = "self.all(name, name == 'cpu' || name == 'memory')";
    private const string NoDevices = "only cpu and memory may be given: sandboxes get no devices";

    /// <summary>What the node keeps free for a sandbox: cpu and memory. Small, so that a node holds many idle ones.</summary>
    [Items(0, 8), Length(1, 32), Pattern(Quantity)]
    [ValidationRule(OnlyProcessorAndMemory, NoDevices)]
    public IReadOnlyDictionary<string, string> Requests { get; set; } =
        new Dictionary<string, string>(StringComparer.Ordinal) { ["cpu"] = "100m", ["memory"] = "256Mi" };

    /// <summary>What a sandbox gets at most: cpu and memory.</summary>
    [Items(0, 8), Length(1, 32), Pattern(Quantity)]
    [ValidationRule(OnlyProcessorAndMemory, NoDevices)]
    public IReadOnlyDictionary<string, string> Limits { get; set; } =
        new Dictionary<string, string>(StringComparer.Ordinal) { ["cpu"] = "1", ["memory"] = "1Gi" };
}
