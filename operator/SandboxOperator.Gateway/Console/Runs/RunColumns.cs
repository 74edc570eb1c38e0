using System.Linq.Expressions;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>
/// What pages need of the rows of a run. The other columns, which stay empty, hold what callers and models may make as
/// long as they like: tools, answers of models, code.
/// </summary>
internal static class RunColumns
{
    /// <summary>More than a call prints at most.</summary>
    private const int MaxDetails = 2 * 1024 * 1024;
    private const int MaxFileList = 64 * 1024;

    public static readonly Expression<Func<RunEntity, RunEntity>> OfRow = row => new RunEntity
    {
        Seq = row.Seq,
        Id = row.Id,
        Project = row.Project,
        ThreadId = row.ThreadId,
        AssistantId = row.AssistantId,
        Model = row.Model,
        Status = row.Status,
        CreatedAtMs = row.CreatedAtMs,
        StartedAtMs = row.StartedAtMs,
        ExpiresAtMs = row.ExpiresAtMs,
        CancelledAtMs = row.CancelledAtMs,
        FailedAtMs = row.FailedAtMs,
        CompletedAtMs = row.CompletedAtMs,
        LastErrorCode = row.LastErrorCode,
        LastErrorMessage = row.LastErrorMessage,
        IncompleteReason = row.IncompleteReason,
        PromptTokens = row.PromptTokens,
        CompletionTokens = row.CompletionTokens,
        CachedTokens = row.CachedTokens,
        ReasoningTokens = row.ReasoningTokens,
        TraceId = row.TraceId,
        SessionNanos = row.SessionNanos,
        TokenNanos = row.TokenNanos,
        AfterMessageSeq = row.AfterMessageSeq,
    };

    public static readonly Expression<Func<TurnEntity, TurnEntity>> OfTurn = row => new TurnEntity
    {
        Seq = row.Seq,
        ThreadId = row.ThreadId,
        RunId = row.RunId,
        Index = row.Index,
        Message = "",
        FinishReason = row.FinishReason,
        Usage = row.Usage,
        MessageId = row.MessageId,
        StartedAtMs = row.StartedAtMs,
        FirstTokenAtMs = row.FirstTokenAtMs,
        Model = row.Model,
        CreatedAtMs = row.CreatedAtMs,
    };

    /// <summary>The list of files may end anywhere, see <see cref="JsonBeginning"/>.</summary>
    public static readonly Expression<Func<CallEntity, CallEntity>> OfCall = row => new CallEntity
    {
        Seq = row.Seq,
        Id = row.Id,
        Project = row.Project,
        ThreadId = row.ThreadId,
        RunId = row.RunId,
        StepId = row.StepId,
        TurnIndex = row.TurnIndex,
        SessionOrdinal = row.SessionOrdinal,
        Launch = row.Launch,
        ClaimMs = row.ClaimMs,
        ConnectMs = row.ConnectMs,
        FirstOutputMs = row.FirstOutputMs,
        Files = row.Files.Substring(0, MaxFileList),
        Code = "",
        Incarnation = row.Incarnation,
        Epoch = row.Epoch,
        CreatedAtMs = row.CreatedAtMs,
        EndedAtMs = row.EndedAtMs,
        Status = row.Status,
    };

    /// <summary>The details may end anywhere, see <see cref="JsonBeginning"/>.</summary>
    public static readonly Expression<Func<RunStepEntity, RunStepEntity>> OfStep = row => new RunStepEntity
    {
        Seq = row.Seq,
        Id = row.Id,
        Project = row.Project,
        ThreadId = row.ThreadId,
        RunId = row.RunId,
        AssistantId = row.AssistantId,
        CreatedAtMs = row.CreatedAtMs,
        Type = row.Type,
        Status = row.Status,
        CancelledAtMs = row.CancelledAtMs,
        CompletedAtMs = row.CompletedAtMs,
        ExpiredAtMs = row.ExpiredAtMs,
        FailedAtMs = row.FailedAtMs,
        LastErrorCode = row.LastErrorCode,
        LastErrorMessage = row.LastErrorMessage,
        Details = row.Details.Substring(0, MaxDetails),
        Usage = row.Usage,
    };
}
