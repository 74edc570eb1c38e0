using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using SandboxOperator.Gateway.BuiltIn;
using SandboxOperator.Gateway.Options;
using SandboxOperator.Gateway.RunLoop;
using SandboxOperator.Gateway.Runs;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Upstream;

namespace SandboxOperator.Gateway.Telemetry;

/// <summary>
/// The spans of a run: one of the run itself, in it one for each time the model is asked, for each call and for each
/// opening of the sandbox. When nobody exports them there are none, and nothing is computed for them.
/// </summary>
internal sealed class RunSpans(
    ContentCapture content,
    IOptions<TelemetryOptions> options,
    IOptions<UpstreamOptions> upstream,
    TimeProvider time
)
{
    public const string SourceName = "SandboxOperator.Gateway";
    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>
    /// Starts the span of this process's work on a run, below the caller's; a worker that continues the run joins the
    /// same trace. The run remembers the trace with its next write.
    /// </summary>
    public static Activity? StartRun(RunEntity run)
    {
        var hasParent = ActivityContext.TryParse(run.TraceParent, null, isRemote: true, out var parent);
        var span = Source.StartActivity(GenAiNames.InvokeAgent, ActivityKind.Internal, parent);
        run.TraceId ??= span?.TraceId.ToHexString() ?? (hasParent ? parent.TraceId.ToHexString() : null);
        if (!hasParent)
        {
            run.TraceParent = span?.Id;
        }

        if (span is { IsAllDataRequested: true })
        {
            Describe(span, GenAiNames.InvokeAgent, run);
            span.SetTag(GenAiNames.AgentId, run.AssistantId);
            span.SetTag(GenAiNames.RequestModel, run.Model);
            span.SetTag(SandboxNames.RunEpoch, run.LeaseEpoch);
        }

        return span;
    }

    /// <summary>Tells the name of the run's assistant.</summary>
    public static void Name(Activity span, string? assistant)
    {
        if (!string.IsNullOrEmpty(assistant))
        {
            span.DisplayName = $"{GenAiNames.InvokeAgent} {assistant}";
            span.SetTag(GenAiNames.AgentName, assistant);
        }
    }

    /// <summary>Tells what has become of a run: its end, or that it waits or goes on elsewhere.</summary>
    public void EndRun(Activity? span, RunEntity run)
    {
        if (span is not { IsAllDataRequested: true })
        {
            return;
        }

        span.SetTag(SandboxNames.RunStatus, run.Status);
        Count(span, RunUsage.Of(run));
        if (run.LastErrorCode is { } code)
        {
            span.SetTag(GenAiNames.ErrorType, code);
            span.SetStatus(ActivityStatusCode.Error, content.Take(run.LastErrorMessage));
        }
    }

    /// <summary>Starts the span of asking the model once.</summary>
    public Activity? StartChat(RunEntity run, ModelRequest request, int turn)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var span = Source.StartActivity($"{GenAiNames.Chat} {request.Model}", ActivityKind.Client);
        if (span is { IsAllDataRequested: true })
        {
            Describe(span, GenAiNames.Chat, run);
            var isBuiltIn = request.Model == PythonModel.Name;
            span.SetTag(GenAiNames.Provider, isBuiltIn ? "sandboxoperator" : "openai");
            span.SetTag(GenAiNames.RequestModel, request.Model);
            span.SetTag(GenAiNames.Temperature, run.Temperature);
            span.SetTag(GenAiNames.TopP, run.TopP);
            span.SetTag(SandboxNames.Turn, turn);
            if (!isBuiltIn && Uri.TryCreate(upstream.Value.BaseUrl, UriKind.Absolute, out var server))
            {
                span.SetTag(GenAiNames.ServerAddress, server.Host);
                span.SetTag(GenAiNames.ServerPort, server.Port);
            }

            var messages = request.Body["messages"] as JsonArray ?? [];
            span.SetTag(
                GenAiNames.InputMessages,
                GenAiMessages.Input(messages, content, options.Value.MaxContentChars)
            );
        }

        return span;
    }

    /// <summary>Tells what the model answered.</summary>
    public void EndChat(Activity? span, ModelTurn turn, RunScope scope)
    {
        if (span is not { IsAllDataRequested: true })
        {
            return;
        }

        span.SetTag(GenAiNames.ResponseModel, turn.Model);
        span.SetTag(GenAiNames.ResponseId, turn.Id);
        span.SetTag(GenAiNames.FinishReasons, new[] { turn.FinishReason });
        Count(span, turn.Usage);

        if (scope is { AskedAtMs: { } asked, FirstTokenAtMs: { } first })
        {
            span.SetTag(GenAiNames.FirstChunk, (first - asked) / 1000.0);
        }

        span.SetTag(GenAiNames.OutputMessages, GenAiMessages.Output(turn.Message, turn.FinishReason, content));
    }

    /// <summary>Starts the span of opening the run's sandbox.</summary>
    /// <param name="run">The span of the run; this one may begin while the model still speaks.</param>
    /// <param name="session">The session's name.</param>
    public static Activity? StartOpening(Activity? run, string session)
    {
        var span = run is null
            ? null
            : Source.StartActivity(SandboxNames.OpenSandbox, ActivityKind.Internal, run.Context);
        span?.SetTag(SandboxNames.Session, session);
        return span;
    }

    /// <summary>Tells that the sandbox could not be opened. Why in words is in the span of the run.</summary>
    public static void NotOpened(Activity? span, Exception exception) =>
        span?.SetTag(GenAiNames.ErrorType, exception.GetType().FullName).SetStatus(ActivityStatusCode.Error);

    /// <summary>Starts the span of a call.</summary>
    /// <param name="work">The run.</param>
    /// <param name="call">The call.</param>
    /// <param name="usage">The tokens of the turn that asked for it.</param>
    public CallSpan? StartCall(RunWork work, ToolCall call, RunUsage usage)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var span = Source.StartActivity($"{GenAiNames.ExecuteTool} {call.Name}", ActivityKind.Internal);
        if (span is null or { IsAllDataRequested: false })
        {
            return CallSpan.Of(span);
        }

        Describe(span, GenAiNames.ExecuteTool, work.Scope.Run);
        span.SetTag(GenAiNames.ToolName, call.Name);
        span.SetTag(GenAiNames.ToolType, "function");
        span.SetTag(GenAiNames.ToolCallId, call.Id);
        span.SetTag(GenAiNames.ToolArguments, content.TakeJson(call.Arguments));
        span.SetTag(SandboxNames.Turn, call.Turn);
        span.SetTag(SandboxNames.Prompt, content.Take(content.IsOpen ? work.Prompt() : null));
        Count(span, usage);
        return new CallSpan(span, content, time);
    }

    /// <summary>Tells why something did not come to its end.</summary>
    public void Fail(Activity? span, Exception exception) => Fail(span, exception, content);

    internal static void Fail(Activity? span, Exception exception, ContentCapture content)
    {
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag(
                GenAiNames.ErrorType,
                exception is ModelException model ? ModelMetrics.Outcome(model.Failure) : exception.GetType().FullName
            );
            // Whoever refuses a request may repeat what it said.
            span.SetStatus(ActivityStatusCode.Error, content.Take(exception.Message));
        }
    }

    private static void Describe(Activity span, string operation, RunEntity run)
    {
        span.SetTag(GenAiNames.Operation, operation);
        span.SetTag(GenAiNames.Conversation, run.ThreadId);
        span.SetTag(SandboxNames.Run, run.Id);
        span.SetTag(SandboxNames.Project, run.Project);
    }

    /// <summary>Tells what an answer used that broke off.</summary>
    public static void BrokeOff(Activity? span, ModelUsage? used)
    {
        if (span is { IsAllDataRequested: true } && used is not null)
        {
            Count(span, used);
        }
    }

    private static void Count(Activity span, ModelUsage usage)
    {
        Count(span, RunUsage.Of(usage));
        if (usage.Estimated)
        {
            span.SetTag(SandboxNames.Estimated, true);
        }
    }

    private static void Count(Activity span, RunUsage usage)
    {
        span.SetTag(GenAiNames.InputTokens, usage.Prompt);
        span.SetTag(GenAiNames.OutputTokens, usage.Completion);
        span.SetTag(GenAiNames.CachedTokens, usage.Cached);
        span.SetTag(GenAiNames.ReasoningTokens, usage.Reasoning);
    }
}
