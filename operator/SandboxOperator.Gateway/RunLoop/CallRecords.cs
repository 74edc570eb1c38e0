using Microsoft.EntityFrameworkCore;
using SandboxOperator.Api.Agent;
using SandboxOperator.Gateway.RunLoop.Steps;
using SandboxOperator.Gateway.Sessions;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.RunLoop;

/// <summary>What the store keeps of calls.</summary>
internal static class CallRecords
{
    /// <summary>
    /// The epoch that fences callers of a sandbox: it grows with each run of the thread, and with each owner of a run.
    /// </summary>
    public static long EpochOf(RunEntity run) => (run.Seq << 20) + run.LeaseEpoch;

    /// <summary>The record of a call that this sandbox is to run.</summary>
    public static CallEntity New(RunWork work, ToolCall call, string code, OpenedSandbox sandbox) =>
        new()
        {
            Id = call.Id,
            Project = work.Active.Project,
            ThreadId = work.Active.ThreadId,
            RunId = work.Active.Id,
            StepId = work.Scope.Open!.Row.Id,
            TurnIndex = call.Turn,
            SessionOrdinal = sandbox.Ordinal,
            Launch = SessionRecord.LaunchOf(sandbox.Sandbox),
            ClaimMs = sandbox.Claim.TotalMilliseconds,
            ConnectMs = sandbox.Connect.TotalMilliseconds,
            Code = code,
            Incarnation = sandbox.Sandbox.Incarnation,
            Epoch = EpochOf(work.Scope.Run),
            CreatedAtMs = work.Scope.NowMs,
        };

    /// <summary>Stores a call with its session and what they cost: from here on it is sent, by whoever has the run.</summary>
    public static async Task StoreAsync(RunWork work, CallEntity record, ISandbox sandbox, PythonStep step)
    {
        var begins = work.Sandbox.Record.CallBegins(sandbox, record.Id);
        work.Scope.Stage(JournalChange.Insert(record));
        work.Scope.Stage(begins);
        // Who polls sees the code while it runs.
        step.StageDetails();
        try
        {
            await work.Scope.CommitAsync();
        }
        catch
        {
            work.Ledger.NotStored(record.Id);
            throw;
        }
    }

    /// <summary>Stages how a call ended.</summary>
    /// <param name="work">The run.</param>
    /// <param name="id">The call.</param>
    /// <param name="status">One of <see cref="CallStatuses"/>.</param>
    /// <param name="firstOutputMs">Milliseconds from its record to its first output; null without any.</param>
    /// <param name="files">The files it made, as JSON.</param>
    public static void StageEnd(RunWork work, string id, string status, double? firstOutputMs, string? files)
    {
        var now = work.Scope.NowMs;
        work.Scope.Stage(
            JournalChange.Do(
                (context, cancellation) =>
                    context
                        .Calls.Where(call => call.Id == id)
                        .ExecuteUpdateAsync(
                            set =>
                                set.SetProperty(call => call.EndedAtMs, now)
                                    .SetProperty(call => call.Status, status)
                                    .SetProperty(call => call.FirstOutputMs, firstOutputMs)
                                    .SetProperty(call => call.Files, files),
                            cancellation
                        )
            )
        );
    }
}
