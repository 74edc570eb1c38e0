namespace SandboxOperator.Sandboxes.Local;

/// <summary>Makes folders with exactly the rights they need, whatever the gateway's umask takes away.</summary>
internal static class Folder
{
    public static void Create(string path, UnixFileMode mode)
    {
        Directory.CreateDirectory(path, mode);
        File.SetUnixFileMode(path, mode);
    }
}
