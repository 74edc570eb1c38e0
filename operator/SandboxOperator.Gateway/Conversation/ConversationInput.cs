using System.Text.Json.Nodes;

namespace SandboxOperator.Gateway.Conversation;

/// <summary>Everything that one request to a model is made from. JSON values have the shape of the Assistants API.</summary>
internal sealed record ConversationInput
{
    /// <summary>The upstream's name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>The thread in order, the turns of the current run last.</summary>
    public required IReadOnlyList<HistoryItem> History { get; init; }

    /// <summary>The run that asks: its turns are kept longest.</summary>
    public required string RunId { get; init; }

    /// <summary>True for the first turn of the run: a forced tool choice applies to it only.</summary>
    public bool FirstTurn { get; init; }

    /// <summary>The run's instructions.</summary>
    public string? Instructions { get; init; }

    /// <summary>What <see cref="SandboxPrompt"/> says; null when the run has no code interpreter.</summary>
    public string? SandboxPrompt { get; init; }

    /// <summary>Where attached files lie in the sandbox, by file id: paths below the working directory.</summary>
    public IReadOnlyDictionary<string, string> AttachedPaths { get; init; } =
        new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The pictures of user messages, by file id; see <see cref="PictureLoader"/>.</summary>
    public IReadOnlyDictionary<string, Picture> Pictures { get; init; } =
        new Dictionary<string, Picture>(StringComparer.Ordinal);

    /// <summary>The run's tools.</summary>
    public JsonArray Tools { get; init; } = [];

    /// <summary>The run's tool choice.</summary>
    public JsonNode? ToolChoice { get; init; }

    /// <summary>Null when the caller did not set it.</summary>
    public bool? ParallelToolCalls { get; init; }

    /// <summary>The run's response format.</summary>
    public JsonNode? ResponseFormat { get; init; }

    /// <summary>Null when the caller did not set it.</summary>
    public double? Temperature { get; init; }

    /// <summary>Null when the caller did not set it.</summary>
    public double? TopP { get; init; }

    /// <summary>Null when the caller did not set it.</summary>
    public string? ReasoningEffort { get; init; }

    /// <summary>Completion tokens that the run may still use, or null for no limit.</summary>
    public long? CompletionTokensLeft { get; init; }

    /// <summary>Prompt tokens that the run may still use, or null for no limit.</summary>
    public long? PromptTokensLeft { get; init; }

    /// <summary>Keep only this many messages of the thread (truncation <c>last_messages</c>), or null.</summary>
    public int? LastMessages { get; init; }

    /// <summary>Tokens the model can read and write in one request.</summary>
    public int ContextWindow { get; init; } = 128_000;

    /// <summary>How often the upstream has said that this turn's conversation is too long; each time less is sent.</summary>
    public int ContextLengthFailures { get; init; }
}
