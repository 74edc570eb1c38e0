using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Conversation;
using SandboxOperator.Gateway.RunLoop.Steps;
using SandboxOperator.Gateway.Runs;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Upstream;

namespace SandboxOperator.Gateway.RunLoop;

/// <summary>Does what a turn of the model asks for.</summary>
internal sealed class TurnFollower(PythonCalls python)
{
    private const string NotRun = "[Not run: the answer was cut off because the token limit was reached.]";

    /// <summary>
    /// 1. The turn is stored as it is; the steps that are shown of it end. 2. Python calls run, one after the other.
    /// 3. Function calls are handed to the application.
    /// </summary>
    /// <returns>The status that the run has moved to; null when the model is to be asked again.</returns>
    public async Task<string?> FollowAsync(RunWork work, AskedTurn asked, CancellationToken cancellationToken)
    {
        var (scope, turn, reader) = (work.Scope, asked.Turn!, asked.Reader!);
        var calls = work.Tools.CallsOf(turn.Message, scope.Run.Id, work.Scope.NextTurn);
        var row = Store(work, asked.Model, turn, calls.Count == 0 ? reader.OpenMessage() : reader.Message);
        work.Steps.DiscardInterrupted();
        switch (turn.FinishReason)
        {
            case "length":
                return await CutOffAsync(work, row, calls);
            case "content_filter":
                return await FilterAsync(work, row, calls);
        }

        if (calls.Count == 0)
        {
            work.Steps.Close(StepStatuses.Completed);
            scope.Run.CompletedAtMs = scope.NowMs;
            await scope.MoveAsync(RunStatuses.Completed);
            return RunStatuses.Completed;
        }

        if (scope.Open is MessageStep)
        {
            work.Steps.Close(StepStatuses.Completed);
        }

        var results = new Dictionary<string, string>(StringComparer.Ordinal);
        work.History.Items.Add(new RunTurn(scope.Run.Id, turn.Message, results));
        foreach (var call in calls.Where(call => call.Kind == ToolCallKind.Unknown))
        {
            Record(scope, row, results, call, work.Tools.Explain(call.Name));
        }

        return await ActAsync(work, row, calls, results, reader, cancellationToken);
    }

    /// <summary>Goes on with the calls of a turn that was stored by an earlier worker.</summary>
    /// <returns>As <see cref="FollowAsync"/>.</returns>
    public async Task<string?> ResumeAsync(RunWork work, TurnEntity row, CancellationToken cancellationToken)
    {
        var turn = (RunTurn)work.History.Items.Last(item => item is RunTurn own && own.RunId == work.Scope.Run.Id);
        var calls = work.Tools.CallsOf(turn.Message, work.Scope.Run.Id, row.Index);
        if (calls.Count == 0)
        {
            work.Scope.Run.CompletedAtMs = work.Scope.NowMs;
            await work.Scope.MoveAsync(RunStatuses.Completed);
            return RunStatuses.Completed;
        }

        var results = turn.Results.ToDictionary(StringComparer.Ordinal);
        work.History.Items.Remove(turn);
        work.History.Items.Add(turn with { Results = results });
        return await ActAsync(
            work,
            row,
            [.. calls.Where(call => !results.ContainsKey(call.UpstreamId))],
            results,
            null,
            cancellationToken
        );
    }

    private async Task<string?> ActAsync(
        RunWork work,
        TurnEntity row,
        IReadOnlyList<ToolCall> calls,
        Dictionary<string, string> results,
        TurnReader? reader,
        CancellationToken cancellationToken
    )
    {
        var scope = work.Scope;
        foreach (var call in calls.Where(call => call.Kind == ToolCallKind.Python))
        {
            var text = await python.RunAsync(work, call, RunUsage.Parse(row.Usage), reader?.Python, cancellationToken);
            Record(scope, row, results, call, text);
            // A call that the run's end interrupted did not complete: the step ends as the run does.
            if (work.Active.Reason is not (StopReason.Cancelled or StopReason.Expired))
            {
                work.Steps.Close(StepStatuses.Completed);
            }

            await scope.CommitAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }

        if (reader is not null && !string.IsNullOrWhiteSpace(reader.LateText))
        {
            work.Steps.OpenMessage().AppendText(reader.LateText);
            work.Steps.Close(StepStatuses.Completed);
        }

        var functions = calls.Where(call => call.Kind == ToolCallKind.Function).ToList();
        if (functions.Count == 0)
        {
            await scope.CommitAsync();
            return null;
        }

        scope.PublishStaged();
        var step = reader?.Functions ?? work.Steps.OpenFunctions();
        for (var index = 0; index < functions.Count; index++)
        {
            if (index >= step.Count)
            {
                step.Begin(functions[index].Id, functions[index].Name);
                step.Arguments(functions[index].Arguments);
                step.End();
            }

            step.Settle(index, functions[index].Arguments);
        }

        step.StageDetails();
        scope.Run.RequiredAction = step.RequiredAction();
        await scope.MoveAsync(RunStatuses.RequiresAction);
        return RunStatuses.RequiresAction;
    }

    private static TurnEntity Store(RunWork work, string model, ModelTurn turn, MessageStep? message)
    {
        var scope = work.Scope;
        var usage = RunUsage.Of(turn.Usage);
        scope.Count(usage);
        var row = new TurnEntity
        {
            ThreadId = scope.Run.ThreadId,
            RunId = scope.Run.Id,
            Index = scope.NextTurn++,
            Message = turn.Message.ToJsonString(),
            FinishReason = turn.FinishReason,
            Usage = usage.ToJson(),
            MessageId = message?.Message.Id,
            StartedAtMs = scope.AskedAtMs,
            FirstTokenAtMs = scope.FirstTokenAtMs,
            Model = turn.Model,
            CreatedAtMs = scope.NowMs,
        };
        scope.Unrecorded = null;
        scope.Stage(JournalChange.Insert(row));
        scope.Stage(work.Ledger.Use(row.Index, model, turn.Usage, row.CreatedAtMs));
        return row;
    }

    private static void Record(
        RunScope scope,
        TurnEntity turn,
        Dictionary<string, string> results,
        ToolCall call,
        string content
    )
    {
        results[call.UpstreamId] = content;
        scope.Stage(
            JournalChange.Do(
                (context, cancellation) =>
                {
                    // The turn has its key by now: it is inserted before its results.
                    context.ToolResults.Add(
                        new ToolResultEntity
                        {
                            ThreadId = turn.ThreadId,
                            RunId = turn.RunId,
                            TurnSeq = turn.Seq,
                            ToolCallId = call.UpstreamId,
                            Content = content,
                        }
                    );
                    return context.SaveChangesAsync(cancellation);
                }
            )
        );
    }

    private static async Task<string> CutOffAsync(RunWork work, TurnEntity row, IReadOnlyList<ToolCall> calls)
    {
        var scope = work.Scope;
        var results = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var call in calls)
        {
            Record(scope, row, results, call, NotRun);
        }

        if (scope.Open is MessageStep message)
        {
            message.IncompleteReason = "max_tokens";
        }

        work.Steps.Close(scope.Open is MessageStep ? StepStatuses.Completed : StepStatuses.Cancelled);
        return await IncompleteAsync(scope, TurnAsker.CompletionTokensUsed);
    }

    /// <summary>Ends the run because a token limit is reached.</summary>
    public static async Task<string> IncompleteAsync(RunScope scope, string reason)
    {
        scope.Run.IncompleteReason = reason;
        await scope.MoveAsync(RunStatuses.Incomplete);
        return RunStatuses.Incomplete;
    }

    private static async Task<string> FilterAsync(RunWork work, TurnEntity row, IReadOnlyList<ToolCall> calls)
    {
        var results = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var call in calls)
        {
            Record(work.Scope, row, results, call, "[Not run: a content filter stopped the answer.]");
        }

        if (work.Scope.Open is MessageStep message)
        {
            message.IncompleteReason = "content_filter";
        }

        RunMetrics.Failures.WithLabels("content_filter").Inc();
        await RunEnding.FailAsync(
            work.Scope,
            work.Steps,
            RunEnding.InvalidPrompt,
            "The content filter of the upstream model stopped the answer."
        );
        return RunStatuses.Failed;
    }
}
