namespace SandboxOperator.Sandboxes.Local.Sessions;

/// <summary>A session, as the next gateway must know it.</summary>
internal sealed record SessionRecord(
    string Project,
    string ThreadId,
    int Ordinal,
    SandboxLaunch Launch,
    DateTimeOffset StartedAt,
    DateTimeOffset LastActivityAt
)
{
    public SessionKey Key => new(Project, ThreadId, Ordinal);
}
