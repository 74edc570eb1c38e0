using System.Text.Json;
using SandboxOperator.Sandboxes.Local.Sessions;

namespace SandboxOperator.Sandboxes.Local;

/// <summary>
/// One sandbox's folder. The gateway owns it and its record; the sandbox's user owns the folders in it, of which the
/// kernel side sees <c>data</c>, <c>home</c>, <c>tmp</c> and, read-only, <c>run</c>.
/// </summary>
internal sealed record SandboxFolder(string Path)
{
    /// <summary>Longest path of a Unix socket.</summary>
    public const int LongestSocketPath = 107;

    /// <summary>
    /// What the path of the longest socket adds to that of the folder that holds all sandboxes: the one that the agent
    /// has beside its own for who attaches.
    /// </summary>
    public static readonly int SocketSuffix = "/12345678/ctl/agent.sock.fd".Length;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public string Id => System.IO.Path.GetFileName(Path);

    public string AgentSocket => $"{Path}/ctl/agent.sock";

    public string KernelSocket => $"{Path}/run/kernel.sock";

    public string Run => $"{Path}/run";

    public string State => $"{Path}/state";

    public string Data => $"{Path}/data";

    public string Home => $"{Path}/home";

    public string Temporary => $"{Path}/tmp";

    public string Log => $"{Path}/log";

    private string RecordPath => $"{Path}/sandbox.json";

    /// <summary>Makes the folder, owned by the sandbox's user where it must be.</summary>
    public void Create(uint? uid, string? matplotlib)
    {
        Folder.Create(
            Path,
            uid is null ? OwnerOnly : OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute
        );
        var settings = $"{Home}/.config";
        string[] owned = [$"{Path}/ctl", Run, State, Data, Home, Temporary, settings, $"{settings}/matplotlib"];
        foreach (var folder in owned)
        {
            Folder.Create(folder, OwnerOnly);
            Native.Own(folder, uid);
        }

        foreach (var file in matplotlib is null ? [] : Directory.EnumerateFiles(matplotlib))
        {
            var copy = $"{settings}/matplotlib/{System.IO.Path.GetFileName(file)}";
            File.Copy(file, copy);
            Native.Own(copy, uid);
        }
    }

    public void Write(SandboxRecord record) =>
        AtomicFile.Write(RecordPath, JsonSerializer.Serialize(record, RecordJson.Default.SandboxRecord));

    /// <summary>The record, or null when there is none that can be read.</summary>
    public SandboxRecord? Read()
    {
        try
        {
            var record = JsonSerializer.Deserialize(File.ReadAllText(RecordPath), RecordJson.Default.SandboxRecord);
            return string.Equals(record?.Id, Id, StringComparison.Ordinal) ? record : null;
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            return null;
        }
    }

    /// <summary>The last lines of what the agent and its children wrote.</summary>
    public string LastLog()
    {
        const int Most = 2000;
        try
        {
            using var log = new FileStream(Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            log.Seek(-Math.Min(log.Length, Most), SeekOrigin.End);
            using var reader = new StreamReader(log);
            return reader.ReadToEnd().Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>Empties the log when it has grown too long. Its writers append, so they go on at its start.</summary>
    public void TrimLog(long most)
    {
        var log = new FileInfo(Log);
        if (log.Exists && log.Length > most)
        {
            using var stream = new FileStream(Log, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            stream.SetLength(0);
        }
    }
}
