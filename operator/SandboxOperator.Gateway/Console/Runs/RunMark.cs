namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>What changes whenever a run's page does, as far as the store is told.</summary>
internal sealed record RunMark(
    string Status,
    long Tokens,
    long? NewestStep,
    int OpenSteps,
    long? NewestCall,
    int OpenCalls
)
{
    /// <summary>Whether the run goes on.</summary>
    public bool IsActive => RunLoop.RunStatuses.Active.Contains(Status);
}
