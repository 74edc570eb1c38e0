namespace SandboxOperator.Api.Agent;

/// <summary>The values of <see cref="CallDone.Status"/>.</summary>
public static class CallStatuses
{
    /// <summary>The code ran to its end.</summary>
    public const string Ok = "ok";

    /// <summary>The code raised an exception, which a <see cref="CallError"/> reported.</summary>
    public const string Error = "error";

    /// <summary>The call took longer than its limit and was interrupted or killed.</summary>
    public const string Timeout = "timeout";

    /// <summary>The caller interrupted the call.</summary>
    public const string Interrupted = "interrupted";

    /// <summary>The kernel died under the call: a limit was hit, or the code ended its own process.</summary>
    public const string Killed = "killed";

    /// <summary>The call was started earlier, and how it ended is not known.</summary>
    public const string Lost = "lost";
}
