using SandboxOperator.Api.Schema;

namespace SandboxOperator.Api.Runtimes;

/// <summary>Limits that are kept inside the sandbox, below the platform's own.</summary>
public sealed record RuntimeLimits
{
    private const string Bytes = "^[0-9]+(k|M|G|T|Ki|Mi|Gi|Ti)?$";

    /// <summary>Processes of a sandbox.</summary>
    [Range(4, 4096)]
    public int Processes { get; set; } = 128;

    /// <summary>Bytes that a sandbox may store.</summary>
    [Length(1, 32), Pattern(Bytes)]
    public string Disk { get; set; } = "4Gi";

    /// <summary>Files that a sandbox may store.</summary>
    [Range(100, 10_000_000)]
    public int Files { get; set; } = 100_000;

    /// <summary>Bytes of text that a call may write before its middle is left out.</summary>
    [Length(1, 32), Pattern(Bytes)]
    public string OutputPerCall { get; set; } = "1Mi";

    /// <summary>How long a call may run.</summary>
    [Length(2, 32), Pattern(GoDuration.Pattern)]
    [ValidationRule(
        "duration(self) >= duration('1s') && duration(self) <= duration('24h')",
        "callTimeout must lie between 1s and 24h"
    )]
    public string CallTimeout { get; set; } = "2m";

    /// <summary>How long a sandbox may take to start before its session fails.</summary>
    [Length(2, 32), Pattern(GoDuration.Pattern)]
    [ValidationRule(
        "duration(self) >= duration('1s') && duration(self) <= duration('1h')",
        "startTimeout must lie between 1s and 1h"
    )]
    public string StartTimeout { get; set; } = "2m";

    /// <summary>Shared memory of a sandbox; counts as its memory.</summary>
    [Length(1, 32), Pattern(Bytes)]
    public string SharedMemory { get; set; } = "64Mi";
}
