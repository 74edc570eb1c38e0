using SandboxOperator.Gateway.Sessions;
using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.Store.Entities;

/// <summary>A thread: the owner of messages, runs and a session.</summary>
internal sealed class ThreadEntity
{
    /// <summary>Insertion order; every list is ordered by it.</summary>
    public long Seq { get; set; }

    public required string Id { get; set; }
    public required string Project { get; set; }
    public long CreatedAtMs { get; set; }

    /// <summary>JSON object of strings.</summary>
    public string Metadata { get; set; } = "{}";

    /// <summary>JSON object, <c>{}</c> or <c>{"code_interpreter":{"file_ids":[…]}}</c>.</summary>
    public string ToolResources { get; set; } = "{}";

    /// <summary>The ordinal of the thread's current session; advanced by compare-and-set when a session ends.</summary>
    public int SessionOrdinal { get; set; } = 1;

    /// <summary>The name of a session made by hand that the thread holds as its first one; null for none.</summary>
    public string? GivenSession { get; set; }

    /// <summary>The thread's current session.</summary>
    public SessionKey Session => SessionKeys.Of(Project, Id, SessionOrdinal, GivenSession);
}
