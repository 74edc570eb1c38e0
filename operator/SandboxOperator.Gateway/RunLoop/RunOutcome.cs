namespace SandboxOperator.Gateway.RunLoop;

/// <summary>How work on a run ended.</summary>
internal enum RunOutcome
{
    /// <summary>The run has reached its end.</summary>
    Ended,

    /// <summary>The run waits for tool outputs.</summary>
    Waiting,

    /// <summary>The run goes on elsewhere, or at the next start.</summary>
    Left,
}
