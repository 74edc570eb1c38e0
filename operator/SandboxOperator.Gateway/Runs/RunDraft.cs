using SandboxOperator.Gateway.Assistants;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Messages;
using SandboxOperator.Gateway.Models;
using SandboxOperator.Gateway.RunLoop;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Threads;

namespace SandboxOperator.Gateway.Runs;

/// <summary>A run that a request asks for, checked but for the objects it names.</summary>
internal sealed record RunDraft
{
    /// <summary>Fewer tokens make no sense for a run.</summary>
    private const int MinTokens = 256;

    private const int MaxTools = 20;

    private RunDraft() { }

    public required string AssistantId { get; init; }

    /// <summary>The thread to make, when the request makes one.</summary>
    public ThreadDraft? Thread { get; init; }

    /// <summary>Whether the answer is a stream.</summary>
    public bool Stream { get; init; }

    /// <summary>Messages to add to the thread before the run.</summary>
    public IReadOnlyList<MessageDraft> AdditionalMessages { get; init; } = [];

    /// <summary>The code interpreter's files instead of the assistant's, or null.</summary>
    public IReadOnlyList<string>? FileIds { get; init; }

    private string? Model { get; init; }
    private string? Instructions { get; init; }
    private string? AdditionalInstructions { get; init; }
    private string? Tools { get; init; }
    private string Metadata { get; init; } = Http.Metadata.Empty;
    private double? Temperature { get; init; }
    private double? TopP { get; init; }
    private int? MaxPromptTokens { get; init; }
    private int? MaxCompletionTokens { get; init; }
    private string? Truncation { get; init; }
    private ToolChoice ToolChoice { get; init; } = ToolChoice.Auto;
    private bool? ParallelToolCalls { get; init; }
    private string? ResponseFormat { get; init; }
    private string? ReasoningEffort { get; init; }

    /// <summary>Reads the whole object of a run on a thread.</summary>
    public static RunDraft Read(JsonObjectReader reader, IModelCatalog catalog)
    {
        var draft = ReadCommon(reader, catalog) with
        {
            AdditionalInstructions = ModelSettings.Instructions(reader, "additional_instructions"),
            AdditionalMessages = MessageDraft.ReadList(reader, "additional_messages"),
        };
        reader.End();
        return draft;
    }

    /// <summary>Reads the whole object of a run with a thread of its own.</summary>
    public static RunDraft ReadWithThread(JsonObjectReader reader, IModelCatalog catalog)
    {
        var draft = ReadCommon(reader, catalog) with
        {
            Thread = ThreadDraft.Read(reader.Object("thread")),
            FileIds = ToolResourcesParameter.Read(reader),
        };
        reader.End();
        return draft;
    }

    /// <summary>The run, with what the assistant says where the request says nothing.</summary>
    /// <param name="assistant">The assistant.</param>
    /// <param name="threadId">The thread.</param>
    /// <param name="nowMs">The time of its creation.</param>
    /// <param name="lifetime">From its creation to its expiry.</param>
    /// <exception cref="ApiException">The tool choice names a tool that the run does not have.</exception>
    public RunEntity Build(AssistantEntity assistant, string threadId, long nowMs, TimeSpan lifetime)
    {
        var tools = Tools ?? assistant.Tools;
        ToolChoice.Check(tools);
        var instructions = Instructions ?? assistant.Instructions;
        return new RunEntity
        {
            Id = Ids.Run(),
            Project = assistant.Project,
            ThreadId = threadId,
            AssistantId = assistant.Id,
            CreatedAtMs = nowMs,
            Status = RunStatuses.Queued,
            ExpiresAtMs = nowMs + (long)lifetime.TotalMilliseconds,
            Model = Model ?? assistant.Model,
            Instructions = string.IsNullOrEmpty(AdditionalInstructions)
                ? instructions
                : string.Join(
                    ' ',
                    new[] { instructions, AdditionalInstructions }.Where(text => !string.IsNullOrEmpty(text))
                ),
            Tools = tools,
            ToolResources = FileIds is null ? assistant.ToolResources : ToolResourcesParameter.Text(FileIds),
            Metadata = Metadata,
            Temperature = Temperature ?? assistant.Temperature,
            TopP = TopP ?? assistant.TopP,
            ReasoningEffort = ReasoningEffort ?? assistant.ReasoningEffort,
            MaxPromptTokens = MaxPromptTokens,
            MaxCompletionTokens = MaxCompletionTokens,
            TruncationStrategy = Truncation ?? TruncationParameter.Auto,
            ResponseFormat = ResponseFormat ?? assistant.ResponseFormat,
            ToolChoice = ToolChoice.Json,
            ParallelToolCalls = ParallelToolCalls,
        };
    }

    // What is null is not set: the assistant's holds.
    private static RunDraft ReadCommon(JsonObjectReader reader, IModelCatalog catalog) =>
        new()
        {
            AssistantId = reader.RequiredString("assistant_id"),
            Model = ModelParameter.Read(reader, catalog),
            Instructions = ModelSettings.Instructions(reader),
            Tools = reader.Value("tools") is null ? null : ToolsParameter.Read(reader, MaxTools),
            Metadata = Http.Metadata.Read(reader) ?? Http.Metadata.Empty,
            Temperature = ModelSettings.Temperature(reader),
            TopP = ModelSettings.TopP(reader),
            Stream = reader.Boolean("stream") ?? false,
            MaxPromptTokens = (int?)reader.Integer("max_prompt_tokens", MinTokens, int.MaxValue),
            MaxCompletionTokens = (int?)reader.Integer("max_completion_tokens", MinTokens, int.MaxValue),
            Truncation = TruncationParameter.Read(reader),
            ToolChoice = ToolChoice.Read(reader),
            ParallelToolCalls = reader.Boolean("parallel_tool_calls"),
            ResponseFormat = reader.Value("response_format") is null ? null : ModelSettings.ResponseFormat(reader),
            ReasoningEffort = ModelSettings.ReasoningEffort(reader),
        };
}
