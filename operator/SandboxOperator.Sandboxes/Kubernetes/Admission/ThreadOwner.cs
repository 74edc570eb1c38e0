namespace SandboxOperator.Sandboxes.Kubernetes.Admission;

/// <summary>A thread, whatever the name of its session.</summary>
internal readonly record struct ThreadOwner(string Project, string ThreadId)
{
    public static ThreadOwner Of(SessionKey key) => new(key.Project, key.ThreadId);
}
