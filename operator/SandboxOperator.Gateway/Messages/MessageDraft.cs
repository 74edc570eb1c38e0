using SandboxOperator.Gateway.Http;

namespace SandboxOperator.Gateway.Messages;

/// <summary>A message that a request asks for, checked but for the files it names.</summary>
/// <param name="Role"><c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">What it says.</param>
/// <param name="Attachments">The files that come with it.</param>
/// <param name="Metadata">JSON object.</param>
internal sealed record MessageDraft(string Role, ContentDraft Content, AttachmentsDraft Attachments, string Metadata)
{
    /// <summary>What one request may add. All of them are one write, and other writes wait for it.</summary>
    private const int MaxMessages = 10_000;

    /// <summary>Reads the whole object.</summary>
    public static MessageDraft Read(JsonObjectReader reader)
    {
        var draft = new MessageDraft(
            reader.RequiredWord("role", "user", "assistant"),
            ContentDraft.Read(reader),
            AttachmentsDraft.Read(reader),
            Http.Metadata.Read(reader) ?? Http.Metadata.Empty
        );
        reader.End();
        return draft;
    }

    /// <summary>Reads a list of messages, such as <c>additional_messages</c>; absent means none.</summary>
    public static IReadOnlyList<MessageDraft> ReadList(JsonObjectReader reader, string name) =>
        reader.Objects(name, MaxMessages)?.Select(Read).ToList() ?? [];
}
