using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SandboxOperator.Gateway.Blobs;
using SandboxOperator.Gateway.Files;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;
using FileOptions = SandboxOperator.Gateway.Options.FileOptions;

namespace SandboxOperator.Gateway.Uploads;

/// <summary>
/// Uploads in parts. Every part is a blob; completing an upload makes a file whose segments are these blobs, so that
/// nothing is copied.
/// </summary>
internal sealed class UploadService(
    IStore store,
    IBlobStore blobs,
    FileService files,
    TimeProvider time,
    IOptions<FileOptions> options
)
{
    private const string Pending = "pending";

    /// <summary>The most parts that one upload keeps, those sent twice included.</summary>
    private const int MaxParts = 10_000;

    public Task<UploadEntity> CreateAsync(string project, UploadDraft draft, CancellationToken cancellationToken)
    {
        var now = Now;
        return store.WriteAsync(
            async (context, token) =>
            {
                await files.RequireRoomAsync(context, project, draft.Bytes, token);
                var upload = new UploadEntity
                {
                    Id = Ids.Upload(),
                    Project = project,
                    CreatedAtMs = now,
                    ExpiresAtMs = now + (options.Value.UploadSeconds * 1000L),
                    Filename = draft.Filename,
                    Purpose = draft.Purpose,
                    MimeType = draft.MimeType,
                    Bytes = draft.Bytes,
                    FileExpiresAfterSeconds = draft.FileExpiresAfterSeconds,
                };
                context.Uploads.Add(upload);
                await context.SaveChangesAsync(token);
                return upload;
            },
            cancellationToken
        );
    }

    /// <summary>Makes sure that an upload takes parts.</summary>
    /// <exception cref="ApiException">It does not.</exception>
    public Task RequirePendingAsync(string project, string id, CancellationToken cancellationToken) =>
        store.ReadAsync((context, token) => PendingAsync(context, project, id, token), cancellationToken);

    /// <summary>Adds a part that has been written; deletes its blob when that fails.</summary>
    public async Task<UploadPartEntity> AddPartAsync(
        string project,
        string id,
        BlobSegment segment,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await store.WriteAsync(
                async (context, token) =>
                {
                    var upload = await PendingAsync(context, project, id, token);
                    await RequireRoomAsync(context, upload, segment.Bytes, token);
                    var part = new UploadPartEntity
                    {
                        Id = Ids.UploadPart(),
                        UploadId = id,
                        CreatedAtMs = Now,
                        Blob = segment.Blob,
                        Bytes = segment.Bytes,
                    };
                    context.UploadParts.Add(part);
                    await context.SaveChangesAsync(token);
                    return part;
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

    /// <summary>Makes the file of some parts, in the order given. Parts that are not among them are deleted.</summary>
    public async Task<(UploadEntity Upload, FileEntity File)> CompleteAsync(
        string project,
        string id,
        IReadOnlyList<string> partIds,
        string? md5,
        CancellationToken cancellationToken
    )
    {
        // 1. The parts, their sum, and, when asked for, their hash: all but the state may take its time.
        var segments = await store.ReadAsync(
            async (context, token) =>
            {
                var upload = await PendingAsync(context, project, id, token);
                var parts = await context.UploadParts.Where(row => row.UploadId == id).ToListAsync(token);
                return UploadParts.Choose(upload, parts, partIds);
            },
            cancellationToken
        );
        if (md5 is not null)
        {
            await RequireHashAsync(segments, md5, cancellationToken);
        }
        // 2. Upload and file change together.
        var (completed, made, unused) = await store.WriteAsync(
            async (context, token) =>
            {
                var upload = await PendingAsync(context, project, id, token);
                var parts = await context.UploadParts.Where(row => row.UploadId == id).ToListAsync(token);
                await files.RequireRoomAsync(context, project, upload.Bytes, token);
                var file = files.Draft(
                    project,
                    upload.Filename,
                    upload.Purpose,
                    segments,
                    upload.FileExpiresAfterSeconds
                );
                upload.Status = "completed";
                upload.FileId = file.Id;
                context.Files.Add(file);
                context.UploadParts.RemoveRange(parts);
                await context.SaveChangesAsync(token);
                var used = segments.Select(segment => segment.Blob).ToHashSet(StringComparer.Ordinal);
                return (upload, file, parts.Where(part => !used.Contains(part.Blob)).ToList());
            },
            cancellationToken
        );
        // 3. What nobody names goes.
        unused.ForEach(part => blobs.Delete(part.Blob));
        return (completed, made);
    }

    public async Task<UploadEntity> CancelAsync(string project, string id, CancellationToken cancellationToken)
    {
        var (upload, parts) = await store.WriteAsync(
            async (context, token) =>
            {
                var found = await PendingAsync(context, project, id, token);
                return (found, await EndAsync(context, found, "cancelled", token));
            },
            cancellationToken
        );
        parts.ForEach(part => blobs.Delete(part.Blob));
        return upload;
    }

    /// <summary>Ends some of the uploads whose time is over.</summary>
    /// <returns>How many; 0 when none was left.</returns>
    public async Task<int> ExpireAsync(CancellationToken cancellationToken)
    {
        const int some = 10;
        var now = Now;
        var (count, parts) = await store.WriteAsync(
            async (context, token) =>
            {
                var expired = await context
                    .Uploads.Where(row => row.Status == Pending && row.ExpiresAtMs <= now)
                    .Take(some)
                    .ToListAsync(token);
                var gone = new List<UploadPartEntity>();
                foreach (var upload in expired)
                {
                    gone.AddRange(await EndAsync(context, upload, "expired", token));
                }
                return (expired.Count, gone);
            },
            cancellationToken
        );
        parts.ForEach(part => blobs.Delete(part.Blob));
        return count;
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static async Task<List<UploadPartEntity>> EndAsync(
        StoreContext context,
        UploadEntity upload,
        string status,
        CancellationToken cancellationToken
    )
    {
        var parts = await context.UploadParts.Where(row => row.UploadId == upload.Id).ToListAsync(cancellationToken);
        upload.Status = status;
        context.UploadParts.RemoveRange(parts);
        await context.SaveChangesAsync(cancellationToken);
        return parts;
    }

    private async Task<UploadEntity> PendingAsync(
        StoreContext context,
        string project,
        string id,
        CancellationToken cancellationToken
    )
    {
        var upload =
            await context.Uploads.FirstOrDefaultAsync(row => row.Id == id && row.Project == project, cancellationToken)
            ?? throw ApiErrors.NotFound("upload", id);
        var status = upload.Status == Pending && upload.ExpiresAtMs <= Now ? "expired" : upload.Status;
        return status == Pending
            ? upload
            : throw ApiErrors.Invalid($"Upload {id} has the status '{status}'; only a pending one can be changed.");
    }

    /// <summary>Twice the upload's size leaves room for parts that were sent again.</summary>
    private async Task RequireRoomAsync(
        StoreContext context,
        UploadEntity upload,
        long bytes,
        CancellationToken cancellationToken
    )
    {
        var kept = await context
            .UploadParts.Where(row => row.UploadId == upload.Id)
            .GroupBy(_ => 1)
            .Select(group => new { Count = group.Count(), Bytes = group.Sum(row => row.Bytes) })
            .FirstOrDefaultAsync(cancellationToken);
        if (kept is null)
        {
            return;
        }
        if (kept.Count >= MaxParts || kept.Bytes + bytes > (2 * upload.Bytes) + options.Value.MaxPartBytes)
        {
            throw ApiErrors.InvalidValue(
                "data",
                $"The parts of upload {upload.Id} exceed by far the {upload.Bytes} bytes that it was made for."
            );
        }
    }

    private async Task RequireHashAsync(
        IReadOnlyList<BlobSegment> segments,
        string md5,
        CancellationToken cancellationToken
    )
    {
        await using var content = blobs.OpenRead(segments);
        // The API's own choice; it guards against accidents only.
#pragma warning disable CA5351
        var hash = await MD5.HashDataAsync(content, cancellationToken);
#pragma warning restore CA5351
        var actual = Convert.ToHexStringLower(hash);
        if (!actual.Equals(md5, StringComparison.OrdinalIgnoreCase))
        {
            throw ApiErrors.InvalidValue("md5", $"The parts' MD5 is {actual}, not {ApiErrors.Shorten(md5)}.");
        }
    }
}
