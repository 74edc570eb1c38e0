namespace SandboxOperator.Gateway.Telemetry;

/// <summary>The names of what only spans of this product say. Durations are in seconds, costs in US dollars.</summary>
internal static class SandboxNames
{
    /// <summary>The span of opening a session's sandbox.</summary>
    public const string OpenSandbox = "open_sandbox";

    public const string Project = "sandbox.project";
    public const string Run = "sandbox.run.id";
    public const string RunStatus = "sandbox.run.status";
    public const string RunEpoch = "sandbox.run.epoch";
    public const string Turn = "sandbox.turn";
    public const string Estimated = "sandbox.tokens_estimated";
    public const string Session = "sandbox.session.id";
    public const string SessionCost = "sandbox.session.cost";
    public const string Launch = "sandbox.launch";
    public const string Prompt = "sandbox.call.prompt";
    public const string Code = "sandbox.call.code";
    public const string Stdout = "sandbox.call.stdout";
    public const string Stderr = "sandbox.call.stderr";
    public const string Error = "sandbox.call.error";
    public const string Files = "sandbox.call.files";
    public const string FileCount = "sandbox.call.file_count";
    public const string CallStatus = "sandbox.call.status";
    public const string Claim = "sandbox.call.claim_seconds";
    public const string Connect = "sandbox.call.connect_seconds";
    public const string Execution = "sandbox.call.run_seconds";
}
