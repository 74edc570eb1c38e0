using System.Buffers;
using System.Text.Json;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Sandboxes.Agents;

/// <summary>Reads events, lists and statuses that an untrusted agent wrote, and lets only well-formed ones through.</summary>
internal static class EventCheck
{
    private const int MostFiles = 10_000;
    private const int MostRepresentations = 64;
    private const int LongestName = 1024;
    private const int MostChecks = 256;

    /// <summary>The event of a line.</summary>
    /// <exception cref="AgentProtocolException">The line is no event.</exception>
    public static CallEvent Read(ReadOnlySequence<byte> line)
    {
        CallEvent? read;
        try
        {
            var reader = new Utf8JsonReader(line);
            read = JsonSerializer.Deserialize(ref reader, AgentJson.Default.CallEvent);
            if (reader.Read())
            {
                throw new AgentProtocolException("more than one value in a line");
            }
        }
        catch (Exception exception)
            when (exception is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw new AgentProtocolException("a line that is no event", exception);
        }

        return Check(read) ?? throw new AgentProtocolException("an event with missing members");
    }

    /// <summary>The list with only those entries that name a file beneath the working directory.</summary>
    public static FileList Check(FileList list)
    {
        var files = Check(list.Files, MostFiles, out var dropped);
        return new FileList(files, list.Truncated || dropped > 0);
    }

    /// <summary>The status with what is not said as none. Of the checks none is left out, whatever it leaves out.</summary>
    /// <exception cref="AgentProtocolException">It does not name its incarnation, or tells of too many checks.</exception>
    public static AgentStatus Check(AgentStatus status)
    {
        if (status.Incarnation is null || status.Isolation?.Count > MostChecks)
        {
            throw new AgentProtocolException("a status without an incarnation, or with too many checks");
        }

        return status with
        {
            Limits =
            [
                .. (status.Limits ?? [])
                    .Where(limit => limit is { Resource: not null, Limit: not null, EnforcedBy: not null })
                    .Take(MostChecks),
            ],
            Isolation =
            [
                .. (status.Isolation ?? []).Select(check => new IsolationCheck(
                    check?.Name ?? "",
                    check?.Blocked ?? false,
                    check?.Detail ?? ""
                )),
            ],
        };
    }

    private static CallEvent? Check(CallEvent? read) =>
        read switch
        {
            CallStarted or CallHeartbeat => read,
            CallOutput { Stream: "stdout" or "stderr", Text: not null } => read,
            CallError { Name: not null, Value: not null, Traceback: not null } => read,
            CallDisplay { Data: not null } display when IsSound(display.Data) => read,
            CallFiles { Files: not null } files => Check(files),
            CallDone done when IsStatus(done.Status) => done with
            {
                DurationMs = Math.Max(0, done.DurationMs),
                OmittedBytes = Math.Max(0, done.OmittedBytes),
            },
            _ => null,
        };

    private static CallFiles Check(CallFiles read)
    {
        var files = Check(read.Files, MostFiles, out var dropped);
        return new CallFiles
        {
            Files = files,
            Omitted = (int)Math.Min(int.MaxValue, Math.Max(0L, read.Omitted) + dropped),
        };
    }

    private static List<FileEntry> Check(IReadOnlyList<FileEntry>? files, int most, out int dropped)
    {
        // A hostile name costs its own entry and nothing else.
        var sound = (files ?? [])
            .Where(file => file is { Bytes: >= 0, ModifiedAtMs: >= 0 } && SandboxPath.IsValid(file.Path))
            .Take(most)
            .ToList();
        dropped = (files?.Count ?? 0) - sound.Count;
        return sound;
    }

    private static bool IsSound(IReadOnlyDictionary<string, string> data) =>
        data.Count <= MostRepresentations
        && data.All(representation => representation.Value is not null && representation.Key.Length <= LongestName);

    private static bool IsStatus(string? status) =>
        status
            is CallStatuses.Ok
                or CallStatuses.Error
                or CallStatuses.Timeout
                or CallStatuses.Interrupted
                or CallStatuses.Killed
                or CallStatuses.Lost;
}
