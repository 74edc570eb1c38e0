namespace SandboxOperator.Gateway.RunLoop;

/// <summary>Why a sandbox ended a call, as one of few words: what a sandbox says is not to be believed, nor bounded.</summary>
internal static class KillCauses
{
    private static readonly (string Words, string Cause)[] Known =
    [
        ("out of memory", "memory"),
        ("too many processes", "processes"),
        ("disk full", "disk"),
        ("too many files", "files"),
        ("took longer", "time"),
        ("did not stop when interrupted", "interrupt"),
        ("ended its own process", "exit"),
    ];

    /// <summary>The cause in a message such as <c>killed: out of memory (512 MiB); variables are lost</c>.</summary>
    public static string Of(string? message) =>
        Known.FirstOrDefault(known => message?.Contains(known.Words, StringComparison.Ordinal) == true).Cause
        ?? "other";
}
