using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SandboxOperator.Api.Agent;
using SandboxOperator.Gateway.Conversation;
using SandboxOperator.Gateway.Ledger.Budgets;
using SandboxOperator.Gateway.RunLoop.Steps;
using SandboxOperator.Gateway.Runs;
using SandboxOperator.Gateway.Sessions;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Telemetry;
using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.RunLoop;

/// <summary>Runs the Python calls of the model in the thread's sandbox, each at most once.</summary>
/// <remarks>
/// A call is stored with the incarnation of the agent before it is sent. Whoever continues the run sends the same call
/// to the same incarnation only, where it is attached to or replayed; otherwise the model reads that nobody knows how
/// it ended.
/// </remarks>
internal sealed partial class PythonCalls(
    IOptions<RunLoopOptions> options,
    RunSpans spans,
    TimeProvider time,
    ILogger<PythonCalls> logger
)
{
    private const string Unknown =
        "The gateway was restarted during this call, and the sandbox since: whether the code ran is not known. "
        + "Variables and imports are lost.";

    private const string Lost =
        "The sandbox was lost while the code ran: how far it came is not known. Variables and imports are lost.";

    private const string Refused =
        "The code was not run, because the sandbox was started anew just before. Variables and imports are lost: "
        + "define what you need again, and run the code again.";

    private static readonly Func<ILogger, string, string, IDisposable?> LogScope = LoggerMessage.DefineScope<
        string,
        string
    >("session {Session}, call {CallId}");
    private static readonly TimeSpan BusyWait = TimeSpan.FromMilliseconds(200);

    /// <summary>Runs a call; its step is open afterwards.</summary>
    /// <param name="work">The run.</param>
    /// <param name="call">The call.</param>
    /// <param name="usage">The tokens of the turn that asks for it.</param>
    /// <param name="shown">The step when the call was streamed.</param>
    /// <param name="cancellationToken">Stops the call as well, when the run is to end.</param>
    /// <returns>What the model reads.</returns>
    /// <exception cref="BudgetExceededException">It would cost what a budget does not allow; it is not stored.</exception>
    public async Task<string> RunAsync(
        RunWork work,
        ToolCall call,
        RunUsage usage,
        PythonStep? shown,
        CancellationToken cancellationToken
    )
    {
        using var span = spans.StartCall(work, call, usage);
        try
        {
            return await RunAsync(work, call, span, shown, cancellationToken);
        }
        catch (Exception exception)
        {
            span?.Failed(exception);
            throw;
        }
    }

    private async Task<string> RunAsync(
        RunWork work,
        ToolCall call,
        CallSpan? span,
        PythonStep? shown,
        CancellationToken cancellationToken
    )
    {
        // 1. The step, with the code.
        var code = PythonArgumentsDecoder.Decode(call.Arguments);
        var step = shown?.CallId == call.Id ? shown : Open(work, call, code);

        // 2. The sandbox. Until it is there, the turn is worth keeping.
        if (!work.Sandbox.IsPrepared)
        {
            work.Sandbox.Prepare(cancellationToken);
            await work.Scope.CommitAsync();
        }

        var sandbox = await work.Sandbox.OpenAsync(cancellationToken);
        var name = work.Sandbox.Record.Key.Name;
        using var scope = LogScope(logger, name, call.Id);
        span?.Sends(code, name, sandbox);
        var view = new CallView(step, work.Files, work.Scope.AddImage, span, time);
        if (sandbox.StateLost is { } reason)
        {
            view.StateLost(reason);
        }

        foreach (var note in sandbox.Notes)
        {
            view.Note(note);
        }

        // 3. The call's record.
        var record = work.History.Calls.FirstOrDefault(row => row.Id == call.Id);
        if (record is null)
        {
            record = Record(work, call, code, sandbox);
            await StoreAsync(work, record, sandbox.Sandbox, step);
        }
        else if (record.SessionOrdinal != sandbox.Ordinal || record.Incarnation != sandbox.Sandbox.Incarnation)
        {
            view.Note(Unknown);
            work.Ledger.Stands(record.Id);
            End(work, record, CallStatuses.Lost, view, [work.Sandbox.Record.CallEnds()]);
            return view.Text;
        }

        // 4. The call.
        var request = new CallRequest
        {
            Id = call.Id,
            // What another worker stored; where secrets are blotted out of the store, the agent finds that it differs.
            Code = record.Code,
            Incarnation = record.Incarnation,
            Epoch = record.Epoch = EpochOf(work.Scope.Run),
            TimeoutSeconds = (int)Math.Clamp((work.Scope.Deadline - time.GetUtcNow()).TotalSeconds, 1, int.MaxValue),
        };
        var (status, isRefused) = await SendAsync(work, sandbox.Sandbox, request, view, cancellationToken);
        var session = work.Sandbox.Record;
        End(work, record, status, view, isRefused ? session.CallRefused(record.Id) : session.CallRan(record.Id));
        return view.Text;
    }

    /// <summary>
    /// The epoch that fences callers of a sandbox: it grows with each run of the thread, and with each owner of a run.
    /// </summary>
    private static long EpochOf(RunEntity run) => (run.Seq << 20) + run.LeaseEpoch;

    private static PythonStep Open(RunWork work, ToolCall call, string code)
    {
        if (work.Scope.Open is not null)
        {
            work.Steps.Close(StepStatuses.Completed);
        }

        work.Scope.PublishStaged();
        var step = work.Steps.OpenPython(call.Id);
        step.Code("");
        step.Code(code);
        return step;
    }

    private static CallEntity Record(RunWork work, ToolCall call, string code, OpenedSandbox sandbox) =>
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
    private static async Task StoreAsync(RunWork work, CallEntity record, ISandbox sandbox, PythonStep step)
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

    private static void End(
        RunWork work,
        CallEntity record,
        string status,
        CallView view,
        IReadOnlyList<JournalChange> session
    )
    {
        var (id, now, files) = (record.Id, work.Scope.NowMs, view.Files.ToJson());
        var firstOutputMs = view.FirstOutputAt is { } first
            ? Math.Max(0, first.ToUnixTimeMilliseconds() - record.CreatedAtMs)
            : (double?)null;
        view.End(status, work.Scope.Run);
        RunMetrics.Calls.WithLabels(status).Inc();
        if (firstOutputMs is { } wait)
        {
            RunMetrics.FirstOutputSeconds.Observe(wait / 1000);
        }

        if (status is CallStatuses.Killed or CallStatuses.Timeout)
        {
            RunMetrics.Kills.WithLabels(KillCauses.Of(view.Message)).Inc();
        }

        RunMetrics.CallSeconds.Observe(Math.Max(0, now - record.CreatedAtMs) / 1000.0);
        if (status == CallStatuses.Error)
        {
            RunMetrics.Corrections.Inc();
        }

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
        work.Scope.Stage(session);
    }

    /// <returns>How the call ended, and whether the sandbox did not take it.</returns>
    private async Task<(string Status, bool IsRefused)> SendAsync(
        RunWork work,
        ISandbox sandbox,
        CallRequest request,
        CallView view,
        CancellationToken cancellationToken
    )
    {
        // A call that an earlier worker sent may have been taken, whatever is said of it now.
        var isOurs = work.History.Calls.All(row => row.Id != request.Id);
        // A run that ends interrupts its call and hears its last words; one that only moves elsewhere leaves it alone.
        using var listening = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        await using var stop = cancellationToken.UnsafeRegister(
            _ =>
            {
                if (work.Active.Reason is StopReason.Cancelled or StopReason.Expired)
                {
                    listening.CancelAfter(TimeSpan.FromSeconds(options.Value.InterruptSeconds));
                    _ = InterruptAsync(sandbox, request.Id, listening.Token);
                }
                else
                {
                    listening.Cancel();
                }
            },
            null
        );
        while (true)
        {
            try
            {
                var status = await view.FollowAsync(sandbox.RunAsync(request, listening.Token), listening.Token);
                return (status, IsRefused: false);
            }
            catch (CallRefusedException refused) when (refused.Code == AgentErrorCodes.Busy)
            {
                // The call of an earlier run has not ended yet.
                await Task.Delay(BusyWait, time, cancellationToken);
            }
            catch (CallRefusedException refused) when (refused.Code == AgentErrorCodes.EpochFenced)
            {
                throw new LeaseLostException("The sandbox has heard of a newer owner of the run.");
            }
            catch (CallRefusedException refused)
                when (refused.Code is AgentErrorCodes.IncarnationMismatch or AgentErrorCodes.CallIdReused)
            {
                view.Note(isOurs ? Refused : Unknown);
                return (CallStatuses.Lost, isOurs);
            }
            catch (CallRefusedException refused) when (refused.Code is AgentErrorCodes.InvalidRequest)
            {
                view.Note($"The code was not run: {refused.Message}");
                return (CallStatuses.Error, IsRefused: true);
            }
            catch (Exception exception)
                when (isOurs && exception is (SandboxUnavailableException or SessionEndedException))
            {
                // Nothing was run; what the run still stores is its end.
                work.Scope.Stage(work.Sandbox.Record.CallRefused(request.Id));
                throw;
            }
            catch (SandboxLostException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                view.Note(Lost);
                return (CallStatuses.Lost, IsRefused: false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
            finally
            {
                view.Flush();
            }
        }
    }

    private async Task InterruptAsync(ISandbox sandbox, string callId, CancellationToken cancellationToken)
    {
        try
        {
            await sandbox.InterruptAsync(callId, cancellationToken);
        }
        catch (Exception exception)
        {
            Log.NotInterrupted(logger, callId, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Call {CallId} could not be interrupted")]
        public static partial void NotInterrupted(ILogger logger, string callId, Exception exception);
    }
}
