using Microsoft.Net.Http.Headers;
using SandboxOperator.Gateway.Blobs;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Files;

/// <summary>
/// The contents of a file as an answer. What is in it comes from callers and from code that a model wrote, so it is
/// always a download, and no browser may take it for a page.
/// </summary>
internal sealed class FileContent(FileEntity file, IBlobStore blobs) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var segments = FileSegments.Read(file.Segments);
        await using var content = blobs.OpenRead(segments);
        var response = httpContext.Response;
        try
        {
            // The file may have been deleted since its row was read; better to know before the answer begins.
            await content.ReadExactlyAsync(new byte[Math.Min(1, file.Bytes)], httpContext.RequestAborted);
            content.Position = 0;
        }
        catch (FileNotFoundException)
        {
            throw ApiErrors.FileNotFound(file.Id);
        }
        response.ContentType = "application/octet-stream";
        response.ContentLength = file.Bytes;
        response.Headers.ContentDisposition = Disposition(file.Filename);
        response.Headers.CacheControl = "private, no-store";
        if (HttpMethods.IsHead(httpContext.Request.Method))
        {
            return;
        }
        if (segments is [var only] && blobs.LocalPath(only) is { } path)
        {
            await response.SendFileAsync(path, httpContext.RequestAborted);
        }
        else
        {
            await content.CopyToAsync(response.Body, httpContext.RequestAborted);
        }
    }

    private static string Disposition(string filename)
    {
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(FileNames.BaseName(filename));
        return disposition.ToString();
    }
}
