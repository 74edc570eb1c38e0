namespace SandboxOperator.Gateway.Telemetry;

/// <summary>What spans carry. Section <c>Telemetry</c>. Where they go is said by the standard <c>OTEL_</c> variables.</summary>
internal sealed class TelemetryOptions
{
    public const string Section = "Telemetry";

    /// <summary>
    /// Whether spans carry prompts, code, outputs and file names; null means yes for sandboxes of this machine, no for
    /// those of a cluster.
    /// </summary>
    public bool? CaptureContent { get; set; }

    /// <summary>The most characters of one attribute; the rest is left out, which the text then says.</summary>
    public int MaxContentChars { get; set; } = 16 * 1024;
}
