namespace SandboxOperator.Sandboxes.Local;

/// <summary>Writes small files so that a reader, or the next start after a crash, finds the old or the whole new one.</summary>
internal static class AtomicFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void Write(string path, string text, UnixFileMode mode = OwnerOnly)
    {
        var draft = path + ".new";
        File.Delete(draft);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = mode,
        };
        using (var writer = new StreamWriter(draft, options))
        {
            writer.Write(text);
        }

        File.SetUnixFileMode(draft, mode);
        File.Move(draft, path, overwrite: true);
    }
}
