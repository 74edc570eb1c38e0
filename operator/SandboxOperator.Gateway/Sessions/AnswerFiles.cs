using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Blobs;
using SandboxOperator.Gateway.Conversation;
using SandboxOperator.Gateway.Files;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.RunLoop;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.Sessions;

/// <summary>Delivers the files that the answers of a run link.</summary>
internal sealed partial class AnswerFiles(
    ActiveRun run,
    ThreadSandbox sandbox,
    FileService files,
    IStore store,
    long maxBytes,
    ILogger<AnswerFiles> logger
) : IAnswerFiles
{
    /// <summary>What a run may deliver; links beyond stay text.</summary>
    private const int MaxDelivered = 50;

    /// <summary>Links that a run looks after; looking costs a request to the sandbox.</summary>
    private const int MaxLinks = 1000;

    private readonly Dictionary<string, string> _delivered = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CallFileList> _makers = new(StringComparer.Ordinal);
    private int _count;
    private int _links;
    private long _bytes;

    /// <summary>A call has made or written a file.</summary>
    public void Changed(string path, CallFileList call)
    {
        _changed.Add(path);
        _makers[path] = call;
    }

    /// <summary>Keeps a picture that a call displayed.</summary>
    /// <returns>The file's id.</returns>
    /// <exception cref="NotDeliveredException">It was not kept.</exception>
    public async Task<string> KeepPictureAsync(string filename, Stream content, CancellationToken cancellationToken) =>
        (await KeepAsync(filename, content, content.Length, cancellationToken)).Id;

    /// <inheritdoc />
    public async Task<string?> FindAsync(AnswerLink link, CancellationToken cancellationToken)
    {
        if (++_links > MaxLinks)
        {
            return null;
        }

        return await FindAsync(link.Path, cancellationToken)
            ?? (link.LiteralPath == link.Path ? null : await FindAsync(link.LiteralPath, cancellationToken));
    }

    private async Task<string?> FindAsync(string path, CancellationToken cancellationToken)
    {
        // 1. A file that was delivered or attached, and was not written since.
        if (Unchanged(path) is { } known)
        {
            return known;
        }

        if (_count >= MaxDelivered)
        {
            return null;
        }

        // 2. The file as it is in the sandbox now.
        try
        {
            if (await sandbox.PeekAsync(cancellationToken) is not { } opened)
            {
                return Placed(path)?.Id;
            }

            await using var file = await opened.OpenFileAsync(path, cancellationToken);
            if (file is null)
            {
                return null;
            }

            if (_changed.Contains(path) || Placed(path) is not { } placed || placed.Bytes != file.Bytes)
            {
                return await DeliverAsync(path, file, cancellationToken);
            }

            // 3. An earlier run may have changed it without linking it.
            if (await HasContentAsync(placed, file.Content, cancellationToken))
            {
                _delivered[path] = placed.Id;
                return placed.Id;
            }

            await using var again = await opened.OpenFileAsync(path, cancellationToken);
            return again is null ? null : await DeliverAsync(path, again, cancellationToken);
        }
        catch (SessionEndedException)
        {
            // What it had made is gone; what was put in is known.
            return _changed.Contains(path) ? null : Placed(path)?.Id;
        }
        catch (Exception exception)
            when (exception
                    is SandboxLostException
                        or SandboxUnavailableException
                        or SandboxCapacityException
                        or NotDeliveredException
            )
        {
            // The answer stands without the file: its text is not worth failing for.
            Log.NotDelivered(logger, run.Id, exception.GetType().Name);
            Log.Why(logger, exception);
            return null;
        }
    }

    private string? Unchanged(string path)
    {
        if (_changed.Contains(path))
        {
            return null;
        }

        if (_delivered.TryGetValue(path, out var delivered))
        {
            return delivered;
        }

        var earlier = sandbox.Known.Linked.LastOrDefault(file => file.Path == path)?.File;
        return earlier is not null && sandbox.Record.LastActivityAtMs <= earlier.CreatedAtMs
            ? earlier.Id
            : sandbox.Known.Attached.FirstOrDefault(file => file.Id == path)?.Id;
    }

    private FileEntity? Placed(string path) => sandbox.Files.LastOrDefault(file => file.Path == path)?.File;

    private async Task<bool> HasContentAsync(FileEntity known, Stream content, CancellationToken cancellationToken)
    {
        try
        {
            await using var stored = files.OpenRead(known);
            var expected = await SHA256.HashDataAsync(stored, cancellationToken);
            var found = await SHA256.HashDataAsync(content, cancellationToken);
            return expected.AsSpan().SequenceEqual(found);
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    private async Task<string> DeliverAsync(string path, SandboxFile file, CancellationToken cancellationToken)
    {
        // Counted whatever comes of it: copying is what it costs.
        _count++;
        var row = await KeepAsync("/mnt/data/" + path, file.Content, file.Bytes, cancellationToken);
        sandbox.Delivered(row.Id, path);
        _makers.Remove(path, out var maker);
        maker?.Delivered(path, row.Id);
        var (ordinal, placed) = (sandbox.Record.Ordinal, JsonSerializer.Serialize(sandbox.Record.Placed));
        await store.WriteAsync(
            async (context, cancellation) =>
            {
                context.ThreadFiles.Add(
                    new ThreadFileEntity
                    {
                        ThreadId = run.ThreadId,
                        FileId = row.Id,
                        Path = path,
                    }
                );
                await context.SaveChangesAsync(cancellation);
                if (maker is not null)
                {
                    var made = maker.ToJson();
                    await context
                        .Calls.Where(call => call.Id == maker.CallId)
                        .ExecuteUpdateAsync(set => set.SetProperty(call => call.Files, made), cancellation);
                }

                return await context
                    .Sessions.Where(session => session.ThreadId == run.ThreadId && session.Ordinal == ordinal)
                    .ExecuteUpdateAsync(set => set.SetProperty(session => session.PlacedFiles, placed), cancellation);
            },
            cancellationToken
        );
        _delivered[path] = row.Id;
        _changed.Remove(path);
        return row.Id;
    }

    /// <summary>Makes a file of the run's budget.</summary>
    private async Task<FileEntity> KeepAsync(
        string filename,
        Stream content,
        long bytes,
        CancellationToken cancellationToken
    )
    {
        if (bytes > maxBytes - _bytes)
        {
            throw new NotDeliveredException(
                $"The files of this run would have more than {ByteSize.Text(maxBytes)} (Files:RunBytes)."
            );
        }

        _bytes += bytes;
        try
        {
            return await files.CreateAsync(
                run.Project,
                filename,
                "assistants_output",
                content,
                expiresAfterSeconds: null,
                cancellationToken
            );
        }
        catch (BlobTooLargeException exception)
        {
            throw new NotDeliveredException(
                $"A file may have at most {ByteSize.Text(exception.Maximum)} (Files:MaxBytes).",
                exception
            );
        }
        catch (Exception exception) when (exception is ApiException or StoreFailedException { DiskFull: true })
        {
            throw new NotDeliveredException(exception.Message, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Run {RunId}: a linked file could not be delivered: {Problem}")]
        public static partial void NotDelivered(ILogger logger, string runId, string problem);

        // What a sandbox answers may hold names of files.
        [LoggerMessage(LogLevel.Debug, "Why a linked file could not be delivered")]
        public static partial void Why(ILogger logger, Exception exception);
    }
}
