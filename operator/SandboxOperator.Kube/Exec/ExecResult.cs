namespace SandboxOperator.Kube.Exec;

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">Its exit code; null when it was not the command that failed.</param>
/// <param name="Message">What the server said; null after success.</param>
public sealed record ExecResult(int? ExitCode, string? Message)
{
    /// <summary>The command ran and said that all is well.</summary>
    public bool IsSuccess => ExitCode == 0;
}
