using System.Text.Json;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Sessions;

/// <summary>What the store knows of a thread's session and its files when work on a run begins.</summary>
/// <param name="Ordinal">The ordinal of the thread's current session.</param>
/// <param name="Session">The session, or null before its first call.</param>
/// <param name="Attached">Attached files, the assistant's first.</param>
/// <param name="Linked">Files that earlier answers linked, oldest first, with their paths.</param>
/// <param name="Earlier">The paths that files had in the session before this one, by id.</param>
internal sealed record SessionKnowledge(
    int Ordinal,
    SessionEntity? Session,
    IReadOnlyList<FileEntity> Attached,
    IReadOnlyList<PlacedFile> Linked,
    IReadOnlyDictionary<string, string> Earlier
)
{
    /// <summary>The session made by hand that is the thread's first one; null for none.</summary>
    public string? Given { get; init; }

    /// <summary>The paths of the files that are in the session's volume already, by id.</summary>
    public Dictionary<string, string> InVolume() => PathsOf(Session);

    /// <summary>The paths of the files in a session's volume, by id.</summary>
    public static Dictionary<string, string> PathsOf(SessionEntity? session) =>
        (session is null ? null : JsonSerializer.Deserialize<Dictionary<string, string>>(session.PlacedFiles))
        ?? new Dictionary<string, string>(StringComparer.Ordinal);
}
