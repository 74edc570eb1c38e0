using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Upstream;

namespace SandboxOperator.Gateway.Runs;

/// <summary>Tokens of a run or of a step, as answers show them.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RunUsage(long Prompt, long Completion, long Cached, long Reasoning)
{
    /// <summary>What a run has used so far.</summary>
    public static RunUsage Of(RunEntity run) =>
        new(run.PromptTokens, run.CompletionTokens, run.CachedTokens, run.ReasoningTokens);

    /// <summary>What one turn of the model used.</summary>
    public static RunUsage Of(ModelUsage usage) =>
        new(usage.PromptTokens, usage.CompletionTokens, usage.CachedTokens, usage.ReasoningTokens);

    /// <summary>Reads what <see cref="Write"/> wrote; null is nothing used.</summary>
    public static RunUsage Parse(string? json)
    {
        if (json is null || JsonNode.Parse(json) is not JsonObject usage)
        {
            return default;
        }

        return new RunUsage(
            Number(usage["prompt_tokens"]),
            Number(usage["completion_tokens"]),
            Number(usage["prompt_token_details"]?["cached_tokens"]),
            Number(usage["completion_tokens_details"]?["reasoning_tokens"])
        );
    }

    public static RunUsage operator +(RunUsage left, RunUsage right) =>
        new(
            left.Prompt + right.Prompt,
            left.Completion + right.Completion,
            left.Cached + right.Cached,
            left.Reasoning + right.Reasoning
        );

    public static RunUsage operator -(RunUsage left, RunUsage right) =>
        new(
            left.Prompt - right.Prompt,
            left.Completion - right.Completion,
            left.Cached - right.Cached,
            left.Reasoning - right.Reasoning
        );

    /// <summary>Writes the object, with the singular <c>prompt_token_details</c> that the original has.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("prompt_tokens", Prompt);
        writer.WriteNumber("completion_tokens", Completion);
        writer.WriteNumber("total_tokens", Prompt + Completion);
        writer.WriteStartObject("prompt_token_details");
        writer.WriteNumber("cached_tokens", Cached);
        writer.WriteEndObject();
        writer.WriteStartObject("completion_tokens_details");
        writer.WriteNumber("reasoning_tokens", Reasoning);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>The object's text, as the store keeps it.</summary>
    public string ToJson() => WireJson.Text(Write);

    private static long Number(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out long number) ? number : 0;
}
