namespace SandboxOperator.Agent;

/// <summary>Where a container of Kubernetes leaves its last words, which become part of its pod's status.</summary>
internal static class TerminationLog
{
    /// <summary>A file that is there in pods only.</summary>
    public const string Path = "/dev/termination-log";

    /// <summary>Leaves last words where there is somebody to read them.</summary>
    public static void Write(string text)
    {
        if (File.Exists(Path))
        {
            File.WriteAllText(Path, text + "\n");
        }
    }
}
