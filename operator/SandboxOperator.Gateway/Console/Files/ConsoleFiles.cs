using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using SandboxOperator.Gateway.Blobs;
using SandboxOperator.Gateway.Console.Access;
using SandboxOperator.Gateway.Files;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Console.Files;

/// <summary>
/// What callers and models made. A file is a download, always; a picture is shown in a page when its first bytes are
/// those of a raster picture, whatever its name says. Nothing else is: an SVG or an HTML file would be a page of ours.
/// </summary>
internal static class ConsoleFiles
{
    /// <summary>A picture to look at is not larger.</summary>
    private const long MaxPictureBytes = 32 * 1024 * 1024;

    public static void MapConsoleFiles(this IEndpointRouteBuilder console)
    {
        console.MapGet("/files/{id}", DownloadAsync);
        console.MapGet("/pictures/{id}", PictureAsync);
    }

    private static async Task<IResult> DownloadAsync(
        string id,
        HttpContext http,
        IStore store,
        IBlobStore blobs,
        CancellationToken cancellationToken
    )
    {
        var file = await FindAsync(http.Viewer(), id, store, cancellationToken);
        http.Response.Headers.ContentSecurityPolicy = ConsoleHeaders.ContentPolicy;
        return new FileContent(file, blobs);
    }

    private static async Task<IResult> PictureAsync(
        string id,
        HttpContext http,
        IStore store,
        FileService files,
        CancellationToken cancellationToken
    )
    {
        var file = await FindAsync(http.Viewer(), id, store, cancellationToken);
        if (file.Bytes > MaxPictureBytes)
        {
            throw ApiErrors.FileNotFound(id);
        }

        var content = files.OpenRead(file);
        try
        {
            var head = new byte[PictureType.HeadBytes];
            var read = await content.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
            var type = PictureType.Of(head.AsSpan(0, read)) ?? throw ApiErrors.FileNotFound(id);
            content.Position = 0;
            http.Response.Headers.ContentSecurityPolicy = ConsoleHeaders.ContentPolicy;
            http.Response.Headers.CacheControl = "private, no-cache";
            return Results.Stream(content, type, entityTag: new EntityTagHeaderValue($"\"{file.Id}\""));
        }
        catch (FileNotFoundException)
        {
            await content.DisposeAsync();
            throw ApiErrors.FileNotFound(id);
        }
        catch
        {
            await content.DisposeAsync();
            throw;
        }
    }

    private static async Task<FileEntity> FindAsync(
        Viewer viewer,
        string id,
        IStore store,
        CancellationToken cancellationToken
    ) =>
        await store.ReadAsync(
            (context, cancellation) =>
                context.Files.FirstOrDefaultAsync(
                    row =>
                        row.Id == id
                        && (viewer.OnlyProject == null || row.Project == viewer.OnlyProject)
                        && (row.ExpiresAtMs == null || row.ExpiresAtMs > viewer.NowMs),
                    cancellation
                ),
            cancellationToken
        ) ?? throw ApiErrors.FileNotFound(id);
}
