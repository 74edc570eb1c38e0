using System.Text.Json;
using SandboxOperator.Agent.Link;

namespace SandboxOperator.Agent.Serve.Calls;

/// <summary>
/// The append-only file that makes a call run at most once: its id is there before the code is sent to the kernel.
/// It survives the agent's death; it need not survive the machine's, for then the agent is another incarnation.
/// </summary>
internal sealed class CallLog : IDisposable
{
    private const int MaxLineBytes = 16 * 1024;

    private readonly string _path;
    private FileStream _file;

    /// <exception cref="IOException">The file is in use by another agent, or cannot be opened.</exception>
    public CallLog(string path)
    {
        _path = path;
        _file = Open(path, FileMode.OpenOrCreate);
    }

    /// <summary>How long it is.</summary>
    public long Bytes => _file.Position;

    /// <summary>The lines there are. Ends at a line that a crash cut off, which is overwritten next.</summary>
    public IReadOnlyList<CallLogLine> ReadAll()
    {
        var lines = new List<CallLogLine>();
        var reader = new LineReader(_file, MaxLineBytes);
        var good = 0L;
        try
        {
            while (reader.Read() is { } line)
            {
                lines.Add(JsonSerializer.Deserialize(line.Span, CallLogJson.Default.CallLogLine)!);
                good += line.Length + 1;
            }
        }
        catch (Exception e) when (e is LinkException or JsonException)
        {
            // Only the last line can be cut: every line is one write.
        }

        _file.SetLength(good);
        _file.Position = good;
        return lines;
    }

    /// <summary>Appends one line in one write.</summary>
    /// <exception cref="IOException">It could not be written; nothing of it remains.</exception>
    public void Append(CallLogLine line)
    {
        var start = _file.Position;
        try
        {
            _file.Write(Serialize(line));
        }
        catch (IOException)
        {
            _file.SetLength(start);
            _file.Position = start;
            throw;
        }
    }

    /// <summary>Replaces the lines by fewer ones.</summary>
    public void Rewrite(IEnumerable<CallLogLine> lines)
    {
        var next = Open(_path + ".new", FileMode.Create);
        foreach (var line in lines)
        {
            next.Write(Serialize(line));
        }

        File.Move(_path + ".new", _path, overwrite: true);
        _file.Dispose();
        _file = next;
    }

    public void Dispose() => _file.Dispose();

    private static FileStream Open(string path, FileMode mode) =>
        new(path, mode, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);

    private static byte[] Serialize(CallLogLine line) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(line, CallLogJson.Default.CallLogLine), (byte)'\n'];
}
