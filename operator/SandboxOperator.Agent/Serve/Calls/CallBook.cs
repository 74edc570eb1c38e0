using System.Buffers;
using System.Globalization;
using System.Text;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Agent.Serve.Calls;

/// <summary>
/// What calls were ever started, and the recorded results of the latest ones, on disk. Not safe for use by several
/// threads at once.
/// </summary>
/// <remarks>Bounded: of older calls first the result is forgotten, so that they answer <c>lost</c>, then the id.</remarks>
internal sealed class CallBook : IDisposable
{
    public const int MaxCalls = 4096;
    public const int MaxResults = 32;
    private const long MaxResultBytes = 64L * 1024 * 1024;
    private const int ChunkBytes = 256 * 1024;
    private const long MaxLogBytes = 16L * 1024 * 1024;

    // As text of a line of the log it is at most six times as long.
    private const int ShortResultBytes = 2 * 1024;

    private readonly string _results;
    private readonly CallLog _log;
    private readonly Dictionary<string, KnownCall> _calls = new(StringComparer.Ordinal);
    private readonly Queue<KnownCall> _order = new();
    private readonly Queue<(KnownCall Call, long Bytes)> _recorded = new();
    private long _resultBytes;
    private long _nextResult;
    private int _lines;

    /// <param name="directory">The agent's own directory, which the sandbox does not see.</param>
    public CallBook(string directory)
    {
        _results = Path.Combine(directory, "results");
        Directory.CreateDirectory(_results);
        _log = new CallLog(Path.Combine(directory, "calls.ndjson"));
        foreach (var line in _log.ReadAll())
        {
            _lines++;
            Replay(line);
        }

        AdoptResults();
    }

    /// <summary>The highest lease epoch of any caller.</summary>
    public long HighestEpoch { get; private set; }

    /// <summary>The call of that id, or null when it was never started.</summary>
    public KnownCall? Find(string id) => _calls.GetValueOrDefault(id);

    /// <summary>Notes that a caller of a higher epoch was here.</summary>
    public void Raise(long epoch)
    {
        if (epoch > HighestEpoch)
        {
            Append(new CallLogLine { Epoch = epoch });
            HighestEpoch = epoch;
        }
    }

    /// <summary>Notes that a call starts. Only when this has returned may its code be sent to the kernel.</summary>
    public KnownCall Start(string id, string codeHash)
    {
        Append(new CallLogLine { Call = id, Code = codeHash });
        return Remember(new KnownCall(id, codeHash, isOurs: true));
    }

    /// <summary>
    /// Records a call's events and its end, which they do not contain yet. Short ones go into the log itself: a file costs
    /// more than most calls.
    /// </summary>
    public void End(KnownCall call, CallTranscript transcript, CallDone end)
    {
        var number = _nextResult++;
        var chunk = new ArrayBufferWriter<byte>(1024);
        var position = default(TranscriptPosition);
        transcript.Read(ref position, chunk, ChunkBytes);
        var last = CallTranscript.Line(end);
        long bytes = chunk.WrittenCount + last.Length;
        string? events = null;
        if (transcript.IsRead(position) && bytes <= ShortResultBytes)
        {
            chunk.Write(last);
            events = Encoding.UTF8.GetString(chunk.WrittenSpan);
        }
        else
        {
            bytes = WriteFile(ResultPath(number), transcript, chunk, ref position, last);
        }

        Append(
            new CallLogLine
            {
                Call = call.Id,
                Result = number,
                Events = events,
            }
        );
        (call.Result, call.Events) = (number, events);
        _resultBytes += bytes;
        _recorded.Enqueue((call, bytes));
        ForgetOldest();
    }

    /// <summary>The recorded events of a call, or null when they are not there.</summary>
    public CallTranscript? Recorded(KnownCall call) =>
        call.Events is { } events ? CallTranscript.Recorded(Encoding.UTF8.GetBytes(events))
        : call.Result is { } number ? CallTranscript.Recorded(File.ReadAllBytes(ResultPath(number)))
        : null;

    public void Dispose() => _log.Dispose();

    private void Replay(CallLogLine line)
    {
        HighestEpoch = Math.Max(HighestEpoch, line.Epoch ?? 0);
        if (line is { Call: { } id, Code: { } code })
        {
            Remember(new KnownCall(id, code, isOurs: false));
        }
        else if (line is { Call: { } ended, Result: { } number } && Find(ended) is { } call)
        {
            (call.Result, call.Events) = (number, line.Events);
        }
    }

    private static long WriteFile(
        string path,
        CallTranscript transcript,
        ArrayBufferWriter<byte> chunk,
        ref TranscriptPosition position,
        byte[] last
    )
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
        do
        {
            file.Write(chunk.WrittenSpan);
            chunk.ResetWrittenCount();
        } while (transcript.Read(ref position, chunk, ChunkBytes));

        file.Write(last);
        return file.Length;
    }

    private KnownCall Remember(KnownCall call)
    {
        _calls[call.Id] = call;
        _order.Enqueue(call);
        if (_order.Count > MaxCalls)
        {
            _calls.Remove(_order.Dequeue().Id);
        }

        return call;
    }

    private void AdoptResults()
    {
        var byNumber = _calls.Values.Where(c => c.Result is not null).ToDictionary(c => c.Result!.Value);
        foreach (var file in new DirectoryInfo(_results).GetFiles())
        {
            if (
                long.TryParse(Path.GetFileNameWithoutExtension(file.Name), CultureInfo.InvariantCulture, out var number)
                && byNumber.TryGetValue(number, out var call)
                && call.Events is null
            )
            {
                continue;
            }

            // Half written when an agent died.
            file.Delete();
        }

        foreach (var (number, call) in byNumber.OrderBy(c => c.Key))
        {
            _nextResult = number + 1;
            var file = new FileInfo(ResultPath(number));
            if (call.Events is null && !file.Exists)
            {
                call.Result = null;
                continue;
            }

            var bytes = call.Events is { } events ? Encoding.UTF8.GetByteCount(events) : file.Length;
            _recorded.Enqueue((call, bytes));
            _resultBytes += bytes;
        }

        ForgetOldest();
    }

    private void ForgetOldest()
    {
        while (_recorded.Count > MaxResults || (_resultBytes > MaxResultBytes && _recorded.Count > 1))
        {
            Forget(_recorded.Dequeue());
        }
    }

    private void Forget((KnownCall Call, long Bytes) recorded)
    {
        if (recorded.Call.Events is null)
        {
            File.Delete(ResultPath(recorded.Call.Result!.Value));
        }

        (recorded.Call.Result, recorded.Call.Events) = (null, null);
        _resultBytes -= recorded.Bytes;
    }

    private string ResultPath(long number) =>
        Path.Combine(_results, number.ToString(CultureInfo.InvariantCulture) + ".ndjson");

    private void Append(CallLogLine line)
    {
        if (_lines > 4 * MaxCalls || _log.Bytes > MaxLogBytes)
        {
            var kept = _order
                .SelectMany(c =>
                    new CallLogLine[]
                    {
                        new() { Call = c.Id, Code = c.CodeHash },
                        new()
                        {
                            Call = c.Result is null ? null : c.Id,
                            Result = c.Result,
                            Events = c.Events,
                        },
                    }
                )
                .Where(l => l.Call is not null)
                .Prepend(new CallLogLine { Epoch = HighestEpoch })
                .ToList();
            _log.Rewrite(kept);
            _lines = kept.Count;
        }

        _log.Append(line);
        _lines++;
    }
}
