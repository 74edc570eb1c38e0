using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SandboxOperator.Gateway.Blobs;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;
using FileOptions = SandboxOperator.Gateway.Options.FileOptions;

namespace SandboxOperator.Gateway.Files;

/// <summary>Makes, finds, opens and deletes files. What is in them is never held in memory.</summary>
internal sealed class FileService(IStore store, IBlobStore blobs, TimeProvider time, IOptions<FileOptions> options)
{
    /// <summary>Makes a file of a stream. When this returns, the file survives power loss.</summary>
    /// <param name="project">The owner.</param>
    /// <param name="filename">As answers show it; the caller has checked it.</param>
    /// <param name="purpose">What it is for.</param>
    /// <param name="content">Read to its end.</param>
    /// <param name="expiresAfterSeconds">When it is deleted, or null.</param>
    /// <param name="cancellationToken">Ends the writing; nothing is left behind.</param>
    /// <exception cref="BlobTooLargeException">The contents are larger than one file may be.</exception>
    /// <exception cref="ApiException">The project would have more bytes than it may.</exception>
    /// <exception cref="StoreFailedException">The disk is full.</exception>
    public async Task<FileEntity> CreateAsync(
        string project,
        string filename,
        string purpose,
        Stream content,
        long? expiresAfterSeconds,
        CancellationToken cancellationToken
    )
    {
        var segment = await blobs.WriteAsync(content, options.Value.MaxBytes, cancellationToken);
        return await AddAsync(project, filename, purpose, segment, expiresAfterSeconds, cancellationToken);
    }

    /// <summary>Makes a file of a blob that has been written; deletes the blob when that fails.</summary>
    public async Task<FileEntity> AddAsync(
        string project,
        string filename,
        string purpose,
        BlobSegment segment,
        long? expiresAfterSeconds,
        CancellationToken cancellationToken
    )
    {
        var file = Draft(project, filename, purpose, [segment], expiresAfterSeconds);
        try
        {
            return await store.WriteAsync(
                async (context, token) =>
                {
                    await RequireRoomAsync(context, project, file.Bytes, token);
                    context.Files.Add(file);
                    await context.SaveChangesAsync(token);
                    return file;
                },
                cancellationToken
            );
        }
        catch
        {
            blobs.Delete(segment.Blob);
            throw;
        }
    }

    /// <summary>The row of a file that is to be; it has not been added.</summary>
    public FileEntity Draft(
        string project,
        string filename,
        string purpose,
        IReadOnlyList<BlobSegment> segments,
        long? expiresAfterSeconds
    )
    {
        var now = Now;
        return new FileEntity
        {
            Id = Ids.File(),
            Project = project,
            CreatedAtMs = now,
            ExpiresAtMs = now + (expiresAfterSeconds * 1000),
            Filename = filename,
            Purpose = purpose,
            Bytes = segments.Sum(segment => segment.Bytes),
            Segments = FileSegments.Write(segments),
        };
    }

    /// <summary>The file, or null when the project has none of that id.</summary>
    public Task<FileEntity?> FindAsync(string project, string id, CancellationToken cancellationToken) =>
        store.ReadAsync(
            (context, token) => FileRows.Of(context, project, Now).FirstOrDefaultAsync(row => row.Id == id, token),
            cancellationToken
        );

    /// <summary>The contents, seekable. Reading throws <see cref="FileNotFoundException"/> when the file was deleted.</summary>
    public Stream OpenRead(FileEntity file) => blobs.OpenRead(FileSegments.Read(file.Segments));

    /// <summary>Deletes the row, then the contents.</summary>
    /// <returns>False when the project has no file of that id.</returns>
    public async Task<bool> DeleteAsync(string project, string id, CancellationToken cancellationToken)
    {
        var deleted = await store.WriteAsync(
            async (context, token) =>
            {
                var file = await FileRows.Of(context, project, Now).FirstOrDefaultAsync(row => row.Id == id, token);
                if (file is not null)
                {
                    context.Files.Remove(file);
                    await context.SaveChangesAsync(token);
                }
                return file;
            },
            cancellationToken
        );
        DeleteBlobs(deleted is null ? [] : [deleted]);
        return deleted is not null;
    }

    /// <summary>Deletes some of the files that have expired.</summary>
    /// <returns>How many; 0 when none was left.</returns>
    public async Task<int> DeleteExpiredAsync(CancellationToken cancellationToken)
    {
        const int some = 100;
        var now = Now;
        var expired = await store.WriteAsync(
            async (context, token) =>
            {
                var files = await context.Files.Where(row => row.ExpiresAtMs <= now).Take(some).ToListAsync(token);
                context.Files.RemoveRange(files);
                await context.SaveChangesAsync(token);
                return files;
            },
            cancellationToken
        );
        DeleteBlobs(expired);
        return expired.Count;
    }

    /// <summary>Makes sure, inside a write, that a project may keep so many bytes more.</summary>
    /// <exception cref="ApiException">It may not.</exception>
    public async Task RequireRoomAsync(
        StoreContext context,
        string project,
        long bytes,
        CancellationToken cancellationToken
    )
    {
        var limit = options.Value.ProjectBytes;
        if (limit <= 0)
        {
            return;
        }
        var kept = await context
            .Files.Where(row => row.Project == project)
            .SumAsync(row => row.Bytes, cancellationToken);
        if (kept + bytes > limit)
        {
            throw new ApiException(
                StatusCodes.Status400BadRequest,
                $"The files of this project would have {kept + bytes} bytes, and at most {limit} are allowed. Delete some, or raise the setting Files:ProjectBytes.",
                "file",
                "storage_limit_exceeded"
            );
        }
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private void DeleteBlobs(IEnumerable<FileEntity> files)
    {
        foreach (var segment in files.SelectMany(file => FileSegments.Read(file.Segments)))
        {
            blobs.Delete(segment.Blob);
        }
    }
}
