using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using SandboxOperator.Api.Agent;
using SandboxOperator.Gateway.RunLoop.Steps;
using SandboxOperator.Gateway.Runs;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Streaming;

namespace SandboxOperator.Gateway.RunLoop;

/// <summary>The ends of a run that is not completed: open steps and messages end with it.</summary>
internal static class RunEnding
{
    public const string ServerError = "server_error";
    public const string RateLimitExceeded = "rate_limit_exceeded";
    public const string InvalidPrompt = "invalid_prompt";

    /// <summary>Ends the run because someone asked for it.</summary>
    public static Task CancelAsync(RunScope scope, RunSteps steps)
    {
        scope.Run.Status = RunStatuses.Cancelling;
        scope.Stream.Publish(RunEventNames.Run(RunStatuses.Cancelling), writer => RunJson.Write(writer, scope.Run));
        steps.CloseAll(StepStatuses.Cancelled);
        scope.Run.CancelledAtMs = scope.NowMs;
        return EndAsync(scope, RunStatuses.Cancelled);
    }

    /// <summary>Ends the run because its time is over.</summary>
    public static Task ExpireAsync(RunScope scope, RunSteps steps)
    {
        steps.CloseAll(StepStatuses.Expired);
        return EndAsync(scope, RunStatuses.Expired);
    }

    /// <summary>Ends the run because something went wrong.</summary>
    /// <param name="scope">The run.</param>
    /// <param name="steps">Its steps.</param>
    /// <param name="code">One of the codes of the API.</param>
    /// <param name="message">What happened, for the run's user.</param>
    public static Task FailAsync(RunScope scope, RunSteps steps, string code, string message)
    {
        // A step knows fewer codes than a run.
        steps.CloseAll(StepStatuses.Failed, code == InvalidPrompt ? ServerError : code, message);
        scope.Run.FailedAtMs = scope.NowMs;
        scope.Run.LastErrorCode = code;
        scope.Run.LastErrorMessage = message;
        return EndAsync(scope, RunStatuses.Failed);
    }

    private static Task EndAsync(RunScope scope, string status)
    {
        var (runId, now) = (scope.Run.Id, scope.NowMs);
        scope.Run.RequiredAction = null;
        if (scope.Unrecorded is { HasText: true } message)
        {
            // What the user has seen of an answer that was cut short stays part of the conversation.
            scope.Stage(JournalChange.Insert(Turn(scope, message)));
        }

        scope.Stage(
            JournalChange.Do(
                (context, cancellation) =>
                    context
                        .Calls.Where(call => call.RunId == runId && call.EndedAtMs == null)
                        .ExecuteUpdateAsync(
                            set =>
                                set.SetProperty(call => call.EndedAtMs, now)
                                    .SetProperty(call => call.Status, CallStatuses.Interrupted),
                            cancellation
                        )
            )
        );
        return scope.MoveAsync(status);
    }

    private static TurnEntity Turn(RunScope scope, MessageStep message) =>
        new()
        {
            ThreadId = scope.Run.ThreadId,
            RunId = scope.Run.Id,
            Index = scope.NextTurn,
            Message = new JsonObject { ["role"] = "assistant", ["content"] = message.Text }.ToJsonString(),
            FinishReason = "interrupted",
            Usage = scope.UnrecordedUsage.ToJson(),
            MessageId = message.Message.Id,
            StartedAtMs = scope.AskedAtMs,
            FirstTokenAtMs = scope.FirstTokenAtMs,
            CreatedAtMs = scope.NowMs,
        };
}
