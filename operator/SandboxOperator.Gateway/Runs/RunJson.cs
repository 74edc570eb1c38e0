using System.Text.Json;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Ledger;
using SandboxOperator.Gateway.RunLoop;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Runs;

/// <summary>A run as answers and events show it.</summary>
internal static class RunJson
{
    /// <summary>Writes the object; every documented key is there.</summary>
    public static void Write(Utf8JsonWriter writer, RunEntity run)
    {
        var ended = RunStatuses.Terminal.Contains(run.Status);
        writer.WriteStartObject();
        writer.WriteString("id", run.Id);
        writer.WriteString("object", "thread.run");
        writer.WriteSeconds("created_at", run.CreatedAtMs);
        writer.WriteString("assistant_id", run.AssistantId);
        writer.WriteString("thread_id", run.ThreadId);
        writer.WriteString("status", run.Status);
        writer.WriteSeconds("started_at", run.StartedAtMs);
        writer.WriteSeconds("expires_at", ended ? null : run.ExpiresAtMs);
        writer.WriteSeconds("cancelled_at", run.CancelledAtMs);
        writer.WriteSeconds("failed_at", run.FailedAtMs);
        writer.WriteSeconds("completed_at", run.CompletedAtMs);
        // Kept while the run is cancelled, but of no use to a client then.
        writer.WriteRaw("required_action", run.Status == RunStatuses.RequiresAction ? run.RequiredAction : null);
        WriteError(writer, run.LastErrorCode, run.LastErrorMessage);
        writer.WriteString("model", run.Model);
        writer.WriteString("instructions", run.Instructions);
        writer.WriteRaw("tools", run.Tools);
        writer.WriteRaw("tool_resources", run.ToolResources);
        writer.WriteRaw("metadata", run.Metadata);
        writer.WriteNumber("temperature", run.Temperature ?? 1.0);
        writer.WriteNumber("top_p", run.TopP ?? 1.0);
        writer.WriteString("reasoning_effort", run.ReasoningEffort);
        writer.WriteNumberOrNull("max_completion_tokens", run.MaxCompletionTokens);
        writer.WriteNumberOrNull("max_prompt_tokens", run.MaxPromptTokens);
        writer.WriteRaw("truncation_strategy", run.TruncationStrategy);
        WriteIncomplete(writer, run.IncompleteReason);
        if (ended)
        {
            writer.WritePropertyName("usage");
            RunUsage.Of(run).Write(writer);
        }
        else
        {
            writer.WriteNull("usage");
        }

        writer.WriteRaw("response_format", run.ResponseFormat);
        writer.WriteRaw("tool_choice", run.ToolChoice);
        writer.WriteBoolean("parallel_tool_calls", run.ParallelToolCalls ?? true);
        WriteCost(writer, RunCost.Of(run));
        writer.WriteEndObject();
    }

    /// <summary>Writes what only this server has; clients of the API pass over it.</summary>
    private static void WriteCost(Utf8JsonWriter writer, RunCost cost)
    {
        writer.WriteStartObject("sandbox");
        writer.WriteNumber("session_cost", Nanos.ToDollars(cost.SessionNanos));
        if (cost.TokenNanos is { } tokens)
        {
            writer.WriteNumber("token_cost", Nanos.ToDollars(tokens));
        }
        else
        {
            writer.WriteNull("token_cost");
        }

        writer.WriteString("currency", Nanos.Currency);
        writer.WriteEndObject();
    }

    /// <summary>Writes <c>last_error</c>.</summary>
    internal static void WriteError(Utf8JsonWriter writer, string? code, string? message)
    {
        if (code is null)
        {
            writer.WriteNull("last_error");
            return;
        }

        writer.WriteStartObject("last_error");
        writer.WriteString("code", code);
        writer.WriteString("message", message);
        writer.WriteEndObject();
    }

    private static void WriteIncomplete(Utf8JsonWriter writer, string? reason)
    {
        if (reason is null)
        {
            writer.WriteNull("incomplete_details");
            return;
        }

        writer.WriteStartObject("incomplete_details");
        writer.WriteString("reason", reason);
        writer.WriteEndObject();
    }
}
