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
internal sealed class PythonCalls(CallSender sender, RunSpans spans, TimeProvider time, ILogger<PythonCalls> logger)
{
    /// <summary>What the model reads of a call whose outcome nobody knows.</summary>
    public const string Unknown =
        "The gateway was restarted during this call, and the sandbox since: whether the code ran is not known. "
        + "Variables and imports are lost.";

    private static readonly Func<ILogger, string, string, IDisposable?> LogScope = LoggerMessage.DefineScope<
        string,
        string
    >("session {Session}, call {CallId}");

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
            record = CallRecords.New(work, call, code, sandbox);
            await CallRecords.StoreAsync(work, record, sandbox.Sandbox, step);
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
            Epoch = record.Epoch = CallRecords.EpochOf(work.Scope.Run),
            TimeoutSeconds = (int)Math.Clamp((work.Scope.Deadline - time.GetUtcNow()).TotalSeconds, 1, int.MaxValue),
        };
        var (status, isRefused) = await sender.SendAsync(work, sandbox.Sandbox, request, view, cancellationToken);
        var session = work.Sandbox.Record;
        End(
            work,
            record,
            status,
            view,
            isRefused ? session.CallRefused(record.Id) : session.CallRan(record.Id, work.Scope.Deadline)
        );
        return view.Text;
    }

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

    private static void End(
        RunWork work,
        CallEntity record,
        string status,
        CallView view,
        IReadOnlyList<JournalChange> session
    )
    {
        var (now, files) = (work.Scope.NowMs, view.Files.ToJson());
        var firstOutputMs = view.FirstOutputAt is { } first
            ? Math.Max(0, first.ToUnixTimeMilliseconds() - record.CreatedAtMs)
            : (double?)null;
        view.End(status, work.Scope.Run);
        RunMetrics.CallEnded(status, view.Message, Math.Max(0, now - record.CreatedAtMs), firstOutputMs);
        CallRecords.StageEnd(work, record.Id, status, firstOutputMs, files);
        work.Scope.Stage(session);
    }
}
