using System.Text.Json;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Sessions;

/// <summary>What the store knows of a thread's session and its files when work on a run begins.</summary>
/// <param name="Ordinal">The ordinal of the thread's current session.</param>
/// <param name="Session">The session, or null before its first call.</param>
/// <param name="Attached">Attached files, the assistant's first.</param>
/// <param name="Linked">Files that earlier answers linked, oldest first, with their paths.</param>
internal sealed record SessionKnowledge(
    int Ordinal,
    SessionEntity? Session,
    IReadOnlyList<FileEntity> Attached,
    IReadOnlyList<PlacedFile> Linked
)
{
    /// <summary>The paths of the files that are in the session's volume already, by id.</summary>
    public Dictionary<string, string> InVolume() =>
        (Session is null ? null : JsonSerializer.Deserialize<Dictionary<string, string>>(Session.PlacedFiles))
        ?? new Dictionary<string, string>(StringComparer.Ordinal);
}
