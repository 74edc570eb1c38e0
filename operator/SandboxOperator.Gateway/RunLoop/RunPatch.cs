using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.RunLoop;

/// <summary>What the run loop changes in a run's row, as it was when the patch was made.</summary>
internal sealed record RunPatch
{
    private RunPatch() { }

    public required string Status { get; init; }
    public long? StartedAtMs { get; init; }
    public long? CancelledAtMs { get; init; }
    public long? FailedAtMs { get; init; }
    public long? CompletedAtMs { get; init; }
    public string? RequiredAction { get; init; }
    public string? LastErrorCode { get; init; }
    public string? LastErrorMessage { get; init; }
    public string? IncompleteReason { get; init; }
    public long PromptTokens { get; init; }
    public long CompletionTokens { get; init; }
    public long CachedTokens { get; init; }
    public long ReasoningTokens { get; init; }
    public string? TraceId { get; init; }
    public string? TraceParent { get; init; }
    public long SessionNanos { get; init; }
    public long? TokenNanos { get; init; }
    public string? LeaseOwner { get; init; }

    /// <summary>A run that was asked to cancel takes no other way than these.</summary>
    public bool OverridesCancel =>
        Status is RunStatuses.Cancelling or RunStatuses.Cancelled or RunStatuses.Failed or RunStatuses.Expired;

    public static RunPatch Of(RunEntity run) =>
        new()
        {
            Status = run.Status,
            StartedAtMs = run.StartedAtMs,
            CancelledAtMs = run.CancelledAtMs,
            FailedAtMs = run.FailedAtMs,
            CompletedAtMs = run.CompletedAtMs,
            RequiredAction = run.RequiredAction,
            LastErrorCode = run.LastErrorCode,
            LastErrorMessage = run.LastErrorMessage,
            IncompleteReason = run.IncompleteReason,
            PromptTokens = run.PromptTokens,
            CompletionTokens = run.CompletionTokens,
            CachedTokens = run.CachedTokens,
            ReasoningTokens = run.ReasoningTokens,
            TraceId = run.TraceId,
            TraceParent = run.TraceParent,
            SessionNanos = run.SessionNanos,
            TokenNanos = run.TokenNanos,
            LeaseOwner = run.LeaseOwner,
        };

    /// <summary>Writes the patch if the lease still holds and no cancellation stands against it.</summary>
    /// <returns>False when no row fitted.</returns>
    public async Task<bool> ApplyAsync(
        StoreContext context,
        string runId,
        long epoch,
        long leaseExpiresAtMs,
        CancellationToken cancellationToken
    )
    {
        var run = context.Runs.Where(row => row.Id == runId && row.LeaseEpoch == epoch);
        if (!OverridesCancel)
        {
            run = run.Where(row => !row.CancelRequested);
        }

        return await run.ExecuteUpdateAsync(set => Set(set, leaseExpiresAtMs), cancellationToken) == 1;
    }

    private void Set(UpdateSettersBuilder<RunEntity> set, long leaseExpiresAtMs) =>
        set.SetProperty(row => row.Status, Status)
            .SetProperty(row => row.StartedAtMs, StartedAtMs)
            .SetProperty(row => row.CancelledAtMs, CancelledAtMs)
            .SetProperty(row => row.FailedAtMs, FailedAtMs)
            .SetProperty(row => row.CompletedAtMs, CompletedAtMs)
            .SetProperty(row => row.RequiredAction, RequiredAction)
            .SetProperty(row => row.LastErrorCode, LastErrorCode)
            .SetProperty(row => row.LastErrorMessage, LastErrorMessage)
            .SetProperty(row => row.IncompleteReason, IncompleteReason)
            .SetProperty(row => row.PromptTokens, PromptTokens)
            .SetProperty(row => row.CompletionTokens, CompletionTokens)
            .SetProperty(row => row.CachedTokens, CachedTokens)
            .SetProperty(row => row.ReasoningTokens, ReasoningTokens)
            .SetProperty(row => row.TraceId, TraceId)
            .SetProperty(row => row.TraceParent, TraceParent)
            .SetProperty(row => row.SessionNanos, SessionNanos)
            .SetProperty(row => row.TokenNanos, TokenNanos)
            .SetProperty(row => row.LeaseOwner, LeaseOwner)
            .SetProperty(row => row.LeaseExpiresAtMs, leaseExpiresAtMs);
}
