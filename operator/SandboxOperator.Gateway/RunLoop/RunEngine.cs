using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SandboxOperator.Gateway.Files;
using SandboxOperator.Gateway.Ledger;
using SandboxOperator.Gateway.Ledger.Budgets;
using SandboxOperator.Gateway.Sessions;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Telemetry;
using SandboxOperator.Gateway.Upstream;
using SandboxOperator.Sandboxes;
using FileOptions = SandboxOperator.Gateway.Options.FileOptions;

namespace SandboxOperator.Gateway.RunLoop;

/// <summary>Works on a run from wherever it stands to its end, or until it has to wait for tool outputs.</summary>
/// <remarks>
/// <list type="number">
/// <item>Take up what the store knows, of an earlier worker too.</item>
/// <item>Go on with the calls of a turn that was stored but not finished.</item>
/// <item>Ask the model for a turn, and show it while it comes.</item>
/// <item>Do what the turn asks for; ask again, until it asks for nothing.</item>
/// <item>When something stops the run, end what is open, and say why.</item>
/// </list>
/// </remarks>
internal sealed partial class RunEngine(
    IStore store,
    RunLeases leases,
    ISandboxes sandboxes,
    FileService files,
    RunLedgers ledgers,
    TurnAsker asker,
    TurnFollower follower,
    RunSpans spans,
    IOptions<RunLoopOptions> options,
    IOptions<FileOptions> fileOptions,
    TimeProvider time,
    ILoggerFactory loggers
)
{
    private static readonly Func<ILogger, string, string, string, string?, IDisposable?> LogScope =
        LoggerMessage.DefineScope<string, string, string, string?>(
            "run {RunId}, thread {ThreadId}, project {Project}, trace {TraceId}"
        );
    private readonly ILogger _logger = loggers.CreateLogger<RunEngine>();

    /// <summary>Works on a run whose lease this process holds.</summary>
    public async Task<RunOutcome> RunAsync(ActiveRun active, RunEntity run)
    {
        using var span = RunSpans.StartRun(run);
        using var scope = LogScope(_logger, run.Id, run.ThreadId, run.Project, run.TraceId);
        active.Span = span;
        try
        {
            return await RunTracedAsync(active, run);
        }
        finally
        {
            active.Span = null;
            spans.EndRun(span, run);
        }
    }

    private async Task<RunOutcome> RunTracedAsync(ActiveRun active, RunEntity run)
    {
        var scope = new RunScope(run, active.Stream, NewJournal(run), time);
        var steps = new RunSteps(scope);
        try
        {
            // 1.
            var work = await TakeUpAsync(active, scope, steps);
            active.Stopping.ThrowIfCancellationRequested();
            if (work.Tools.HasPython)
            {
                active.Slot ??= await sandboxes.ReserveAsync(work.Sandbox.Record.Key, active.Stopping);
                await work.Sandbox.LookAsync(active.Stopping);
            }

            // 2.-4.
            return await WorkAsync(work, active.Stopping) == RunStatuses.RequiresAction
                ? RunOutcome.Waiting
                : RunOutcome.Ended;
        }
        catch (LeaseLostException exception)
        {
            Log.LeaseLost(_logger, run.Id, exception.Message);
            return RunOutcome.Left;
        }
        catch (Exception exception)
        {
            // 5.
            return await StopAsync(active, scope, steps, exception);
        }
    }

    private async Task<string> WorkAsync(RunWork work, CancellationToken cancellationToken)
    {
        // 1. The run is in progress: stored while the model is asked already.
        var scope = work.Scope;
        scope.Run.StartedAtMs ??= scope.NowMs;
        var started = scope.MoveAsync(RunStatuses.InProgress);
        try
        {
            // 2. An earlier worker's last turn.
            if (work.History.Turns is [.., var last])
            {
                await started;
                if (await follower.ResumeAsync(work, last, cancellationToken) is { } status)
                {
                    return status;
                }
            }

            while (true)
            {
                // 3. The next turn.
                var turnsLeft = options.Value.MaxTurns - work.Scope.NextTurn;
                if (turnsLeft <= 0)
                {
                    throw new ModelException(
                        ModelFailure.Refused,
                        $"The model has not come to an answer within {options.Value.MaxTurns} turns."
                    );
                }

                var asked = await asker.AskAsync(work, turnsLeft == 1, started, cancellationToken);
                if (asked.TokensUsed is { } limit)
                {
                    work.Steps.DiscardInterrupted();
                    return await TurnFollower.IncompleteAsync(scope, limit);
                }

                // 4. What it asks for.
                if (await follower.FollowAsync(work, asked, cancellationToken) is { } status)
                {
                    return status;
                }
            }
        }
        finally
        {
            await started.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<RunWork> TakeUpAsync(ActiveRun active, RunScope scope, RunSteps steps)
    {
        var run = scope.Run;
        var tools = new RunTools(JsonNode.Parse(run.Tools)!.AsArray());
        var history = await RunHistory.ReadAsync(store, run, tools.HasPython, CancellationToken.None);
        if (active.Span is { IsAllDataRequested: true } span)
        {
            RunSpans.Name(span, await AssistantNameAsync(run));
        }

        var ledger = ledgers.Open(run, history.Charges, history.TokenUses);
        var sandbox = new ThreadSandbox(active, history.Session, ledger, sandboxes, files, store, time);
        var answers = new AnswerFiles(
            active,
            sandbox,
            files,
            store,
            fileOptions.Value.RunBytes,
            loggers.CreateLogger<AnswerFiles>()
        );
        var work = new RunWork(active, scope, steps, tools, history, sandbox, answers, ledger);
        work.TakeUp();
        return work;
    }

    private Task<string?> AssistantNameAsync(RunEntity run) =>
        store.ReadAsync(
            (context, cancellation) =>
                context
                    .Assistants.Where(assistant => assistant.Project == run.Project && assistant.Id == run.AssistantId)
                    .Select(assistant => assistant.Name)
                    .FirstOrDefaultAsync(cancellation),
            CancellationToken.None
        );

    private async Task<RunOutcome> StopAsync(ActiveRun active, RunScope scope, RunSteps steps, Exception exception)
    {
        if (exception is CancelRequestedException)
        {
            active.Stop(StopReason.Cancelled);
        }
        else if (exception is ModelException { Failure: ModelFailure.OutOfTime })
        {
            // The model's clock and the run's end at the same moment: whichever rings first.
            active.Stop(StopReason.Expired);
        }

        try
        {
            if (scope.Journal.HasFailed)
            {
                // What was staged cannot be told from what was stored: the ends of steps are staged again below.
                scope.Unstage();
                scope.Journal = NewJournal(scope.Run);
            }

            switch (active.Reason)
            {
                case StopReason.LeaseLost:
                    return RunOutcome.Left;
                case StopReason.Shutdown:
                    await ReleaseAsync(scope);
                    return RunOutcome.Left;
                case StopReason.Cancelled:
                    await RunEnding.CancelAsync(scope, steps);
                    return RunOutcome.Ended;
                case StopReason.Expired:
                    await RunEnding.ExpireAsync(scope, steps);
                    return RunOutcome.Ended;
                default:
                    var (code, message, kind) = Explain(exception, scope.Run.Id);
                    RunMetrics.Failures.WithLabels(kind).Inc();
                    await RunEnding.FailAsync(scope, steps, code, message);
                    return RunOutcome.Ended;
            }
        }
        catch (LeaseLostException lost)
        {
            Log.LeaseLost(_logger, scope.Run.Id, lost.Message);
        }
        catch (Exception error)
        {
            Log.NotEnded(_logger, scope.Run.Id, error);
        }

        return RunOutcome.Left;
    }

    private (string Code, string Message, string Kind) Explain(Exception exception, string runId)
    {
        switch (exception)
        {
            case ModelException { Failure: ModelFailure.RateLimited }:
                return (RunEnding.RateLimitExceeded, exception.Message, "rate_limit");
            case ModelException:
                return (RunEnding.ServerError, exception.Message, "model");
            case SandboxCapacityException:
                return (RunEnding.RateLimitExceeded, exception.Message, "sandbox");
            case BudgetExceededException:
                return (RunEnding.RateLimitExceeded, exception.Message, "budget");
            case SandboxUnavailableException or SessionEndedException:
                Log.NoSandbox(_logger, runId, exception);
                return (RunEnding.ServerError, $"The sandbox is not available: {exception.Message}", "sandbox");
            default:
                Log.Failed(_logger, runId, exception);
                return (
                    RunEnding.ServerError,
                    "The run failed because of an error in the gateway; its log says more.",
                    "other"
                );
        }
    }

    /// <summary>Leaves the run to the next gateway, at once.</summary>
    private async Task ReleaseAsync(RunScope scope)
    {
        scope.Unstage();
        await leases.ReleaseAsync(scope.Run.Id, scope.Run.LeaseEpoch);
        Log.Released(_logger, scope.Run.Id);
    }

    private RunJournal NewJournal(RunEntity run) =>
        new(store, run.Id, run.LeaseEpoch, time, TimeSpan.FromSeconds(options.Value.LeaseSeconds));

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Run {RunId} is no longer ours: {Reason}")]
        public static partial void LeaseLost(ILogger logger, string runId, string reason);

        [LoggerMessage(LogLevel.Information, "Run {RunId} is left to the next gateway")]
        public static partial void Released(ILogger logger, string runId);

        [LoggerMessage(LogLevel.Warning, "Run {RunId} has no sandbox")]
        public static partial void NoSandbox(ILogger logger, string runId, Exception exception);

        [LoggerMessage(LogLevel.Error, "Run {RunId} failed")]
        public static partial void Failed(ILogger logger, string runId, Exception exception);

        [LoggerMessage(LogLevel.Error, "The end of run {RunId} could not be stored")]
        public static partial void NotEnded(ILogger logger, string runId, Exception exception);
    }
}
