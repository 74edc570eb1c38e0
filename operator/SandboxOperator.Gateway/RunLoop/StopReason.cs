namespace SandboxOperator.Gateway.RunLoop;

/// <summary>Why work on a run has to stop before it is done.</summary>
internal enum StopReason
{
    None,

    /// <summary>Someone asked for it, or the thread was deleted.</summary>
    Cancelled,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>This gateway stops; the next one goes on.</summary>
    Shutdown,

    /// <summary>Another replica has taken the run over.</summary>
    LeaseLost,
}
