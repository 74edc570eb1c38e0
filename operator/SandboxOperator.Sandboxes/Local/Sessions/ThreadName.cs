namespace SandboxOperator.Sandboxes.Local.Sessions;

/// <summary>What the names of a thread's sessions have in common.</summary>
internal static class ThreadName
{
    public static string Of(SessionKey key)
    {
        var name = key.Name;
        return name[..name.LastIndexOf('-')];
    }
}
