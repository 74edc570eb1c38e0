using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Assistants;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Messages;

namespace SandboxOperator.Gateway.Threads;

/// <summary>A thread that a request asks for, checked but for the files it names.</summary>
/// <param name="Messages">Its first messages, oldest first.</param>
/// <param name="FileIds">The code interpreter's files, or null.</param>
/// <param name="FileIdsPath">The path of their parameter.</param>
/// <param name="Metadata">JSON object.</param>
internal sealed record ThreadDraft(
    IReadOnlyList<MessageDraft> Messages,
    IReadOnlyList<string>? FileIds,
    string FileIdsPath,
    string Metadata
)
{
    /// <summary>The key in a new thread's metadata that names a session made by hand.</summary>
    public const string SessionKey = "sandbox_session";

    /// <summary>The session made by hand that the thread is to use; null for none.</summary>
    public string? GivenSession => (string?)JsonNode.Parse(Metadata)?[SessionKey];

    /// <summary>Reads the whole object; an absent one is a thread without messages.</summary>
    public static ThreadDraft Read(JsonObjectReader? reader)
    {
        if (reader is null)
        {
            return new ThreadDraft([], null, ToolResourcesParameter.FileIdsPath, Http.Metadata.Empty);
        }
        var draft = new ThreadDraft(
            MessageDraft.ReadList(reader, "messages"),
            ToolResourcesParameter.Read(reader),
            reader.PathOf(ToolResourcesParameter.FileIdsPath),
            Http.Metadata.Read(reader) ?? Http.Metadata.Empty
        );
        reader.End();
        return draft;
    }
}
